"""应收实收欠费汇总, read: grouped sums over posting periods."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, select
from sqlalchemy.orm import Session

from app.billing.models import NO_BUILDING, Charge, FeeItem
from app.billing.states import MovementKind
from app.closing.queries.movements import moves
from app.closing.queries.names import late_fee_items
from app.closing.queries.report_filters import OTHER_PLACES
from app.estate.models import Building, Community
from app.kernel.money import MONEY_SCALE, from_scaled, to_scaled
from app.kernel.periods import Period
from app.lowcode.reports.declaration import APART, LINE, ReportLine, ReportQuery

Key = tuple[int, int | None, int]
"""(community, building, fee)."""
Sums = dict[str, int]  # 分

PLACE = ("community_id", "building_id", "fee_item_id")
COLUMN = {
    MovementKind.CHARGED: "charged",
    MovementKind.RELIEVED: "waived_at_posting",
    MovementKind.CASH: "cash",
    MovementKind.PREPAYMENT: "prepayment",
    MovementKind.WAIVER: "waived",
    MovementKind.ADJUSTMENT: "adjusted",
}


def summary_lines(session: Session, scope: ReportQuery) -> Iterator[ReportLine]:
    """Return a line a community, building and fee; and the households of a building, each counted once.

    Added up from what moved by the month it is posted in; the checked copies on the charges have no part in it.
    """
    period = scope.period
    sums: dict[Key, Sums] = {}
    moved = moves(scope)
    _add_before(session, period, moved, sums)
    _add_month(session, period, moved, sums)
    on_charges = scope.where(Charge)
    households, in_building = _households(session, period, on_charges)
    keys = [key for key, found in sums.items() if any(found.values()) or key in households]
    communities = _names(session, Community, {key[0] for key in keys})
    buildings = _names(session, Building, {key[1] for key in keys if key[1] is not None})
    fees = _names(session, FeeItem, {key[2] for key in keys})

    def line(place: tuple[int, int | None, int | None], values: dict[str, Any]) -> ReportLine:
        community, building, fee = place
        return ReportLine(
            values={
                "community": communities.get(community, ""),
                "building": OTHER_PLACES if building is None else buildings.get(building, ""),
                "fee": "" if fee is None else fees.get(fee, ""),
                **values,
            },
            keys={"community_id": community, "building_id": building, "fee_item_id": fee},
            level=APART if fee is None else LINE,
        )

    late_fees = late_fee_items(session)
    for key in keys:
        found = _figures(sums[key])
        found["late_fee"] = found["cash_past"] + found["cash_current"] if key[2] in late_fees else 0
        figures = {name: from_scaled(units, MONEY_SCALE) for name, units in found.items()}
        yield line(key, {"households": households.get(key, 0), **figures})
    for (community, building), count in in_building.items():
        yield line((community, building, None), {"households": count})


def order(line: ReportLine) -> Any:
    """Communities by name, buildings by number (2号楼 before 10号楼), what has none last; fees by name."""
    values, keys = line.values, line.keys
    building = values["building"]
    return (
        values["community"],
        keys["community_id"],
        keys["building_id"] is None,
        len(building),
        building,
        keys["building_id"] or 0,
        values["fee"],
        keys.get("fee_item_id") or 0,
    )


def _figures(sums: Sums) -> Sums:
    def of(name: str) -> int:
        return sums.get(name, 0)

    past = {name: of(f"{name}_past") for name in COLUMN.values()}
    current = {name: of(f"{name}_current") for name in COLUMN.values()}
    both = {name: past[name] + current[name] for name in past}
    return {
        "opening": of("before"),
        "charged": both["charged"],
        "adjusted": both["adjusted"],
        "waived": both["waived"] + both["waived_at_posting"],
        "cash_past": past["cash"],
        "cash_current": current["cash"],
        "prepayment_applied": both["prepayment"],
        "closing": of("to_date"),
        "waived_at_posting": both["waived_at_posting"],
        "prepayment_current": current["prepayment"],
    }


def _add_before(session: Session, period: Period, moved: FromClause, sums: dict[Key, Sums]) -> None:
    """Return what was owed when the month began."""
    place = [moved.c[name] for name in PLACE]
    rows = session.execute(
        select(*place, func.sum(moved.c.amount)).where(moved.c.posting_period < period).group_by(*place)
    )
    for *key, amount in rows:
        units = to_scaled(amount, MONEY_SCALE)
        sums[_key(key)] = {"before": units, "to_date": units}


def _add_month(session: Session, period: Period, moved: FromClause, sums: dict[Key, Sums]) -> None:
    """Return what moved in the month, by its kind, and whether it is of earlier charges."""
    is_past = case((moved.c.period < moved.c.posting_period, 1), else_=0).label("past")
    group = [*(moved.c[name] for name in PLACE), moved.c.kind, is_past]
    rows = session.execute(
        select(*group, func.sum(moved.c.amount)).where(moved.c.posting_period == period).group_by(*group)
    )
    for *key, kind, past, amount in rows:
        found, units = sums.setdefault(_key(key), {}), to_scaled(amount, MONEY_SCALE)
        # What adds to what is owed is told as it is, what takes from it as a positive figure.
        told = units if kind in (MovementKind.CHARGED, MovementKind.ADJUSTMENT) else -units
        _add(found, f"{COLUMN[kind]}_{'past' if past else 'current'}", told)
        _add(found, "to_date", units)


def _key(place: Sequence[int]) -> Key:
    community, building, fee = place
    return community, None if building == NO_BUILDING else building, fee


def _add(sums: Sums, name: str, units: int) -> None:
    sums[name] = sums.get(name, 0) + units


def _households(
    session: Session, period: Period, where: list[ColumnElement[bool]]
) -> tuple[dict[Key, int], dict[tuple[int, int | None], int]]:
    """户数: rooms (and spaces) that are charged in the month, by fee, and once each by building."""
    counted = (func.count(Charge.room_id.distinct()) + func.count(Charge.space_id.distinct())).label(
        "households"
    )
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
