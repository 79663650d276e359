"""抄表: readings kept, a wrong one replaced by another, a dial changed. None is ever written over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeAssignment, Meter, MeterReading
from app.billing.operations.periods import guard_period
from app.billing.operations.reading_validation import NewReading, ValidatedReading, validate_readings
from app.billing.queries.readings import counts_on
from app.billing.rules.metering import Dial, is_unusual
from app.billing.states import ReadingKind
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact
from app.kernel.periods import Period
from app.kernel.presence import present
from app.kernel.sentences import sentence
from app.lowcode import scope
from app.lowcode.history import note
from app.lowcode.scope import OutOfScope


class ReadingsRefused(DomainError):
    """All or none were asked for, and some cannot be kept."""

    code = "readings_refused"
    message = N_("有 %(count)d 行读数不正确，没有保存任何一行。第一处：%(meter)s %(why)s")


class AlreadyReplaced(DomainError):
    """Correcting what was corrected."""

    code = "already_replaced"
    message = N_("这次抄表已经更正过，请更正最新的那一条。")


class LaterReadingDisagrees(DomainError):
    """A correction that the reading after it contradicts."""

    code = "later_reading_disagrees"
    message = N_("更正后与 %(day)s 的读数 %(value)s 矛盾。请先更正 %(day)s 的读数。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction: the reading that stands now, what was used before it, and whether anything is charged of it."""

    reading: MeterReading
    used_before: Decimal
    charged: bool


def record_readings(
    *, session: Session, community_id: int, wanted: Sequence[NewReading], today: date | None = None
) -> list[ValidatedReading]:
    """Keep readings of a community's meters, all or none; one that is kept already is passed over.

    A reading counts from the last one that stands before it, or from the meter's first; the one after a late reading is
    replaced by one that counts from it. `today`: nothing later is taken. Raises for one reading what is wrong with it
    (PeriodClosed, OutOfScope, MeterInactive, NotThereYet, ReadThatDay, LaterReading, BeyondLaterReading,
    MonthIsCharged, and what `Dial.usage` raises), for several ReadingsRefused.
    """
    judged = validate_readings(
        session=session, community_id=community_id, wanted=wanted, today=today, lock=True
    )
    refused = [one for one in judged if one.refusal is not None]
    if refused:
        first = refused[0]
        refusal = present(first.refusal)
        if len(judged) == 1:
            raise refusal
        meter = "" if first.meter is None else first.meter.number
        raise ReadingsRefused(count=len(refused), meter=meter, why=refusal.text())
    fresh = [one for one in judged if not one.known]
    if fresh:
        adding = insert(MeterReading).returning(MeterReading.id, sort_by_parameter_order=True)
        ids = session.scalars(adding, [_row(one, community_id) for one in fresh]).all()
        for one, key in zip(fresh, ids, strict=True):
            one.reading_id = key
        _recount_following(session, fresh)
    return judged


def _recount_following(session: Session, kept: Sequence[ValidatedReading]) -> None:
    """Replace each reading that follows late ones by one that counts from the nearest of them."""
    nearest: dict[int, ValidatedReading] = {}
    for one in sorted(kept, key=lambda one: (one.wanted.day, one.wanted.kind.value)):
        if one.after is not None and one.after.id:
            nearest[one.after.id] = one
    for key, one in nearest.items():
        row = _fresh(session, key)
        guard_period(session=session, community_id=row.community_id, period=row.period)
        _replace(
            session,
            row,
            one.meter,
            last=one.wanted.value,
            value=row.value,
            rollover=present(one.after).rollover,
            reason=sentence(N_("补录 %(day)s 的读数"), day=one.wanted.day),
            before=[stood.used for stood in _before(session, row)],
        )


def change_meter(
    *,
    session: Session,
    meter_id: int,
    day: date,
    old_value: Decimal,
    onward: Decimal,
    reason: str,
    rollover: bool = False,
) -> ValidatedReading:
    """Change a meter's dial on a day: the old one's last reading, and the new one's first, from which it counts on.

    With the last reading as `old_value` it puts right what counting goes on from, where a wrong reading stands in a
    closed month. Raises what `record_readings` raises for one reading.
    """
    meter = scope.find(session, Meter, meter_id)
    if meter is None:
        raise OutOfScope
    wanted = NewReading(
        meter_id=meter_id, day=day, value=old_value, onward=onward, rollover=rollover, reason=reason
    )
    (judged,) = record_readings(session=session, community_id=meter.community_id, wanted=[wanted])
    note(
        meter,
        label=N_("换表"),
        reason=f"{day} {format_exact(old_value, 0)} → {format_exact(onward, 0)}：{reason}",
    )
    session.flush()
    return judged


def correct_reading(
    *, session: Session, reading_id: int, value: Decimal, reason: str, rollover: bool = False
) -> Corrected:
    """Replace a wrong reading by another of the same day; the one after it is counted anew from the right value.

    What is charged stays charged: the difference is an adjustment's. Raises OutOfScope, PeriodClosed, AlreadyReplaced,
    LaterReadingDisagrees, and what `Dial.usage` raises.
    """
    found = scope.find(session, MeterReading, reading_id)
    if found is None:
        raise OutOfScope
    guard_period(session=session, community_id=found.community_id, period=found.period)
    meter = session.scalars(
        select(Meter)
        .where(Meter.id == found.meter_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row = _fresh(session, found.id)
    if row.replaced:
        raise AlreadyReplaced
    after = _after(session, row)
    before = [one.used for one in _before(session, row)]
    corrected = _replace(
        session, row, meter, last=row.last, value=value, rollover=rollover, reason=reason, before=before
    )
    if after is not None and row.kind is ReadingKind.READ:
        guard_period(session=session, community_id=after.community_id, period=after.period)
        try:
            _replace(
                session,
                after,
                meter,
                last=counts_on(corrected),
                value=after.value,
                rollover=after.rollover,
                reason=sentence(N_("随 %(day)s 的读数更正"), day=row.day),
                before=[*before, corrected.used][-2:],
            )
        except DomainError as error:
            raise LaterReadingDisagrees(
                field="value", day=after.day.isoformat(), value=format_exact(after.value, 0)
            ) from error
    moved = [row] if after is None else [row, after]
    charged = any(_is_charged(session, one) for one in moved)
    return Corrected(reading=corrected, used_before=row.used, charged=charged)


def _row(one: ValidatedReading, community_id: int) -> dict[str, Any]:
    wanted, meter = one.wanted, one.meter
    return {
        "community_id": community_id,
        "meter_id": meter.id,
        "building_id": meter.building_id,
        "room_id": meter.room_id,
        "day": wanted.day,
        "period": Period.of(wanted.day),
        "kind": wanted.kind,
        "last": one.last,
        "value": wanted.value,
        "rollover": wanted.rollover,
        "used": one.used,
        "multiplier": meter.multiplier,
        "loss": meter.loss,
        "onward": wanted.onward,
        "unusual": one.unusual,
        "reason": wanted.reason,
    }


def _replace(
    session: Session,
    row: MeterReading,
    meter: Meter,
    *,
    last: Decimal,
    value: Decimal,
    rollover: bool,
    reason: str,
    before: Sequence[Decimal],
) -> MeterReading:
    dial = Dial(multiplier=row.multiplier, loss=row.loss, digits=meter.digits)
    used = dial.usage(last=last, value=value, rollover=rollover)
    fresh = MeterReading(
        community_id=row.community_id,
        meter_id=row.meter_id,
        building_id=row.building_id,
        room_id=row.room_id,
        day=row.day,
        period=row.period,
        kind=row.kind,
        last=last,
        value=value,
        rollover=rollover,
        used=used,
        multiplier=row.multiplier,
        loss=row.loss,
        onward=row.onward,
        version=row.version + 1,
        replaces_id=row.id,
        reason=reason[:200],
        unusual=row.kind is ReadingKind.READ and is_unusual(usage=used, before=before),
    )
    row.replaced = True
    session.add(fresh)
    session.flush()
    return fresh


def _fresh(session: Session, reading_id: int) -> MeterReading:
    found = select(MeterReading).where(MeterReading.id == reading_id)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _after(session: Session, row: MeterReading) -> MeterReading | None:
    return session.scalars(
        _standing(row)
        .where(MeterReading.day >= row.day, (MeterReading.day > row.day) | (MeterReading.kind > row.kind))
        .order_by(MeterReading.day, MeterReading.kind)
        .limit(1)
    ).first()


def _before(session: Session, row: MeterReading) -> Sequence[MeterReading]:
    """Return the two before it, the earlier first."""
    found = session.scalars(
        _standing(row)
        .where(MeterReading.day <= row.day, (MeterReading.day < row.day) | (MeterReading.kind < row.kind))
        .order_by(MeterReading.day.desc(), MeterReading.kind.desc())
        .limit(2)
    ).all()
    return found[::-1]


def _standing(row: MeterReading) -> Any:
    return select(MeterReading).where(
        MeterReading.meter_id == row.meter_id, MeterReading.replaced.is_(False), MeterReading.id != row.id
    )


def _is_charged(session: Session, row: MeterReading) -> bool:
    found = (
        select(Charge.id)
        .join(FeeAssignment, Charge.assignment_id == FeeAssignment.id)
        .where(FeeAssignment.meter_id == row.meter_id, Charge.period == row.period)
    )
    return session.scalar(found.limit(1)) is not None
