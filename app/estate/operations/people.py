"""Customers with their household, who holds which room, and vehicles: added and changed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Customer, HouseholdMember, Occupancy, Room, Vehicle
from app.estate.rules.people import overlap, plain_plate, read_document
from app.estate.states import CustomerKind
from app.kernel.cells import normal_text
from app.kernel.errors import N_, DomainError
from app.kernel.phones import read_phone
from app.lowcode.save import save_row, set_values
from app.lowcode.scope import MixedCommunities, OutOfScope, find
from app.lowcode.secrets import fingerprint

_PHONES = ("phone", "phone2", "emergency_phone")


class CustomerExists(DomainError):
    code = "customer_exists"
    message = N_("本小区已有同一证件号码的客户“%(name)s”，请在那位客户上登记。")


class EndsBeforeStart(DomainError):
    code = "ends_before_start"
    message = N_("结束日期不能早于开始日期。")


class PayerOverlap(DomainError):
    code = "overlap"
    message = N_("房间 %(room)s 在这段时间已有付费人“%(name)s”。请先填写其结束日期，或取消“付费人”。")


class OccupancyExists(DomainError):
    code = "occupancy_exists"
    message = N_("“%(name)s”在房间 %(room)s 已有同样身份、同一开始日期的记录。")


def save_customer(*, session: Session, row: Customer, **values: Any) -> Customer:
    """Add or change a customer. Raises BadIdentity, WrongCheckDigit, CustomerExists, AlreadyThere."""
    given = values.pop("identity", row.identity)
    with session.no_autoflush:
        for name in _PHONES:
            if values.get(name):
                values[name] = read_phone(text=values[name], stands=getattr(row, name), field=name)
        if values.get("name"):
            values["name"] = normal_text(values["name"])
        set_values(row, values)
        # What stands there already may come from an import, which warns of a wrong number and keeps it.
        if given != row.identity:
            identify(session=session, customer=row, text=given)
    return save_row(session=session, row=row)


def identify(*, session: Session, customer: Customer, text: str | None) -> None:
    """Give a customer the number of their document (None: take it away); birth and sex follow from it.

    Kept encrypted, with an HMAC beside that tells who is the same person. Raises BadIdentity, WrongCheckDigit,
    CustomerExists.
    """
    if not text:
        customer.identity = customer.identity_hash = None
        return
    person = read_document(text=text)
    found = fingerprint(person.number)
    same = select(Customer.name).where(
        Customer.community_id == customer.community_id,
        Customer.identity_hash == found,
        Customer.id != (customer.id or 0),
    )
    with session.no_autoflush:
        other = session.scalar(same)
    if other is not None:
        raise CustomerExists(field="identity", name=other)
    if customer.identity_hash != found or not customer.identity:
        customer.identity = person.number
    customer.identity_hash = found
    customer.born = person.born or customer.born
    customer.sex = person.sex or customer.sex


def developer_of(*, session: Session, community_id: int) -> Customer:
    """Return the developer (建设单位) of a community, who is charged for unsold rooms; made, once, when there is none.

    Raises OutOfScope.
    """
    # Two bills at the same moment would make two developers.
    community = session.scalar(select(Community).where(Community.id == community_id).with_for_update())
    if community is None:
        raise OutOfScope
    found = session.scalar(
        select(Customer)
        .where(Customer.community_id == community_id, Customer.kind == CustomerKind.DEVELOPER)
        .order_by(Customer.id)
        .limit(1)
    )
    if found is None:
        found = Customer(
            community_id=community_id, kind=CustomerKind.DEVELOPER, name=f"{community.name[:90]}建设单位"
        )
        session.add(found)
        session.flush()
    return found


def save_member(*, session: Session, row: HouseholdMember, **values: Any) -> HouseholdMember:
    """Add or change one of an owner's household. Raises BadIdentity, WrongCheckDigit."""
    given = values.pop("identity", row.identity)
    with session.no_autoflush:
        if values.get("phone"):
            values["phone"] = read_phone(text=values["phone"], stands=row.phone)
        set_values(row, values)
        if given != row.identity:
            person = read_document(text=given) if given else None
            row.identity = person.number if person else None
            row.born = (person and person.born) or row.born
            row.sex = (person and person.sex) or row.sex
    return save_row(session=session, row=row)


def save_occupancy(*, session: Session, row: Occupancy, **values: Any) -> Occupancy:
    """Add or change who holds a room; a room has one payer on any day.

    Raises PayerOverlap, OccupancyExists, EndsBeforeStart, MixedCommunities, OutOfScope.
    """
    with session.no_autoflush:
        set_values(row, values)
        if row.starts and row.ends and row.ends < row.starts:
            raise EndsBeforeStart(field="ends")
        # Who writes into this room waits here: two payers entered at the same moment would both see none.
        room = session.scalar(select(Room).where(Room.id == row.room_id).with_for_update())
        customer: Customer | None = find(session, Customer, row.customer_id)
        if room is None or customer is None:
            raise OutOfScope(field="room_id" if room is None else "customer_id")
        if room.community_id != row.community_id:
            raise MixedCommunities(field="room_id", label=Room.__about__.label)
        _check_others(session=session, row=row, room=room)
        session.add(row)
    session.flush()
    return row


def _check_others(*, session: Session, row: Occupancy, room: Room) -> None:
    others = session.execute(
        select(Occupancy, Customer.name)
        .join(Customer, Customer.id == Occupancy.customer_id)
        .where(Occupancy.room_id == row.room_id, Occupancy.id != (row.id or 0))
    )
    for other, name in others:
        same = (other.customer_id, other.role, other.starts) == (row.customer_id, row.role, row.starts)
        if same:
            raise OccupancyExists(field="customer_id", name=name, room=room.code)
        if (
            row.payer
            and other.payer
            and overlap(starts=row.starts, ends=row.ends, other_starts=other.starts, other_ends=other.ends)
        ):
            raise PayerOverlap(field="starts", room=room.code, name=name)


def save_vehicle(*, session: Session, row: Vehicle, **values: Any) -> Vehicle:
    """Add or change a vehicle; its plate is kept as the search box reads it."""
    if values.get("plate"):
        values["plate"] = plain_plate(text=values["plate"]) or values["plate"]
    return save_row(session=session, row=row, values=values)
