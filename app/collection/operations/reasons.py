"""A reason is a sentence: money is not taken back, given up or given out without one."""

from app.kernel.errors import N_, DomainError

LONGEST = 200


class ReasonMissing(DomainError):
    """Nothing but blanks where a reason is wanted."""

    code = "reason_missing"
    message = N_("请填写原因。")


def stated(reason: str) -> str:
    """Return the reason as it is kept. Raises ReasonMissing."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    return reason[:LONGEST]
