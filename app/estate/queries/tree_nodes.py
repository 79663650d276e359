"""A node of the property tree: its key as it stands in a URL, and what it is when somebody asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.estate.grants import descendants
from app.estate.models import Building, Community, Company, ParkingLot, ParkingSpace, Room
from app.kernel.errors import N_, DomainError
from app.lowcode.actors import current_actor

LONGEST: Final = 120
BETWEEN: Final = " › "


class BadNode(DomainError):
    code = "bad_node"
    message = N_("房产树中没有这个节点。请刷新页面后重新选择。")


@dataclass(frozen=True, slots=True)
class Key:
    """A node's key, read: `company:3`, `unit:7:1` (building and unit), `loose:5` (a community's spaces in no lot)."""

    kind: str
    id: int
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}:{self.unit}" if self.kind == "unit" else f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """A node that exists within the actor's reach: where it stands, and its name from the community down."""

    key: Key
    words: str
    communities: tuple[int, ...] = ()  # of a company: those of all below it; of anything else: its own
    companies: tuple[int, ...] = ()
    building_id: int | None = None

    @property
    def community_id(self) -> int:
        """The community of anything but a company."""
        return self.communities[0]


def read_key(text: str) -> Key:
    """Return a key from a URL. Raises BadNode for what no node can be called."""
    kind, _colon, rest = text.partition(":")
    number, _colon, unit = rest.partition(":")
    wrong = (
        len(text) > LONGEST
        or kind not in _READERS
        or not (number.isascii() and number.isdigit() and len(number) <= 18)
        or (kind == "unit") != bool(unit)
        or not text.isprintable()
    )
    if wrong:
        raise BadNode(field="key")
    return Key(kind, int(number), unit)


def unit_name(*, unit: str) -> str:
    """Return a unit as people call it: 1 → 1单元; what is more than a number says itself what it is."""
    return _("%(unit)s单元", unit=unit) if unit.isdigit() else unit


def place_of(*, session: Session, text: str) -> Place | None:
    """Return the node of a key, or None when there is none within the actor's reach; read once a request. Raises BadNode."""
    key, actor = read_key(text), current_actor()
    kept: dict[tuple[int | None, str], Place | None] = g.setdefault("tree_places", {})
    if (actor.user_id, text) not in kept:
        kept[actor.user_id, text] = _READERS[key.kind](session, key)
    return kept[actor.user_id, text]


def _company(session: Session, key: Key) -> Place | None:
    rows = session.execute(
        select(Company.id, Company.parent_id, Company.name, Community.id.label("owned")).outerjoin(
            Community, Community.company_id == Company.id
        )
    ).all()
    found = next((row.name for row in rows if row.id == key.id), None)
    if found is None:
        return None
    below = descendants(parents={row.id: row.parent_id for row in rows}, roots=[key.id])
    owned = sorted(row.owned for row in rows if row.id in below and row.owned is not None)
    return Place(key, found, tuple(owned), tuple(sorted(below)))


def _community(session: Session, key: Key) -> Place | None:
    return _place(session, key, select(Community.id), words=(Community.name,))


def _loose(session: Session, key: Key) -> Place | None:
    found = _community(session, key)
    spaces = select(ParkingSpace.id).where(ParkingSpace.community_id == key.id, ParkingSpace.lot_id.is_(None))
    if found is None or session.scalar(spaces.limit(1)) is None:
        return None
    return found


def _building(session: Session, key: Key) -> Place | None:
    statement = select(Building.id).join(Community, Community.id == Building.community_id)
    return _place(session, key, statement, words=(Community.name, Building.name), building=Building.id)


def _unit(session: Session, key: Key) -> Place | None:
    statement = (
        select(Building.id)
        .join(Community, Community.id == Building.community_id)
        .join(Room, Room.building_id == Building.id)
        .where(Room.unit == key.unit)
        .limit(1)
    )
    words = (Community.name, Building.name, Room.unit)
    return _place(session, key, statement, words=words, building=Building.id)


def _room(session: Session, key: Key) -> Place | None:
    statement = (
        select(Room.id)
        .join(Community, Community.id == Room.community_id)
        .join(Building, Building.id == Room.building_id)
    )
    words = (Community.name, Building.name, Room.unit, Room.number)
    return _place(session, key, statement, words=words, building=Building.id)


def _lot(session: Session, key: Key) -> Place | None:
    statement = select(ParkingLot.id).join(Community, Community.id == ParkingLot.community_id)
    return _place(session, key, statement, words=(Community.name, ParkingLot.name))


def _space(session: Session, key: Key) -> Place | None:
    statement = (
        select(ParkingSpace.id)
        .join(Community, Community.id == ParkingSpace.community_id)
        .outerjoin(ParkingLot, ParkingLot.id == ParkingSpace.lot_id)
    )
    return _place(session, key, statement, words=(Community.name, ParkingLot.name, ParkingSpace.number))


def _place(
    session: Session,
    key: Key,
    statement: Select[*tuple[Any, ...]],
    *,
    words: tuple[Any, ...],
    building: Any = None,
) -> Place | None:
    """Return the place of a key by one statement, whose one column so far is the id that the key names."""
    [own] = statement.selected_columns
    columns = [Community.id, Community.company_id, *words, *([building] if building is not None else [])]
    row = session.execute(statement.with_only_columns(*columns).where(own == key.id)).first()
    if row is None:
        return None
    # A space may stand in no lot, a room in no unit.
    names = [
        unit_name(unit=name) if column is Room.unit else str(name)
        for column, name in zip(words, row[2:], strict=False)
        if name
    ]
    return Place(key, BETWEEN.join(names), (row[0],), (row[1],), row[-1] if building is not None else None)


_READERS: Final[dict[str, Callable[[Session, Key], Place | None]]] = {
    "company": _company,
    "community": _community,
    "building": _building,
    "unit": _unit,
    "room": _room,
    "lot": _lot,
    "loose": _loose,
    "space": _space,
}
KINDS: Final = tuple(_READERS)
