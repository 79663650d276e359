"""交款: a cashier's receipts, reversals and refunds that were not handed over yet, as one paper; 财务 signs for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.billing.operations import open_period
from app.collection.models import CashHandover, Receipt, ReceiptTender, ReceiptVoid, Refund
from app.collection.rules.cash_count import CashCount, CountedCash, count_cash
from app.collection.states import HANDOVER_MACHINE, ReceiptState, Tender, VoidKind
from app.estate.models import Community
from app.kernel.chinese_amount import chinese_amount
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import clock, history, scope
from app.lowcode.actors import current_actor
from app.lowcode.numbers import next_number
from app.lowcode.scope import OutOfScope, locked, locked_rows
from app.lowcode.workflow import change_state

HANDOVER_BOOK = "handover"
ZERO = Decimal("0.00")


class NothingToHandOver(DomainError):
    """Nothing was taken since the last hand-over."""

    code = "nothing_to_hand_over"
    message = N_("没有需要交款的收据。")


class TillChanged(DomainError):
    """Something was taken or given out since the cashier counted."""

    code = "till_changed"
    message = N_("未交的款已从 %(seen)s 元变为 %(total)s 元，请核对后再交。")


class OwnHandover(DomainError):
    """Somebody signs for the money that they handed over themselves."""

    code = "same_person"
    message = N_("不能签收自己的交款，请由财务签收。")


@dataclass(slots=True)
class Till:
    """What a cashier has to hand over: the papers, and the money by method (元, in − out)."""

    receipts: list[Any]
    reversals: list[Any]
    refunds: list[Any]
    by_tender: dict[Tender, Decimal]

    @property
    def total(self) -> Decimal:
        """All methods together."""
        return sum(self.by_tender.values(), ZERO)

    @property
    def empty(self) -> bool:
        """Whether there is no paper at all."""
        return not (self.receipts or self.reversals or self.refunds)


def till_of(
    *, session: Session, community_id: int, cashier_id: int | None, until: date, lock: bool = False
) -> Till:
    """Return what `cashier_id` took and gave out up to `until` and has not handed over; voided receipts count as papers."""

    def papers(model: Any, *also: Any) -> list[Any]:
        whose = model.cashier_id == cashier_id if cashier_id else model.cashier_id.is_(None)
        conditions = (
            model.community_id == community_id,
            whose,
            model.handover_id.is_(None),
            model.day <= until,
            *also,
        )
        if not lock:
            return list(session.scalars(select(model).where(*conditions).order_by(model.id)))
        ids = session.scalars(select(model.id).where(*conditions))
        rows = locked_rows(session=session, model=model, ids=ids)
        return [row for row in rows if row.handover_id is None]  # the other press was quicker

    found = Till(
        papers(Receipt),
        papers(ReceiptVoid, ReceiptVoid.kind == VoidKind.REVERSAL),
        papers(Refund, Refund.number.is_not(None)),
        dict.fromkeys(Tender, ZERO),
    )
    taken = [one.id for one in found.receipts if one.state is not ReceiptState.VOID]
    for tender, amount in _tenders(session, taken):
        found.by_tender[tender] += amount
    for tender, amount in _tenders(session, [one.receipt_id for one in found.reversals]):
        found.by_tender[tender] -= amount
    for one in found.refunds:
        found.by_tender[one.tender] -= one.amount
    return found


def hand_over(
    *,
    session: Session,
    community_id: int,
    day: date,
    cashier_id: int | None = None,
    until: date | None = None,
    seen: Decimal | None = None,
    count: CashCount | None = None,
) -> CashHandover:
    """Hand over all that the actor (or `cashier_id`, NOBODY: no login) took up to `until` (None: `day`).

    Two presses make one: the second finds nothing. `seen`: the sum (元) of the papers on the cashier's page; `count`:
    the cash in the drawer, looked at where the papers say that there is some (None: handed over uncounted, by a command).
    Raises OutOfScope, period_closed, NothingToHandOver, TillChanged, NotCounted, CountsDiffer, OverShortUnexplained, BadPieces.
    """
    if scope.find(session, Community, community_id) is None:
        raise OutOfScope(field="community_id")
    open_period(session=session, community_id=community_id, period=Period.of(day))
    actor = current_actor()
    cashier_id = actor.user_id if cashier_id is None else cashier_id
    till = till_of(
        session=session, community_id=community_id, cashier_id=cashier_id, until=until or day, lock=True
    )
    if till.empty:
        raise NothingToHandOver
    if seen is not None and seen != till.total:
        raise TillChanged(seen=format_money(seen), total=format_money(till.total))
    cash = _counted(till.by_tender[Tender.CASH], count)
    days = [one.day for one in (*till.receipts, *till.reversals, *till.refunds)]
    number = next_number(session=session, kind=HANDOVER_BOOK, community_id=community_id, day=day).number
    sums = {tender.value: amount for tender, amount in till.by_tender.items()}
    row = CashHandover(
        number=number,
        community_id=community_id,
        cashier_id=cashier_id or None,
        cashier=_name(till, actor.name),
        first_day=min(days),
        last_day=max(days),
        day=day,
        first_number=till.receipts[0].number if till.receipts else None,
        last_number=till.receipts[-1].number if till.receipts else None,
        receipts=len(till.receipts),
        voids=sum(one.state is ReceiptState.VOID for one in till.receipts),
        total=till.total,
        words=chinese_amount(till.total),
        counted=cash and cash.counted,
        notes=cash and cash.notes,
        over_short=cash.over_short if cash else ZERO,
        over_short_reason=cash and cash.reason,
        **sums,
    )
    session.add(row)
    session.flush()
    for model, papers in ((Receipt, till.receipts), (ReceiptVoid, till.reversals), (Refund, till.refunds)):
        ids = [one.id for one in papers]
        for start in range(0, len(ids), 500):
            table = model.__table__
            session.execute(
                update(table).where(table.c.id.in_(ids[start : start + 500])).values(handover_id=row.id)
            )
    history.note(row, label=N_("交款"))
    session.flush()
    session.expire_all()
    return row


def _counted(booked: Decimal, count: CashCount | None) -> CountedCash | None:
    """Return the count against the papers; a drawer that gave out more than it took holds nothing to count."""
    return count_cash(booked=booked, count=count) if count is not None and booked > 0 else None


def sign(*, session: Session, handover_id: int) -> CashHandover:
    """财务 signs for the money. Raises OutOfScope, TransitionRefused, OwnHandover."""
    row = locked(session=session, model=CashHandover, row_id=handover_id)
    actor = current_actor()
    HANDOVER_MACHINE.find(row.state, "sign")
    if row.cashier_id is not None and row.cashier_id == actor.user_id:
        raise OwnHandover
    change_state(session=session, row=row, machine=HANDOVER_MACHINE, action="sign")
    row.signed_by_id, row.signed_by, row.signed_at = actor.user_id, actor.name or "?", clock.now()
    history.note(row, label=N_("签收"))
    session.flush()
    return row


def _name(till: Till, actor: str) -> str:
    papers = till.receipts or till.reversals
    return (papers[0].created_by if papers else None) or actor or "?"


def _tenders(session: Session, receipt_ids: list[int]) -> list[tuple[Tender, Decimal]]:
    found: list[tuple[Tender, Decimal]] = []
    for start in range(0, len(receipt_ids), 500):
        found += session.execute(
            select(ReceiptTender.tender, func.sum(ReceiptTender.amount))
            .where(ReceiptTender.receipt_id.in_(receipt_ids[start : start + 500]))
            .group_by(ReceiptTender.tender)
        ).all()
    return found
