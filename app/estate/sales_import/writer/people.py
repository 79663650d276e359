"""Stores the customers of a plan, as those who hold its rooms."""

from typing import Any

from sqlalchemy.orm import Session

from app.estate.models import Customer, Occupancy
from app.estate.rules.people import overlap, read_document
from app.estate.sales_import.parser import labels
from app.estate.sales_import.parser.plan_rows import PlannedCustomer, PlannedOccupancy, PlannedRoom, SalesPlan
from app.estate.sales_import.writer.ledger import Ledger
from app.estate.sales_import.writer.register import Register
from app.estate.states import OccupancyRole
from app.kernel.errors import DomainError
from app.lowcode.secrets import fingerprint


def store_occupancies(*, session: Session, plan: SalesPlan, register: Register, ledger: Ledger) -> None:
    """Who holds the rooms of one community, and with them the customers, who are nobody without a room."""
    here = register.community.name
    customers = {one.key: one for one in plan.customers if one.community == here}
    rooms = {one.code: one for one in plan.rooms if one.community == here}
    wanted = [one for one in plan.occupancies if one.community == here]
    new: dict[str, Customer] = {}
    for stay in wanted:
        planned = customers[stay.customer_key]
        customer = register.planned_customers.get(planned.key) or _find(planned, register)
        if customer is not None:
            if planned.key not in register.planned_customers:
                ledger.fill(customer, **_details(planned))
            register.planned_customers[planned.key] = customer
        elif planned.key not in new and _other_payer(stay, None, register) is None:
            new[planned.key] = _make(planned, register.community.id)
    ledger.add_in_chunks(session, list(new.values()))
    ledger.step(len(wanted) - len(new))
    for key, customer in new.items():
        register.planned_customers[key] = customer
        register.enter(customer)
    ledger.made("customer", len(new))
    for stay in wanted:
        _occupy(session, stay, rooms[stay.room_code], register, ledger)
    session.flush()


def _find(planned: PlannedCustomer, register: Register) -> Customer | None:
    if planned.identity:
        return register.by_hash.get(fingerprint(planned.identity))
    return register.holder(room_id=register.rooms[planned.home_room].id, name=planned.name)


def _details(planned: PlannedCustomer) -> dict[str, Any]:
    born = sex = None
    if planned.identity:
        try:
            person = read_document(text=planned.identity)
        except DomainError:
            pass  # warned of by the plan; the number is kept as it stands in the contract
        else:
            born, sex = person.born, person.sex
    return {
        "sex": labels.sex(text=planned.gender) or sex,
        "born": born,
        "phone": planned.phone,
        "phone2": planned.phone2,
        "address": planned.address,
        "registered_at": planned.household_place,
        "employer": planned.employer,
        "postcode": planned.postcode,
        "emergency_name": planned.emergency_contact,
        "emergency_phone": planned.emergency_phone,
    }


def _make(planned: PlannedCustomer, community_id: int) -> Customer:
    known = {name: value for name, value in _details(planned).items() if value not in (None, "")}
    return Customer(
        community_id=community_id,
        name=planned.name,
        identity=planned.identity or None,
        identity_hash=fingerprint(planned.identity) if planned.identity else None,
        **known,
    )


def _other_payer(stay: PlannedOccupancy, customer: Customer | None, register: Register) -> Occupancy | None:
    """Who pays for the room already when this one would: the office knows of a sale that the file does not."""
    if stay.role != OccupancyRole.OWNER.value:
        return None
    for other in register.occupancies.get(register.rooms[stay.room_code].id, ()):
        if (
            other.payer
            and (customer is None or other.customer_id != customer.id)
            and overlap(starts=stay.starts_on, ends=None, other_starts=other.starts, other_ends=other.ends)
        ):
            return other
    return None


def _occupy(
    session: Session, stay: PlannedOccupancy, planned: PlannedRoom, register: Register, ledger: Ledger
) -> None:
    room, customer = register.rooms[stay.room_code], register.planned_customers.get(stay.customer_key)
    there = register.occupancies.setdefault(room.id, [])
    if customer is not None and any(one.customer_id == customer.id for one in there):
        return
    payer = _other_payer(stay, customer, register)
    if customer is None or payer is not None:
        name = register.customers[payer.customer_id].name if payer else ""
        ledger.warn(
            sheet=stay.sheet,
            row=stay.row,
            column="客户姓名",
            code="owner_differs",
            value=room.code,
            name=name,
        )
        return
    row = Occupancy(
        community_id=register.community.id,
        room_id=room.id,
        customer_id=customer.id,
        role=OccupancyRole(stay.role),
        payer=stay.role == OccupancyRole.OWNER.value,
        starts=stay.starts_on,
        moved_in=planned.delivered_on,
        contract=planned.contract or None,
        contract_area=planned.built_area,
        payment=labels.payment(text=planned.payment),
        purpose=labels.usage(text=planned.usage),
    )
    session.add(row)
    there.append(row)
    ledger.made("occupancy")
