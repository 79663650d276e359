"""The writes of repairs: registering, materials, and the steps from one state to the next."""

from app.service.operations.repairs.materials import remove_material, save_material
from app.service.operations.repairs.registration import save_repair
from app.service.operations.repairs.trades import save_trade
from app.service.operations.repairs.workflow import REPAIR_FLOW

__all__ = ["REPAIR_FLOW", "remove_material", "save_material", "save_repair", "save_trade"]
