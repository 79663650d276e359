"""What changes the billing documents."""

from app.billing.operations import closed_period_guard  # noqa: F401 (listens to every session)
from app.billing.operations.approvals import SamePerson, approval_flow, sign_request
from app.billing.operations.assignments import (
    Assigned,
    Preview,
    assign,
    end_assignment,
    preview_assignment,
    take_back_assignments,
)
from app.billing.operations.exemptions import EXEMPTION_FLOW, request_exemption
from app.billing.operations.jobs import compute_job, post_job
from app.billing.operations.meters import save_meter
from app.billing.operations.other_charges import SourceCharged, post_charge
from app.billing.operations.periods import guard_open, guard_period, open_period
from app.billing.operations.posting_hooks import Posted
from app.billing.operations.prices import add_price, save_price, save_standard
from app.billing.operations.reading_validation import NewReading, ValidatedReading, validate_readings
from app.billing.operations.readings import change_meter, correct_reading, record_readings
from app.billing.operations.run_post import post_run
from app.billing.operations.runs import bill, cancel_run, compute_run, start_posting, start_run
from app.billing.operations.vacancies import VACANCY_FLOW, end_vacancy, request_vacancy

__all__ = [
    "EXEMPTION_FLOW",
    "VACANCY_FLOW",
    "Assigned",
    "NewReading",
    "Posted",
    "Preview",
    "SamePerson",
    "SourceCharged",
    "ValidatedReading",
    "add_price",
    "approval_flow",
    "assign",
    "bill",
    "cancel_run",
    "change_meter",
    "compute_job",
    "compute_run",
    "correct_reading",
    "end_assignment",
    "end_vacancy",
    "guard_open",
    "guard_period",
    "open_period",
    "post_charge",
    "post_job",
    "post_run",
    "preview_assignment",
    "record_readings",
    "request_exemption",
    "request_vacancy",
    "save_meter",
    "save_price",
    "save_standard",
    "sign_request",
    "start_posting",
    "start_run",
    "take_back_assignments",
    "validate_readings",
]
