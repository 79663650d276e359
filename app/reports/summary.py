"""应收实收欠费汇总, read: grouped sums over posting periods, within the person's reach and the chosen tree node."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection.models import Allocation
from app.estate.models import Building, Community
from app.kernel.money import MONEY_SCALE, from_scaled
from app.kernel.periods import Period
from app.lowcode import listing
from app.lowcode.types import raw
from app.reports.rules import ZERO, Figures, Line, Names, Part, lines_of

Key = tuple[int, int | None, int]
Sums = dict[str, int]  # 分


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """A month's summary; the last line is the total."""

    period: Period
    lines: list[Line]
    # What is open by the charges' own checked copies, where the month is the latest that anything is posted in.
    due_now: Decimal | None

    @property
    def total(self) -> Figures:
        """The figures of everything."""
        return self.lines[-1].figures

    @property
    def holds(self) -> bool:
        """Whether 期末 = 期初 + 应收 − 减免 − 核销 on every line, and agrees with what is open on the charges."""
        return all(line.figures.expected_closing == line.figures.closing for line in self.lines) and (
            self.due_now is None or self.due_now == self.total.closing
        )


def month_summary(*, session: Session, period: Period, narrowed: bool = True) -> MonthSummary:
    """The summary of a month by community, building and fee; `narrowed`: by the tree node chosen at the page.

    Everything is added up from charges and allocations by the month they are posted in; the checked copies on
    the charges only answer whether the sums agree with them.
    """
    on_charges, on_allocations = _narrowing(Charge, narrowed), _narrowing(Allocation, narrowed)
    charges = _charges(session, period, on_charges)
    allocations = _allocations(session, period, on_allocations)
    households, in_building = _households(session, period, on_charges)
    parts = []
    for key in {*charges, *allocations}:
        of, by = charges.get(key, {}), allocations.get(key, {})
        figures = Figures(
            opening=_yuan(of.get("before", 0) - by.get("before", 0)),
            charged=_yuan(of.get("amount", 0) + of.get("waived", 0)),
            waived=_yuan(of.get("waived", 0)),
            cash_past=_yuan(by.get("past", 0)),
            cash_current=_yuan(by.get("current", 0)),
            closing=_yuan(of.get("to_date", 0) - by.get("to_date", 0)),
        )
        if not figures.empty or households.get(key):
            parts.append(
                Part(
                    community_id=key[0], building_id=key[1], fee_item_id=key[2],
                    households=households.get(key, 0), figures=figures,
                )
            )  # fmt: skip
    lines = lines_of(parts=parts, households=in_building, names=_names(session, parts))
    latest = not any(sums.get("later") for sums in (*charges.values(), *allocations.values()))
    return MonthSummary(period, lines, _due_now(session, on_charges) if latest else None)


def _narrowing(model: type[Charge] | type[Allocation], narrowed: bool) -> list[ColumnElement[bool]]:
    condition = listing.narrowing_condition(model) if narrowed else None
    return [] if condition is None else [condition]


def _charges(session: Session, period: Period, where: list[ColumnElement[bool]]) -> dict[Key, Sums]:
    """What is charged, by the month that it is posted in: the groups stand in the index as they are asked for."""
    rows = session.execute(
        select(
            Charge.community_id, Charge.posting_period, Charge.building_id, Charge.fee_item_id,
            func.sum(raw(Charge.amount)).label("amount"),  # type: ignore[arg-type]
            func.sum(raw(Charge.waived)).label("waived"),  # type: ignore[arg-type]
        )
        .where(*where)
        .group_by(Charge.community_id, Charge.posting_period, Charge.building_id, Charge.fee_item_id)
    )  # fmt: skip
    found: dict[Key, Sums] = {}
    for community_id, month, building_id, fee_item_id, amount, waived in rows:
        sums = found.setdefault((community_id, building_id, fee_item_id), {})
        _add(sums, month, period, int(amount))
        if month == period:
            sums["amount"], sums["waived"] = int(amount), int(waived)
    return found


def _allocations(session: Session, period: Period, where: list[ColumnElement[bool]]) -> dict[Key, Sums]:
    """What was settled, by the month that it is posted in, and how much of it was of earlier months' charges."""
    past = case((Allocation.period < Allocation.posting_period, raw(Allocation.amount)), else_=0)  # type: ignore[arg-type]
    rows = session.execute(
        select(
            Allocation.community_id, Allocation.posting_period, Allocation.building_id, Allocation.fee_item_id,
            func.sum(raw(Allocation.amount)).label("amount"),  # type: ignore[arg-type]
            func.sum(past).label("past"),
        )
        .where(*where)
        .group_by(
            Allocation.community_id, Allocation.posting_period, Allocation.building_id, Allocation.fee_item_id
        )
    )  # fmt: skip
    found: dict[Key, Sums] = {}
    for community_id, month, building_id, fee_item_id, amount, of_past in rows:
        sums = found.setdefault((community_id, building_id, fee_item_id), {})
        _add(sums, month, period, int(amount))
        if month == period:
            sums["past"], sums["current"] = int(of_past), int(amount) - int(of_past)
    return found


def _add(sums: Sums, month: Period, period: Period, amount: int) -> None:
    """Add a month's amount (分) where it belongs, seen from `period`."""
    if month > period:
        sums["later"] = 1
        return
    sums["to_date"] = sums.get("to_date", 0) + amount
    if month < period:
        sums["before"] = sums.get("before", 0) + amount


def _due_now(session: Session, where: list[ColumnElement[bool]]) -> Decimal:
    """What is open by the charges' own checked copies."""
    found: Decimal | None = session.scalar(select(func.sum(Charge.due)).where(Charge.due != ZERO, *where))
    return found or ZERO


def _yuan(units: int) -> Decimal:
    return from_scaled(units, MONEY_SCALE)


def _households(
    session: Session, period: Period, where: list[ColumnElement[bool]]
) -> tuple[dict[Key, int], dict[tuple[int, int | None], int]]:
    """户数: rooms (and spaces) that are charged in the month, by fee, and once each by building."""
    counted = (
        func.count(Charge.room_id.distinct()) + func.count(Charge.space_id.distinct())
    ).label("households")  # fmt: skip
    place = (Charge.community_id, Charge.building_id)
    this = (Charge.posting_period == period, *where)
    by_fee = session.execute(
        select(*place, Charge.fee_item_id, counted).where(*this).group_by(*place, Charge.fee_item_id)
    )
    by_building = session.execute(select(*place, counted).where(*this).group_by(*place))
    return (
        {(row.community_id, row.building_id, row.fee_item_id): row.households for row in by_fee},
        {(row.community_id, row.building_id): row.households for row in by_building},
    )


def _names(session: Session, parts: list[Part]) -> Names:
    def read(model: Any, keys: set[int]) -> dict[int, str]:
        if not keys:
            return {}
        return {
            row.id: row.name
            for row in session.execute(select(model.id, model.name).where(model.id.in_(keys)))
        }

    return Names(
        communities=read(Community, {part.community_id for part in parts}),
        buildings=read(Building, {part.building_id for part in parts if part.building_id is not None}),
        fees=read(FeeItem, {part.fee_item_id for part in parts}),
    )
