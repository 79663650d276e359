"""物业费台账, read: a year of rooms by month; the rooms of a page are cut first, and only then what they were charged."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.models import NO_BUILDING, Charge, FeeItem
from app.billing.states import FeeKind
from app.closing.queries.arrears import of_open
from app.closing.queries.movements import PAID, moves
from app.estate.models import Room
from app.estate.queries.room_order import as_walked
from app.kernel.periods import Period
from app.lowcode.reports.declaration import ReportQuery
from app.lowcode.types import Money, raw

ZERO = Decimal("0.00")
Sums = dict[int, tuple[Decimal, Decimal, Decimal]]
"""应收, 实收 and 欠 by month, 元."""


def fees_of(session: Session, scope: ReportQuery) -> list[int]:
    """Return the fees asked for: one that is picked, else all of the kind 物业费."""
    if "fee" in scope.picks:
        return [int(scope.picks["fee"])]
    return list(session.scalars(select(FeeItem.id).where(FeeItem.kind == FeeKind.PROPERTY)))


def rooms_of(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[Any]:
    """Return a page of rooms, as one walks past them."""
    return session.execute(
        select(Room.id.label("room_id"), Room.community_id, Room.building_id, Room.area)
        .where(*scope.where(Room))
        .order_by(*as_walked())
        .limit(limit)
        .offset(offset)
    ).all()


def room_count(session: Session, scope: ReportQuery) -> int:
    """How many rooms there are."""
    return session.scalar(select(func.count(Room.id)).where(*scope.where(Room))) or 0


def of_rooms(
    session: Session, scope: ReportQuery, rooms: Sequence[int], fees: Sequence[int]
) -> tuple[dict[int, Sums], dict[int, int]]:
    """Return (sums by month of each room, by the charges' checked copies; the customer of each room's last charge)."""
    of: Any = Charge
    asked = raw(of.amount) + raw(of.adjusted) - raw(of.waived_later)
    rows = session.execute(
        select(
            of.room_id,
            of.period,
            of.customer_id,
            type_coerce(func.sum(asked), Money),
            func.sum(of.paid),
            func.sum(of.due),
        )
        .where(of.room_id.in_(rooms), of.fee_item_id.in_(fees), of.period.between(*_year(scope)))
        .group_by(of.room_id, of.period, of.customer_id)
        .order_by(of.period)
    )
    found: dict[int, Sums] = {}
    customers: dict[int, int] = {}
    for room, period, customer, *sums in rows:
        mine = found.setdefault(room, {})
        before = mine.get(period.month, (ZERO, ZERO, ZERO))
        asked_now, paid, due = (one + more for one, more in zip(before, sums, strict=True))
        mine[period.month] = (asked_now, paid, due)
        customers[room] = customer
    return found, customers


def of_all(session: Session, scope: ReportQuery, fees: Sequence[int]) -> Sums:
    """Return the sums of everything by month, from what moved it; nothing of the checked copies."""
    moved = moves(scope)
    units: Any = raw(moved.c.amount)
    paid = type_coerce(func.sum(case((moved.c.kind.in_(PAID), -units), else_=0)), Money)
    rows = session.execute(
        select(moved.c.period, paid, func.sum(moved.c.amount))
        .where(
            moved.c.period.between(*_year(scope)),
            moved.c.fee_item_id.in_(fees),
            moved.c.building_id != NO_BUILDING,
        )
        .group_by(moved.c.period)
    )
    return {period.month: (paid + due, paid, due) for period, paid, due in rows}


def due_now(session: Session, scope: ReportQuery, fees: Sequence[int]) -> Decimal:
    """Return what is open of the year by the charges' own checked copies."""
    here = (Charge.building_id.is_not(None), *_held(scope, Charge, fees))
    return session.scalar(of_open(select(func.sum(Charge.due)).where(*here))) or ZERO


def _held(scope: ReportQuery, model: Any, fees: Sequence[int]) -> list[Any]:
    return [model.period.between(*_year(scope)), model.fee_item_id.in_(fees), *scope.where(model)]


def _year(scope: ReportQuery) -> tuple[Period, Period]:
    year: date = scope.last
    return Period(year.year, 1), Period(year.year, 12)
