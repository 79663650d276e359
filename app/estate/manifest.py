"""What the estate module registers."""

from app.estate.models import (
    Building,
    Community,
    Company,
    Customer,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Room,
    RoomArea,
    Vehicle,
)
from app.estate.operations.people import save_customer
from app.estate.operations.places import save_building, save_community, save_company
from app.estate.reach import start
from app.kernel.errors import N_
from app.lowcode.manifest import Entry, Manifest

MANIFEST = Manifest(
    name="estate",
    label=N_("资料管理"),
    icon="building-community",
    entries=(
        Entry(Company, save=save_company),
        Entry(Community, save=save_community),
        Entry(Building, save=save_building),
        Room,
        RoomArea,
        Entry(Customer, save=save_customer),
        Occupancy,
        ParkingLot,
        ParkingSpace,
        Vehicle,
    ),
    start=start,
)
