"""应收实收欠费汇总, read: grouped sums over posting periods."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.closing.queries.opening import Key, starts
from app.collection.models import Allocation
from app.collection.states import CASH_KINDS, AllocationKind
from app.estate.models import Building, Community
from app.kernel.errors import N_
from app.kernel.money import MONEY_SCALE, from_scaled
from app.kernel.periods import Period
from app.lowcode.reports.declaration import APART, LINE, Line, Scope
from app.lowcode.types import raw

Sums = dict[str, int]  # 分

OTHERS = N_("车位及其他")
"""The building of what has none: spaces and other charges."""


def summary_lines(session: Session, scope: Scope) -> Iterator[Line]:
    """A line a community, building and fee; and the households of a building, each counted once.

    Everything is added up from charges and allocations by the month they are posted in, from what the latest closed
    month kept (`starts`); the checked copies on the charges have no part in it.
    """
    period = scope.period
    on_charges, on_allocations = scope.where(Charge), scope.where(Allocation)
    sums: dict[Key, Sums] = {}
    for start in starts(session=session, scope=scope):
        for key, units in start.owed.items():
            sums[key] = {"before": units, "to_date": units}
        _add_charges(session, period, [*on_charges, *start.where(Charge)], sums)
        _add_before(session, period, [*on_allocations, *start.where(Allocation)], sums)
    _add_allocations(session, period, on_allocations, sums)
    households, in_building = _households(session, period, on_charges)
    keys = [key for key, found in sums.items() if any(found.values()) or key in households]
    communities = _names(session, Community, {key[0] for key in keys})
    buildings = _names(session, Building, {key[1] for key in keys if key[1] is not None})
    fees = _names(session, FeeItem, {key[2] for key in keys})

    def line(place: tuple[int, int | None, int | None], values: dict[str, Any]) -> Line:
        community, building, fee = place
        return Line(
            values={
                "community": communities.get(community, ""),
                "building": OTHERS if building is None else buildings.get(building, ""),
                "fee": "" if fee is None else fees.get(fee, ""),
                **values,
            },
            keys={"community_id": community, "building_id": building, "fee_item_id": fee},
            level=APART if fee is None else LINE,
        )

    for key in keys:
        figures = {name: from_scaled(units, MONEY_SCALE) for name, units in _figures(sums[key]).items()}
        yield line(key, {"households": households.get(key, 0), **figures})
    for (community, building), count in in_building.items():
        yield line((community, building, None), {"households": count})


def order(line: Line) -> Any:
    """Communities by name, buildings by number (2号楼 before 10号楼), what has none last; fees by name."""
    values, keys = line.values, line.keys
    building = values["building"]
    return (
        values["community"], keys["community_id"], keys["building_id"] is None, len(building), building,
        keys["building_id"] or 0, values["fee"], keys.get("fee_item_id") or 0,
    )  # fmt: skip


def _figures(sums: Sums) -> Sums:
    def of(name: str) -> int:
        return sums.get(name, 0)

    return {
        "opening": of("before"),
        "charged": of("amount") + of("waived_at_posting"),
        "adjusted": of("adjusted_past") + of("adjusted_current"),
        "waived": of("waived_at_posting") + of("waived_past") + of("waived_current"),
        "cash_past": of("cash_past"),
        "cash_current": of("cash_current"),
        "prepayment_applied": of("prepayment_past") + of("prepayment_current"),
        "closing": of("to_date"),
        "waived_at_posting": of("waived_at_posting"),
        "prepayment_current": of("prepayment_current"),
    }


def _add_charges(
    session: Session, period: Period, where: list[ColumnElement[bool]], sums: dict[Key, Sums]
) -> None:
    """What is charged: before the month, and in it."""
    rows = session.execute(_by_place(Charge, period, where, Charge.posting_period <= period, Charge.waived))
    for community_id, building_id, fee_item_id, before, amount, waived in rows:
        found = sums.setdefault((community_id, building_id, fee_item_id), {})
        _add(found, "to_date", int(before + amount))
        _add(found, "before", int(before))
        _add(found, "amount", int(amount))
        _add(found, "waived_at_posting", int(waived))


def _by_place(
    model: Any, period: Period, where: list[ColumnElement[bool]], until: ColumnElement[bool], *more: Any
) -> Select[Any]:
    """A row a community, building and fee: what was before the month, what is in it, and `more` of what is in it.

    Added up by months first, in the order of the index, so that nothing of a million rows is sorted.
    """
    place = (model.community_id, model.building_id, model.fee_item_id)
    month = (model.community_id, model.posting_period, model.building_id, model.fee_item_id)
    columns = (model.amount, *more)
    parts = (
        select(*month, *(func.sum(raw(one)).label(f"sum_{place}") for place, one in enumerate(columns)))
        .where(until, *where)
        .group_by(*month)
        .subquery()
    )

    def of(name: str, condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, parts.c[name]), else_=0))

    before, at = parts.c.posting_period < period, parts.c.posting_period == period
    keys = [parts.c[one.key] for one in place]
    return select(
        *keys, of("sum_0", before), *(of(f"sum_{place}", at) for place in range(len(columns)))
    ).group_by(*keys)


def _add_before(
    session: Session, period: Period, where: list[ColumnElement[bool]], sums: dict[Key, Sums]
) -> None:
    """What moved the charges before the month."""
    earlier = session.execute(_by_place(Allocation, period, where, Allocation.posting_period < period))
    for community_id, building_id, fee_item_id, before, _at in earlier:
        found = sums.setdefault((community_id, building_id, fee_item_id), {})
        _add(found, "before", -int(before))
        _add(found, "to_date", -int(before))


def _add_allocations(
    session: Session, period: Period, where: list[ColumnElement[bool]], sums: dict[Key, Sums]
) -> None:
    """What moved the charges in the month, by its kind, and whether it is of earlier charges."""
    place = (Allocation.community_id, Allocation.building_id, Allocation.fee_item_id)
    amount = func.sum(raw(Allocation.amount)).label("amount")  # type: ignore[arg-type]
    is_past = case((Allocation.period < Allocation.posting_period, 1), else_=0).label("past")
    rows = session.execute(
        select(*place, Allocation.kind, is_past, amount)
        .where(Allocation.posting_period == period, *where)
        .group_by(*place, Allocation.kind, is_past)
    )
    for community_id, building_id, fee_item_id, kind, past, units in rows:
        found = sums.setdefault((community_id, building_id, fee_item_id), {})
        name, sign = _column_of(kind)
        _add(found, f"{name}_{'past' if past else 'current'}", sign * int(units))
        _add(found, "to_date", -int(units))


def _column_of(kind: AllocationKind) -> tuple[str, int]:
    if kind in CASH_KINDS:
        return "cash", 1
    # An allocation takes from what is due: an adjustment upwards is a negative one.
    return {
        AllocationKind.PREPAYMENT: ("prepayment", 1),
        AllocationKind.WAIVER: ("waived", 1),
        AllocationKind.ADJUSTMENT: ("adjusted", -1),
    }[kind]


def _add(sums: Sums, name: str, units: int) -> None:
    sums[name] = sums.get(name, 0) + units


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


def _names(session: Session, model: Any, keys: set[Any]) -> dict[int, str]:
    if not keys:
        return {}
    return {
        row.id: row.name for row in session.execute(select(model.id, model.name).where(model.id.in_(keys)))
    }
