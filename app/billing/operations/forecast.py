"""What months to come will be charged by the standards, prices and payers of now: for 预收 until a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment
from app.billing.operations.charge_inputs import BillingMonth, ChargeInputs
from app.billing.operations.run_computation import Computing, assignments_of
from app.kernel.periods import Period
from app.kernel.pricing import Method

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to be charged (元); `metered`: fees by meter are among the assignments, which nobody knows yet."""

    amount: Decimal
    metered: bool


def forecast(
    *,
    session: Session,
    customer_id: int,
    community_id: int,
    months: Sequence[Period],
    fee_item_id: int | None,
    room_ids: Sequence[int],
    space_ids: Sequence[int] = (),
) -> Forecast:
    """Add up what runs of these months would charge a customer for rooms and spaces; what is charged already is not."""
    amount, metered = ZERO, False
    objects: ColumnElement[bool] = or_(
        FeeAssignment.room_id.in_(room_ids), FeeAssignment.space_id.in_(space_ids)
    )
    for period in months:
        month = BillingMonth(community_id, period, fee_item_id)
        rows = session.execute(assignments_of(month).where(objects)).all()
        fixed = [row for row in rows if row.method is not Method.METERED]
        metered = metered or len(fixed) < len(rows)
        if not fixed:
            continue
        computing = Computing(session=session, month=month)
        facts = ChargeInputs(session=session, month=month, rows=fixed)
        for row in fixed:
            parts, _gaps = computing.charges_of(row, facts)
            amount += sum((part.amount for part in parts if part.customer_id == customer_id), ZERO)
    return Forecast(amount, metered)
