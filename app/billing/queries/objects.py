"""The rooms, spaces and meters that a standard may be given to: those of a node of the property tree."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter
from app.billing.states import MeterKind
from app.estate.models import ParkingSpace, Room
from app.estate.states import Usage
from app.lowcode.listing import Query

KINDS: Mapping[str, type[Room | ParkingSpace | Meter]] = {
    "rooms": Room,
    "spaces": ParkingSpace,
    "meters": Meter,
}
"""What a standard may be given to, by the name of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A community, or a building, unit or room of it, narrowed by 用途 and 房型; its spaces or its rooms' meters."""

    community_id: int
    kind: str = "rooms"
    building_id: int | None = None
    unit: str | None = None
    room_id: int | None = None
    lot_id: int | None = None
    purpose: Usage | None = None
    layout: str | None = None
    meter_kind: MeterKind | None = None


def objects_of(*, session: Session, choice: Choice) -> list[int]:
    """Return the ids of a choice's rooms, spaces or meters within the actor's reach, in order; shared meters charge nobody."""
    if choice.kind == "spaces":
        spaces = select(ParkingSpace.id).where(ParkingSpace.community_id == choice.community_id)
        if choice.lot_id is not None:
            spaces = spaces.where(ParkingSpace.lot_id == choice.lot_id)
        return list(session.scalars(spaces.order_by(ParkingSpace.id)))
    narrowed = [
        column == wanted
        for column, wanted in (
            (Room.building_id, choice.building_id),
            (Room.unit, choice.unit),
            (Room.id, choice.room_id),
            (Room.purpose, choice.purpose),
            (Room.layout, choice.layout),
        )
        if wanted is not None
    ]
    if choice.kind == "meters":
        meters = (
            select(Meter.id)
            .join(Room, Meter.room_id == Room.id)
            .where(Meter.community_id == choice.community_id, Meter.active.is_(True), *narrowed)
        )
        if choice.meter_kind is not None:
            meters = meters.where(Meter.kind == choice.meter_kind)
        return list(session.scalars(meters.order_by(Meter.id)))
    rooms = select(Room.id).where(Room.community_id == choice.community_id, *narrowed)
    return list(session.scalars(rooms.order_by(Room.id)))


def objects_found(*, session: Session, query: Query, community_id: int) -> list[int]:
    """Return the ids of what a list of rooms, spaces or meters finds in a community, all pages of it, in order."""
    model = query.spec.model
    found = select(model.id).where(*query.conditions(), model.community_id == community_id)
    return list(session.scalars(found.order_by(model.id)))


def community_of_found(*, session: Session, query: Query) -> int | None:
    """Return the community of all that a list finds; None where there are several or none."""
    column = query.spec.model.community_id
    found = session.scalars(select(column).where(*query.conditions()).distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None
