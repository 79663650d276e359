"""预收抵扣: what is held for a customer settles their open charges, by itself when they are posted or when asked for."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations import Posted, open_period
from app.collection.models import Prepayment, PrepaymentEntry
from app.collection.operations.accounts import EntrySource, move_prepayment
from app.collection.operations.allocations import (
    AllocationPart,
    LockedCharge,
    Origin,
    lock_charges,
    settle,
)
from app.collection.queries import person
from app.collection.rules.prepayment import Owed, PrepaymentBalance, apply_oldest_first
from app.collection.states import AllocationKind, PrepaymentKind
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode.scope import locked_rows
from app.lowcode.settings import setting_flag

AUTO_APPLY = "collection.auto_apply_prepayment"
ZERO = Decimal(0)


class NothingHeld(DomainError):
    """Nothing is held that could settle what is open."""

    code = "nothing_held"
    message = N_("没有可以抵扣的预收款，或没有它能抵扣的欠费。")


def apply_to_posted(session: Session, posted: Posted) -> None:
    """Apply prepayments to the open charges of those who were just charged, where the community wants it (setting)."""
    if not setting_flag(session=session, key=AUTO_APPLY, community_id=posted.community_id):
        return
    charged = (
        select(Charge.customer_id)
        .where(posted.charges(), Charge.due > ZERO)
        .join(Prepayment, Prepayment.customer_id == Charge.customer_id)
        .where(Prepayment.community_id == posted.community_id, Prepayment.balance > ZERO)
        .distinct()
    )
    customers = list(session.scalars(charged))
    if customers:
        # What is posted later than this month is not settled in its books.
        undone = select(PrepaymentEntry.id).where(
            PrepaymentEntry.charge_id == Charge.id, PrepaymentEntry.kind == PrepaymentKind.UNAPPLIED
        )
        # Nor is what somebody has taken off a charge put on it again.
        known = (Charge.posting_period <= posted.period) & ~undone.correlate(Charge).exists()
        _apply(session, posted.community_id, customers, posted.day, known)


def apply_held(
    *, session: Session, customer_id: int, day: date, charge_ids: Sequence[int] | None = None
) -> Decimal:
    """Settle open charges (those named, or all) of the person by what is held for them; returns the sum (元).

    Over every community in reach. Raises OutOfScope, period_closed, NothingHeld.
    """
    people = person(session=session, customer_id=customer_id)
    for community_id in sorted({one.community_id for one in people}):
        open_period(session=session, community_id=community_id, period=Period.of(day))
    wanted = None if charge_ids is None else Charge.id.in_(sorted(set(charge_ids)))
    total = sum(
        (
            _apply(session, one.community_id, [one.id], day, wanted)
            for one in sorted(people, key=lambda p: p.id)
        ),
        ZERO,
    )
    if not total:
        raise NothingHeld
    return total


def _apply(
    session: Session,
    community_id: int,
    customers: Sequence[int],
    day: date,
    wanted: ColumnElement[bool] | None = None,
) -> Decimal:
    """Charges are locked before accounts, each in the order of their ids."""
    mine = (Prepayment.community_id == community_id) & Prepayment.customer_id.in_(customers)
    if session.scalar(select(Prepayment.id).where(mine, Prepayment.balance > ZERO).limit(1)) is None:
        return ZERO
    where = (Charge.community_id == community_id) & Charge.customer_id.in_(customers) & (Charge.due > ZERO)
    open_ids = session.scalars(select(Charge.id).where(where if wanted is None else where & wanted))
    charges = {one.id: one for one in lock_charges(session=session, ids=open_ids) if one.due > ZERO}
    ids = session.scalars(select(Prepayment.id).where(mine, Prepayment.balance > ZERO))
    accounts = {one.id: one for one in locked_rows(session=session, model=Prepayment, ids=ids)}
    spare = _spare(session, accounts.values(), Period.of(day))
    applied = apply_oldest_first(
        held=[
            PrepaymentBalance(
                id=one.id,
                customer_id=one.customer_id,
                room_id=one.room_id,
                fee_item_id=one.fee_item_id,
                balance=min(one.balance, spare[one.id]),
            )
            for one in accounts.values()
        ],
        owed=_owed(session, charges.values()),
    )
    settle(
        session=session,
        parts=[AllocationPart(charges[one.charge_id], one.amount, one.prepayment_id) for one in applied],
        origin=Origin(kind=AllocationKind.PREPAYMENT, day=day),
    )
    for one in applied:
        move_prepayment(
            session=session,
            account=accounts[one.prepayment_id],
            kind=PrepaymentKind.APPLIED,
            amount=-one.amount,
            source=EntrySource(day=day),
            charge_id=one.charge_id,
        )
    session.flush()
    return sum((one.amount for one in applied), ZERO)


def _spare(session: Session, accounts: Collection[Prepayment], period: Period) -> dict[int, Decimal]:
    """How much of each account was there at the end of `period` and at the end of every month after it (元).

    A month may be billed late: what came in after it cannot have settled anything in it.
    """
    sums: dict[int, dict[Period, Decimal]] = {one.id: {} for one in accounts}
    for key, month, amount in session.execute(
        select(
            PrepaymentEntry.prepayment_id, PrepaymentEntry.posting_period, func.sum(PrepaymentEntry.amount)
        )
        .where(PrepaymentEntry.prepayment_id.in_(sums))
        .group_by(PrepaymentEntry.prepayment_id, PrepaymentEntry.posting_period)
    ):
        sums[key][month] = amount
    found = {}
    for key, months in sums.items():
        balance = sum((amount for month, amount in months.items() if month <= period), ZERO)
        found[key] = balance
        for month in sorted(month for month in months if month > period):
            balance += months[month]
            found[key] = min(found[key], balance)
    return found


def _owed(session: Session, charges: Collection[LockedCharge]) -> list[Owed]:
    fees = {one.fee_item_id for one in charges}
    order = dict(session.execute(select(FeeItem.id, FeeItem.priority).where(FeeItem.id.in_(fees))).all())
    return [
        Owed(
            id=one.id,
            customer_id=one.customer_id,
            room_id=one.room_id,
            fee_item_id=one.fee_item_id,
            due_date=one.due_date,
            priority=order[one.fee_item_id],
            due=one.due,
        )
        for one in charges
    ]
