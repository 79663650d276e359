"""Posting a computed run: its lines become charges by one INSERT … SELECT, whole or not at all."""

from typing import Any

from sqlalchemy import exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from app.billing.models import (
    BillingLine,
    BillingRun,
    Charge,
    ChargeFacts,
    FeeAssignment,
    FeeStandard,
    FeeStandardVersion,
)
from app.billing.operations.periods import lock_period
from app.estate.models import Occupancy, ParkingSpace, Room, RoomArea
from app.kernel.errors import N_, DomainError
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.history import History

FACTS = tuple(ChargeFacts.__annotations__)
"""The columns that a line hands to its charge."""

# Fields of a room that decide who pays and for how much.
ROOM_FIELDS = ("handed_over", "area", "state")


class RunIsStale(DomainError):
    """What a run was computed from has changed since."""

    code = "run_is_stale"
    message = N_("计算之后,收费标准、分配、面积或付费人有变动。请作废后重新出账。")


def post_run(*, session: Session, run: BillingRun) -> int:
    """Make charges of the run's lines, in the open unit; returns how many. A second time it adds nothing.

    A line for days that are charged already is left out, and the run says so: two runs of one month may have been
    computed side by side, and no day is charged twice (design law 5). Raises PeriodClosed.
    """
    # Whoever posts in this month waits here for the one before, and then sees its charges.
    lock_period(session=session, community_id=run.community_id, period=run.period)
    line, charge = BillingLine.__table__, Charge.__table__
    # A charge never leaves its month: the lower bound lets the index of (assignment, starts) answer.
    charged = exists().where(
        charge.c.assignment_id == line.c.assignment_id,
        charge.c.starts >= run.period.first_day,
        charge.c.starts <= line.c.ends,
        charge.c.ends >= line.c.starts,
    )
    now, by = clock.now(), current_actor().name
    source = (
        select(
            *(line.c[name] for name in FACTS), line.c.run_id, line.c.amount.label("due"),
            literal(now, charge.c.created_at.type), literal(by, charge.c.created_by.type),
        )
        .where(line.c.run_id == run.id, line.c.billable.is_(True), ~charged)
        .order_by(line.c.id)
    )  # fmt: skip
    names = [*FACTS, "run_id", "due", "created_at", "created_by"]
    done = session.execute(insert(Charge).from_select(names, source, include_defaults=False))
    posted = int(done.rowcount)  # type: ignore[attr-defined]
    run.posted_at = now
    if posted < run.lines:
        run.message = f"有 {run.lines - posted} 笔所在的日期已经入账,没有重复入账。"
    session.flush()
    return posted


def refuse_stale(*, session: Session, run: BillingRun) -> None:
    """Refuse a run whose preview is no longer true: what it was computed from has changed. Raises RunIsStale.

    Looks at the rows that changed since and asks for each kind whether the run has a line of it.
    """
    since, end = run.computed_at, run.period.last_day
    mine = BillingLine.run_id == run.id

    def lines(column: Any) -> Any:
        return select(column).where(mine)

    rooms, spaces = lines(BillingLine.room_id), lines(BillingLine.space_id)
    standards = lines(BillingLine.standard_id)
    changed_rooms = (
        select(History.row_id)
        .where(
            History.document == Room.__name__,
            History.row_id == Room.id,
            History.at >= since,
            History.field.in_(ROOM_FIELDS),
        )
        .correlate(Room)
    )
    kinds = (
        (FeeAssignment, FeeAssignment.id.in_(lines(BillingLine.assignment_id)), None),
        (FeeStandard, FeeStandard.id.in_(standards), None),
        (FeeStandardVersion, FeeStandardVersion.standard_id.in_(standards), FeeStandardVersion.starts <= end),
        (RoomArea, RoomArea.room_id.in_(rooms), RoomArea.starts <= end),
        (Occupancy, Occupancy.room_id.in_(rooms), or_(Occupancy.starts.is_(None), Occupancy.starts <= end)),
        (ParkingSpace, ParkingSpace.id.in_(spaces), None),
        (Room, Room.id.in_(rooms), changed_rooms.exists()),
    )
    for model, is_in_run, also in kinds:
        statement = select(func.count()).where(
            model.community_id == run.community_id, model.changed_at > since, is_in_run
        )
        if session.scalar(statement if also is None else statement.where(also)):
            raise RunIsStale
