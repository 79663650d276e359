"""The top search and the tree's own: rooms, people, plates, spaces by what people type of them.

Every way of reading the text asks for so many rows only, the sure way first; the loose one (anywhere in the name) reads
an index through, which takes hundredths of a second for 100,000 rows.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.estate.models import Building, Community, Company, Customer, ParkingLot, ParkingSpace, Room, Vehicle
from app.estate.queries.tree import BRANCHES, TreeNode
from app.estate.queries.tree_nodes import BETWEEN
from app.estate.rules.people import plain_plate
from app.kernel.cells import normal_text
from app.kernel.phones import mask_phone, phone_spellings
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.quick_search import read_conditions
from app.lowcode.search import LONGEST, Hit, Search

TREE_MOST: Final = 30
AND: Final = " · "


def find_rooms(typed: str, most: int) -> list[Hit]:
    """Rooms by their code (3-2-1201) or a part of it (1201)."""
    statement = select(Room.id, Room.code, Community.name).join(Community, Community.id == Room.community_id)
    ways = (
        Room.code == typed,
        *read_conditions(Room, spec_of(Room).fields["code"], typed),
        Room.number == typed,
        _begins(Room.code, typed),
        _has(Room.code, typed),
    )
    return [Hit(row.id, row.code, row.name) for row in _staged(db.session(), statement, Room.id, ways, most)]


def find_customers(typed: str, most: int) -> list[Hit]:
    """Return customers by a part of the name or the whole telephone."""
    statement = select(Customer.id, Customer.name, Customer.phone, Community.name.label("community")).join(
        Community, Community.id == Customer.community_id
    )
    ways = [Customer.name == typed]
    if phones := phone_spellings(typed):
        ways += [Customer.phone.in_(phones), Customer.phone2.in_(phones)]
    ways += [_begins(Customer.name, typed), _has(Customer.name, typed)]
    ways += read_conditions(Customer, spec_of(Customer).fields["name"], typed)
    return [
        Hit(row.id, row.name, AND.join(filter(None, (mask_phone(row.phone or ""), row.community))))
        for row in _staged(db.session(), statement, Customer.id, ways, most)
    ]


def find_vehicles(typed: str, most: int) -> list[Hit]:
    """Vehicles by a part of the plate."""
    plate = plain_plate(text=typed)
    if not plate:
        return []
    statement = (
        select(Vehicle.id, Vehicle.plate, Customer.name, Community.name.label("community"))
        .join(Community, Community.id == Vehicle.community_id)
        .outerjoin(Customer, Customer.id == Vehicle.customer_id)
    )
    ways = (Vehicle.plate == plate, _begins(Vehicle.plate, plate), _has(Vehicle.plate, plate))
    return [
        Hit(row.id, row.plate, AND.join(filter(None, (row.name, row.community))))
        for row in _staged(db.session(), statement, Vehicle.id, ways, most)
    ]


def find_spaces(typed: str, most: int) -> list[Hit]:
    """Parking spaces by a part of the number."""
    statement = (
        select(ParkingSpace.id, ParkingSpace.number, ParkingLot.name.label("lot"), Community.name)
        .join(Community, Community.id == ParkingSpace.community_id)
        .outerjoin(ParkingLot, ParkingLot.id == ParkingSpace.lot_id)
    )
    number = ParkingSpace.number
    ways = (number == typed, number == typed.upper(), _begins(number, typed.upper()), _has(number, typed))
    return [
        Hit(row.id, row.number, AND.join(filter(None, (row.lot, row.name))))
        for row in _staged(db.session(), statement, ParkingSpace.id, ways, most)
    ]


def find_buildings(typed: str, most: int) -> list[Hit]:
    """Return buildings by a part of the name."""
    statement = select(Building.id, Building.name, Community.name.label("community")).join(
        Community, Community.id == Building.community_id
    )
    ways = (Building.name == typed, _begins(Building.name, typed), _has(Building.name, typed))
    return [
        Hit(row.id, row.name, row.community)
        for row in _staged(db.session(), statement, Building.id, ways, most)
    ]


def find_communities(typed: str, most: int) -> list[Hit]:
    """Communities by a part of the name."""
    statement = select(Community.id, Community.name)
    ways = (Community.name == typed, _has(Community.name, typed))
    return [Hit(row.id, row.name) for row in _staged(db.session(), statement, Community.id, ways, most)]


SEARCHES: Final = (
    Search(Room, find_rooms),
    Search(Customer, find_customers),
    Search(Vehicle, find_vehicles),
    Search(ParkingSpace, find_spaces),
    Search(Building, find_buildings),
    Search(Community, find_communities),
)


def find_nodes(*, session: Session, typed: str, readable: Collection[str]) -> list[TreeNode]:
    """Return the nodes of the tree by a part of their name, from large to small, each with where it stands."""
    text = normal_text(typed)[:LONGEST]
    found: list[TreeNode] = []
    if text and "company" in readable:
        companies = select(Company.id, Company.name).where(_has(Company.name, text)).limit(TREE_MOST)
        found += [
            TreeNode(f"company:{row.id}", row.name, "company", True) for row in session.execute(companies)
        ]
    for kind, find in (
        ("community", find_communities),
        ("building", find_buildings),
        ("room", find_rooms),
        ("lot", _find_lots),
        ("space", find_spaces),
    ):
        if text and kind in readable and len(found) < TREE_MOST:
            found += [
                TreeNode(f"{kind}:{hit.key}", hit.text, kind, kind in BRANCHES, _path(hit))
                for hit in find(text, TREE_MOST - len(found))
            ]
    return found


def _path(hit: Hit) -> str:
    """Where a hit stands, from large to small; its note goes the other way."""
    return BETWEEN.join(reversed(hit.note.split(AND)))


def _find_lots(typed: str, most: int) -> list[Hit]:
    statement = select(ParkingLot.id, ParkingLot.name, Community.name.label("community")).join(
        Community, Community.id == ParkingLot.community_id
    )
    rows = _staged(db.session(), statement, ParkingLot.id, (_has(ParkingLot.name, typed),), most)
    return [Hit(row.id, row.name, row.community) for row in rows]


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a text begins so, by its index, which LIKE would not use on SQLite; what it misses is found by `_has`."""
    return (column >= text) & (column < text + "\U0010ffff")


def _has(column: Any, text: str) -> ColumnElement[bool]:
    return column.contains(text, autoescape=True)


def _staged(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    own: Any,
    ways: Iterable[ColumnElement[bool]],
    most: int,
) -> list[Any]:
    """Return the rows that the ways find, the surest first, no row twice, `most` at most."""
    found: dict[int, Any] = {}
    for way in ways:
        for row in session.execute(statement.where(way).limit(most)):
            found.setdefault(row.id, row)
            if len(found) == most:
                return list(found.values())
    return list(found.values())
