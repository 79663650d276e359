"""The rooms, spaces and meters that a standard is to be given to, with their days, and those that have the fee then."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment, FeeStandard, Meter
from app.estate.models import ParkingSpace, Room
from app.kernel.errors import N_, DomainError
from app.kernel.periods import DateSpan
from app.kernel.pricing import Method
from app.lowcode.scope import OutOfScope

AT_ONCE = 5000  # ids in one IN list: below every database's limit of parameters


class WrongDates(DomainError):
    """An end before the start, or before what is billed."""

    code = "wrong_dates"
    message = N_("结束日期不能早于开始日期，也不能早于已出账的日期。")


class NothingToAssign(DomainError):
    """No room, space or meter was found for the choice."""

    code = "nothing_to_assign"
    message = N_("没有符合条件的房间、车位或仪表。")


class StartUnknown(DomainError):
    """No start was given, and an object has no hand-over to start at."""

    code = "start_unknown"
    message = N_("%(count)d 个对象没有交付或启用日期，例如 %(example)s。请填写开始日期。")


class OnlyMeters(DomainError):
    """A metered standard for what is no meter."""

    code = "wrong_object"
    message = N_("收费标准“%(standard)s”按仪表用量计费，只能分配给仪表。")


class NoMeters(DomainError):
    """A standard that is not metered for a meter."""

    code = "wrong_object"
    message = N_("收费标准“%(standard)s”不按仪表用量计费，不能分配给仪表。")


class MeterOfNobody(DomainError):
    """A metered fee on a shared meter: nobody would pay it."""

    code = "meter_of_nobody"
    message = N_("%(count)d 块公共表没有房间，没有付费人，例如 %(example)s。请只分配给有房间的表。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room, a space or a meter (the others are None), and the days it is to be charged for."""

    room_id: int | None
    space_id: int | None
    meter_id: int | None
    name: str
    span: DateSpan

    @property
    def key(self) -> tuple[int | None, int | None, int | None]:
        """Which object it is."""
        return (self.room_id, self.space_id, self.meter_id)


def wanted_objects(
    *,
    session: Session,
    standard: FeeStandard,
    room_ids: Sequence[int],
    space_ids: Sequence[int],
    meter_ids: Sequence[int],
    starts: date | None,
    ends: date | None,
) -> list[Wanted]:
    """Return the objects with the days from `starts` (None: each one's hand-over) to `ends`, rooms first, in order of id.

    Raises OutOfScope, WrongDates, StartUnknown, NothingToAssign, OnlyMeters, NoMeters, MeterOfNobody.
    """
    if standard.method is Method.METERED and (room_ids or space_ids):
        raise OnlyMeters(field="standard_id", standard=standard.name)
    if standard.method is not Method.METERED and meter_ids:
        raise NoMeters(field="standard_id", standard=standard.name)
    if starts is not None and ends is not None and ends < starts:
        raise WrongDates(field="ends")
    found = [
        *_rooms(session, sorted(set(room_ids)), standard.community_id, starts, ends),
        *_spaces(session, sorted(set(space_ids)), standard.community_id, starts, ends),
        *_meters(session, sorted(set(meter_ids)), standard.community_id, starts, ends),
    ]
    if not found:
        raise NothingToAssign
    return found


def _rooms(
    session: Session, keys: Sequence[int], community_id: int, starts: date | None, ends: date | None
) -> list[Wanted]:
    found = [
        (row.id, row.code, starts or row.handed_over)
        for some in portions(keys)
        for row in session.execute(
            select(Room.id, Room.code, Room.handed_over)
            .where(Room.id.in_(some), Room.community_id == community_id)
            .order_by(Room.id)
        )
    ]
    if len(found) != len(keys):
        raise OutOfScope
    return [Wanted(key, None, None, name, span) for key, name, span in _dated(found, ends)]


def _spaces(
    session: Session, keys: Sequence[int], community_id: int, starts: date | None, ends: date | None
) -> list[Wanted]:
    found = [
        (row.id, row.number, starts or row.starts)
        for some in portions(keys)
        for row in session.execute(
            select(ParkingSpace.id, ParkingSpace.number, ParkingSpace.starts)
            .where(ParkingSpace.id.in_(some), ParkingSpace.community_id == community_id)
            .order_by(ParkingSpace.id)
        )
    ]
    if len(found) != len(keys):
        raise OutOfScope
    return [Wanted(None, key, None, name, span) for key, name, span in _dated(found, ends)]


def _meters(
    session: Session, keys: Sequence[int], community_id: int, starts: date | None, ends: date | None
) -> list[Wanted]:
    rows = [
        row
        for some in portions(keys)
        for row in session.execute(
            select(Meter.id, Meter.number, Meter.installed, Meter.room_id)
            .where(Meter.id.in_(some), Meter.community_id == community_id)
            .order_by(Meter.id)
        )
    ]
    if len(rows) != len(keys):
        raise OutOfScope
    shared = [row.number for row in rows if row.room_id is None]
    if shared:
        raise MeterOfNobody(count=len(shared), example=shared[0])
    found = [(row.id, row.number, starts or row.installed) for row in rows]
    return [Wanted(None, None, key, name, span) for key, name, span in _dated(found, ends)]


def _dated(
    found: list[tuple[int, str, date | None]], ends: date | None
) -> Iterator[tuple[int, str, DateSpan]]:
    undated = [name for _key, name, first in found if first is None]
    if undated:
        raise StartUnknown(field="starts", count=len(undated), example=undated[0])
    for key, name, first in found:
        if first is not None:
            if ends is not None and ends < first:
                raise WrongDates(field="ends")
            yield key, name, DateSpan.since(first, ends)


def taken_objects(
    *, session: Session, standard: FeeStandard, wanted: Iterable[Wanted], except_id: int | None = None
) -> list[Wanted]:
    """Those that have the same fee on a day of theirs already; the assignment `except_id` does not count."""
    wanted = list(wanted)
    spans: dict[tuple[int | None, int | None, int | None], list[DateSpan]] = {}
    objects = (FeeAssignment.room_id, FeeAssignment.space_id, FeeAssignment.meter_id)
    statement = (
        select(*objects, FeeAssignment.starts, FeeAssignment.ends)
        .join(FeeStandard, FeeAssignment.standard_id == FeeStandard.id)
        .where(
            FeeAssignment.community_id == standard.community_id,
            FeeStandard.fee_item_id == standard.fee_item_id,
        )
    )
    if except_id is not None:
        statement = statement.where(FeeAssignment.id != except_id)
    if len(wanted) == 1:
        column, key = next((c, k) for c, k in zip(objects, wanted[0].key, strict=True) if k is not None)
        statement = statement.where(column == key)
    for room, space, meter, first, last in session.execute(statement):
        spans.setdefault((room, space, meter), []).append(DateSpan.since(first, last))
    return [one for one in wanted if any(one.span.overlaps(span) for span in spans.get(one.key, ()))]


def portions(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ids into lists that one statement takes."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
