"""A small town for the tree: two buildings, a parking lot, people, charges and receipts, and the neighbour's."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.billing.models import Charge, FeeItem
from app.billing.operations.month_sums import Moved, add_charged, add_moved
from app.billing.states import MovementKind
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.states import AllocationKind, Tender
from app.estate.models import (
    Building,
    Customer,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Room,
    Vehicle,
)
from app.kernel.periods import Period
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work

MARCH = Period.parse("2025-03")


@dataclass
class Town:
    """Ids by name: rooms by code, people by name, and so on."""

    cast: Any
    buildings: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, int] = field(default_factory=dict)
    lot: int = 0
    spaces: dict[str, int] = field(default_factory=dict)
    theirs: dict[str, int] = field(default_factory=dict)  # of the neighbouring community


# room → (holder, telephone, plate, amount charged, paid)
HOLDERS = {
    "1-1-101": ("欧阳小兰", "13812345678", "浙A12345", "100.00", "100.00"),
    "1-1-201": ("王一", "13900000001", "浙A20000", "200.00", None),
    "3-2-1201": ("赵四", "13700001201", "浙B1201F", "400.00", "400.00"),
    "3-2-1202": ("钱七", "13700001202", None, "800.00", None),
    "3-1-1201": ("孙八", "13700001203", None, "1600.00", "1600.00"),
}


@pytest.fixture
def town(app: Flask, cast: Any) -> Town:
    """锦绣园 with buildings 1 and 3, a lot with a space that belongs to 3-2-1201, and one of the neighbour's people."""
    made = Town(cast, rooms=dict(zip(("1-1-101", "1-1-201"), cast.ours.room_ids, strict=True)))
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        ours = cast.ours.community_id
        made.buildings["1"] = cast.ours.building_id
        third = _added(session, Building(community_id=ours, name="3号楼"))
        made.buildings["3"] = third
        for unit, number in (("2", "1201"), ("2", "1202"), ("1", "1201")):
            code = f"3-{unit}-{number}"
            made.rooms[code] = _added(
                session,
                Room(
                    community_id=ours,
                    building_id=third,
                    unit=unit,
                    number=number,
                    code=code,
                    area=Decimal(100),
                    floor=12,
                ),
            )
        fee = _added(session, FeeItem(name="物业费"))
        for code, (name, phone, plate, charged, paid) in HOLDERS.items():
            made.people[name] = person = _added(session, Customer(community_id=ours, name=name, phone=phone))
            _added(session, Occupancy(community_id=ours, room_id=made.rooms[code], customer_id=person))
            if plate:
                _added(session, Vehicle(community_id=ours, plate=plate, customer_id=person))
            charge = _charge(
                session, fee, person, charged, paid, room=session.get_one(Room, made.rooms[code])
            )
            if paid:
                made.receipts[code] = _receipt(session, charge, paid, number=len(made.receipts) + 1)
        made.lot = _added(session, ParkingLot(community_id=ours, name="地下车库"))
        for number, lot, room, who in (
            ("B1-007", made.lot, "3-2-1201", "赵四"),
            ("B1-008", made.lot, None, "王一"),
            ("M-1", None, None, None),
        ):
            made.spaces[number] = _added(
                session,
                ParkingSpace(
                    community_id=ours,
                    number=number,
                    lot_id=lot,
                    room_id=made.rooms.get(room or ""),
                    customer_id=made.people.get(who or ""),
                ),
            )
        _charge(session, fee, made.people["赵四"], "30.00", None, space=made.spaces["B1-007"])
        theirs = cast.neighbour.community_id
        made.theirs["customer"] = _added(
            session, Customer(community_id=theirs, name="欧阳邻居", phone="13812340000")
        )
        made.theirs["room"] = cast.neighbour.room_ids[0]
        made.theirs["vehicle"] = _added(session, Vehicle(community_id=theirs, plate="浙A12399"))
    return made


def _added(session: Any, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)


def _charge(
    session: Any,
    fee: int,
    person: int,
    amount: str,
    paid: str | None,
    *,
    room: Room | None = None,
    space: int | None = None,
) -> Charge:
    owner = session.get_one(Customer, person)
    row = Charge(
        community_id=owner.community_id,
        building_id=room.building_id if room else None,
        room_id=room.id if room else None,
        space_id=space,
        customer_id=person,
        fee_item_id=fee,
        period=MARCH,
        posting_period=MARCH,
        starts=MARCH.first_day,
        ends=MARCH.last_day,
        due_date=MARCH.last_day,
        quantity=Decimal(1),
        price=Decimal(amount),
        gross=Decimal(amount),
        amount=Decimal(amount),
        paid=Decimal(paid or 0),
        due=Decimal(amount) - Decimal(paid or 0),
        basis={},
        source="test",
        source_id=person * 2 + (space is not None),
    )
    _added(session, row)
    add_charged(session=session, where=Charge.id == row.id)
    return row


def _receipt(session: Any, charge: Charge, paid: str, *, number: int) -> int:
    day = date(2025, 3, 10)
    key = _added(
        session,
        Receipt(
            community_id=charge.community_id,
            number=f"SJ2025{number:06d}",
            customer_id=charge.customer_id,
            day=day,
            posting_period=MARCH,
            total=Decimal(paid),
            settled=Decimal(paid),
            tendered=Decimal(paid),
            words="元整",
            year=2025,
            serial=number,
        ),
    )
    money = {"community_id": charge.community_id, "receipt_id": key, "amount": Decimal(paid)}
    _added(session, ReceiptTender(tender=Tender.CASH, **money))
    _added(
        session,
        Allocation(
            building_id=charge.building_id,
            room_id=charge.room_id,
            fee_item_id=charge.fee_item_id,
            period=MARCH,
            kind=AllocationKind.PAYMENT,
            charge_id=charge.id,
            day=day,
            posting_period=MARCH,
            **money,
        ),
    )
    place = (charge.community_id, MARCH, charge.building_id, charge.fee_item_id, MARCH)
    add_moved(session=session, moved=[Moved(*place, MovementKind.CASH, -Decimal(paid))])
    return key
