"""A community of the demo: its buildings, rooms, people, spaces and vehicles, and what each is charged by."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment
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
from app.estate.rules import BEGINNING, room_code
from app.estate.states import (
    CustomerKind,
    OccupancyRole,
    Payment,
    RoomState,
    Sex,
    SpaceKind,
    SpaceState,
    Usage,
)
from app.lowcode import clock
from app.lowcode.secrets import encrypt, fingerprint
from app.reports.demo.habits import Habit, habit_of
from app.reports.demo.people import BRANDS, COLOURS, firm, person, plate
from app.reports.demo.places import SHOPS, WALK_UP, House, Spot, houses, spots
from app.reports.demo.rows import Rows, bookkeeping

WHO = "系统"
FIRST_HANDOVER = date(2017, 3, 1)
HANDOVERS = 2_400  # days
ROOMS_A_SPACE = 3
METRE = 10_000


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer who is charged; `place` is their place in the community's list and decides their habits."""

    id: int
    place: int
    habit: Habit
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Billed:
    """An assignment, with all that a month's charge is computed from. `area` in ten-thousandths of a ㎡."""

    id: int
    tariff: str
    room_id: int | None
    space_id: int | None
    building_id: int | None
    payer: Payer
    area: int | None
    starts: date


class Settlement:
    """The estate of one community while it is being written.

    `people` are the numbers of its people, in order; who stands in two communities' numbers lives in both.
    `standards` are the ids of its fee standards by the tariff's key, `first_day` the first that is charged.
    """

    def __init__(
        self,
        *,
        session: Session,
        community: Community,
        standards: dict[str, int],
        people: range,
        first_day: date,
        last_day: date,
    ) -> None:
        self.billed: list[Billed] = []
        self._session, self._community, self._standards = session, community, standards
        self._people = iter(people)
        self._first_day, self._last_day = first_day, last_day
        self._random = Random(community.name)
        self._owners: list[tuple[Payer, int, int]] = []  # with a room of theirs and its building
        self._customers_made = 0
        self._developer = self._company_customer(f"{community.name}置业发展有限公司", CustomerKind.DEVELOPER)
        self._open_rows()

    def build(self, *, rooms: int) -> None:
        """Write everything; `billed` holds the assignments afterwards."""
        built = 0
        for name, house, count in houses(rooms):
            building = self._building(name, house, count)
            for spot in spots(house, count):
                self._room(building, house, spot)
            built += sum(spot.flat.area for spot in spots(house, count))
        self._spaces(rooms // ROOMS_A_SPACE)
        for rows in self._all_rows:
            rows.close()
        community = self._community
        community.built_area = Decimal(built) / METRE
        community.land_area = (Decimal(built) / METRE / 2).quantize(Decimal(1))
        community.plot_ratio, community.green_ratio = Decimal("2.0"), Decimal(35)
        self._session.flush()

    def _open_rows(self) -> None:
        session, community = self._session, {"community_id": self._community.id}
        facts = {**community, **bookkeeping(moment=clock.now(), who=WHO)}
        self._customers = Rows(
            session, Customer,
            ("name", "kind", "sex", "born", "identity", "identity_hash", "phone", "employer"), fixed=facts,
        )  # fmt: skip
        self._rooms = Rows(
            session, Room,
            ("code", "building_id", "floor", "unit", "number", "facing", "layout", "area", "inside_area", "ownership",
             "purpose", "vacant", "decorated", "state", "handed_over"), fixed=facts,
        )  # fmt: skip
        self._areas = Rows(
            session,
            RoomArea,
            ("room_id", "area"),
            after=[self._rooms],
            fixed={"starts": BEGINNING.isoformat(), **facts},
        )
        self._occupancies = Rows(
            session, Occupancy, ("room_id", "customer_id", "role", "payer", "starts", "contract", "payment", "purpose"),
            after=[self._rooms, self._customers], fixed=facts,
        )  # fmt: skip
        self._space_rows = Rows(
            session, ParkingSpace, ("number", "lot_id", "kind", "area", "state", "customer_id", "room_id", "starts"),
            after=[self._rooms, self._customers], fixed=facts,
        )  # fmt: skip
        self._vehicles = Rows(
            session, Vehicle, ("plate", "customer_id", "space_id", "brand", "model", "colour"),
            after=[self._space_rows], fixed=facts,
        )  # fmt: skip
        self._assignments = Rows(
            session, FeeAssignment, ("standard_id", "room_id", "space_id", "starts"),
            after=[self._rooms, self._space_rows], fixed=facts,
        )  # fmt: skip
        self._all_rows = (
            self._areas, self._occupancies, self._vehicles, self._assignments, self._customers, self._rooms,
            self._space_rows,
        )  # fmt: skip

    def _building(self, name: str, house: House, count: int) -> Building:
        area = Decimal(sum(spot.flat.area for spot in spots(house, count))) / METRE
        building = Building(
            community_id=self._community.id, name=name, floors=house.floors, height=Decimal(house.floors * 3 + 1),
            kind=house.kind, structure=house.structure, purpose=house.purpose, facing="南", built_area=area,
        )  # fmt: skip
        self._session.add(building)
        self._session.flush()
        return building

    def _room(self, building: Building, house: House, spot: Spot) -> None:
        random, shop = self._random, house is SHOPS
        sold = random.random() >= 0.06
        handed_over = self._handed_over() if sold else None
        room_id = self._rooms.add(
            room_code(building=building.name, unit=spot.unit, number=spot.number), building.id, spot.floor, spot.unit,
            spot.number, spot.flat.facing, spot.flat.layout, spot.flat.area, spot.flat.inside,
            "商品房" if sold else None, house.purpose.value, not sold or random.random() < 0.08, sold and random.random() < 0.8,
            (RoomState.SOLD if sold else RoomState.UNSOLD).value, _day(handed_over),
        )  # fmt: skip
        self._areas.add(room_id, spot.flat.area)
        payer = self._developer
        if handed_over is not None:
            payer = self._owner(room_id, building.id, handed_over, house.purpose)
            payer = self._tenant(room_id, handed_over, house.purpose, owner=payer, shop=shop)
        starts = max(handed_over or self._first_day, self._first_day)
        keys = ["shop" if shop else "low" if house is WALK_UP else "tall"]
        keys += ["lift"] if house.lift else []
        keys += ["shop_waste" if shop else "waste"] if sold else []
        for key in keys:
            self._assign(key, payer, starts, room_id=room_id, building_id=building.id, area=spot.flat.area)

    def _owner(self, room_id: int, building_id: int, handed_over: date, purpose: Usage) -> Payer:
        """Somebody new, or, for a tenth of the rooms, one of the last owners; now and then with a co-owner."""
        random = self._random
        if self._owners and random.random() < 0.1:
            payer = random.choice(self._owners[-60:])[0]
        else:
            payer = self._customer(next(self._people))
        self._owners.append((payer, room_id, building_id))
        contract = f"HT{handed_over:%Y%m}{room_id:06d}"
        payment = random.choice((Payment.ONCE, Payment.MORTGAGE, Payment.MORTGAGE, Payment.INSTALMENTS))
        self._occupancies.add(
            room_id, payer.id, OccupancyRole.OWNER.value, True, _day(handed_over), contract, payment.value, purpose.value
        )  # fmt: skip
        if random.random() < 0.25:
            other = self._customer(next(self._people))
            self._occupancies.add(
                room_id, other.id, OccupancyRole.CO_OWNER.value, False, _day(handed_over), contract, None, purpose.value
            )  # fmt: skip
        return payer

    def _tenant(self, room_id: int, handed_over: date, purpose: Usage, *, owner: Payer, shop: bool) -> Payer:
        """A tenth of the rooms are let, half of the shops; those tenants pay instead of the owner who came before."""
        random = self._random
        if random.random() >= (0.5 if shop else 0.1) or handed_over >= self._first_day:
            return owner
        starts = min(handed_over + timedelta(days=random.randrange(30, 400)), self._first_day)
        pays = shop or random.random() < 0.5
        if shop:
            payer = self._company_customer(firm(number=room_id), CustomerKind.MERCHANT, self._customers)
        else:
            payer = self._customer(next(self._people), CustomerKind.TENANT)
        self._occupancies.add(
            room_id, payer.id, OccupancyRole.TENANT.value, pays, _day(starts), None, None, purpose.value
        )
        return payer if pays else owner

    def _spaces(self, count: int) -> None:
        lot = ParkingLot(community_id=self._community.id, name="地下车库")
        self._session.add(lot)
        self._session.flush()
        random = self._random
        for number in range(1, count + 1):
            fate = random.random()
            payer, room_id, _building_id = (
                random.choice(self._owners) if self._owners and fate < 0.78 else (None, None, None)
            )
            sold = fate < 0.55
            state = SpaceState.FREE if payer is None else SpaceState.SOLD if sold else SpaceState.LET
            starts = (
                None if payer is None else min(FIRST_HANDOVER + timedelta(days=HANDOVERS), self._first_day)
            )
            kind = SpaceKind.CIVIL_DEFENCE if number % 4 == 0 else SpaceKind.OWNED
            space_id = self._space_rows.add(
                f"B1-{number:04d}", lot.id, kind.value, 127_500, state.value, payer and payer.id, room_id, _day(starts)
            )  # fmt: skip
            if payer is not None:
                self._assign("space" if sold else "let_space", payer, self._first_day, space_id=space_id)
                brand, model = BRANDS[number % len(BRANDS)]
                self._vehicles.add(
                    plate(number=space_id), payer.id, space_id, brand, model, COLOURS[number % len(COLOURS)]
                )

    def _assign(
        self,
        key: str,
        payer: Payer,
        starts: date,
        *,
        room_id: int | None = None,
        space_id: int | None = None,
        building_id: int | None = None,
        area: int | None = None,
    ) -> None:
        assignment = self._assignments.add(self._standards[key], room_id, space_id, _day(starts))
        self.billed.append(Billed(assignment, key, room_id, space_id, building_id, payer, area, starts))

    def _customer(self, number: int, kind: CustomerKind = CustomerKind.OWNER) -> Payer:
        found = person(number=number)
        key = self._customers.add(
            found.name, kind.value, (Sex.MALE if found.male else Sex.FEMALE).value, _day(found.born),
            encrypt(found.identity), fingerprint(found.identity), found.phone, None,
        )  # fmt: skip
        self._customers_made += 1
        return Payer(key, self._customers_made, habit_of(customer=self._customers_made))

    def _company_customer(self, name: str, kind: CustomerKind, rows: Rows | None = None) -> Payer:
        raise NotImplementedError

    def _handed_over(self) -> date:
        random = self._random
        if random.random() < 0.03:
            return self._first_day + timedelta(
                days=random.randrange(max((self._last_day - self._first_day).days, 1))
            )
        return FIRST_HANDOVER + timedelta(days=random.randrange(HANDOVERS))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
