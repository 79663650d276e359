"""What the service desk keeps."""

from app.service.models.complaints import Complaint

__all__ = ["Complaint"]
