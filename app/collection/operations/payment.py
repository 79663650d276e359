"""Taking money: open charges, 预收 and 押金 of one person, one receipt a community, all or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations import guard_open, open_period
from app.collection.models import Receipt
from app.collection.operations.accounts import deposit_account, prepayment_account
from app.collection.operations.issuing import Draft, issue
from app.collection.operations.rounding_off import let_go, waive_rest
from app.collection.operations.settling import AT_ONCE, LockedCharge, Origin, Part, lock_charges, settle
from app.collection.queries import open_charge_ids, person
from app.collection.rules.paying import (
    ZERO,
    OverBalance,
    body_hash,
    change_of,
    complete_tenders,
    spread,
)
from app.collection.states import AllocationKind, Rounding, Tender
from app.estate.models import Customer, Room
from app.kernel.allocation import NotPositive, OpenItem, settle_oldest_first
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen, format_money
from app.kernel.periods import Period
from app.lowcode.actors import current_actor
from app.lowcode.scope import OutOfScope, find


class AlreadySettled(DomainError):
    """A charge named has nothing open, or nothing at all is open."""

    code = "already_settled"
    message = N_("所选费用已被收款,现在没有欠费。请刷新后再看。")


class NothingChosen(DomainError):
    """An empty choice of charges, and nothing taken in advance either."""

    code = "nothing_chosen"
    message = N_("请先勾选要收的费用。")


class KeyReused(DomainError):
    """An idempotency key that came before with another body."""

    code = "key_reused"
    message = N_("这次提交的编号已用于另一笔收款,没有重复收款。请刷新页面后再收。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """预收: 元 for one fee, or (None) general; `room_id` binds one for a fee to a room."""

    amount: Decimal
    room_id: int | None = None
    fee_item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """押金: 元 for a purpose, of a room or (None) of the customer."""

    amount: Decimal
    item: str
    room_id: int | None = None


def pay(
    *,
    session: Session,
    customer_id: int,
    tenders: Sequence[tuple[Tender, Decimal | None]],
    day: date,
    charge_ids: Sequence[int] | None = None,
    amount: Decimal | None = None,
    tendered: Decimal | None = None,
    key: str | None = None,
    rounding: Rounding | None = None,
    keep_change: bool = False,
    advances: Sequence[Advance] = (),
    securities: Sequence[Security] = (),
) -> list[Receipt]:
    """Collect from the person behind `customer_id`, and return the receipts, one a community in order of id.

    `charge_ids`: only these (None: all that is open over every community in reach; empty: none, where something is
    taken in advance); `amount` 元: a part, oldest due first (None: all of it); `rounding`: 抹零 of the charges, let go
    as a waiver up to the community's limit; a tender without an amount takes the rest; `tendered` 元: the cash handed
    over, its change given back or (`keep_change`) kept as a general prepayment. `advances` and `securities` are the
    customer's own. The same `key` with the same body returns the receipts made then. Months are held open first, then
    charges are locked in the order of their ids, accounts, the receipt counters last (fee rules, payment).

    Raises OutOfScope, period_closed, KeyReused, NothingChosen, AlreadySettled, OverBalance, NotPositive,
    TendersDiffer, TenderedShort, TenderedWithoutCash, RoundingBeyondLimit.
    """
    people = person(session=session, customer_id=customer_id)
    ahead: list[Advance | Security] = [*advances, *securities]
    asked = _fingerprint(
        customer_id, charge_ids, amount, tenders, tendered, day, rounding, keep_change, ahead
    )  # fmt: skip
    if earlier := _earlier(session, key, asked):
        return earlier
    if charge_ids is not None and not charge_ids and not ahead:
        raise NothingChosen(field="charge_ids")
    communities = set(_communities(session, people, charge_ids))
    if ahead:
        communities.add(people[0].community_id)
    for community_id in sorted(communities):
        guard_open(session=session, community_id=community_id, day=day)
    for wanted in (amount, *(one.amount for one in ahead)):
        if wanted is not None and fen(wanted) <= 0:
            raise NotPositive(field="amount")
    charges = _locked(session, people, charge_ids)
    # The other press of the same button held the charges until it committed: its receipt is there now.
    if earlier := _earlier(session, key, asked):
        return earlier
    if (not charges and not ahead) or (charge_ids is not None and any(one.due <= 0 for one in charges)):
        raise AlreadySettled(field="charge_ids")
    by_id = {one.id: one for one in charges}
    applied = _applied(session, charges, amount)
    given_up, above = let_go(session=session, applied=applied, charges=by_id, rounding=rounding)
    if above:
        advances = [*advances, Advance(amount=above)]
    cash = {key: part - given_up.get(key, ZERO) for key, part in applied.items()}
    drafts = _drafts(session, people, by_id, cash)
    _advance(session, drafts, people[0], advances, securities)
    _tender(session, drafts, tenders, tendered, keep_change=keep_change)
    for draft in drafts.values():
        open_period(session=session, community_id=draft.community_id, period=Period.of(day))
    # Two of one person's presses may hold no charge in common: the last look is under the accounts' lock.
    if earlier := _earlier(session, key, asked):
        return earlier
    receipts = [issue(session=session, draft=one, day=day, key=key, asked=asked) for one in drafts.values()]
    _settle(session, receipts, {key: (by_id[key], part) for key, part in cash.items()}, day)
    waive_rest(
        session=session,
        parts={key: (by_id[key], part) for key, part in given_up.items()},
        receipts=receipts,
        day=day,
    )
    return receipts


def _fingerprint(
    customer_id: int,
    charge_ids: Sequence[int] | None,
    amount: Decimal | None,
    tenders: Sequence[tuple[Tender, Decimal | None]],
    tendered: Decimal | None,
    day: date,
    rounding: Rounding | None,
    keep_change: bool,
    ahead: Sequence[Advance | Security],
) -> str:
    return body_hash(
        customer=customer_id,
        charges=None if charge_ids is None else sorted(set(charge_ids)),
        amount=None if amount is None else fen(amount),
        tenders=[(tender.value, None if part is None else fen(part)) for tender, part in tenders],
        tendered=None if tendered is None else fen(tendered),
        day=day,
        by=current_actor().user_id,
        rounding=rounding and rounding.value,
        keep_change=keep_change,
        ahead=[repr(one) for one in ahead],
    )


def _earlier(session: Session, key: str | None, asked: str) -> list[Receipt]:
    """The receipts that this key made before; none for a new key. Raises KeyReused for another body."""
    if key is None:
        return []
    found = list(session.scalars(select(Receipt).where(Receipt.key == key).order_by(Receipt.community_id)))
    if any(receipt.body_hash != asked for receipt in found):
        raise KeyReused(field="key")
    return found


def _communities(session: Session, people: Sequence[Customer], charge_ids: Sequence[int] | None) -> list[int]:
    """The communities that the payment will touch. Raises OutOfScope for a charge that is not this person's."""
    if charge_ids is None:
        found = {
            row
            for row in session.scalars(
                select(Charge.community_id)
                .where(Charge.customer_id.in_([one.id for one in people]), Charge.due > ZERO)
                .distinct()
            )
        }
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
    """The charges named, or all open ones, as they are under our lock, in order of id."""
    ids = open_charge_ids(session=session, people=people) if charge_ids is None else charge_ids
    found = lock_charges(session=session, ids=ids)
    return found if charge_ids is not None else [one for one in found if one.due > 0]


def _applied(session: Session, charges: Sequence[LockedCharge], amount: Decimal | None) -> dict[int, Decimal]:
    """How much of which charge is settled, in the order of settling. Raises OverBalance."""
    open_now = sum((one.due for one in charges), ZERO)
    wanted = open_now if amount is None else amount
    if wanted > open_now:
        raise OverBalance(amount=format_money(wanted), open=format_money(open_now), field="amount")
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


def _drafts(
    session: Session,
    people: Sequence[Customer],
    charges: Mapping[int, LockedCharge],
    cash: Mapping[int, Decimal],
) -> dict[int, Draft]:
    """A receipt to be for each community that charges are settled in, in order of id."""
    drafts: dict[int, Draft] = {}
    for community_id in sorted({charges[key].community_id for key in cash}):
        customer_id = next(one.id for one in people if one.community_id == community_id)
        drafts[community_id] = Draft(community_id=community_id, customer_id=customer_id)
    for key, part in cash.items():
        drafts[charges[key].community_id].settled += part
    return drafts


def _advance(
    session: Session,
    drafts: dict[int, Draft],
    customer: Customer,
    advances: Collection[Advance],
    securities: Collection[Security],
) -> None:
    """Add what is taken in advance to the customer's own receipt, on accounts under our lock."""
    if not advances and not securities:
        return
    ahead: list[Advance | Security] = [*advances, *securities]
    for paid in ahead:
        _check_place(session, customer, paid)
    draft = drafts.setdefault(
        customer.community_id, Draft(community_id=customer.community_id, customer_id=customer.id)
    )
    for one in sorted(advances, key=lambda one: (one.room_id or 0, one.fee_item_id or 0)):
        account = prepayment_account(
            session=session, community_id=customer.community_id, customer_id=customer.id, room_id=one.room_id,
            fee_item_id=one.fee_item_id,
        )  # fmt: skip
        draft.prepaid.append((account, one.amount))
    for other in sorted(securities, key=lambda one: (one.room_id or 0, one.item)):
        kept = deposit_account(
            session=session, community_id=customer.community_id, customer_id=customer.id, room_id=other.room_id,
            item=other.item,
        )  # fmt: skip
        draft.deposited.append((kept, other.amount))


def _check_place(session: Session, customer: Customer, paid: Advance | Security) -> None:
    """Refuse a room of another community, and a fee that there is not. Raises OutOfScope."""
    if paid.room_id is not None:
        room = find(session, Room, paid.room_id)
        if room is None or room.community_id != customer.community_id:
            raise OutOfScope(field="room_id")
    fee = paid.fee_item_id if isinstance(paid, Advance) else None
    if fee is not None and find(session, FeeItem, fee) is None:
        raise OutOfScope(field="fee_item_id")


def _tender(
    session: Session,
    drafts: dict[int, Draft],
    tenders: Sequence[tuple[Tender, Decimal | None]],
    tendered: Decimal | None,
    *,
    keep_change: bool,
) -> None:
    """Spread the methods over the receipts, and give the change back or keep it as a prepayment."""
    ordered = dict(sorted(drafts.items()))
    drafts.clear()
    drafts.update(ordered)
    totals = {key: draft.total for key, draft in drafts.items()}
    parts = complete_tenders(tenders=tenders, total=sum(totals.values(), ZERO))
    change = change_of(tenders=parts, tendered=tendered)
    spread_parts = spread(tenders=parts, totals=totals)
    at = next((c for c in reversed(totals) if any(t is Tender.CASH for t, _a in spread_parts[c])), None)
    for key, draft in drafts.items():
        draft.tenders = spread_parts[key]
    if not change or at is None:
        return
    draft = drafts[at]
    if not keep_change:
        draft.change = change
        return
    account = prepayment_account(
        session=session, community_id=at, customer_id=draft.customer_id, room_id=None, fee_item_id=None
    )
    draft.prepaid.append((account, change))
    draft.tenders = [(way, part + (change if way is Tender.CASH else ZERO)) for way, part in draft.tenders]


def _settle(
    session: Session, receipts: Sequence[Receipt], cash: dict[int, tuple[LockedCharge, Decimal]], day: date
) -> None:
    """Write the allocations of each receipt and move the charges' checked copies; the rows are locked and in reach."""
    for receipt in receipts:
        parts = [
            Part(charge, part)
            for charge, part in cash.values()
            if charge.community_id == receipt.community_id and part
        ]
        origin = Origin(kind=AllocationKind.PAYMENT, day=day, receipt_id=receipt.id)
        settle(session=session, parts=parts, origin=origin)
