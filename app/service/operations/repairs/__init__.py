"""The writes of repairs: registering, materials, and the steps from one state to the next."""

from app.service.operations.repairs.flow import REPAIR_FLOW
from app.service.operations.repairs.materials import remove_material, save_material
from app.service.operations.repairs.registering import save_repair
from app.service.operations.repairs.trades import save_trade

__all__ = ["REPAIR_FLOW", "remove_material", "save_material", "save_repair", "save_trade"]
