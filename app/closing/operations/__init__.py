"""What closes a month and opens it again."""

from app.closing.operations.checklist import ChecklistItem, close_check
from app.closing.operations.close import close, findings, start_close
from app.closing.operations.jobs import close_job
from app.closing.operations.reopen import REOPEN_FLOW, request_reopen

__all__ = [
    "REOPEN_FLOW",
    "ChecklistItem",
    "close",
    "close_check",
    "close_job",
    "findings",
    "request_reopen",
    "start_close",
]
