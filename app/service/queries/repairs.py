"""Reads of repair orders: what a new one begins with, the search, a technician's work, the charge of a paid one."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.billing.models import Charge
from app.estate.models import Building, Community, Customer, Employee, Occupancy, Room
from app.estate.states import OccupancyRole
from app.kernel.errors import N_
from app.lowcode.db import db
from app.lowcode.document import DocumentBase
from app.lowcode.scope import find
from app.lowcode.search import Hit
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs.effects import CHARGE_SOURCE
from app.service.states.repairs import ASSIGNED, OPEN, RepairState

LAST = "z"  # after every digit and capital, in whatever order a database sorts
MOST_OWN = 100


def begins_with(*, session: Session, given: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what follows from the room, building or customer that a new order is for: community, who lives there, telephone."""
    found: dict[str, str] = {}
    customer: Customer | None = _of(session, Customer, given.get("customer_id"))
    room: Room | None = _of(session, Room, given.get("room_id"))
    building: Building | None = _of(session, Building, given.get("building_id"))
    if room is not None:
        found |= {"community_id": str(room.community_id), "building_id": str(room.building_id)}
        customer = customer or dweller(session=session, room_id=room.id, today=today)
    elif building is not None:
        found["community_id"] = str(building.community_id)
    if customer is not None:
        found |= {"customer_id": str(customer.id), "reporter": customer.name}
        found.setdefault("community_id", str(customer.community_id))
        if customer.phone:
            found["phone"] = customer.phone
    if customer is not None and room is None:
        rooms = session.scalars(
            select(Occupancy.room_id)
            .where(Occupancy.customer_id == customer.id, *_on(today))
            .distinct()
            .limit(2)
        ).all()
        if len(rooms) == 1:
            found["room_id"] = str(rooms[0])
    return found


def dweller(*, session: Session, room_id: int, today: date) -> Customer | None:
    """Who is at home in a room: its tenant, else its owner."""
    held = session.execute(
        select(Customer, Occupancy.role)
        .join(Occupancy, Occupancy.customer_id == Customer.id)
        .where(Occupancy.room_id == room_id, *_on(today))
        .order_by(Occupancy.payer.desc(), Occupancy.id.desc())
    ).all()
    at_home = sorted(held, key=lambda row: row.role is not OccupancyRole.TENANT)
    return at_home[0][0] if at_home else None


def find_repairs(typed: str, most: int) -> list[Hit]:
    """Orders by their number or its begin."""
    number = typed.upper()
    rows = db.session.execute(
        select(RepairOrder.id, RepairOrder.number, RepairOrder.reporter, Community.name.label("community"))
        .join(Community, Community.id == RepairOrder.community_id)
        .where(RepairOrder.number >= number, RepairOrder.number < number + LAST)
        .order_by(RepairOrder.number)
        .limit(most)
    )
    return [Hit(row.id, row.number, f"{row.reporter} · {row.community}") for row in rows]


def own_orders(*, session: Session, user_id: int | None) -> Sequence[RepairOrder]:
    """Return what a technician has in hand, and what waits to be signed: emergencies first, then the newest."""
    return session.scalars(
        select(RepairOrder)
        .join(Employee, Employee.id == RepairOrder.technician_id)
        .where(Employee.user_id == user_id, RepairOrder.state.in_(OPEN))
        .options(
            joinedload(RepairOrder.community), joinedload(RepairOrder.room), joinedload(RepairOrder.building)
        )
        .order_by(RepairOrder.rank, RepairOrder.reported_at.desc(), RepairOrder.id.desc())
        .limit(MOST_OWN)
    ).all()


class OwnWork(Enum):
    """Whose turn an order of a technician is: theirs, to take it or to go on, or that of who issues, resumes or checks."""

    TO_TAKE = N_("待接单")
    IN_HAND = N_("在办")
    HELD_UP = N_("等别人")

    @classmethod
    def of(cls, row: RepairOrder) -> "OwnWork":
        """Return the kind of an order."""
        if row.awaiting_material or row.paused or row.state is RepairState.TO_CHECK:
            return cls.HELD_UP
        return cls.TO_TAKE if row.state is RepairState.DISPATCHED else cls.IN_HAND


def own_work(*, session: Session, user_id: int | None) -> list[tuple[OwnWork, list[RepairOrder]]]:
    """Return a technician's open orders by kind, the kinds that there are."""
    rows = own_orders(session=session, user_id=user_id)
    kinds = ((kind, [row for row in rows if OwnWork.of(row) is kind]) for kind in OwnWork)
    return [(kind, some) for kind, some in kinds if some]


def materials_of(*, session: Session, order: RepairOrder) -> Sequence[RepairMaterial]:
    """Return the lines of an order."""
    return session.scalars(
        select(RepairMaterial).where(RepairMaterial.order_id == order.id).order_by(RepairMaterial.id)
    ).all()


def charge_of(*, session: Session, order: RepairOrder) -> Charge | None:
    """Return what a paid repair was charged, once it is closed."""
    return session.scalars(
        select(Charge).where(Charge.source == CHARGE_SOURCE, Charge.source_id == order.id, Charge.part == 0)
    ).one_or_none()


def usual_materials(*, session: Session, community_id: int) -> Sequence[str]:
    """Names of material used lately, for the quick entry."""
    lately = (
        select(RepairMaterial.id, RepairMaterial.name)
        .where(RepairMaterial.community_id == community_id)
        .order_by(RepairMaterial.id.desc())
        .limit(200)
        .subquery()
    )
    return session.scalars(select(lately.c.name).distinct().order_by(lately.c.name).limit(60)).all()


def may_change_materials(order: RepairOrder) -> bool:
    """Whether the order is in a state in which its materials change."""
    return order.state in ASSIGNED


def _on(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(Occupancy.starts.is_(None), Occupancy.starts <= today),
        or_(Occupancy.ends.is_(None), Occupancy.ends >= today),
    )


def _of(session: Session, model: type[DocumentBase], key: str | None) -> Any:
    if not key or not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return find(session, model, int(key))
