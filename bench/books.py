"""The books after the work: what must hold whatever happened."""

from flask import Flask
from sqlalchemy import func, select

from app.billing.models import Charge
from app.closing.summary import month_summary
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.states import ReceiptState
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.numbers import Counter


def wrong_in_books(app: Flask) -> list[str]:
    """What does not hold, in words; nothing when all does."""
    with app.test_request_context(), acting_as(SYSTEM):
        found = [*_charges(), *_receipts(), *_numbers()]
        # The months that anything was paid in and the next; those far ahead are the soak's own.
        for number in range(-3, 2):
            period = Period.of(clock.today()).plus(number)
            if not month_summary(session=db.session(), period=period).holds:
                found.append(f"{period} does not add up")
        db.session.remove()
    return found


def _charges() -> list[str]:
    session = db.session()
    allocated = dict(
        session.execute(
            select(Allocation.charge_id, func.sum(Allocation.amount)).group_by(Allocation.charge_id)
        ).all()
    )
    rows = session.execute(select(Charge.id, Charge.amount, Charge.paid, Charge.due)).all()
    found = [f"charge {row.id} has paid {row.paid}" for row in rows if row.paid != allocated.get(row.id, 0)]
    found += [
        f"charge {row.id} is due {row.due}" for row in rows if row.due != row.amount - row.paid or row.due < 0
    ]
    twice = select(Charge.assignment_id, Charge.starts).group_by(Charge.assignment_id, Charge.starts)
    if session.execute(twice.having(func.count(Charge.id) > 1).limit(1)).first():
        found.append("a day is charged twice")
    return found


def _receipts() -> list[str]:
    session = db.session()
    settled, taken = (
        dict(
            session.execute(select(model.receipt_id, func.sum(model.amount)).group_by(model.receipt_id)).all()
        )
        for model in (Allocation, ReceiptTender)
    )
    found = []
    for row in session.execute(select(Receipt.id, Receipt.number, Receipt.total, Receipt.state)):
        if taken.get(row.id) != row.total:
            found.append(f"{row.number} took {taken.get(row.id)}")
        if settled.get(row.id) != (0 if row.state is ReceiptState.VOID else row.total):
            found.append(f"{row.number} settled {settled.get(row.id)}")
    return found


def _numbers() -> list[str]:
    session = db.session()
    counters = select(Counter.community_id, Counter.year, Counter.value).where(Counter.kind == "receipt")
    found = []
    for community, year, value in session.execute(counters):
        serials = session.scalars(
            select(Receipt.serial)
            .where(Receipt.community_id == community, Receipt.year == year)
            .order_by(Receipt.serial)
        ).all()
        if list(serials) != list(range(1, value + 1)):
            found.append(f"the numbers of {community} in {year} have a gap")
    return found
