"""Charges to collect, written without a billing run: the tests say what is open, to the 分."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations.month_sums import add_charged
from app.estate.models import Customer, Room
from app.kernel.periods import Period

_source_ids: Iterator[int] = count(1)


def add_fee(session: Session, name: str = "物业费", priority: int = 100) -> int:
    """A fee item; returns its id."""
    row = FeeItem(name=name, priority=priority)
    session.add(row)
    session.flush()
    return row.id


def add_customer(session: Session, community_id: int, name: str = "王一", person: str | None = None) -> int:
    """A customer; `person` is who they are over communities. Returns the id."""
    row = Customer(community_id=community_id, name=name, identity_hash=person)
    session.add(row)
    session.flush()
    return row.id


def add_charge(
    session: Session,
    *,
    customer_id: int,
    fee_id: int,
    amount: str,
    period: str = "2025-01",
    room_id: int | None = None,
    waived: str = "0.00",
    posted: str | None = None,
) -> int:
    """A posted charge of `amount` (元, after what was waived at posting), all of it open. Returns the id."""
    month = Period.parse(period)
    customer = session.get_one(Customer, customer_id)
    room = session.get_one(Room, room_id) if room_id is not None else None
    row = Charge(
        community_id=customer.community_id,
        building_id=room.building_id if room else None,
        room_id=room_id,
        customer_id=customer_id,
        fee_item_id=fee_id,
        period=month,
        posting_period=Period.parse(posted) if posted else month,
        starts=month.first_day,
        ends=month.last_day,
        due_date=month.last_day,
        quantity=Decimal(1),
        price=Decimal(amount),
        gross=Decimal(amount) + Decimal(waived),
        waived=Decimal(waived),
        amount=Decimal(amount),
        due=Decimal(amount),
        basis={},
        source="test",
        source_id=next(_source_ids),
    )
    session.add(row)
    session.flush()
    add_charged(session=session, where=Charge.id == row.id)
    return row.id


def figures(session: Session, charge_id: int) -> tuple[Decimal, Decimal]:
    """(paid, due) of a charge as the database has it now."""
    session.rollback()
    session.expire_all()
    row = session.get_one(Charge, charge_id)
    return row.paid, row.due


DAY = date(2025, 2, 10)
