"""A community whose customers owe a lot of small charges to a row of desks, and what must hold in its books."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, text

from app.billing import operations as billing
from app.billing.models import FeeItem, FeeStandard
from app.estate.grants import Grants
from app.estate.models import Building, Community, Company, Customer, Occupancy, Room
from app.estate.states import RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.system.operations.users import add_user
from bench.office import PASSWORD, prepare

DESKS, ROOMS, FEES = 8, 40, 10


def settle(app: Flask, *, months: int) -> list[int]:
    """Make a community whose customers owe many small charges, and a cashier a desk; return the customers."""
    prepare(app)
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            company = Company(name="争收公司")
            session.add(company)
            session.flush()
            community = Community(name="争收园", company_id=company.id)
            session.add(community)
            session.flush()
            building = Building(community_id=community.id, name="1号楼")
            session.add(building)
            session.flush()
            rooms, customers = _rooms(session, community.id, building.id)
            _fees(session, community.id, rooms)
            role = session.scalars(select(Role.id).where(Role.name == "收费员")).one()
            for number in range(DESKS):
                add_user(
                    session=session,
                    username=f"desk{number}",
                    name=f"收费{number}",
                    password=PASSWORD,
                    role_ids=[role],
                    grants=Grants(communities=frozenset([community.id])),
                )
            here = community.id
        for number in range(months):
            with unit_of_work() as session:
                billing.bill(session=session, community_id=here, period=Period(2025, 1).plus(number))
        db.session.remove()
        db.engine.dispose()
    return customers


def _rooms(session: Any, community_id: int, building_id: int) -> tuple[list[int], list[int]]:
    rooms = [
        Room(
            community_id=community_id,
            building_id=building_id,
            unit="1",
            number=str(number),
            code=f"1-1-{number}",
            area=Decimal(50 + number),
            state=RoomState.SOLD,
            handed_over=date(2025, 1, 1),
        )
        for number in range(101, 101 + ROOMS)
    ]
    people = [Customer(community_id=community_id, name=f"住户{number}") for number in range(ROOMS)]
    session.add_all([*rooms, *people])
    session.flush()
    session.add_all(
        Occupancy(community_id=community_id, room_id=room.id, customer_id=who.id)
        for room, who in zip(rooms, people, strict=True)
    )
    session.flush()
    return [room.id for room in rooms], [who.id for who in people]


def _fees(session: Any, community_id: int, rooms: Sequence[int]) -> None:
    for number in range(FEES):
        item = FeeItem(name=f"费用{number}")
        session.add(item)
        session.flush()
        standard = billing.save_standard(
            session=session,
            row=FeeStandard(),
            community_id=community_id,
            name=f"标准{number}",
            fee_item_id=item.id,
            due_days=0,
            method=Method.AREA,
            active=True,
            price=Decimal("0.13") * (number + 1),
            price_starts=date(2025, 1, 1),
        )
        billing.assign(session=session, standard_id=standard.id, starts=date(2025, 1, 1), room_ids=rooms)


# Bare SQL, which shares nothing with what wrote the rows: each finds what must not be.
BREACHES = {
    "a charge is settled twice or out of its books": """
        SELECT charge.id FROM charge LEFT JOIN (
            SELECT charge_id, SUM(amount) AS settled FROM allocation GROUP BY charge_id
        ) AS sums ON sums.charge_id = charge.id
        WHERE charge.paid <> COALESCE(settled, 0) OR charge.paid > charge.amount OR charge.due < 0""",
    "a receipt's number is missing or there twice": """
        SELECT community_id FROM receipt GROUP BY community_id, year
        HAVING COUNT(*) <> MAX(serial) OR MIN(serial) <> 1 OR COUNT(DISTINCT serial) <> COUNT(*)
            OR COUNT(DISTINCT number) <> COUNT(*)""",
    "the counter and the last number differ": """
        SELECT receipt.community_id FROM receipt JOIN counter ON counter.community_id = receipt.community_id
            AND counter.year = receipt.year AND counter.kind = 'receipt'
        GROUP BY receipt.community_id, receipt.year, counter.value HAVING MAX(receipt.serial) <> counter.value""",
    "a receipt is not what its tenders add up to": """
        SELECT receipt.id FROM receipt JOIN receipt_tender ON receipt_tender.receipt_id = receipt.id
        GROUP BY receipt.id, receipt.total HAVING SUM(receipt_tender.amount) <> receipt.total""",
    "a receipt settled another sum than it took": """
        SELECT receipt.id FROM receipt LEFT JOIN allocation ON allocation.receipt_id = receipt.id
        GROUP BY receipt.id, receipt.settled, receipt.state
        HAVING COALESCE(SUM(allocation.amount), 0) <> CASE WHEN receipt.state = 'valid' THEN receipt.settled ELSE 0 END""",
    "a press made two receipts": """
        SELECT receipt.key FROM receipt WHERE receipt.key IS NOT NULL
        GROUP BY receipt.community_id, receipt.key HAVING COUNT(*) > 1""",
}


def wrong_in(app: Flask) -> list[str]:
    """Return what does not hold in the books, in words."""
    with app.app_context(), db.engine.connect() as connection:
        found = {name: connection.execute(text(statement)).all() for name, statement in BREACHES.items()}
    return [f"{name}: {rows[:3]}" for name, rows in found.items() if rows]
