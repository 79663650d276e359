"""账期: every paper in the month of its day, every month known and closed in order, and cash equal to what it settled."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, Charge
from app.billing.states import PeriodState
from app.closing.audit.check import Within
from app.closing.audit.number_sequences import Found
from app.collection.models import (
    Adjustment,
    Allocation,
    DepositEntry,
    PrepaymentEntry,
    Receipt,
    ReceiptVoid,
    Refund,
    Waiver,
)
from app.collection.states import CASH_KINDS, AllocationKind, ReceiptState
from app.kernel.errors import N_
from app.kernel.money import MONEY_SCALE, from_scaled
from app.kernel.periods import Period
from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.types import raw

DATED: tuple[type[DocumentBase], ...] = (
    Allocation,
    Receipt,
    ReceiptVoid,
    PrepaymentEntry,
    DepositEntry,
    Waiver,
    Adjustment,
    Refund,
)
OTHER_MONTH = N_("%(what)s（编号 %(key)s）日期是 %(day)s，却记在这个账期。")
UNKNOWN = N_("有 %(what)s 入账，却没有这个账期。")
ORDER = N_("已结账，前面的 %(open)s 却没有结账。")
CASH = N_("收据收费减作废冲红为 %(papers)s，现收核销合计 %(settled)s。")
APPLIED = N_("预收明细抵扣 %(entries)s，应收上的预收抵扣 %(settled)s。")


def wrong_months(session: Session, within: Within) -> Iterator[Found]:
    """Return what is wrong with the months of the papers."""
    known = dict(_periods(session, within))
    for model in (Charge, *DATED):
        yield from _placed(session, within, model, known)
    yield from _order(known)
    yield from _cash(session, within)
    yield from _applied(session, within)


def _periods(session: Session, within: Within) -> Iterator[tuple[tuple[int, Period], PeriodState]]:
    of = AccountingPeriod
    for row in session.execute(select(of.community_id, of.period, of.state).where(*within.of(of))):
        yield (row.community_id, row.period), row.state


def _placed(
    session: Session, within: Within, model: Any, known: dict[tuple[int, Period], PeriodState]
) -> Iterator[Found]:
    """Return a month and the days in it: read once each, whatever number of papers they hold."""
    day = getattr(model, "day", None)
    columns = [model.community_id, model.posting_period, *([] if day is None else [day])]
    what, seen = spec_of(model).about.label, set()
    rows = session.execute(
        select(*columns).where(model.posting_period.is_not(None), *within.of(model)).distinct()
    )
    for community, period, *days in rows:
        if (community, period) not in known and (community, period) not in seen:
            seen.add((community, period))
            yield "month_unknown", UNKNOWN, community, {"document": str(period), "what": what}
        if days and Period.of(days[0]) != period:
            yield from _papers(session, model, community, period, days[0])


def _papers(session: Session, model: Any, community: int, period: Period, day: date) -> Iterator[Found]:
    keys = session.scalars(
        select(model.id).where(
            model.community_id == community, model.posting_period == period, model.day == day
        )
    )
    what = spec_of(model).about.label
    for key in keys:
        told = {"document": str(period), "what": what, "key": key, "day": day}
        yield "month_of_day", OTHER_MONTH, community, told


def _order(known: dict[tuple[int, Period], PeriodState]) -> Iterator[Found]:
    """Months are closed in order."""
    first_open: dict[int, Period] = {}
    for community, period in sorted(known):
        if known[community, period] is PeriodState.OPEN:
            first_open.setdefault(community, period)
        elif community in first_open:
            told = {"document": str(period), "open": str(first_open[community])}
            yield "month_order", ORDER, community, told


def _cash(session: Session, within: Within) -> Iterator[Found]:
    """Return what the receipts of a month say they settled, less what it took back, is what its allocations settled."""
    taken = select(
        Receipt.community_id.label("community"),
        Receipt.posting_period.label("period"),
        raw(Receipt.settled).label("papers"),
        (0 * raw(Receipt.settled)).label("settled"),
    ).where(*within.of(Receipt))
    back = (
        select(
            ReceiptVoid.community_id,
            ReceiptVoid.posting_period,
            -raw(Receipt.settled),
            0 * raw(Receipt.settled),
        )
        .join(Receipt, Receipt.id == ReceiptVoid.receipt_id)
        .where(Receipt.state != ReceiptState.VALID, *within.of(ReceiptVoid))
    )
    settled = select(
        Allocation.community_id, Allocation.posting_period, 0 * raw(Allocation.amount), raw(Allocation.amount)
    ).where(Allocation.kind.in_(CASH_KINDS), *within.of(Allocation))
    for row in session.execute(_unequal(union_all(taken, back, settled))):
        yield "month_cash", CASH, row.community, _to_json(row)


def _applied(session: Session, within: Within) -> Iterator[Found]:
    """Return what left prepayments for charges in a month is what the charges got of them in it."""
    entries = select(
        PrepaymentEntry.community_id.label("community"),
        PrepaymentEntry.posting_period.label("period"),
        (-raw(PrepaymentEntry.amount)).label("papers"),
        (0 * raw(PrepaymentEntry.amount)).label("settled"),
    ).where(PrepaymentEntry.charge_id.is_not(None), *within.of(PrepaymentEntry))
    settled = select(
        Allocation.community_id, Allocation.posting_period, 0 * raw(Allocation.amount), raw(Allocation.amount)
    ).where(Allocation.kind == AllocationKind.PREPAYMENT, *within.of(Allocation))
    for row in session.execute(_unequal(union_all(entries, settled))):
        told = _to_json(row)
        yield "month_applied", APPLIED, row.community, {**told, "entries": told["papers"]}


def _unequal(sides: Any) -> Select[Any]:
    """Return the months whose two sides differ."""
    both = sides.subquery()
    papers, settled = func.sum(both.c.papers), func.sum(both.c.settled)
    return (
        select(both.c.community, both.c.period, papers.label("papers"), settled.label("settled"))
        .group_by(both.c.community, both.c.period)
        .having(papers != settled)
        .order_by(both.c.community, both.c.period)
    )


def _to_json(row: Any) -> dict[str, Any]:
    return {
        "document": str(row.period),
        "papers": from_scaled(int(row.papers), MONEY_SCALE),
        "settled": from_scaled(int(row.settled), MONEY_SCALE),
    }
