"""Who the desk is looking for: by room, name, telephone, plate, space or receipt number, twenty at most."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Receipt
from app.estate.models import Community, Customer, Occupancy, ParkingSpace, Room, Vehicle
from app.estate.rules.people import plain_plate
from app.estate.states import OccupancyRole
from app.kernel.cells import normal_text
from app.kernel.phones import mask_phone, phone_spellings
from app.lowcode.document import spec_of
from app.lowcode.quick_search import read_conditions

LIMIT = 20
PLACES = 20  # rooms or spaces looked at for one way of reading what was typed
ROOMS_NAMED = 200  # rooms named beside all the customers found
LONGEST = 60
FEW_LETTERS = 4  # from here on they may be a part of a plate or a room's code


@dataclass(frozen=True, slots=True)
class DeskMatch:
    """A customer that was found, and the room or the space by which; neither: the person was meant."""

    customer_id: int
    room_id: int | None = None
    space_id: int | None = None


Reading = Callable[[], Iterable[DeskMatch]]


@dataclass(frozen=True, slots=True)
class Found:
    """A customer as the desk's box offers it; `due` 元 is what all of it is owed in reach.

    `holdings`: the rooms' codes by what the customer is there. `room_ids`, `space_ids`: what was searched.
    """

    id: int
    name: str
    phone_masked: str
    community: str
    holdings: dict[OccupancyRole, list[str]]
    due: Decimal
    room_ids: tuple[int, ...]
    space_ids: tuple[int, ...]


@dataclass(slots=True)
class _Asked:
    rooms: dict[int, None] = field(default_factory=dict)
    spaces: dict[int, None] = field(default_factory=dict)


def find_customers(*, session: Session, typed: str, today: date) -> list[Found]:
    """Return the customers that `typed` may mean, the surest reading first, whatever node of the tree is chosen.

    What is one thing's own name (a room's code, a plate, a receipt's number, a telephone) is not read loosely
    too; else each reading asks the database only while fewer than twenty are found.
    """
    text = normal_text(typed)[:LONGEST]
    if not text:
        return []
    asked: dict[int, _Asked] = {}
    for exact, reading in _readings(session, text, today):
        for match in reading():
            if match.customer_id not in asked and len(asked) == LIMIT:
                return _described(session, asked, today)
            places = asked.setdefault(match.customer_id, _Asked())
            if match.room_id is not None:
                places.rooms[match.room_id] = None
            if match.space_id is not None:
                places.spaces[match.space_id] = None
        if exact and asked:
            break
    return _described(session, asked, today)


def _readings(session: Session, text: str, today: date) -> Iterator[tuple[bool, Reading]]:
    """Return what the text may be, from exact (True: go no further) to loose; every way has a limit, most an index."""
    upper = text.upper()

    def receipts() -> Iterable[DeskMatch]:
        return _people(
            session.scalars(select(Receipt.customer_id).where(Receipt.number == upper).limit(LIMIT))
        )

    def rooms(condition: ColumnElement[bool]) -> Reading:
        return lambda: _of_rooms(
            session, list(session.scalars(select(Room.id).where(condition).limit(PLACES))), today
        )

    def spaces(condition: ColumnElement[bool]) -> Reading:
        return lambda: _of_spaces(session, condition)

    def people(*conditions: ColumnElement[bool]) -> Reading:
        return lambda: _people(
            session.scalars(select(Customer.id).where(or_(*conditions)).order_by(Customer.id).limit(LIMIT))
        )

    def vehicles(condition: ColumnElement[bool]) -> Reading:
        statement = (
            select(Vehicle.customer_id).where(condition, Vehicle.customer_id.is_not(None)).limit(LIMIT)
        )
        return lambda: _people(session.scalars(statement))

    if upper.startswith("SJ"):
        yield True, receipts
    yield True, rooms(Room.code == text)
    for way in read_conditions(Room, spec_of(Room).fields["code"], text):
        yield False, rooms(way)
    yield True, spaces(ParkingSpace.number == upper)
    yield True, vehicles(Vehicle.plate == plain_plate(text=text))
    # A telephone answers to the whole number only: a part of it would give the masked one away.
    if phones := phone_spellings(text):
        yield True, people(Customer.phone.in_(phones), Customer.phone2.in_(phones))
    # A whole name may begin a longer one.
    yield False, people(Customer.name == text)
    yield False, rooms(Room.code.startswith(text, autoescape=True))
    if text.isascii() and text.isdigit():
        yield False, rooms(Room.number == text)
    else:
        yield False, people(Customer.name.startswith(text, autoescape=True))
        yield False, people(Customer.name.contains(text, autoescape=True))
        for way in read_conditions(Customer, spec_of(Customer).fields["name"], text):
            yield False, people(way)
    if len(text) >= FEW_LETTERS:
        yield False, vehicles(Vehicle.plate.contains(upper, autoescape=True))
        yield False, rooms(Room.code.contains(text, autoescape=True))
    yield False, spaces(ParkingSpace.number.startswith(upper, autoescape=True))


def _people(ids: Iterable[int | None]) -> list[DeskMatch]:
    return [DeskMatch(key) for key in ids if key is not None]


def _of_rooms(session: Session, rooms: Sequence[int], today: date) -> list[DeskMatch]:
    """Who pays for these rooms now, then who still owes for them (a former owner); else who lives there."""
    if not rooms:
        return []
    stays = (
        select(Occupancy.customer_id, Occupancy.room_id)
        .where(Occupancy.room_id.in_(rooms), or_(Occupancy.ends.is_(None), Occupancy.ends >= today))
        .order_by(Occupancy.id)
    )
    debtors = (
        select(Charge.customer_id, Charge.room_id)
        .where(Charge.room_id.in_(rooms), Charge.due > Decimal(0))
        .distinct()
        .order_by(Charge.customer_id, Charge.room_id)
    )
    found = [*session.execute(stays.where(Occupancy.payer)), *session.execute(debtors)]
    return [DeskMatch(row.customer_id, row.room_id) for row in found or session.execute(stays)]


def _of_spaces(session: Session, condition: ColumnElement[bool]) -> list[DeskMatch]:
    rows = session.execute(
        select(ParkingSpace.id, ParkingSpace.customer_id).where(condition).limit(PLACES)
    ).all()
    if not rows:
        return []
    debtors = session.execute(
        select(Charge.customer_id, Charge.space_id)
        .where(Charge.space_id.in_([row.id for row in rows]), Charge.due > Decimal(0))
        .distinct()
        .order_by(Charge.customer_id, Charge.space_id)
    )
    return [
        *(DeskMatch(row.customer_id, space_id=row.id) for row in rows if row.customer_id is not None),
        *(DeskMatch(row.customer_id, space_id=row.space_id) for row in debtors),
    ]


def _described(session: Session, asked: dict[int, _Asked], today: date) -> list[Found]:
    """Return the customers with their communities, rooms and debts: three statements, whatever was found."""
    if not asked:
        return []
    holdings: dict[int, dict[OccupancyRole, list[str]]] = {}
    for row in session.execute(
        select(Occupancy.customer_id, Occupancy.role, Room.code)
        .join(Room, Room.id == Occupancy.room_id)
        .where(Occupancy.customer_id.in_(asked), or_(Occupancy.ends.is_(None), Occupancy.ends >= today))
        .order_by(Room.code_order)
        .limit(ROOMS_NAMED)
    ):
        codes = holdings.setdefault(row.customer_id, {}).setdefault(row.role, [])
        if row.code not in codes:
            codes.append(row.code)
    debts = session.execute(
        select(Charge.customer_id, func.sum(Charge.due).label("due"))
        .where(Charge.customer_id.in_(asked), Charge.due > Decimal(0))
        .group_by(Charge.customer_id)
    )
    due = {row.customer_id: row.due for row in debts}
    found = {
        row.id: Found(
            row.id,
            row.name,
            mask_phone(row.phone) if row.phone else "",
            row.community,
            holdings.get(row.id, {}),
            due.get(row.id, Decimal("0.00")),
            tuple(asked[row.id].rooms),
            tuple(asked[row.id].spaces),
        )
        for row in session.execute(
            select(Customer.id, Customer.name, Customer.phone, Community.name.label("community"))
            .join(Community, Community.id == Customer.community_id)
            .where(Customer.id.in_(asked))
        )
    }
    return [found[key] for key in asked if key in found]
