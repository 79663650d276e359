"""What changes the billing documents."""

from app.billing.operations.after_posting import Posted, after_posting
from app.billing.operations.assigning import Preview, assign, end_assignment, preview_assignment
from app.billing.operations.jobs import compute_job, post_job
from app.billing.operations.other_charges import SourceCharged, post_charge
from app.billing.operations.periods import guard_open, guard_period, open_period
from app.billing.operations.posting import post_run
from app.billing.operations.prices import add_price, save_price, save_standard
from app.billing.operations.runs import bill, cancel_run, compute_run, start_posting, start_run

__all__ = [
    "Posted",
    "Preview",
    "SourceCharged",
    "add_price",
    "after_posting",
    "assign",
    "bill",
    "cancel_run",
    "compute_job",
    "compute_run",
    "end_assignment",
    "guard_open",
    "guard_period",
    "open_period",
    "post_charge",
    "post_job",
    "post_run",
    "preview_assignment",
    "save_price",
    "save_standard",
    "start_posting",
    "start_run",
]
