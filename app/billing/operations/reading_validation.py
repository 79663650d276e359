"""Readings judged before they are kept: each beside what its meter said before, all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter
from app.billing.operations.periods import guard_period, refuse_closed
from app.billing.queries.readings import (
    PreviousReading,
    charged_months,
    counts_on,
    previous_readings,
    standing_readings,
)
from app.billing.rules.metering import Dial, is_unusual
from app.billing.states import ReadingKind
from app.estate.models import Room
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact
from app.kernel.periods import Period
from app.lowcode.scope import OutOfScope

AT_ONCE = 500


class MeterInactive(DomainError):
    """Reading a meter that was put away."""

    code = "meter_inactive"
    message = N_("这块表已停用，不能抄表。")


class ReadThatDay(DomainError):
    """Another value for a day that has one."""

    code = "read_that_day"
    message = N_("%(day)s 已抄过，读数是 %(value)s。读错的请在抄表记录里更正。")


class LaterReading(DomainError):
    """A reading before one whose usage is charged already: counting it too would charge it twice."""

    code = "later_reading"
    message = N_(
        "%(day)s 的读数已按全部用量出账，不能再补更早的。没有抄到的月份请按“登记未抄”；读错的请在抄表记录里更正。"
    )


class LateChange(DomainError):
    """A change of the dial before a reading that is there."""

    code = "later_reading"
    message = N_("%(day)s 已有读数，换表日期不能比它更早。读错的请在抄表记录里更正。")


class BeyondLaterReading(DomainError):
    """A late reading that the one after it contradicts."""

    code = "beyond_later_reading"
    message = N_("补录的读数 %(value)s 与 %(day)s 的读数 %(later)s 矛盾，应在前后两次读数之间。")


class MonthIsCharged(DomainError):
    """A reading dated in a month that its meter was charged for."""

    code = "month_is_charged"
    message = N_("这块表 %(period)s 的费用已出账，新的读数请记到以后的月份；读错的请更正那次抄表。")


class NotThereYet(DomainError):
    """A reading of a day to come, or before the meter was put in."""

    code = "not_there_yet"
    message = N_("抄表日期不能晚于今天，也不能早于这块表的启用日期。")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """What was read. A change of the dial says where the new one begins (`onward`)."""

    meter_id: int
    day: date
    value: Decimal
    rollover: bool = False
    onward: Decimal | None = None
    reason: str | None = None

    @property
    def kind(self) -> ReadingKind:
        """What it is."""
        return ReadingKind.READ if self.onward is None else ReadingKind.CHANGE


@dataclass(slots=True, kw_only=True)
class ValidatedReading:
    """A reading with what comes of it; `refusal` says why it cannot be kept, `known` that it is kept already.

    `reading_id`: of what was kept, now or before. `after`: the reading that follows a late one, with its usage since.
    """

    wanted: NewReading
    meter: Any = None
    last: Decimal | None = None
    used: Decimal | None = None
    unusual: bool = False
    known: bool = False
    reading_id: int | None = None
    refusal: DomainError | None = None
    after: PreviousReading | None = None


def validate_readings(
    *,
    session: Session,
    community_id: int,
    wanted: Sequence[NewReading],
    today: date | None = None,
    lock: bool = False,
) -> list[ValidatedReading]:
    """Judge readings, each meter's by day, and return them in the order given; nothing is raised, nothing written.

    `today`: nothing later is taken (None: any day). `lock`: their months and meters are held until the unit ends.
    A reading before one that stands is taken between its neighbours, unless the later one is charged. A handful of
    queries for 500 readings.
    """
    closed = _closed(session, community_id, {Period.of(one.day) for one in wanted}, lock=lock)
    found: list[ValidatedReading] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        ids = sorted({one.meter_id for one in some})
        meters = _meters(session, community_id, ids, lock=lock)
        past = previous_readings(session=session, meter_ids=ids, days={one.day for one in some})
        late = {one.meter_id for one in some if past[one.meter_id] and one.day < past[one.meter_id][-1].day}
        past |= standing_readings(session=session, meter_ids=sorted(late)) if late else {}
        months = {Period.of(one.day) for one in some}
        months |= {Period.of(one.day) for key in late for one in past[key]}
        charged = charged_months(session=session, meter_ids=ids, periods=months)
        judging = [ValidatedReading(wanted=one, meter=meters.get(one.meter_id)) for one in some]
        for judged in sorted(judging, key=lambda one: (one.wanted.day, one.wanted.kind.value)):
            try:
                _judge(judged, past[judged.wanted.meter_id], today, closed, charged)
            except DomainError as error:
                judged.refusal = error
        found += judging
    return found


def _judge(
    judged: ValidatedReading,
    past: list[PreviousReading],
    today: date | None,
    closed: dict[Period, DomainError],
    charged: set[tuple[int, Period]],
) -> None:
    one, meter, period = judged.wanted, judged.meter, Period.of(judged.wanted.day)
    if period in closed:
        raise closed[period]
    if meter is None:
        raise OutOfScope(field="meter_id")
    if not meter.active:
        raise MeterInactive(field="meter_id")
    if (today is not None and one.day > today) or (meter.installed is not None and one.day < meter.installed):
        raise NotThereYet(field="day")
    for stood in past:
        if (stood.day, stood.kind) == (one.day, one.kind):
            judged.known = (stood.value, stood.rollover, stood.onward) == (
                one.value,
                one.rollover,
                one.onward,
            )
            if judged.known:
                judged.used, judged.reading_id = stood.used, stood.id
                return
            raise ReadThatDay(field="value", day=one.day.isoformat(), value=format_exact(stood.value, 0))
    # On the day of a change the new dial may be read too; what is read comes after it.
    place = sum((stood.day, stood.kind.value) < (one.day, one.kind.value) for stood in past)
    before, after = past[:place], past[place] if place < len(past) else None
    if (meter.id, period) in charged:
        raise MonthIsCharged(field="day", period=str(period))
    if after is not None and (meter.id, Period.of(after.day)) in charged:
        raise LaterReading(field="day", day=after.day.isoformat())
    if after is not None and one.onward is not None:
        raise LateChange(field="day", day=after.day.isoformat())
    judged.last = counts_on(before[-1]) if before else meter.initial
    dial = Dial(multiplier=meter.multiplier, loss=meter.loss, digits=meter.digits)
    judged.used = dial.usage(last=judged.last, value=one.value, rollover=one.rollover)
    if one.onward is not None:
        dial.check(one.onward)
    judged.unusual = one.onward is None and is_unusual(
        usage=judged.used, before=[stood.used for stood in before[-2:]]
    )
    fresh = PreviousReading(
        id=0,
        day=one.day,
        kind=one.kind,
        value=one.value,
        onward=one.onward,
        rollover=one.rollover,
        used=judged.used,
    )
    past.insert(place, fresh)
    if after is not None:
        past[place + 1] = judged.after = _recounted(after, fresh, dial)


def _recounted(after: PreviousReading, late: PreviousReading, dial: Dial) -> PreviousReading:
    """Count the reading after a late one from it; both together use what the later one did. Raises BeyondLaterReading.

    A dial that passed zero between the neighbours did so once: before the late reading or after it.
    """
    turns = after.rollover and not late.rollover
    try:
        if late.rollover and not after.rollover:
            raise _beyond(after, late)
        used = dial.usage(last=late.value, value=after.value, rollover=turns)
    except DomainError as error:
        raise _beyond(after, late) from error
    return replace(after, rollover=turns, used=used)


def _beyond(after: PreviousReading, late: PreviousReading) -> BeyondLaterReading:
    return BeyondLaterReading(
        field="value",
        value=format_exact(late.value, 0),
        day=after.day.isoformat(),
        later=format_exact(after.value, 0),
    )


def _closed(
    session: Session, community_id: int, periods: set[Period], *, lock: bool
) -> dict[Period, DomainError]:
    """Return the closed ones of some months, each with its refusal."""
    found: dict[Period, DomainError] = {}
    for period in sorted(periods):
        try:
            (guard_period if lock else refuse_closed)(
                session=session, community_id=community_id, period=period
            )
        except DomainError as error:
            found[period] = error
    return found


def _meters(session: Session, community_id: int, ids: Sequence[int], *, lock: bool) -> dict[int, Any]:
    columns = (
        Meter.id,
        Meter.number,
        Meter.room_id,
        Meter.installed,
        Meter.active,
        Meter.initial,
        Meter.multiplier,
        Meter.loss,
        Meter.digits,
    )
    if lock:
        session.execute(select(Meter.id).where(Meter.id.in_(ids)).order_by(Meter.id).with_for_update()).all()
    rows = session.execute(
        select(*columns, Room.building_id)
        .outerjoin(Room, Meter.room_id == Room.id)
        .where(Meter.id.in_(ids), Meter.community_id == community_id)
    )
    return {row.id: row for row in rows}
