"""Stores the parking lots, spaces and vehicles of a plan."""

from sqlalchemy.orm import Session

from app.estate.models import Customer, ParkingLot, ParkingSpace, Vehicle
from app.estate.sales_import.parser import labels
from app.estate.sales_import.parser.plan_rows import PlannedSpace, SalesPlan
from app.estate.sales_import.writer.ledger import Ledger
from app.estate.sales_import.writer.register import Register
from app.estate.states import SpaceState


def store_spaces(*, session: Session, plan: SalesPlan, register: Register, ledger: Ledger) -> None:
    """Return the lots and spaces of one community. A space is known by its lot (车场 and 区域) and number."""
    wanted = [one for one in plan.spaces if one.community == register.community.name]
    for name in dict.fromkeys(_lot_name(one) for one in wanted):
        if name and name not in register.lots:
            register.lots[name] = ParkingLot(community_id=register.community.id, name=name)
            session.add(register.lots[name])
    session.flush()
    for planned in wanted:
        ledger.step()
        lot = register.lots.get(_lot_name(planned))
        lot_id = lot.id if lot else None
        owner = _owner(planned, register, ledger)
        room = register.rooms.get(planned.room_code)
        known = register.spaces.get((lot_id, planned.number))
        details = {
            "kind": labels.space_kind(text=planned.kind),
            "area": planned.area,
            "customer_id": owner.id if owner else None,
            "room_id": room.id if room else None,
            "starts": planned.signed_on,
            "remark": planned.note or None,
        }
        state = labels.space_state(text=planned.sale_status, sold=planned.sold)
        if known is None:
            known = ParkingSpace(
                community_id=register.community.id,
                lot_id=lot_id,
                number=planned.number,
                state=state,
                **details,
            )
            session.add(known)
            register.spaces[lot_id, planned.number] = known
            ledger.made("parking_space")
        else:
            ledger.fill(known, **details)
            if known.state is SpaceState.FREE and state is not SpaceState.FREE:
                ledger.change(known, state=state)
        register.planned_spaces[planned.key] = known
    session.flush()


def _lot_name(planned: PlannedSpace) -> str:
    return " ".join(part for part in (planned.lot, planned.zone) if part)


def _owner(planned: PlannedSpace, register: Register, ledger: Ledger) -> Customer | None:
    """Return the space's customer: the file's own, else the only one of the database with this name and telephone."""
    if planned.owner_key:
        return register.planned_customers.get(planned.owner_key)
    found = register.known_contact(name=planned.owner_name, phone=planned.owner_phone)
    if found is not None:
        ledger.settled.add((planned.sheet, planned.row, "space_owner_unknown"))
    return found


def store_vehicles(*, session: Session, plan: SalesPlan, register: Register, ledger: Ledger) -> None:
    """Return the vehicles that stand on the spaces; a plate that the community has is left as it is."""
    for planned in plan.vehicles:
        if planned.community != register.community.name or planned.plate in register.plates:
            continue
        space = register.planned_spaces[planned.space_key]
        session.add(
            Vehicle(
                community_id=register.community.id,
                plate=planned.plate,
                space_id=space.id,
                customer_id=space.customer_id,
                model=planned.model or None,
                colour=planned.colour or None,
            )
        )
        register.plates.add(planned.plate)
    session.flush()
