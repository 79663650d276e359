"""The meters that a metered fee runs on in a month and that were not read in it: they stop the run and the close."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeAssignment, FeeStandard, Meter, MeterReading, ReadingExemption
from app.billing.states import ApprovalState, MeterKind, ReadingKind
from app.estate.models import Room
from app.estate.queries.room_order import as_walked
from app.kernel.periods import Period
from app.kernel.pricing import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingReading:
    """A meter without a reading; `room` is its room's code, empty for a shared one."""

    meter_id: int
    meter: str
    kind: MeterKind
    room: str


def missing_readings(
    *, session: Session, community_id: int, period: Period, fee_item_id: int | None = None
) -> list[MissingReading]:
    """Return the meters that want reading before the month is billed, in order of room and number; one query.

    A reading counts for an assignment when it is dated in the days for which that runs; a change of the dial does not.
    What is charged already wants none, nor what is approved to be billed without.
    """
    found = (
        select(Meter.id, Meter.number, Meter.kind, Room.code)
        .outerjoin(Room, Meter.room_id == Room.id)
        .where(Meter.id.in_(unread(community_id, period, fee_item_id)))
        .order_by(*as_walked(), Meter.number)
    )
    return [
        MissingReading(meter_id=key, meter=number, kind=kind, room=code or "")
        for key, number, kind, code in session.execute(found)
    ]


def count_missing_readings(*, session: Session, community_id: int, period: Period) -> int:
    """How many they are."""
    meters = select(func.count(Meter.id)).where(Meter.id.in_(unread(community_id, period)))
    return session.scalar(meters) or 0


def is_missing(*, session: Session, community_id: int, period: Period, meter_id: int) -> bool:
    """Whether the month waits for this meter."""
    found = select(Meter.id).where(Meter.id == meter_id, Meter.id.in_(unread(community_id, period)))
    return session.scalar(found) is not None


def unread(community_id: int, period: Period, fee_item_id: int | None = None) -> Select[Any]:
    """Return the ids of the meters that stop the month."""
    runs_on = or_(FeeAssignment.ends.is_(None), FeeAssignment.ends >= MeterReading.day)
    read = (
        select(MeterReading.id)
        .where(
            MeterReading.meter_id == FeeAssignment.meter_id,
            MeterReading.period == period,
            MeterReading.day >= FeeAssignment.starts,
            runs_on,
            MeterReading.kind == ReadingKind.READ,
            MeterReading.replaced.is_(False),
        )
        .correlate(FeeAssignment)
    )
    # A charge never leaves its month: the index of (assignment, starts) answers.
    charged = (
        select(Charge.id)
        .where(
            Charge.assignment_id == FeeAssignment.id,
            Charge.starts.between(period.first_day, period.last_day),
        )
        .correlate(FeeAssignment)
    )
    exempt = (
        select(ReadingExemption.id)
        .where(
            ReadingExemption.meter_id == FeeAssignment.meter_id,
            ReadingExemption.period == period,
            ReadingExemption.state == ApprovalState.APPROVED,
        )
        .correlate(FeeAssignment)
    )
    wanted = (
        select(FeeAssignment.meter_id)
        .join(FeeStandard, FeeAssignment.standard_id == FeeStandard.id)
        .where(
            FeeAssignment.community_id == community_id,
            FeeAssignment.meter_id.is_not(None),
            FeeStandard.method == Method.METERED,
            FeeAssignment.starts <= period.last_day,
            or_(FeeAssignment.ends.is_(None), FeeAssignment.ends >= period.first_day),
            ~read.exists(),
            ~charged.exists(),
            ~exempt.exists(),
        )
    )
    return wanted if fee_item_id is None else wanted.where(FeeStandard.fee_item_id == fee_item_id)
