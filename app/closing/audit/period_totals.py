"""The months' figures of every community, added up from the documents alone: a grouped pass over each table."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.audit.check import Within
from app.collection.models import Allocation, DepositEntry, PrepaymentEntry, Receipt, ReceiptVoid
from app.collection.states import CASH_KINDS, AllocationKind, DepositKind
from app.kernel.periods import Period
from app.lowcode.types import raw

Key = tuple[int, Period]
"""(community, month)."""
Figures = dict[str, int]
"""What moved in a month, 分, by name."""

STATES = {
    # what stands at a month's end: how the moves of the months add up to it
    "closing": {"charged": 1, "adjusted": 1, "waived": -1, "cash": -1, "prepayment_applied": -1},
    "prepayment": {"prepayment_in": 1, "prepayment_used": -1, "prepayment_refunded": -1},
    "deposit": {"deposit_in": 1, "deposit_deducted": -1, "deposit_returned": -1},
}


class MonthSums:
    """What moved in each month, and what stood before and after it."""

    def __init__(self, session: Session, within: Within) -> None:
        self._moves: dict[Key, Figures] = defaultdict(lambda: defaultdict(int))
        _charges(session, within, self._moves)
        _allocations(session, within, self._moves)
        _held(session, within, self._moves)
        _papers(session, within, self._moves)
        self._months: dict[int, list[Period]] = defaultdict(list)
        for community, period in sorted(self._moves):
            self._months[community].append(period)

    def moved(self, community: int, period: Period, name: str) -> int:
        """Return what moved in the month under this name."""
        found = self._moves.get((community, period))
        return 0 if found is None else found.get(name, 0)

    def stood(self, community: int, period: Period, name: str, *, before: bool = False) -> int:
        """Return what stood at the month's end (or before it) of one of STATES."""
        return sum(
            sign * self.moved(community, month, move)
            for month in self._months.get(community, ())
            if month < period or (month == period and not before)
            for move, sign in STATES[name].items()
        )


def _charges(session: Session, within: Within, moves: dict[Key, Figures]) -> None:
    amount: Any = raw(Charge.amount)
    waived: Any = raw(Charge.waived)
    in_rooms = case((Charge.building_id.is_not(None), waived), else_=0)
    rows = session.execute(
        select(
            Charge.community_id, Charge.posting_period, func.sum(amount), func.sum(waived), func.sum(in_rooms)
        )
        .where(*within.of(Charge))
        .group_by(Charge.community_id, Charge.posting_period)
    )
    for community, period, charged, rounding_discount, of_rooms in rows:
        found = moves[community, period]
        found["charged"] += int(charged) + int(rounding_discount)
        found["waived"] += int(rounding_discount)
        found["waived_in_rooms"] += int(of_rooms)


def _allocations(session: Session, within: Within, moves: dict[Key, Figures]) -> None:
    past = case((Allocation.period < Allocation.posting_period, 1), else_=0)
    rows = session.execute(
        select(
            Allocation.community_id,
            Allocation.posting_period,
            Allocation.kind,
            past,
            func.sum(raw(Allocation.amount)),
        )
        .where(*within.of(Allocation))
        .group_by(Allocation.community_id, Allocation.posting_period, Allocation.kind, past)
    )
    for community, period, kind, of_past, amount in rows:
        found, units = moves[community, period], int(amount)
        if kind in CASH_KINDS:
            found["cash"] += units
            found["cash_past" if of_past else "cash_current"] += units
        elif kind is AllocationKind.PREPAYMENT:
            found["prepayment_applied"] += units
        elif kind is AllocationKind.WAIVER:
            found["waived"] += units
        else:
            found["adjusted"] -= units


def _held(session: Session, within: Within, moves: dict[Key, Figures]) -> None:
    deposit: Any = DepositEntry
    kept = or_(
        deposit.kind == DepositKind.DEDUCTED,
        and_(deposit.kind == DepositKind.TAKEN_BACK, deposit.receipt_id.is_(None)),
    )
    for model, used, names in (
        (PrepaymentEntry, PrepaymentEntry.charge_id.is_not(None), ("in", "used", "refunded")),
        (DepositEntry, kept, ("in", "deducted", "returned")),
    ):
        what = "prepayment" if model is PrepaymentEntry else "deposit"
        for community, period, flow, amount in _flows(session, within, model, used):
            moves[community, period][f"{what}_{names[flow]}"] += -amount if flow else amount


def _flows(session: Session, within: Within, model: Any, used: Any) -> Iterator[tuple[int, Period, int, int]]:
    """(community, month, 0 in, 1 used or 2 refunded, 分)."""
    flow = case((model.refund_id.is_not(None), 2), (used, 1), else_=0)
    rows = session.execute(
        select(model.community_id, model.posting_period, flow, func.sum(raw(model.amount)))
        .where(*within.of(model))
        .group_by(model.community_id, model.posting_period, flow)
    )
    for community, period, which, amount in rows:
        yield community, period, which, int(amount)


def _papers(session: Session, within: Within, moves: dict[Key, Figures]) -> None:
    papers: tuple[tuple[Any, int], ...] = ((Receipt, 1), (ReceiptVoid, -1))
    for model, sign in papers:
        rows = session.execute(
            select(model.community_id, model.posting_period, func.sum(raw(model.total)))
            .where(*within.of(model))
            .group_by(model.community_id, model.posting_period)
        )
        for community, period, total in rows:
            moves[community, period]["taken"] += sign * int(total)
