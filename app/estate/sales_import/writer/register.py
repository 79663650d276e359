"""What a community has in the database, found by the keys of a plan."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import (
    Building,
    Community,
    Customer,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Room,
    Vehicle,
)
from app.estate.rules.room_code import building_part


class Register:
    """Read once, kept up while the import adds; everything of it lies in one community."""

    def __init__(self, *, session: Session, community: Community) -> None:
        here = community.id
        self.community = community
        self.buildings = {
            building_part(name=one.name): one
            for one in session.scalars(select(Building).where(Building.community_id == here))
        }
        self.rooms = {one.code: one for one in session.scalars(select(Room).where(Room.community_id == here))}
        self.customers: dict[int, Customer] = {}
        self.by_hash: dict[str, Customer] = {}
        self.by_contact: dict[tuple[str, str], list[Customer]] = {}
        for one in session.scalars(
            select(Customer).where(Customer.community_id == here).order_by(Customer.id)
        ):
            self.enter(one)
        self.occupancies: dict[int, list[Occupancy]] = {}
        for stay in session.scalars(select(Occupancy).where(Occupancy.community_id == here)):
            self.occupancies.setdefault(stay.room_id, []).append(stay)
        self.lots = {
            one.name: one
            for one in session.scalars(select(ParkingLot).where(ParkingLot.community_id == here))
        }
        self.spaces = {
            (one.lot_id, one.number): one
            for one in session.scalars(select(ParkingSpace).where(ParkingSpace.community_id == here))
        }
        self.plates = set(session.scalars(select(Vehicle.plate).where(Vehicle.community_id == here)))
        self.planned_customers: dict[str, Customer] = {}
        """The plan's key of a customer → the customer."""
        self.planned_spaces: dict[str, ParkingSpace] = {}

    def enter(self, customer: Customer) -> None:
        """Make a customer findable."""
        self.customers[customer.id] = customer
        if customer.identity_hash:
            self.by_hash[customer.identity_hash] = customer
        for phone in {customer.phone, customer.phone2} - {None, ""}:
            self.by_contact.setdefault((customer.name, str(phone)), []).append(customer)

    def holder(self, *, room_id: int, name: str) -> Customer | None:
        """Return the customer of this name who holds, or held, the room."""
        for stay in self.occupancies.get(room_id, ()):
            customer = self.customers[stay.customer_id]
            if customer.name == name:
                return customer
        return None

    def known_contact(self, *, name: str, phone: str) -> Customer | None:
        """Return the only customer with this name and telephone."""
        found = self.by_contact.get((name, phone), [])
        return found[0] if len(found) == 1 else None
