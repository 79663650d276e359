"""Giving a standard to rooms, spaces or meters, and taking it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge, FeeAssignment, FeeStandard, Meter
from app.billing.operations.assignment_targets import (
    NothingToAssign,
    Wanted,
    portions,
    taken_objects,
    wanted_objects,
)
from app.billing.states import UNFINISHED
from app.estate.models import ParkingSpace, Room
from app.kernel.errors import N_, DomainError
from app.kernel.periods import DateSpan
from app.lowcode import clock, scope
from app.lowcode.actors import current_actor
from app.lowcode.history import AuditAction, History, note
from app.lowcode.scope import OutOfScope

SHOWN = 5  # names in a preview


class AssignmentOverlaps(DomainError):
    """The same fee for the same object on the same day twice."""

    code = "overlap"
    message = N_("%(count)d 个对象在这段时间已分配了同一收费项目，例如 %(example)s。请先终止原来的分配。")


class AlreadyBilled(DomainError):
    """Taking back, or ending earlier, what is billed."""

    code = "already_billed"
    message = N_(
        "%(count)d 个对象已出账（例如 %(example)s，最后计费到 %(last)s），不能撤销，也不能更早结束。不再收费的请按“终止”，"
        "日期不早于已出账的最后一天；已出账的差额请用应收调整。"
    )


class StandardInactive(DomainError):
    """A standard that is no longer given out."""

    code = "standard_inactive"
    message = N_("收费标准“%(name)s”已停用，不能再分配。")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an assignment would do: for how many objects, how many of them have the fee then, some by name."""

    count: int
    taken: int
    names: tuple[str, ...]
    taken_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was given out by one press: the number of its batch, and how many objects."""

    batch: int
    count: int


def assign(
    *,
    session: Session,
    standard_id: int,
    room_ids: Sequence[int] = (),
    space_ids: Sequence[int] = (),
    meter_ids: Sequence[int] = (),
    starts: date | None = None,
    ends: date | None = None,
    skip_taken: bool = False,
) -> Assigned:
    """Give the standard to rooms, spaces and meters from a day (by default each one's hand-over) to a day, all or none.

    Returns the batch and how many. `skip_taken`: those that have the fee in that time already are left out instead of refused.
    Raises OutOfScope, StandardInactive, WrongDates, OnlyMeters, NoMeters, MeterOfNobody, StartUnknown, NothingToAssign,
    AssignmentOverlaps.
    """
    standard = _standard(session, standard_id)
    _lock(session, standard)
    wanted = wanted_objects(
        session=session,
        standard=standard,
        room_ids=room_ids,
        space_ids=space_ids,
        meter_ids=meter_ids,
        starts=starts,
        ends=ends,
    )
    taken = taken_objects(session=session, standard=standard, wanted=wanted)
    if taken and not skip_taken:
        raise AssignmentOverlaps(count=len(taken), example=taken[0].name)
    left_out = set(taken)
    wanted = [one for one in wanted if one not in left_out]
    if not wanted:
        raise NothingToAssign
    return _insert(session, standard, wanted, ends)


def preview_assignment(
    *,
    session: Session,
    standard_id: int,
    room_ids: Sequence[int] = (),
    space_ids: Sequence[int] = (),
    meter_ids: Sequence[int] = (),
    starts: date | None = None,
    ends: date | None = None,
) -> Preview:
    """Say what `assign` would do, and do nothing. Raises the same, AssignmentOverlaps aside."""
    standard = _standard(session, standard_id)
    wanted = wanted_objects(
        session=session,
        standard=standard,
        room_ids=room_ids,
        space_ids=space_ids,
        meter_ids=meter_ids,
        starts=starts,
        ends=ends,
    )
    taken = taken_objects(session=session, standard=standard, wanted=wanted)
    return Preview(
        len(wanted),
        len(taken),
        tuple(one.name for one in wanted[:SHOWN]),
        tuple(one.name for one in taken[:SHOWN]),
    )


def end_assignment(*, session: Session, assignment_id: int, ends: date) -> bool:
    """Let an assignment end on a day, not before what is billed; an end may also be moved to later.

    An end before its start takes it back wholly; returns whether it is still there. Raises OutOfScope, WrongDates,
    AlreadyBilled, AssignmentOverlaps.
    """
    row = scope.find(session, FeeAssignment, assignment_id)
    if row is None:
        raise OutOfScope
    if ends < row.starts:
        take_back_assignments(session=session, assignment_ids=[row.id])
        return False
    standard = session.get_one(FeeStandard, row.standard_id)
    _lock(session, standard)
    billed = session.scalar(
        select(Charge.ends).where(Charge.assignment_id == row.id).order_by(Charge.ends.desc()).limit(1)
    )
    if billed is not None and ends < billed:
        raise AlreadyBilled(
            field="ends", count=1, example=str(row.room or row.space or row.meter), last=billed.isoformat()
        )
    wanted = Wanted(row.room_id, row.space_id, row.meter_id, "", DateSpan(row.starts, ends))
    if taken_objects(session=session, standard=standard, wanted=[wanted], except_id=row.id):
        example = str(row.room or row.space or row.meter)
        raise AssignmentOverlaps(count=1, example=example)
    before, row.ends = row.ends, ends
    note(row, label=N_("终止"), reason=f"{before or '—'} → {ends}")
    session.flush()
    return True


def take_back_assignments(*, session: Session, assignment_ids: Sequence[int]) -> int:
    """Delete assignments that nothing is billed of, all or none; returns how many.

    Lines of a preview that is not posted go with them: that run is stale then. Raises OutOfScope, AlreadyBilled.
    """
    wanted, communities, rows = sorted(set(assignment_ids)), set[int](), list[FeeAssignment]()
    for some in portions(wanted):
        mine = select(FeeAssignment.community_id).where(FeeAssignment.id.in_(some)).distinct()
        communities |= set(session.scalars(mine))
    # A run that is being posted waits for this, or this for it: runs before assignments, as posting does.
    session.execute(
        select(BillingRun.id)
        .where(BillingRun.community_id.in_(sorted(communities)), BillingRun.state.in_(UNFINISHED))
        .order_by(BillingRun.id)
        .with_for_update()
    ).all()
    for some in portions(wanted):
        rows += scope.locked_rows(session=session, model=FeeAssignment, ids=some)
    for some in portions([row.id for row in rows]):
        _refuse_billed(session, some)
        session.execute(delete(BillingLine).where(BillingLine.assignment_id.in_(some)))
        _note_removed(session, some)
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def _refuse_billed(session: Session, assignment_ids: Sequence[int]) -> None:
    count, last = session.execute(
        select(func.count(Charge.assignment_id.distinct()), func.max(Charge.ends)).where(
            Charge.assignment_id.in_(assignment_ids)
        )
    ).one()
    if not count:
        return
    example = session.scalars(
        select(FeeAssignment)
        .join(Charge, Charge.assignment_id == FeeAssignment.id)
        .where(FeeAssignment.id.in_(assignment_ids))
        .order_by(FeeAssignment.id)
        .limit(1)
    ).one()
    raise AlreadyBilled(
        field="ends",
        count=count,
        example=str(example.room or example.space or example.meter),
        last=last.isoformat(),
    )


def _standard(session: Session, standard_id: int) -> FeeStandard:
    standard: FeeStandard | None = scope.find(session, FeeStandard, standard_id)
    if standard is None:
        raise OutOfScope(field="standard_id")
    if not standard.active:
        raise StandardInactive(field="standard_id", name=standard.name)
    return standard


def _lock(session: Session, standard: FeeStandard) -> None:
    """Wait for whoever gives the same fee out in this community: all standards of the fee, in order of id."""
    session.execute(
        select(FeeStandard.id)
        .where(
            FeeStandard.community_id == standard.community_id, FeeStandard.fee_item_id == standard.fee_item_id
        )
        .order_by(FeeStandard.id)
        .with_for_update()
    ).all()


def _insert(session: Session, standard: FeeStandard, wanted: list[Wanted], ends: date | None) -> Assigned:
    """Add the assignments and a line of history for each, whole tables at once."""
    common: dict[str, Any] = {"community_id": standard.community_id, "standard_id": standard.id, "ends": ends}
    ids = session.scalars(
        insert(FeeAssignment).returning(FeeAssignment.id, sort_by_parameter_order=True),
        [
            {
                **common,
                "room_id": one.room_id,
                "space_id": one.space_id,
                "meter_id": one.meter_id,
                "starts": one.span.first,
            }
            for one in wanted
        ],
    ).all()
    for some in portions(ids):
        table = FeeAssignment.__table__
        session.execute(update(table).where(table.c.id.in_(some)).values(batch=ids[0]))
    lines = [
        (standard.community_id, key, f"{standard.name} {one.name}")
        for key, one in zip(ids, wanted, strict=True)
    ]
    _note(session, AuditAction.ADDED, lines)
    return Assigned(ids[0], len(ids))


def _note_removed(session: Session, ids: Sequence[int]) -> None:
    """Add a line of history for each assignment that is about to go."""
    of = FeeAssignment
    names = session.execute(
        select(
            of.community_id,
            of.id,
            FeeStandard.name,
            func.coalesce(Room.code, ParkingSpace.number, Meter.number),
        )
        .join(FeeStandard, FeeStandard.id == of.standard_id)
        .outerjoin(Room, Room.id == of.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == of.space_id)
        .outerjoin(Meter, Meter.id == of.meter_id)
        .where(of.id.in_(ids))
        .order_by(of.id)
    )
    _note(
        session,
        AuditAction.DELETED,
        [(community, key, f"{standard} {name}") for community, key, standard, name in names],
    )


def _note(session: Session, deed: AuditAction, lines: Sequence[tuple[int, int, str]]) -> None:
    """Add lines of history: community, id, title. The engine writes none for a document that has no form."""
    actor, now = current_actor(), clock.now()
    common = {
        "at": now,
        "who": actor.name or "?",
        "user_id": actor.user_id,
        "document": FeeAssignment.__name__,
        "deed": deed,
    }
    session.execute(
        insert(History),
        [
            {
                **common,
                "community_id": community_id,
                "row_id": key,
                "row_title": title[:200],
                "old": title if deed is AuditAction.DELETED else None,
            }
            for community_id, key, title in lines
        ],
    )
