"""The rooms and spaces that a standard is to be given to, with their days, and those that have the fee then."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment, FeeStandard
from app.estate.models import ParkingSpace, Room
from app.kernel.errors import N_, DomainError
from app.kernel.periods import DateSpan
from app.lowcode.scope import OutOfScope

AT_ONCE = 5000  # ids in one IN list: below every database's limit of parameters


class WrongDates(DomainError):
    """An end before the start, or before what is billed."""

    code = "wrong_dates"
    message = N_("结束日期不能早于开始日期,也不能早于已出账的日期。")


class NothingToAssign(DomainError):
    """No room or space was found for the choice."""

    code = "nothing_to_assign"
    message = N_("没有符合条件的房间或车位。")


class StartUnknown(DomainError):
    """No start was given, and an object has no hand-over to start at."""

    code = "start_unknown"
    message = N_("%(count)d 个对象没有交付日期,例如 %(example)s。请填写开始日期。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room or a space (the other is None), and the days it is to be charged for."""

    room_id: int | None
    space_id: int | None
    name: str
    span: DateSpan


def wanted_objects(
    *,
    session: Session,
    standard: FeeStandard,
    room_ids: Sequence[int],
    space_ids: Sequence[int],
    starts: date | None,
    ends: date | None,
) -> list[Wanted]:
    """The objects with the days from `starts` (None: each one's hand-over) to `ends`, rooms first, in order of id.

    Raises OutOfScope, WrongDates, StartUnknown, NothingToAssign.
    """
    if starts is not None and ends is not None and ends < starts:
        raise WrongDates(field="ends")
    found = [
        *_rooms(session, sorted(set(room_ids)), standard.community_id, starts, ends),
        *_spaces(session, sorted(set(space_ids)), standard.community_id, starts, ends),
    ]
    if not found:
        raise NothingToAssign
    return found


def _rooms(
    session: Session, keys: Sequence[int], community_id: int, starts: date | None, ends: date | None
) -> list[Wanted]:
    found = [
        (row.id, row.code, starts or row.handed_over)
        for some in _portions(keys)
        for row in session.execute(
            select(Room.id, Room.code, Room.handed_over)
            .where(Room.id.in_(some), Room.community_id == community_id)
            .order_by(Room.id)
        )
    ]
    if len(found) != len(keys):
        raise OutOfScope
    return [Wanted(key, None, name, span) for key, name, span in _dated(found, ends)]


def _spaces(
    session: Session, keys: Sequence[int], community_id: int, starts: date | None, ends: date | None
) -> list[Wanted]:
    found = [
        (row.id, row.number, starts or row.starts)
        for some in _portions(keys)
        for row in session.execute(
            select(ParkingSpace.id, ParkingSpace.number, ParkingSpace.starts)
            .where(ParkingSpace.id.in_(some), ParkingSpace.community_id == community_id)
            .order_by(ParkingSpace.id)
        )
    ]
    if len(found) != len(keys):
        raise OutOfScope
    return [Wanted(None, key, name, span) for key, name, span in _dated(found, ends)]


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
    spans: dict[tuple[int | None, int | None], list[DateSpan]] = {}
    statement = (
        select(FeeAssignment.room_id, FeeAssignment.space_id, FeeAssignment.starts, FeeAssignment.ends)
        .join(FeeStandard, FeeAssignment.standard_id == FeeStandard.id)
        .where(
            FeeAssignment.community_id == standard.community_id,
            FeeStandard.fee_item_id == standard.fee_item_id,
        )
    )
    if except_id is not None:
        statement = statement.where(FeeAssignment.id != except_id)
    if len(wanted) == 1:
        one = wanted[0]
        column = FeeAssignment.space_id if one.room_id is None else FeeAssignment.room_id
        statement = statement.where(column == (one.room_id or one.space_id))
    for room_id, space_id, first, last in session.execute(statement):
        spans.setdefault((room_id, space_id), []).append(DateSpan.since(first, last))
    return [
        one
        for one in wanted
        if any(one.span.overlaps(span) for span in spans.get((one.room_id, one.space_id), ()))
    ]


def _portions(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
