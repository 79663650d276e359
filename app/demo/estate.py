"""A community of the demo: its buildings, rooms, people, spaces and vehicles, and what each is charged by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment
from app.demo.bulk_insert import Rows, bookkeeping
from app.demo.people import BRANDS, COLOURS, firm, person, plate
from app.demo.places import SHOPS, WALK_UP, House, Spot, houses, spots
from app.estate.models import (
    Building,
    Community,
    Customer,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Room,
    RoomArea,
    Vehicle,
)
from app.estate.rules.people import BEGINNING
from app.estate.rules.room_code import room_code
from app.estate.states import (
    CustomerKind,
    OccupancyRole,
    PurchasePayment,
    RoomState,
    Sex,
    SpaceKind,
    SpaceState,
    Usage,
)
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.secrets import encrypt, fingerprint

FIRST_HANDOVER = date(2017, 3, 1)
HANDOVERS = 2_400  # days
ROOMS_A_SPACE = 3
SPACE_AREA = 127_500
METRE = 10_000


@dataclass(frozen=True, slots=True)
class Owned:
    """A room and who bought it."""

    room_id: int
    customer_id: int


class DemoCommunity:
    """The estate of one community while it is being written.

    `people` are the numbers of its people; who stands in two communities' numbers lives in both. `standards` are the
    ids of its fee standards by the tariff's key; what is charged is charged from `first_day`, and rooms are handed
    over until `last_day`.
    """

    def __init__(
        self,
        *,
        session: Session,
        community: Community,
        standards: Mapping[str, int],
        people: Iterator[int],
        first_day: date,
        last_day: date,
    ) -> None:
        self._session, self._community, self._standards = session, community, standards
        self._people, self._first_day, self._last_day = people, first_day, last_day
        self._random = Random(community.name)
        self._owners: list[Owned] = []
        self._open_rows()
        self._developer = self._company(f"{community.name}置业发展有限公司", CustomerKind.DEVELOPER)

    def build(self, *, rooms: int) -> None:
        """Write everything."""
        built = 0
        for name, house, count in houses(rooms):
            places = list(spots(house, count))
            area = sum(spot.flat.area for spot in places)
            building = self._building(name, house, area)
            for spot in places:
                self._room(building, house, spot)
            built += area
        self._spaces(max(1, rooms // ROOMS_A_SPACE))
        for rows in self._all_rows:
            rows.close()
        community = self._community
        community.built_area = Decimal(built) / METRE
        community.land_area = (community.built_area / 2).quantize(Decimal(1))
        community.plot_ratio, community.green_ratio = Decimal("2.0"), Decimal(35)
        self._session.flush()

    def _open_rows(self) -> None:
        session = self._session
        facts = {
            "community_id": self._community.id,
            **bookkeeping(moment=clock.now(), who=current_actor().name),
        }
        self._customers = Rows(
            session,
            Customer,
            ("name", "kind", "sex", "born", "identity", "identity_hash", "phone"),
            fixed=facts,
        )
        self._rooms = Rows(
            session,
            Room,
            (
                "code",
                "building_id",
                "floor",
                "unit",
                "number",
                "facing",
                "layout",
                "area",
                "inside_area",
                "ownership",
                "purpose",
                "vacant",
                "decorated",
                "state",
                "handed_over",
            ),
            fixed=facts,
        )
        self._areas = Rows(
            session,
            RoomArea,
            ("room_id", "area"),
            after=[self._rooms],
            fixed={"starts": BEGINNING.isoformat(), **facts},
        )
        self._occupancies = Rows(
            session,
            Occupancy,
            ("room_id", "customer_id", "role", "payer", "starts", "contract", "payment", "purpose"),
            after=[self._rooms, self._customers],
            fixed=facts,
        )
        self._space_rows = Rows(
            session,
            ParkingSpace,
            ("number", "lot_id", "kind", "area", "state", "customer_id", "room_id", "starts"),
            after=[self._rooms, self._customers],
            fixed=facts,
        )
        self._vehicles = Rows(
            session,
            Vehicle,
            ("plate", "customer_id", "space_id", "brand", "model", "colour"),
            after=[self._space_rows],
            fixed=facts,
        )
        self._assignments = Rows(
            session,
            FeeAssignment,
            ("standard_id", "room_id", "space_id", "starts"),
            after=[self._rooms, self._space_rows],
            fixed=facts,
        )
        self._all_rows = (
            self._customers,
            self._rooms,
            self._areas,
            self._occupancies,
            self._space_rows,
            self._vehicles,
            self._assignments,
        )

    def _building(self, name: str, house: House, area: int) -> Building:
        building = Building(
            community_id=self._community.id,
            name=name,
            floors=house.floors,
            height=Decimal(house.floors * 3 + 1),
            kind=house.kind,
            structure=house.structure,
            purpose=house.purpose,
            facing="南",
            built_area=Decimal(area) / METRE,
        )
        self._session.add(building)
        self._session.flush()
        return building

    def _room(self, building: Building, house: House, spot: Spot) -> None:
        random, shop = self._random, house is SHOPS
        sold = random.random() >= 0.06
        handed_over = self._handed_over() if sold else None
        room_id = self._rooms.add(
            room_code(building=building.name, unit=spot.unit, number=spot.number),
            building.id,
            spot.floor,
            spot.unit,
            spot.number,
            spot.flat.facing,
            spot.flat.layout,
            spot.flat.area,
            spot.flat.inside,
            "商品房" if sold else None,
            house.purpose.value,
            not sold or random.random() < 0.08,
            sold and random.random() < 0.8,
            (RoomState.SOLD if sold else RoomState.UNSOLD).value,
            _day(handed_over),
        )
        self._areas.add(room_id, spot.flat.area)
        if handed_over is not None:
            self._owner(room_id, handed_over, house.purpose)
            if random.random() < (0.5 if shop else 0.1) and handed_over < self._first_day:
                self._tenant(room_id, handed_over, house.purpose, shop=shop)
        # Before the hand-over the developer pays: what is charged begins with the history all the same.
        self._assign("shop" if shop else "low" if house is WALK_UP else "tall", room_id=room_id)
        if house.lift_fee:
            self._assign("lift", room_id=room_id)
        if sold and house in (SHOPS, WALK_UP):
            self._assign("shop_waste" if shop else "waste", room_id=room_id)

    def _owner(self, room_id: int, handed_over: date, purpose: Usage) -> None:
        """Somebody new, or, for a tenth of the rooms, one of the last owners; now and then with a co-owner."""
        random = self._random
        if self._owners and random.random() < 0.1:
            customer_id = random.choice(self._owners[-60:]).customer_id
        else:
            customer_id = self._customer(CustomerKind.OWNER)
        self._owners.append(Owned(room_id, customer_id))
        day, contract = handed_over.isoformat(), f"HT{handed_over:%Y%m}{room_id:06d}"
        payment = random.choice(
            (
                PurchasePayment.ONCE,
                PurchasePayment.MORTGAGE,
                PurchasePayment.MORTGAGE,
                PurchasePayment.INSTALMENTS,
            )
        ).value
        role, used = OccupancyRole.OWNER.value, purpose.value
        self._occupancies.add(room_id, customer_id, role, True, day, contract, payment, used)
        if random.random() < 0.25:
            other = self._customer(CustomerKind.OWNER)
            role = OccupancyRole.CO_OWNER.value
            self._occupancies.add(room_id, other, role, False, day, contract, None, used)

    def _tenant(self, room_id: int, handed_over: date, purpose: Usage, *, shop: bool) -> None:
        """Add a tenant, who pays instead of the owner (a shop always, others half of them)."""
        random = self._random
        day = min(handed_over + timedelta(days=random.randrange(30, 400)), self._first_day).isoformat()
        pays = shop or random.random() < 0.5
        if shop:
            customer_id = self._company(firm(number=room_id), CustomerKind.MERCHANT)
        else:
            customer_id = self._customer(CustomerKind.TENANT)
        self._occupancies.add(
            room_id, customer_id, OccupancyRole.TENANT.value, pays, day, None, None, purpose.value
        )

    def _spaces(self, count: int) -> None:
        lot = ParkingLot(community_id=self._community.id, name="地下车库")
        self._session.add(lot)
        self._session.flush()
        random = self._random
        for number in range(1, count + 1):
            fate = random.random()
            owned = random.choice(self._owners) if self._owners and fate < 0.78 else None
            state = SpaceState.FREE if owned is None else SpaceState.SOLD if fate < 0.55 else SpaceState.LET
            kind = SpaceKind.CIVIL_DEFENCE if number % 4 == 0 else SpaceKind.OWNED
            customer_id, room_id = (owned.customer_id, owned.room_id) if owned else (None, None)
            space_id = self._space_rows.add(
                f"B1-{number:04d}",
                lot.id,
                kind.value,
                SPACE_AREA,
                state.value,
                customer_id,
                room_id,
                _day(self._first_day if owned else None),
            )
            if owned is not None:
                self._assign("space" if state is SpaceState.SOLD else "let_space", space_id=space_id)
                brand, model = BRANDS[number % len(BRANDS)]
                colour = COLOURS[number % len(COLOURS)]
                self._vehicles.add(plate(number=space_id), customer_id, space_id, brand, model, colour)

    def _assign(self, key: str, *, room_id: int | None = None, space_id: int | None = None) -> None:
        self._assignments.add(self._standards[key], room_id, space_id, self._first_day.isoformat())

    def _customer(self, kind: CustomerKind) -> int:
        found = person(number=next(self._people))
        return self._customers.add(
            found.name,
            kind.value,
            (Sex.MALE if found.male else Sex.FEMALE).value,
            _day(found.born),
            encrypt(found.identity),
            fingerprint(found.identity),
            found.phone,
        )

    def _company(self, name: str, kind: CustomerKind) -> int:
        return self._customers.add(name, kind.value, None, None, None, None, None)

    def _handed_over(self) -> date:
        random = self._random
        if random.random() < 0.03:
            return self._first_day + timedelta(
                days=random.randrange((self._last_day - self._first_day).days + 1)
            )
        return FIRST_HANDOVER + timedelta(days=random.randrange(HANDOVERS))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
