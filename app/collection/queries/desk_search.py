"""Who the desk is looking for: by room, name, telephone, plate, space or receipt number, twenty at most."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Receipt
from app.estate.models import Community, Customer, Occupancy, ParkingSpace, Room, Vehicle
from app.kernel.cells import normal_text
from app.kernel.identity import mask_phone
from app.lowcode.document import DocumentBase
from app.lowcode.listing import narrowing_condition

LIMIT = 20
PLACES = 20  # rooms or spaces looked at for one way of reading what was typed
ROOMS_NAMED = 200  # rooms named beside all the customers found
LONGEST = 60
Reading = Callable[[], Iterable[int]]
FEW_DIGITS = 4  # from here on digits may be the end of a telephone number


@dataclass(frozen=True, slots=True)
class Found:
    """A customer as the desk's box offers it."""

    id: int
    name: str
    phone_masked: str
    community: str
    rooms: tuple[str, ...]


def find_customers(*, session: Session, typed: str, today: date) -> list[Found]:
    """The customers that `typed` may mean, the surest reading first.

    What is one thing's own name (a room's code, a plate, a receipt's number, a telephone) is not read loosely
    too; else each reading asks the database only while fewer than twenty are found.
    """
    text = normal_text(typed)[:LONGEST]
    if not text:
        return []
    ids: dict[int, None] = {}
    for exact, reading in _readings(session, text, today):
        for key in reading():
            ids[key] = None
            if len(ids) == LIMIT:
                return _described(session, list(ids), today)
        if exact and ids:
            break
    return _described(session, list(ids), today)


def _readings(session: Session, text: str, today: date) -> Iterator[tuple[bool, Reading]]:
    """What the text may be, from exact (True: go no further) to loose; every way has a limit, most an index."""
    upper = text.upper()

    def receipts() -> Iterable[int]:
        return session.scalars(
            select(Receipt.customer_id).where(Receipt.number == upper, *_here(Receipt)).limit(LIMIT)
        )

    def rooms(condition: ColumnElement[bool]) -> Reading:
        return lambda: _of_rooms(
            session,
            list(session.scalars(select(Room.id).where(condition, *_here(Room)).limit(PLACES))),
            today,
        )

    def spaces(condition: ColumnElement[bool]) -> Reading:
        return lambda: _of_spaces(session, condition)

    def people(*conditions: ColumnElement[bool]) -> Reading:
        return lambda: session.scalars(
            select(Customer.id).where(or_(*conditions), *_here(Customer)).order_by(Customer.id).limit(LIMIT)
        )

    def vehicles(condition: ColumnElement[bool]) -> Reading:
        statement = (
            select(Vehicle.customer_id)
            .where(condition, Vehicle.customer_id.is_not(None), *_here(Vehicle))
            .limit(LIMIT)
        )
        return lambda: [key for key in session.scalars(statement) if key is not None]

    if upper.startswith("SJ"):
        yield True, receipts
    yield True, rooms(Room.code == text)
    yield True, spaces(ParkingSpace.number == upper)
    yield True, vehicles(Vehicle.plate == upper)
    yield True, people(Customer.phone == text)
    # A whole name may begin a longer one.
    yield False, people(Customer.name == text, Customer.phone2 == text)
    yield False, rooms(Room.code.startswith(text, autoescape=True))
    if text.isascii() and text.isdigit():
        yield False, rooms(Room.number == text)
        if len(text) >= FEW_DIGITS:
            yield False, people(Customer.phone.startswith(text, autoescape=True))
            yield False, people(Customer.phone.endswith(text), Customer.phone2.endswith(text))
    else:
        yield False, people(Customer.name.startswith(text, autoescape=True))
        yield False, people(Customer.name.contains(text, autoescape=True))
    if len(text) >= FEW_DIGITS:
        yield False, vehicles(Vehicle.plate.contains(upper, autoescape=True))
        yield False, rooms(Room.code.contains(text, autoescape=True))
    yield False, spaces(ParkingSpace.number.startswith(upper, autoescape=True))


def _here(model: type[DocumentBase]) -> list[ColumnElement[bool]]:
    """Only what stands in the tree node that is chosen at the page."""
    narrowing = narrowing_condition(model)
    return [] if narrowing is None else [narrowing]


def _of_rooms(session: Session, rooms: Sequence[int], today: date) -> list[int]:
    """Who pays for these rooms now, then who still owes for them (a former owner)."""
    if not rooms:
        return []
    payers = select(Occupancy.customer_id).where(
        Occupancy.room_id.in_(rooms), Occupancy.payer, or_(Occupancy.ends.is_(None), Occupancy.ends >= today)
    )
    debtors = select(Charge.customer_id).where(Charge.room_id.in_(rooms), Charge.due > Decimal(0)).distinct()
    return [*session.scalars(payers.order_by(Occupancy.id)), *sorted(session.scalars(debtors))]


def _of_spaces(session: Session, condition: ColumnElement[bool]) -> list[int]:
    rows = session.execute(
        select(ParkingSpace.id, ParkingSpace.customer_id).where(condition, *_here(ParkingSpace)).limit(PLACES)
    ).all()
    if not rows:
        return []
    debtors = session.scalars(
        select(Charge.customer_id)
        .where(Charge.space_id.in_([row.id for row in rows]), Charge.due > Decimal(0))
        .distinct()
    )
    return [*(row.customer_id for row in rows if row.customer_id is not None), *sorted(debtors)]


def _described(session: Session, ids: list[int], today: date) -> list[Found]:
    """The customers with their communities and rooms: two statements, whatever was found."""
    if not ids:
        return []
    rooms: dict[int, list[str]] = {}
    for row in session.execute(
        select(Occupancy.customer_id, Room.code)
        .join(Room, Room.id == Occupancy.room_id)
        .where(Occupancy.customer_id.in_(ids), or_(Occupancy.ends.is_(None), Occupancy.ends >= today))
        .order_by(Room.code)
        .limit(ROOMS_NAMED)
    ):
        rooms.setdefault(row.customer_id, []).append(row.code)
    found = {
        row.id: Found(
            row.id, row.name, mask_phone(row.phone) if row.phone else "", row.community,
            tuple(dict.fromkeys(rooms.get(row.id, ()))),
        )
        for row in session.execute(
            select(Customer.id, Customer.name, Customer.phone, Community.name.label("community"))
            .join(Community, Community.id == Customer.community_id)
            .where(Customer.id.in_(ids))
        )
    }  # fmt: skip
    return [found[key] for key in ids if key in found]
