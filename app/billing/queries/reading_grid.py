"""抄表录入: the meters of a month in the order in which one walks past them, each with what counts for its reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select
from sqlalchemy.orm import Session

from app.billing.models import Meter, MeterReading
from app.billing.queries.readings import (
    PreviousReading,
    charged_months,
    counts_on,
    previous_readings,
    standing_readings,
)
from app.billing.queries.unread_meters import unread
from app.billing.states import MeterKind, ReadingKind
from app.estate.models import Room
from app.estate.queries.room_order import as_walked
from app.kernel.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class GridQuery:
    """Which meters: of a community, of one building or kind where named; `unread`: those not read in the month.

    `needed`: those that the month's run and close wait for, read outside the days of their fee or put away since or not.
    """

    community_id: int
    period: Period
    kind: MeterKind | None = None
    building_id: int | None = None
    unread: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A meter to read. `reading_id` and what follows: it was read in the month.

    `later`: the reading after the month, which is charged: nothing can be read before it any more. A late reading that
    may still be kept counts from `last`, the one before it.
    """

    meter_id: int
    number: str
    kind: MeterKind
    unit: str | None
    room: str
    place: str
    multiplier: Decimal
    loss: Decimal
    digits: int
    last: Decimal
    last_day: date | None
    before: Sequence[Decimal]
    later: bool
    active: bool = True
    reading_id: int | None = None
    value: Decimal | None = None
    used: Decimal | None = None
    unusual: bool = False
    rollover: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How many meters there are, and how many were read in the month."""

    meters: int
    read: int


def progress_of(*, session: Session, asked: GridQuery) -> Progress:
    """How far the month's reading is, `unread` aside."""
    found = (
        select(func.count(Meter.id), func.count(MeterReading.id))
        .outerjoin(Room, Meter.room_id == Room.id)
        .outerjoin(MeterReading, _read_in(asked.period))
    )
    meters, read = session.execute(found.where(*_wanted(asked))).one()
    return Progress(meters, read)


def count_unread(*, session: Session, period: Period) -> int:
    """How many meters within reach were not read in a month."""
    found = select(func.count(Meter.id)).outerjoin(MeterReading, _read_in(period))
    return session.scalar(found.where(Meter.active.is_(True), MeterReading.id.is_(None))) or 0


def grid_of(*, session: Session, asked: GridQuery, start: int = 0, size: int | None = None) -> list[GridRow]:
    """Return the meters in order of building, room and number, shared ones last; a handful of queries for any number."""
    statement = _meters(asked).offset(start)
    rows = session.execute(statement if size is None else statement.limit(size)).all()
    past: dict[int, list[PreviousReading]] = {}
    ids = [row.id for row in rows]
    for first in range(0, len(ids), 500):
        past |= previous_readings(session=session, meter_ids=ids[first : first + 500])
    end = asked.period.last_day
    late = [row.id for row in rows if not row.reading_id and past.get(row.id) and past[row.id][-1].day > end]
    following = _read_late(session, late, past, end)
    found = []
    for row in rows:
        stood = past.get(row.id, [])
        latest = stood[-1] if stood else None
        found.append(
            GridRow(
                meter_id=row.id,
                number=row.number,
                kind=row.kind,
                unit=row.unit,
                room=row.code or "",
                place=row.place or "",
                multiplier=row.multiplier,
                loss=row.loss,
                digits=row.digits,
                last=row.last if row.reading_id else (row.initial if latest is None else counts_on(latest)),
                last_day=None if latest is None else latest.day,
                before=[one.used for one in stood[-2:]],
                later=row.id in following,
                active=row.active,
                reading_id=row.reading_id,
                value=row.value,
                used=row.used,
                unusual=bool(row.unusual),
                rollover=bool(row.rollover),
            )
        )
    return found


def _read_late(
    session: Session, meters: Sequence[int], past: dict[int, list[PreviousReading]], end: date
) -> set[int]:
    """Cut the past of meters that were read after a day at it; return those whose next reading is charged."""
    if not meters:
        return set()
    standing = standing_readings(session=session, meter_ids=meters)
    nexts = {key: next(one for one in standing[key] if one.day > end) for key in meters}
    charged = charged_months(
        session=session, meter_ids=meters, periods={Period.of(one.day) for one in nexts.values()}
    )
    past |= {key: [one for one in standing[key] if one.day <= end] for key in meters}
    return {key for key, one in nexts.items() if (key, Period.of(one.day)) in charged}


def _meters(asked: GridQuery) -> Any:
    found = (
        select(
            Meter.id,
            Meter.number,
            Meter.kind,
            Meter.unit,
            Meter.place,
            Meter.initial,
            Meter.multiplier,
            Meter.loss,
            Meter.digits,
            Room.code,
            MeterReading.id.label("reading_id"),
            MeterReading.last,
            MeterReading.value,
            MeterReading.used,
            MeterReading.unusual,
            MeterReading.rollover,
            Meter.active,
        )
        .outerjoin(Room, Meter.room_id == Room.id)
        .outerjoin(MeterReading, false() if asked.needed else _read_in(asked.period))
        .where(*_wanted(asked))
        .order_by(case((Meter.room_id.is_(None), 1), else_=0), *as_walked(), Meter.number, Meter.id)
    )
    return found.where(MeterReading.id.is_(None)) if asked.unread else found


def _wanted(asked: GridQuery) -> list[ColumnElement[bool]]:
    which = Meter.id.in_(unread(asked.community_id, asked.period)) if asked.needed else Meter.active.is_(True)
    found: list[ColumnElement[bool]] = [Meter.community_id == asked.community_id, which]
    if asked.kind is not None:
        found.append(Meter.kind == asked.kind)
    if asked.building_id is not None:
        found.append(Room.building_id == asked.building_id)
    return found


def _read_in(period: Period) -> ColumnElement[bool]:
    """Return the last reading of a meter in the month: the one after which none stands in it."""
    later = MeterReading.__table__.alias("later")
    after = (
        select(later.c.id)
        .where(
            later.c.meter_id == MeterReading.meter_id,
            later.c.period == period,
            later.c.kind == ReadingKind.READ,
            later.c.replaced.is_(False),
            later.c.day > MeterReading.day,
        )
        .correlate(MeterReading)
    )
    return and_(
        MeterReading.meter_id == Meter.id,
        MeterReading.period == period,
        MeterReading.kind == ReadingKind.READ,
        MeterReading.replaced.is_(False),
        ~after.exists(),
    )
