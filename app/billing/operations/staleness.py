"""Whether the preview of a billing run is still true: what it was computed from may have changed since."""

from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import (
    BillingLine,
    BillingRun,
    FeeAssignment,
    FeeStandard,
    FeeStandardVersion,
    Meter,
    MeterReading,
    Vacancy,
)
from app.billing.operations.run_computation import PRORATION
from app.billing.states import ApprovalState
from app.estate.models import Occupancy, ParkingSpace, Room, RoomArea
from app.kernel.errors import N_, DomainError
from app.lowcode.history import AuditAction, History
from app.lowcode.settings import Setting

# Fields of a room that decide who pays and for how much.
ROOM_FIELDS = ("handed_over", "area", "state")

STOOD_ON = (
    FeeAssignment,
    FeeStandard,
    FeeStandardVersion,
    RoomArea,
    Occupancy,
    ParkingSpace,
    Room,
    Vacancy,
    Meter,
    MeterReading,
    Setting,
)
"""The documents that a run is computed from."""


class RunIsStale(DomainError):
    """What a run was computed from has changed since."""

    code = "run_is_stale"
    message = N_("计算之后，收费标准、分配、面积、空置、抄表或付费人有变动。请作废后重新出账。")


def refuse_stale(*, session: Session, run: BillingRun) -> None:
    """Refuse a run whose preview is no longer true: what it was computed from has changed. Raises RunIsStale.

    Looks at the rows that changed since and asks for each kind whether the run has a line of it. A row that is gone
    can no longer be asked: one of this community is enough. So is a change in the moment of the computing itself,
    for MariaDB keeps whole seconds.
    """
    since, end = run.computed_at, run.period.last_day
    mine = BillingLine.run_id == run.id

    def lines(column: Any) -> Any:
        return select(column).where(mine)

    rooms, spaces = lines(BillingLine.room_id), lines(BillingLine.space_id)
    standards = lines(BillingLine.standard_id)
    meters = select(FeeAssignment.meter_id).where(FeeAssignment.id.in_(lines(BillingLine.assignment_id)))
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
    own = {model: model.community_id == run.community_id for model in STOOD_ON}
    own[Setting] = or_(own[Setting], Setting.community_id.is_(None))
    kinds = (
        (FeeAssignment, FeeAssignment.id.in_(lines(BillingLine.assignment_id)), None),
        (FeeStandard, FeeStandard.id.in_(standards), None),
        (FeeStandardVersion, FeeStandardVersion.standard_id.in_(standards), FeeStandardVersion.starts <= end),
        (RoomArea, RoomArea.room_id.in_(rooms), RoomArea.starts <= end),
        (Occupancy, Occupancy.room_id.in_(rooms), or_(Occupancy.starts.is_(None), Occupancy.starts <= end)),
        (ParkingSpace, ParkingSpace.id.in_(spaces), None),
        (Room, Room.id.in_(rooms), changed_rooms.exists()),
        (
            Vacancy,
            Vacancy.room_id.in_(rooms),
            and_(Vacancy.starts <= end, Vacancy.state == ApprovalState.APPROVED),
        ),
        (Meter, Meter.id.in_(meters), None),
        (MeterReading, MeterReading.meter_id.in_(meters), MeterReading.period == run.period),
        (Setting, Setting.key == PRORATION, None),
    )
    for model, is_in_run, also in kinds:
        statement = select(func.count()).where(own[model], _moment(model) >= since, is_in_run)
        if session.scalar(statement if also is None else statement.where(also)):
            raise RunIsStale
    gone = select(func.count()).where(
        or_(History.community_id == run.community_id, History.community_id.is_(None)),
        History.document.in_([model.__name__ for model in STOOD_ON]),
        History.deed == AuditAction.DELETED,
        History.at >= since,
    )
    if session.scalar(gone):
        raise RunIsStale


def _moment(model: Any) -> Any:
    """When a row was last written: a reading never changes, its correction is a row of its own."""
    return model.created_at if model is MeterReading else model.changed_at
