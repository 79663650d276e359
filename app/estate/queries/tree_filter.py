"""What the chosen tree node says of each document: the WHERE clause of its rows in a company, building, room, lot …

A document is narrowed by the nearest thing it names: its room, its space, its building, its customer, its community.
A document of a higher module that names none of the former tells in its manifest how (`narrowings`).
"""

from collections.abc import Callable
from typing import Any

from flask import session as cookies
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, false, or_, select

from app.estate.models import Building, Company, Customer, Occupancy, ParkingLot, ParkingSpace, Room, Vehicle
from app.estate.queries.tree import readable_kinds
from app.estate.queries.tree_nodes import BadNode, Place, place_of, read_key
from app.lowcode.db import db
from app.lowcode.document import DocumentBase
from app.lowcode.engine import current_engine
from app.lowcode.listing import Narrowing

CHOSEN = "tree_node"
Condition = ColumnElement[bool] | None
Model = type[DocumentBase]


def choose(*, place: Place | None) -> None:
    """Keep (None: forget) the node that this person narrows everything by, as long as they stay logged in."""
    # With the person: whoever logs in next at this browser begins with everything.
    if place is None:
        cookies.pop(CHOSEN, None)
    else:
        cookies[CHOSEN] = [current_user.id, str(place.key)]


def chosen() -> str | None:
    """Return the key of the chosen node; None, and forgotten, when it is gone or out of reach by now."""
    kept = cookies.get(CHOSEN)
    if kept is None or not current_user.is_authenticated:
        return None
    user_id, text = kept
    try:
        found = place_of(session=db.session(), text=text) if user_id == current_user.id else None
    except BadNode:
        found = None
    if found is None:
        choose(place=None)
        return None
    return str(text)


def words(key: str) -> str | None:
    """Return a node by its name from the community down. Raises BadNode."""
    place = place_of(session=db.session(), text=key)
    return None if place is None else place.words


def choices(key: str, model: Model) -> Condition:
    """Return what a form offers while a node is chosen: anything in its community, or in its company's."""
    place = place_of(session=db.session(), text=key)
    return false() if place is None else _of_communities(place, model)


def condition(key: str, model: Model) -> Condition:
    """Return the rows of a document in a node; none at all when the node is gone. Raises BadNode."""
    place = place_of(session=db.session(), text=key)
    if place is None:
        return false()
    held = _of_communities(place, model)
    if held is None or place.key.kind in ("company", "community"):
        return held
    found = _below_community(place, model)
    return held if found is None else found


def begins(key: str) -> dict[str, str]:
    """Return what a row added in a node begins with: its community, its building, its room …"""
    place = place_of(session=db.session(), text=key)
    if place is None:
        return {}
    kind, own = place.key.kind, str(place.key.id)
    if kind == "company":
        return {"company_id": own, "parent_id": own}
    found = {"community_id": str(place.community_id), "company_id": str(place.companies[0])}
    if place.building_id is not None:
        found["building_id"] = str(place.building_id)
    if kind == "unit":
        found["unit"] = place.key.unit
    if kind in ("room", "lot", "space"):
        found[f"{kind}_id"] = own
    return found


def _of_communities(place: Place, model: Model) -> Condition:
    columns: Any = model
    if hasattr(model, "community_id"):
        return columns.community_id.in_(place.communities)
    if hasattr(model, "company_id"):
        return columns.company_id.in_(place.companies)
    return None


def _below_community(place: Place, model: Model) -> Condition:
    """By the nearest thing that the document names; None where it names nothing below the community."""
    own = _OWN.get(model)
    if own is not None:
        return own(place)
    for manifest in current_engine().manifests:
        if model.__name__ in manifest.narrowings:
            return manifest.narrowings[model.__name__](lambda other: _needed(place, other))
    columns: Any = model
    if place.key.kind == "building" and hasattr(model, "building_id"):
        return columns.building_id == place.building_id
    if _parking(place) and hasattr(model, "space_id"):
        return _in_spaces(place, columns.space_id)
    if hasattr(model, "room_id"):
        return _in_rooms(place, columns.room_id)
    if hasattr(model, "customer_id"):
        return columns.customer_id.in_(_customers(place))
    return None


def _needed(place: Place, model: Model) -> ColumnElement[bool]:
    found = _below_community(place, model)
    if found is None:
        raise LookupError(f"{model.__name__} names neither room, space, building nor customer")
    return found


def _parking(place: Place) -> bool:
    return place.key.kind in ("lot", "loose", "space")


def _in_rooms(place: Place, column: Any) -> ColumnElement[bool]:
    """Whether a room's id is one of the node's; of a lot's: of the rooms that its spaces belong to."""
    match place.key.kind:
        case "room":
            return column == place.key.id
        case "building":
            return column.in_(select(Room.id).where(Room.building_id == place.building_id))
        case "unit":
            return column.in_(
                select(Room.id).where(Room.building_id == place.building_id, Room.unit == place.key.unit)
            )
        case _:
            spaces = select(ParkingSpace.room_id).where(_in_spaces(place, ParkingSpace.id))
            return column.in_(spaces.where(ParkingSpace.room_id.is_not(None)))


def _in_spaces(place: Place, column: Any) -> ColumnElement[bool]:
    """Whether a space's id is one of the node's; of a building's: of the spaces that belong to its rooms."""
    match place.key.kind:
        case "space":
            return column == place.key.id
        case "lot":
            return column.in_(select(ParkingSpace.id).where(ParkingSpace.lot_id == place.key.id))
        case "loose":
            return column.in_(
                select(ParkingSpace.id).where(
                    ParkingSpace.community_id == place.community_id, ParkingSpace.lot_id.is_(None)
                )
            )
        case _:
            return column.in_(select(ParkingSpace.id).where(_in_rooms(place, ParkingSpace.room_id)))


def _customers(place: Place) -> Select[*tuple[Any, ...]]:
    """Who holds or held a room of the node, or has a space of it."""
    if _parking(place):
        held = select(ParkingSpace.customer_id).where(_in_spaces(place, ParkingSpace.id))
        return held.where(ParkingSpace.customer_id.is_not(None))
    return select(Occupancy.customer_id).where(_in_rooms(place, Occupancy.room_id))


def _building(place: Place) -> Condition:
    return None if place.building_id is None else Building.id == place.building_id


def _room(place: Place) -> Condition:
    if place.key.kind == "unit":
        return (Room.building_id == place.building_id) & (Room.unit == place.key.unit)
    if place.key.kind == "building":
        return Room.building_id == place.building_id
    return _in_rooms(place, Room.id)


def _lot(place: Place) -> Condition:
    match place.key.kind:
        case "lot":
            return ParkingLot.id == place.key.id
        case "space":
            return ParkingLot.id.in_(select(ParkingSpace.lot_id).where(ParkingSpace.id == place.key.id))
        case "loose":
            return false()
    return None


def _vehicle(place: Place) -> Condition:
    spaces = _in_spaces(place, Vehicle.space_id)
    return spaces if _parking(place) else or_(spaces, Vehicle.customer_id.in_(_customers(place)))


_OWN: dict[Model, Callable[[Place], Condition]] = {
    Company: lambda place: Company.id.in_(place.companies),
    Building: _building,
    Room: _room,
    Customer: lambda place: Customer.id.in_(_customers(place)),
    ParkingLot: _lot,
    ParkingSpace: lambda place: _in_spaces(place, ParkingSpace.id),
    Vehicle: _vehicle,
}


def grain(key: str) -> str:
    """Return the key that tells whether a row stands in a node. Raises BadNode."""
    kinds = {
        "company": "community_id",
        "community": "community_id",
        "building": "building_id",
        "unit": "room_id",
        "room": "room_id",
    }
    return kinds.get(read_key(key).kind, "space_id")


NARROWING = Narrowing(
    chosen=chosen,
    condition=condition,
    words=words,
    choices=choices,
    begins=begins,
    grain=grain,
    offered=lambda: bool(readable_kinds()),
)
