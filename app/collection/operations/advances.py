"""预收 until a month: what it comes to by the customer's standards of now."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.billing.operations.forecast import forecast
from app.collection.models import Prepayment
from app.estate.models import Customer, Occupancy, ParkingSpace, Room
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode.scope import OutOfScope, find

MOST_MONTHS = 60
ZERO = Decimal("0.00")


class MonthPassed(DomainError):
    """Until a month that is over."""

    code = "month_passed"
    message = N_("预交月份不能早于本月。")


class TooManyMonths(DomainError):
    """Further ahead than anybody knows."""

    code = "too_many_months"
    message = N_("一次最多预交 %(months)s 个月。")


@dataclass(frozen=True, slots=True)
class AdvanceUntil:
    """元: `charges` of the months `first` to `until`, `held` already for the same, `amount` = what is still to be paid."""

    first: Period
    until: Period
    charges: Decimal
    held: Decimal
    metered: bool

    @property
    def amount(self) -> Decimal:
        """What is to be taken, never below nothing."""
        return max(self.charges - self.held, ZERO)


def advance_until(
    *,
    session: Session,
    customer: Customer,
    today: date,
    until: Period,
    fee_item_id: int | None,
    room_id: int | None,
) -> AdvanceUntil:
    """Return what the customer's charges from this month until `until` come to, less what is held for just that.

    `fee_item_id` None: all fees; `room_id` None: all rooms and spaces of the customer. Charges that are posted are debts
    and no part of it. Raises MonthPassed, TooManyMonths, OutOfScope.
    """
    first = Period.of(today)
    count = (until.year - first.year) * 12 + until.month - first.month + 1
    if count < 1:
        raise MonthPassed(field="until")
    if count > MOST_MONTHS:
        raise TooManyMonths(field="until", months=str(MOST_MONTHS))
    if room_id is not None and find(session, Room, room_id) is None:
        raise OutOfScope(field="room")
    rooms, spaces = ([room_id], []) if room_id is not None else _objects(session, customer, today)
    found = forecast(
        session=session,
        customer_id=customer.id,
        community_id=customer.community_id,
        months=[first.plus(month) for month in range(count)],
        fee_item_id=fee_item_id,
        room_ids=rooms,
        space_ids=spaces,
    )
    held: Decimal | None = session.scalar(
        select(func.sum(Prepayment.balance)).where(
            Prepayment.customer_id == customer.id,
            Prepayment.fee_item_id.is_(None)
            if fee_item_id is None
            else Prepayment.fee_item_id == fee_item_id,
            Prepayment.room_id.is_(None) if room_id is None else Prepayment.room_id == room_id,
        )
    )
    return AdvanceUntil(first, until, found.amount, held or ZERO, found.metered)


def _objects(session: Session, customer: Customer, today: date) -> tuple[list[int], list[int]]:
    rooms = session.scalars(
        select(Occupancy.room_id)
        .where(Occupancy.customer_id == customer.id, or_(Occupancy.ends.is_(None), Occupancy.ends >= today))
        .distinct()
    )
    spaces = session.scalars(select(ParkingSpace.id).where(ParkingSpace.customer_id == customer.id))
    return list(rooms), list(spaces)
