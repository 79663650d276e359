"""What an import means to make: plain values, ready for an operation to compare with the database and to store.

Areas are ㎡ and lengths metres, exact, at most four decimals. A row's origin is kept as `sheet` and `row`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.findings import ImportFinding
from app.estate.sales_import.parser.headings import SheetKind


@dataclass(frozen=True, kw_only=True)
class PlannedCommunity:
    """A community (表4). One that is only named on other sheets has a name and nothing else (`listed` false)."""

    name: str
    listed: bool = False
    address: str = ""
    land_area: Decimal | None = None
    built_area: Decimal | None = None
    usable_area: Decimal | None = None
    plot_ratio: Decimal | None = None
    green_rate: Decimal | None = None
    cover_rate: Decimal | None = None
    public_area: Decimal | None = None
    green_area: Decimal | None = None
    note: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedBuilding:
    """A building (表5); `part` (see room_code.building_part) tells it from the community's others."""

    community: str
    name: str
    part: str
    listed: bool = False
    height: Decimal | None = None
    floors: int | None = None
    kind: str = ""
    structure: str = ""
    usage: str = ""
    facing: str = ""
    built_area: Decimal | None = None
    usable_area: Decimal | None = None
    green_area: Decimal | None = None
    note: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedRoom:
    """A room (表6) with what its sale says; `code` is unique in the community. Unsold: nobody is its customer."""

    community: str
    building: str
    unit: str
    number: str
    code: str
    built_area: Decimal
    sold: bool
    floor: int | None = None
    inside_area: Decimal | None = None
    layout: str = ""
    facing: str = ""
    usage: str = ""
    tenure: str = ""
    decoration: str = ""
    sale_status: str = ""
    contract: str = ""
    signed_on: date | None = None
    delivered_on: date | None = None
    payment: str = ""
    note: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedCustomer:
    """A person or firm of one community.

    With an identity number one customer stands for all their rooms: `key` is made of it, and `home_room` is ''.
    Without one nothing safe says that two rooms' people are one, so the customer is the room's: `key` is made of the
    room's code (`home_room`) and the name. A telephone never makes two people one.
    """

    key: str
    community: str
    name: str
    identity: str = ""
    identity_kind: str = ""
    home_room: str = ""
    gender: str = ""
    phone: str = ""
    phone2: str = ""
    address: str = ""
    household_place: str = ""
    employer: str = ""
    postcode: str = ""
    emergency_contact: str = ""
    emergency_phone: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedOccupancy:
    """Who holds a room: `role` is owner or co_owner; from the delivery, else the signing, else unknown (None)."""

    community: str
    room_code: str
    customer_key: str
    role: str
    starts_on: date | None
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedSpace:
    """A parking space; told from the others by community, lot, zone and number (`key`).

    `owner_key` is '' when the file's customers do not settle who it is; name and telephone are kept beside.
    """

    key: str
    community: str
    number: str
    lot: str = ""
    zone: str = ""
    kind: str = ""
    area: Decimal | None = None
    sold: bool = False
    sale_status: str = ""
    owner_key: str = ""
    owner_name: str = ""
    owner_phone: str = ""
    room_code: str = ""
    signed_on: date | None = None
    paid_amount: Decimal | None = None
    note: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedVehicle:
    """A vehicle that stands on a space; one per plate and community."""

    community: str
    plate: str
    space_key: str
    owner_key: str = ""
    model: str = ""
    colour: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class SheetCount:
    """How the lines below a sheet's headings were taken: rows of data, those not rejected, lines passed over."""

    sheet: str
    kind: SheetKind
    rows: int
    accepted: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class SalesPlan:
    """All that a file would make, from its accepted rows alone, and everything found wrong or odd in it."""

    layouts: tuple[SheetLayout, ...]
    counts: tuple[SheetCount, ...]
    communities: tuple[PlannedCommunity, ...]
    buildings: tuple[PlannedBuilding, ...]
    rooms: tuple[PlannedRoom, ...]
    customers: tuple[PlannedCustomer, ...]
    occupancies: tuple[PlannedOccupancy, ...]
    spaces: tuple[PlannedSpace, ...]
    vehicles: tuple[PlannedVehicle, ...]
    rejected: tuple[ImportFinding, ...]
    warnings: tuple[ImportFinding, ...]

    @property
    def rows(self) -> int:
        """Lines of data on all sheets read: communities, buildings, rooms and spaces; not those skipped."""
        return sum(count.rows for count in self.counts)

    @property
    def accepted(self) -> int:
        """Lines of data without a reason against them (a line that only repeats a space or building included)."""
        return sum(count.accepted for count in self.counts)

    @property
    def skipped(self) -> int:
        """Lines below the headings that hold no data: blank, total, note, repeated heading, no number."""
        return sum(count.skipped for count in self.counts)
