"""What must hold before a step of a repair order: each gives the refusal, or None; none asks the database."""

from datetime import timedelta
from decimal import Decimal

from app.kernel.errors import DomainError
from app.lowcode.workflow import TransitionContext
from app.service.operations.repairs import errors
from app.service.rules import repairs as rules

GRACE = timedelta(minutes=5)
"""Clocks of phones and servers differ."""


def is_urgent(context: TransitionContext) -> DomainError | None:
    """Only an emergency skips the engineering department."""
    return None if context.row.urgent else errors.NotUrgent()


def another(context: TransitionContext) -> DomainError | None:
    """Refuse to pass on to the same person."""
    if context.inputs["technician_id"] == context.row.technician_id:
        return errors.SameTechnician(field="technician_id")
    return None


def is_awaited(context: TransitionContext) -> DomainError | None:
    """There is something to issue."""
    return None if context.row.awaiting_material else errors.NoMaterialListed()


def is_a_day_to_come(context: TransitionContext) -> DomainError | None:
    """Refuse a promise that does not lie ahead, within a year."""
    day = context.inputs["promised_day"]
    if day is None:
        return None
    if day < context.today or day > context.today + timedelta(days=rules.LAST_PROMISE_DAYS):
        return errors.NoDayToPromise(field="promised_day")
    return None


def has_its_material(context: TransitionContext) -> DomainError | None:
    """Material comes before going on."""
    return errors.MaterialFirst() if context.row.awaiting_material else None


def is_complete(context: TransitionContext) -> DomainError | None:
    """Return the time is possible, and what is charged has somebody who owes it."""
    row, given = context.row, context.inputs
    if given["finished_at"] > context.now + GRACE or given["finished_at"] < row.reported_at - GRACE:
        return errors.WrongFinish(field="finished_at")
    if not given["chargeable"]:
        return None
    if row.customer_id is None:
        return errors.NobodyToCharge(field="chargeable")
    labour = given["labour"] or Decimal(0)
    if not given["charge_amount"] and not labour + row.material_total:
        return errors.NothingToCharge(field="charge_amount")
    return None


def is_signed(context: TransitionContext) -> DomainError | None:
    """Return a drawn signature, or why there is none."""
    given = context.inputs
    if given["signature"] is None and not given["proxy_reason"]:
        return errors.SignatureMissing(field="signature")
    return None


def has_its_fee(context: TransitionContext) -> DomainError | None:
    """Refuse a paid repair without the fee that it is charged as."""
    if context.row.chargeable and context.inputs["fee_item_id"] is None:
        return errors.FeeMissing(field="fee_item_id")
    return None
