"""A repair is registered: by the front desk from a call, by whoever finds an emergency."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from app.estate.models import Room
from app.kernel.errors import N_, DomainError
from app.kernel.phones import read_phone
from app.lowcode import clock
from app.lowcode.notices import holders, notify
from app.lowcode.numbers import next_number
from app.lowcode.save import set_values
from app.lowcode.scope import find
from app.lowcode.settings import setting
from app.service.models import RepairOrder
from app.service.rules import repairs as rules

NUMBERED = "repair"
SAME_DAY_BY, URGENT_HOURS = "service.repair_same_day_by", "service.repair_urgent_hours"
REGISTERED_URGENT = N_("紧急报修 %(number)s：%(place)s，请立即派工。")


class PlaceMissing(DomainError):
    """Nobody could find what is broken."""

    code = "place_missing"
    message = N_("请选择房间、楼宇或填写地点，维修人员才找得到。")


class OtherBuilding(DomainError):
    """A room beside a building that it does not stand in."""

    code = "other_building"
    message = N_("所选的房间不在这栋楼。")


class PlannedInThePast(DomainError):
    """A repair planned for yesterday."""

    code = "planned_in_the_past"
    message = N_("日期不能早于今天。")


def save_repair(*, session: Session, row: RepairOrder, **values: Any) -> RepairOrder:
    """Register a repair with its number, or change it before it is dispatched; when it is due follows from it.

    An emergency is told at once to those who dispatch. Raises PlaceMissing, OtherBuilding, PlannedInThePast, NotAPhone,
    OutOfScope, MixedCommunities.
    """
    fresh, was_urgent, wished = row.id is None, bool(row.urgent), _wished(row)
    with session.no_autoflush:
        if values.get("phone"):
            values["phone"] = read_phone(text=values["phone"], stands=row.phone)
        set_values(row, values)
        row.reported_at = row.reported_at or clock.now()
        _check_place(session, row)
        _check_days(row, values)
        row.rank = rules.rank_of(urgent=bool(row.urgent), ended=False)
        if fresh or _wished(row) != wished:
            row.due_at = due_of(session=session, row=row)
        if fresh:
            row.number = next_number(
                session=session, kind=NUMBERED, community_id=row.community_id, day=clock.today()
            ).number
            session.add(row)
    session.flush()
    if row.urgent and not was_urgent:
        notify(
            session=session,
            message=REGISTERED_URGENT,
            url=f"/repair_order/show/{row.id}",
            users=holders(
                session=session, verb="dispatch", document="RepairOrder", community_id=row.community_id
            ),
            community_id=row.community_id,
            params={"number": row.number, "place": place_of(session=session, row=row)},
        )
    return row


def due_of(*, session: Session, row: RepairOrder) -> datetime:
    """When an order should be repaired, by its community's settings."""
    return rules.due_by(
        reported=row.reported_at,
        urgent=bool(row.urgent),
        appointment=row.appointment,
        planned=row.planned_day,
        by=time(int(setting(session=session, key=SAME_DAY_BY, community_id=row.community_id))),
        urgent_hours=int(setting(session=session, key=URGENT_HOURS, community_id=row.community_id)),
        zone=clock.timezone(),
    )


def place_of(*, session: Session, row: RepairOrder) -> str:
    """Where to go: 锦绣园 1-1-101 厨房."""
    parts = [row.community, row.room or row.building, row.place]
    return " ".join(str(part) for part in parts if part)


def _wished(row: RepairOrder) -> tuple[bool, datetime | None, date | None]:
    """Return what says by when an order is due; a promise made later stands as long as this does not change."""
    return bool(row.urgent), row.appointment, row.planned_day


def _check_place(session: Session, row: RepairOrder) -> None:
    if row.room_id is None and row.building_id is None and not row.place:
        raise PlaceMissing(field="room_id")
    if row.room_id is None:
        return
    room: Room | None = find(session, Room, row.room_id)
    if room is None:
        return  # the scope's guard refuses it
    if row.building_id is not None and row.building_id != room.building_id:
        raise OtherBuilding(field="room_id")
    row.building_id = room.building_id


def _check_days(row: RepairOrder, values: dict[str, Any]) -> None:
    if "planned_day" in values and row.planned_day is not None and row.planned_day < clock.today():
        raise PlannedInThePast(field="planned_day")
    appointment = row.appointment
    if (
        "appointment" in values
        and appointment is not None
        and appointment.astimezone(clock.timezone()).date()
        < row.reported_at.astimezone(clock.timezone()).date()
    ):
        raise PlannedInThePast(field="appointment")
