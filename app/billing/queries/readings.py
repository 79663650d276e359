"""The latest readings of meters."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeAssignment, MeterReading
from app.billing.states import ReadingKind
from app.kernel.periods import Period

KEPT = 3
"""Readings a meter is looked back: two usages, and one reading to count on from."""

COLUMNS = (
    MeterReading.id,
    MeterReading.meter_id,
    MeterReading.day,
    MeterReading.kind,
    MeterReading.value,
    MeterReading.onward,
    MeterReading.rollover,
    MeterReading.used,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousReading:
    """A reading that stands, of the last ones of a meter."""

    id: int
    day: date
    kind: ReadingKind
    value: Decimal
    onward: Decimal | None
    rollover: bool
    used: Decimal


def counts_on(stood: Any) -> Decimal:
    """Return what the reading after this one is counted from."""
    value: Decimal = stood.value if stood.onward is None else stood.onward
    return value


def previous_readings(
    *, session: Session, meter_ids: Sequence[int], days: Collection[date] = ()
) -> dict[int, list[PreviousReading]]:
    """By meter its latest three readings that stand, and those of the days in question, in order; one query."""
    order = (MeterReading.day.desc(), MeterReading.kind.desc())
    ranked = (
        select(
            *COLUMNS, func.row_number().over(partition_by=MeterReading.meter_id, order_by=order).label("back")
        )
        .where(MeterReading.meter_id.in_(meter_ids), MeterReading.replaced.is_(False))
        .subquery()
    )
    rows = session.execute(
        select(ranked)
        .where(or_(ranked.c.back <= KEPT, ranked.c.day.in_(days)))
        .order_by(ranked.c.meter_id, ranked.c.day, ranked.c.kind)
    )
    return _by_meter(rows)


def standing_readings(*, session: Session, meter_ids: Sequence[int]) -> dict[int, list[PreviousReading]]:
    """By meter every reading that stands, in order; one query. For the few meters that are read late."""
    statement = select(*COLUMNS).where(MeterReading.meter_id.in_(meter_ids), MeterReading.replaced.is_(False))
    rows = session.execute(statement.order_by(MeterReading.meter_id, MeterReading.day, MeterReading.kind))
    return _by_meter(rows)


def _by_meter(rows: Iterable[Any]) -> dict[int, list[PreviousReading]]:
    found: dict[int, list[PreviousReading]] = defaultdict(list)
    for row in rows:
        found[row.meter_id].append(
            PreviousReading(
                id=row.id,
                day=row.day,
                kind=row.kind,
                value=row.value,
                onward=row.onward,
                rollover=row.rollover,
                used=row.used,
            )
        )
    return found


def charged_months(
    *, session: Session, meter_ids: Sequence[int], periods: Collection[Period]
) -> set[tuple[int, Period]]:
    """Which of the meters were charged for which of the months: (meter's id, month)."""
    rows = session.execute(
        select(FeeAssignment.meter_id, Charge.period)
        .join(Charge, Charge.assignment_id == FeeAssignment.id)
        .where(FeeAssignment.meter_id.in_(meter_ids), Charge.period.in_(periods))
    )
    return {(meter_id, period) for meter_id, period in rows if meter_id is not None}
