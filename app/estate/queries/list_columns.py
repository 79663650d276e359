"""Who holds the rooms of a list, and which rooms its customers hold, today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.estate.models import Customer, Occupancy, Room
from app.estate.states import OccupancyRole
from app.kernel.errors import N_
from app.kernel.phones import mask_phone
from app.lowcode import clock
from app.lowcode.list_columns import ListColumn, computed_field

NAMED = 3
"""Names or rooms that a cell shows; it says when there are more."""
BETWEEN = "、"
AND = " · "


def owners_of(session: Session, keys: Sequence[int]) -> dict[int, str]:
    """Return the owners' names by room id."""
    statement = (
        holding(select(Occupancy.room_id, Customer.name))
        .join(Customer, Customer.id == Occupancy.customer_id)
        .where(Occupancy.room_id.in_(keys), Occupancy.role == OccupancyRole.OWNER)
        .order_by(Occupancy.id)
    )
    return joined(session.execute(statement))


def rooms_of_customers(session: Session, keys: Sequence[int]) -> dict[int, str]:
    """Return the codes of the rooms held, by customer id."""
    statement = (
        holding(select(Occupancy.customer_id, Room.code))
        .join(Room, Room.id == Occupancy.room_id)
        .where(Occupancy.customer_id.in_(keys))
        .order_by(Room.code_order)
    )
    return joined(session.execute(statement))


def customer_notes(session: Session, keys: Sequence[int]) -> dict[int, str]:
    """Return rooms and masked telephone by customer id: what tells two of one name apart."""
    rooms = rooms_of_customers(session, keys)
    phones = session.execute(select(Customer.id, Customer.phone).where(Customer.id.in_(keys)))
    return {
        key: AND.join(filter(None, (rooms.get(key, ""), mask_phone(phone) if phone else "")))
        for key, phone in phones
    }


def joined(rows: Iterable[Any]) -> dict[int, str]:
    """Join (key, text) rows to one text a key; texts are said once, `NAMED` of them at most."""
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for key, text in rows:
        if text not in texts[key]:
            texts[key].append(text)
    return {
        key: BETWEEN.join(some[:NAMED]) + ("…" if len(some) > NAMED else "") for key, some in texts.items()
    }


def holding(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Narrow a statement on occupancies to those of today."""
    today = clock.today()
    return statement.where(
        or_(Occupancy.starts.is_(None), Occupancy.starts <= today),
        or_(Occupancy.ends.is_(None), Occupancy.ends >= today),
    )


def owner_names() -> Any:
    """Return the expression of a room's owners: read with the rows of a list."""
    names = holding(select(func.aggregate_strings(Customer.name, BETWEEN)))
    return (
        names.select_from(Occupancy)
        .join(Customer, Customer.id == Occupancy.customer_id)
        .where(Occupancy.room_id == Room.id, Occupancy.role == OccupancyRole.OWNER)
        .correlate(Room)
        .scalar_subquery()
    )


LIST_COLUMNS: Mapping[str, Sequence[ListColumn]] = {
    "Room": (
        ListColumn(
            computed_field("owners", N_("业主"), "text", expression=owner_names),
            after="code",
            document="Occupancy",
        ),
    ),
    "Customer": (
        ListColumn(computed_field("rooms", N_("房间"), "text"), rooms_of_customers, "name", "Occupancy"),
    ),
}
