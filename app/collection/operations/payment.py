"""Taking money: any open charges of one person, one receipt a community, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations import guard_open, open_period
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.queries import open_charge_ids, person
from app.collection.rules import ZERO, OverBalance, body_hash, change_of, complete_tenders, spread
from app.collection.states import AllocationKind, Tender
from app.estate.models import Customer
from app.kernel.allocation import NotPositive, OpenItem, settle_oldest_first
from app.kernel.chinese_amount import chinese_amount
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen, format_money
from app.kernel.periods import Period
from app.lowcode.actors import current_actor
from app.lowcode.numbers import next_number
from app.lowcode.scope import OutOfScope

BOOK = "receipt"
PREFIX = "SJ"
LOCKED_AT_ONCE = 500  # ids in one IN list


class AlreadySettled(DomainError):
    """A charge named has nothing open, or nothing at all is open."""

    code = "already_settled"
    message = N_("所选费用已被收款,现在没有欠费。请刷新后再看。")


class NothingChosen(DomainError):
    """An empty choice of charges."""

    code = "nothing_chosen"
    message = N_("请先勾选要收的费用。")


class KeyReused(DomainError):
    """An idempotency key that came before with another body."""

    code = "key_reused"
    message = N_("这次提交的编号已用于另一笔收款,没有重复收款。请刷新页面后再收。")


@dataclass(frozen=True, slots=True)
class _Open:
    """A charge as locked: what its allocation needs."""

    id: int
    community_id: int
    building_id: int | None
    room_id: int | None
    space_id: int | None
    customer_id: int
    fee_item_id: int
    period: Period
    due_date: date
    paid: Decimal
    due: Decimal


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
) -> list[Receipt]:
    """Collect from the person behind `customer_id`, and return the receipts, one a community in order of id.

    `charge_ids`: only these (None: all that is open over every community in reach); `amount` 元: a part,
    oldest due first (None: all of it); a tender without an amount takes the rest; `tendered` 元: the cash
    handed over. The same `key` with the same body returns the receipts made then. Charges are locked in the
    order of their ids, the receipt counters last (fee rules, payment).

    Raises OutOfScope, period_closed, KeyReused, NothingChosen, AlreadySettled, OverBalance, NotPositive,
    TendersDiffer, TenderedShort, TenderedWithoutCash.
    """
    people = person(session=session, customer_id=customer_id)
    asked = body_hash(
        customer=customer_id,
        charges=None if charge_ids is None else sorted(set(charge_ids)),
        amount=None if amount is None else fen(amount),
        tenders=[(tender.value, None if part is None else fen(part)) for tender, part in tenders],
        tendered=None if tendered is None else fen(tendered),
        day=day,
        by=current_actor().user_id,
    )
    if earlier := _earlier(session, key, asked):
        return earlier
    if charge_ids is not None and not charge_ids:
        raise NothingChosen(field="charge_ids")
    for community_id in _communities(session, people, charge_ids):
        guard_open(session=session, community_id=community_id, day=day)
    if amount is not None and fen(amount) <= 0:
        raise NotPositive(field="amount")
    charges = _locked(session, people, charge_ids)
    # The other press of the same button held the charges until it committed: its receipt is there now.
    if earlier := _earlier(session, key, asked):
        return earlier
    if not charges or (charge_ids is not None and any(one.due <= 0 for one in charges)):
        raise AlreadySettled(field="charge_ids")
    applied = _applied(session, charges, amount)
    by_id = {one.id: one for one in charges}
    totals: dict[int, Decimal] = {}
    for charge_id, part in applied.items():
        community_id = by_id[charge_id].community_id
        totals[community_id] = totals.get(community_id, ZERO) + part
    totals = dict(sorted(totals.items()))
    parts = complete_tenders(tenders=tenders, total=sum(totals.values(), ZERO))
    change = change_of(tenders=parts, tendered=tendered)
    spread_parts = spread(tenders=parts, totals=totals)
    change_at = next(
        (c for c in reversed(totals) if any(t is Tender.CASH for t, _a in spread_parts[c])), None
    )
    receipts = []
    for community_id, total in totals.items():
        receipts.append(
            _receipt(
                session,
                community_id=community_id,
                customer_id=next(p.id for p in people if p.community_id == community_id),
                day=day,
                total=total,
                change=change if community_id == change_at else ZERO,
                parts=spread_parts[community_id],
                key=key,
                asked=asked,
            )
        )
    _settle(
        session, receipts, {charge_id: (by_id[charge_id], part) for charge_id, part in applied.items()}, day
    )
    return receipts


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
    for start in range(0, len(wanted), LOCKED_AT_ONCE):
        rows = session.execute(
            select(Charge.id, Charge.community_id).where(
                Charge.id.in_(wanted[start : start + LOCKED_AT_ONCE]),
                Charge.customer_id.in_([one.id for one in people]),
            )
        ).all()
        seen += len(rows)
        found |= {row.community_id for row in rows}
    if seen != len(wanted):
        raise OutOfScope(field="charge_ids")
    return sorted(found)


def _locked(session: Session, people: Sequence[Customer], charge_ids: Sequence[int] | None) -> list[_Open]:
    """The charges named, or all open ones, as they are under our lock, in order of id."""
    ids = open_charge_ids(session=session, people=people) if charge_ids is None else sorted(set(charge_ids))
    found: list[_Open] = []
    for start in range(0, len(ids), LOCKED_AT_ONCE):
        rows = session.execute(
            select(
                Charge.id, Charge.community_id, Charge.building_id, Charge.room_id, Charge.space_id,
                Charge.customer_id, Charge.fee_item_id, Charge.period, Charge.due_date, Charge.paid, Charge.due,
            )
            .where(Charge.id.in_(ids[start : start + LOCKED_AT_ONCE]))
            .order_by(Charge.id)
            .with_for_update()
        )  # fmt: skip
        found += [_Open(*row) for row in rows]
    return found if charge_ids is not None else [one for one in found if one.due > 0]


def _applied(session: Session, charges: Sequence[_Open], amount: Decimal | None) -> dict[int, Decimal]:
    """How much of which charge is settled. Raises OverBalance."""
    open_now = sum((one.due for one in charges), ZERO)
    wanted = open_now if amount is None else amount
    if wanted > open_now:
        raise OverBalance(amount=format_money(wanted), open=format_money(open_now), field="amount")
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


def _receipt(
    session: Session,
    *,
    community_id: int,
    customer_id: int,
    day: date,
    total: Decimal,
    change: Decimal,
    parts: Sequence[tuple[Tender, Decimal]],
    key: str | None,
    asked: str,
) -> Receipt:
    open_period(session=session, community_id=community_id, period=Period.of(day))
    given = next_number(session=session, kind=BOOK, community_id=community_id, day=day)
    receipt = Receipt(
        number=given.number, community_id=community_id, customer_id=customer_id,
        day=day, posting_period=Period.of(day), total=total, settled=total, tendered=total + change, change_given=change,
        words=chinese_amount(total), year=given.year, serial=given.serial, key=key, body_hash=asked,
        cashier_id=current_actor().user_id,
    )  # fmt: skip
    session.add(receipt)
    session.flush()
    session.execute(
        insert(ReceiptTender.__table__),
        [
            {"community_id": community_id, "receipt_id": receipt.id, "tender": tender, "amount": part}
            for tender, part in parts
        ],
    )
    return receipt


def _settle(
    session: Session, receipts: Sequence[Receipt], applied: dict[int, tuple[_Open, Decimal]], day: date
) -> None:
    """Write the allocations and move the charges' checked copies; the rows are locked and within reach."""
    receipt_of = {receipt.community_id: receipt.id for receipt in receipts}
    session.execute(
        insert(Allocation.__table__),
        [
            allocation_row(
                charge,
                kind=AllocationKind.PAYMENT,
                receipt_id=receipt_of[charge.community_id],
                day=day,
                amount=part,
            )
            for charge, part in applied.values()
        ],
    )
    move_checked_copies(session, [(charge, part) for charge, part in applied.values()])


def allocation_row(
    charge: Any, *, kind: AllocationKind, receipt_id: int, day: date, amount: Decimal
) -> dict[str, Any]:
    """The row of an allocation of `amount` (元) to a charge, with what it takes over from the charge."""
    return {
        "community_id": charge.community_id, "building_id": charge.building_id, "room_id": charge.room_id,
        "space_id": charge.space_id, "fee_item_id": charge.fee_item_id, "period": charge.period, "kind": kind,
        "receipt_id": receipt_id, "charge_id": charge.id, "day": day, "posting_period": Period.of(day),
        "amount": amount,
    }  # fmt: skip


def move_checked_copies(session: Session, moved: Sequence[tuple[Any, Decimal]]) -> None:
    """Set paid and due of locked charges after `moved` (charge, signed 元): the only change a charge knows."""
    table = Charge.__table__
    session.execute(
        update(table)
        .where(table.c.id == bindparam("charge"))
        .values(paid=bindparam("now_paid"), due=bindparam("now_due")),
        [
            {"charge": charge.id, "now_paid": charge.paid + part, "now_due": charge.due - part}
            for charge, part in moved
        ],
    )
