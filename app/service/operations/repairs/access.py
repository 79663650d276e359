"""Whose an order is: a technician acts on their own, who supervises on all in reach."""

from app.lowcode.workflow import Who
from app.service.models import RepairOrder

SUPERVISING, FRONT = "dispatch", "pass_on"
"""The verbs by which 工程主管 and the front desk are known."""


def supervises(who: Who) -> bool:
    """Whether all orders in reach are this person's to lead."""
    return SUPERVISING in who.verbs


def works_on(row: RepairOrder, who: Who) -> bool:
    """Whether the order is in this person's hands, or under them."""
    return supervises(who) or is_own(row, who)


def is_own(row: RepairOrder, who: Who) -> bool:
    """Whether the order was dispatched to this person."""
    return row.technician_user_id is not None and row.technician_user_id == who.user_id


def attends(row: RepairOrder, who: Who) -> bool:
    """Whether this person may answer for the reporter: the front desk too."""
    return FRONT in who.verbs or works_on(row, who)


def lets_go_on(row: RepairOrder, who: Who) -> bool:
    """Whether this person may resume a stopped order: what was paused only who supervises."""
    return supervises(who) or (is_own(row, who) and not row.paused)
