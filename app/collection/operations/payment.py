"""Taking money: open charges, 预收 and 押金 of one person, one receipt a community, all or none."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations import guard_open, open_period
from app.collection.models import Receipt
from app.collection.operations.allocations import (
    AT_ONCE,
    AllocationPart,
    LockedCharge,
    Origin,
    lock_charges,
    settle,
)
from app.collection.operations.idempotency import earlier_receipts, request_hash
from app.collection.operations.payment_request import Advance, PaymentRequest
from app.collection.operations.receipt_drafts import add_advances, add_tenders, drafts_for
from app.collection.operations.receipt_issue import issue
from app.collection.operations.rounding import post_rounding_waiver, rounding_discount
from app.collection.queries import open_charge_ids, person
from app.collection.rules.payment import ZERO, OverBalance
from app.collection.states import AllocationKind
from app.estate.models import Customer
from app.kernel.allocation import NotPositive, OpenItem, settle_oldest_first
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen
from app.kernel.periods import Period
from app.lowcode.scope import OutOfScope


class AlreadySettled(DomainError):
    """A charge named has nothing open, or nothing at all is open."""

    code = "already_settled"
    message = N_("所选费用已被收款，现在没有欠费。请刷新后再看。")


class NothingChosen(DomainError):
    """An empty choice of charges, and nothing taken in advance either."""

    code = "nothing_chosen"
    message = N_("请先勾选要收的费用。")


def pay(*, session: Session, request: PaymentRequest) -> list[Receipt]:
    """Collect a payment and return its receipts, one a community in order of id.

    Months are held open first, then charges are locked in the order of their ids, accounts, the receipt counters last
    (fee rules, payment).

    Raises OutOfScope, period_closed, KeyReused, NothingChosen, AlreadySettled, OverBalance, TendersOver, NotPositive,
    TendersDiffer, TenderedShort, TenderedWithoutCash, RoundingBeyondLimit.
    """
    people = person(session=session, customer_id=request.customer_id)
    charge_ids, ahead, day = request.charge_ids, request.ahead, request.day
    asked = request_hash(request)
    if earlier := earlier_receipts(session=session, key=request.key, asked=asked):
        return earlier
    if charge_ids is not None and not charge_ids and not ahead:
        raise NothingChosen(field="charge_ids")
    communities = set(_communities(session, people, charge_ids))
    if ahead:
        communities.add(people[0].community_id)
    for community_id in sorted(communities):
        guard_open(session=session, community_id=community_id, day=day)
    for wanted in (request.amount, *(line.amount for line in ahead)):
        if wanted is not None and fen(wanted) <= 0:
            raise NotPositive(field="amount")
    charges = _locked(session, people, charge_ids)
    # The other press of the same button held the charges until it committed: its receipt is there now.
    if earlier := earlier_receipts(session=session, key=request.key, asked=asked):
        return earlier
    if (not charges and not ahead) or (charge_ids is not None and any(charge.due <= 0 for charge in charges)):
        raise AlreadySettled(field="charge_ids")
    by_id = {charge.id: charge for charge in charges}
    applied = _applied(session, charges, request.amount)
    discounts, above = rounding_discount(
        session=session, applied=applied, charges=by_id, rounding=request.rounding
    )
    advances = [*request.advances, Advance(amount=above)] if above else request.advances
    cash = {key: part - discounts.get(key, ZERO) for key, part in applied.items()}
    drafts = drafts_for(people=people, charges=by_id, cash=cash)
    add_advances(
        session=session, drafts=drafts, customer=people[0], advances=advances, deposits=request.deposits
    )
    add_tenders(session=session, drafts=drafts, request=request)
    for draft in drafts.values():
        open_period(session=session, community_id=draft.community_id, period=Period.of(day))
    # Two of one person's presses may hold no charge in common: the last look is under the accounts' lock.
    if earlier := earlier_receipts(session=session, key=request.key, asked=asked):
        return earlier
    receipts = [
        issue(session=session, draft=draft, day=day, key=request.key, asked=asked)
        for draft in drafts.values()
    ]
    _settle(session, receipts, {key: (by_id[key], part) for key, part in cash.items()}, day)
    post_rounding_waiver(
        session=session,
        parts={key: (by_id[key], part) for key, part in discounts.items()},
        receipts=receipts,
        day=day,
    )
    return receipts


def _communities(session: Session, people: Sequence[Customer], charge_ids: Sequence[int] | None) -> list[int]:
    """Return the communities that the payment will touch. Raises OutOfScope for a charge that is not this person's."""
    if charge_ids is None:
        owing = (
            select(Charge.community_id)
            .where(Charge.customer_id.in_([one.id for one in people]), Charge.due > ZERO)
            .distinct()
        )
        found = set(session.scalars(owing))
        return sorted(found or {one.community_id for one in people[:1]})
    wanted, found, seen = sorted(set(charge_ids)), set(), 0
    for start in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            select(Charge.id, Charge.community_id).where(
                Charge.id.in_(wanted[start : start + AT_ONCE]),
                Charge.customer_id.in_([one.id for one in people]),
            )
        ).all()
        seen += len(rows)
        found |= {row.community_id for row in rows}
    if seen != len(wanted):
        raise OutOfScope(field="charge_ids")
    return sorted(found)


def _locked(
    session: Session, people: Sequence[Customer], charge_ids: Sequence[int] | None
) -> list[LockedCharge]:
    """Return the charges named, or all open ones, as they are under our lock, in order of id."""
    ids = open_charge_ids(session=session, people=people) if charge_ids is None else charge_ids
    found = lock_charges(session=session, ids=ids)
    return found if charge_ids is not None else [one for one in found if one.due > 0]


def _applied(session: Session, charges: Sequence[LockedCharge], amount: Decimal | None) -> dict[int, Decimal]:
    """How much of which charge is settled, in the order of settling. Raises OverBalance."""
    open_now = sum((one.due for one in charges), ZERO)
    wanted = open_now if amount is None else amount
    if wanted > open_now:
        raise OverBalance(amount=wanted, owed=open_now)
    if not charges:
        return {}
    fees = {one.fee_item_id for one in charges}
    order: dict[int, int] = {
        row.id: row.priority
        for row in session.execute(select(FeeItem.id, FeeItem.priority).where(FeeItem.id.in_(fees)))
    }
    items = [
        OpenItem(id=one.id, due=one.due_date, priority=order[one.fee_item_id], outstanding=one.due)
        for one in charges
    ]
    return dict(settle_oldest_first(items, wanted).applied)


def _settle(
    session: Session, receipts: Sequence[Receipt], cash: dict[int, tuple[LockedCharge, Decimal]], day: date
) -> None:
    """Write the allocations of each receipt and move the charges' checked copies; the rows are locked and in reach."""
    for receipt in receipts:
        parts = [
            AllocationPart(charge, part)
            for charge, part in cash.values()
            if charge.community_id == receipt.community_id and part
        ]
        origin = Origin(kind=AllocationKind.PAYMENT, day=day, receipt_id=receipt.id)
        settle(session=session, parts=parts, origin=origin)
