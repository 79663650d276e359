"""The writes of the service desk: the only place that changes its documents."""

from app.service.operations.complaints import COMPLAINT_FLOW, add_complaint, save_complaint

__all__ = ["COMPLAINT_FLOW", "add_complaint", "save_complaint"]
