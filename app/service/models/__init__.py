"""What the service desk keeps."""

from app.service.models.complaints import Complaint
from app.service.models.repairs import RepairMaterial, RepairOrder, TechnicianTrade

__all__ = ["Complaint", "RepairMaterial", "RepairOrder", "TechnicianTrade"]
