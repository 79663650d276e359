"""The property tree, read a level at a time; a node with very many children answers with groups of them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from app.estate.models import Building, Community, Company, ParkingLot, ParkingSpace, Room
from app.estate.queries.tree_nodes import BadNode, Key, read_key, unit_name
from app.estate.rules.room_code import natural_key
from app.lowcode.permissions import may

MOST: Final = 200
"""Children that one answer holds as they are; of more it holds groups, each of at least so many."""
BRANCHES: Final = frozenset({"company", "community", "building", "unit", "lot", "loose"})
DOCUMENT_OF: Final = {
    "company": "Company",
    "community": "Community",
    "building": "Building",
    "unit": "Room",
    "room": "Room",
    "lot": "ParkingLot",
    "loose": "ParkingSpace",
    "space": "ParkingSpace",
}
"""Which document a person must be allowed to read to see a kind of node."""
WAY_TO_ROOMS: Final = frozenset({"company", "community", "building"})


def readable_kinds() -> frozenset[str]:
    """Return the kinds of nodes that this person may see; who may read rooms sees the way to them."""
    above = WAY_TO_ROOMS if may("read", "Room") else frozenset()
    return above.union(kind for kind, document in DOCUMENT_OF.items() if may("read", document))


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node as the page shows it. `lazy`: it has, or may have, children; `path`: where it stands, for a search."""

    key: str
    title: str
    type: str
    lazy: bool
    path: str = ""


@dataclass(frozen=True, slots=True)
class TreeSource:
    """Children of one kind: a SELECT of (what their key ends with, their title), unordered."""

    kind: str
    statement: Select[*tuple[Any, ...]]
    named: Callable[[str], str] = str
    at: str = ""  # what stands before the row's own part of the key


def children(*, session: Session, key: str, readable: Collection[str]) -> list[TreeNode]:
    """Return the children of a node ("" is the top) within the actor's reach, of the `readable` kinds.

    A key with a range (`~kind~first~count`) is a group of such children. Raises BadNode.
    """
    parent, group = _split(key)
    if parent is not None and parent.kind not in readable:
        raise BadNode(field="key")
    sources = [one for one in _sources(parent, readable) if one.kind in readable]
    if group is not None:
        kind, first, count = group
        return [
            node
            for source in sources
            if source.kind == kind
            for node in _sorted(source, session.execute(_rows(source, first, count)))
        ]
    return [node for source in sources for node in _level(session, key, source)]


def _split(key: str) -> tuple[Key | None, tuple[str, int, int] | None]:
    if not key:
        return None, None
    if not key.endswith("~"):
        return read_key(key), None
    # From the right: a unit may be called anything.
    parent, *group = key[:-1].rsplit("~", 3)
    if len(group) != 3 or not all(one.isascii() and one.isdigit() and len(one) <= 9 for one in group[1:]):
        raise BadNode(field="key")
    return (read_key(parent) if parent else None), (group[0], int(group[1]), int(group[2]))


def _level(session: Session, parent: str, source: TreeSource) -> Iterator[TreeNode]:
    rows = session.execute(_rows(source, 0, MOST + 1)).all()
    if len(rows) <= MOST:
        yield from _sorted(source, rows)
        return
    count = session.scalar(select(func.count()).select_from(source.statement.subquery())) or 0
    # As many groups as each has members: a hundred thousand children make 317 groups of 317.
    size = max(MOST, isqrt(count) + 1)
    inner = source.statement.subquery()
    numbered = select(
        inner.c.title, (func.row_number().over(order_by=(inner.c.title, inner.c.own)) - 1).label("place")
    ).subquery()
    edges = session.execute(
        select(numbered.c.place, numbered.c.title)
        .where((numbered.c.place % size).in_((0, size - 1)) | (numbered.c.place == count - 1))
        .order_by(numbered.c.place)
    ).all()
    names = {row.place: source.named(row.title) for row in edges}
    for first in range(0, count, size):
        last = min(first + size, count) - 1
        yield TreeNode(
            f"{parent}~{source.kind}~{first}~{size}~",
            _("%(first)s 至 %(last)s", first=names[first], last=names[last]),
            "group",
            True,
        )


def _rows(source: TreeSource, first: int, count: int) -> Select[*tuple[Any, ...]]:
    inner = source.statement.subquery()
    return select(inner.c.own, inner.c.title).order_by(inner.c.title, inner.c.own).offset(first).limit(count)


def _sorted(source: TreeSource, rows: Any) -> list[TreeNode]:
    """Rows as nodes, in the order in which people count."""
    found = sorted(rows, key=lambda row: natural_key(row.title))
    return [
        TreeNode(
            f"{source.kind}:{source.at}{row.own}",
            source.named(row.title),
            source.kind,
            source.kind in BRANCHES,
        )
        for row in found
    ]


def _sources(parent: Key | None, readable: Collection[str]) -> list[TreeSource]:
    match parent:
        case None if "company" not in readable:
            return [_source("community", Community, Community.name)]
        case None:
            # A reach holds the companies above those given, so that everybody's tree begins at its trunk.
            return [_source("company", Company, Company.name, Company.parent_id.is_(None))]
        case Key("company", company_id):
            return [
                _source("company", Company, Company.name, Company.parent_id == company_id),
                _source("community", Community, Community.name, Community.company_id == company_id),
            ]
        case Key("community", community_id):
            return [
                _source("building", Building, Building.name, Building.community_id == community_id),
                _source("lot", ParkingLot, ParkingLot.name, ParkingLot.community_id == community_id),
                _loose(community_id),
            ]
        case Key("building", building_id):
            units = (
                select(Room.unit.label("own"), Room.unit.label("title"))
                .where(Room.building_id == building_id, Room.unit != "")
                .distinct()
            )
            return [
                TreeSource("unit", units, lambda unit: unit_name(unit=unit), at=f"{building_id}:"),
                _source("room", Room, Room.number, Room.building_id == building_id, Room.unit == ""),
            ]
        case Key("unit", building_id, unit):
            return [_source("room", Room, Room.number, Room.building_id == building_id, Room.unit == unit)]
        case Key("lot", lot_id):
            return [_source("space", ParkingSpace, ParkingSpace.number, ParkingSpace.lot_id == lot_id)]
        case Key("loose", community_id):
            spaces = (ParkingSpace.community_id == community_id, ParkingSpace.lot_id.is_(None))
            return [_source("space", ParkingSpace, ParkingSpace.number, *spaces)]
    return []


def _source(kind: str, model: Any, title: Any, *where: Any) -> TreeSource:
    return TreeSource(kind, select(model.id.label("own"), title.label("title")).where(*where))


def _loose(community_id: int) -> TreeSource:
    """Return the one node of a community's spaces in no lot, where it has any."""
    some = select(ParkingSpace.id).where(
        ParkingSpace.community_id == community_id, ParkingSpace.lot_id.is_(None)
    )
    statement = select(Community.id.label("own"), literal("").label("title")).where(
        Community.id == community_id, some.exists()
    )
    return TreeSource("loose", statement, lambda _title: _("未划入停车场的车位"))
