"""The rooms and spaces that a standard may be given to: those of a node of the property tree."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import ParkingSpace, Room
from app.estate.states import Usage
from app.lowcode.listing import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A community, or a building, unit or room of it, narrowed by 用途 and 房型; or its spaces, of one lot or all."""

    community_id: int
    spaces: bool = False
    building_id: int | None = None
    unit: str | None = None
    room_id: int | None = None
    lot_id: int | None = None
    purpose: Usage | None = None
    layout: str | None = None


def objects_of(*, session: Session, choice: Choice) -> tuple[list[int], list[int]]:
    """(room ids, space ids) of a choice within the actor's reach, in order of id."""
    if choice.spaces:
        spaces = select(ParkingSpace.id).where(ParkingSpace.community_id == choice.community_id)
        if choice.lot_id is not None:
            spaces = spaces.where(ParkingSpace.lot_id == choice.lot_id)
        return [], list(session.scalars(spaces.order_by(ParkingSpace.id)))
    rooms = select(Room.id).where(Room.community_id == choice.community_id)
    for column, wanted in (
        (Room.building_id, choice.building_id),
        (Room.unit, choice.unit),
        (Room.id, choice.room_id),
        (Room.purpose, choice.purpose),
        (Room.layout, choice.layout),
    ):
        if wanted is not None:
            rooms = rooms.where(column == wanted)
    return list(session.scalars(rooms.order_by(Room.id))), []


def objects_found(*, session: Session, query: Query, community_id: int) -> list[int]:
    """The ids of what a list of rooms or spaces finds in a community, all pages of it, in order."""
    model = query.spec.model
    found = select(model.id).where(*query.conditions(), model.community_id == community_id)
    return list(session.scalars(found.order_by(model.id)))


def community_of_found(*, session: Session, query: Query) -> int | None:
    """The community of all that a list finds; None where there are several or none."""
    column = query.spec.model.community_id
    found = session.scalars(select(column).where(*query.conditions()).distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None
