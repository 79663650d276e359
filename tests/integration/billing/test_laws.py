"""What must not be is refused by the database itself, whoever writes it and however."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app.billing.models import BillingLine, Charge, FeeAssignment, FeeStandardVersion
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.operations import PaymentRequest, pay
from app.collection.states import Tender
from app.lowcode.document import documents, spec_of

from .town import APRIL, MARCH, Town

pytestmark = pytest.mark.all_databases
# MariaDB tells a broken CHECK as an operational error.
REFUSED = (IntegrityError, OperationalError)


@pytest.fixture
def town(app: Flask, backend: str) -> Town:
    """Two months billed, and one receipt of each."""
    town = Town(app)
    town.assign(town.standard())
    town.bill(MARCH)
    town.bill(APRIL)
    for day in (date(2025, 4, 1), date(2025, 4, 2)):

        def take(session: Any, day: date = day) -> None:
            one = session.scalars(select(Charge).where(Charge.due > Decimal(0)).order_by(Charge.id)).first()
            pay(
                session=session,
                request=PaymentRequest(
                    customer_id=one.customer_id,
                    charge_ids=[one.id],
                    tenders=[(Tender.CASH, None)],
                    day=day,
                    key=f"key-{day}",
                ),
            )

        town.do(take)
    return town


def refused(town: Town, statement: Callable[[Any], Any]) -> None:
    with pytest.raises(REFUSED):
        town.do(statement)


def changed(model: Any, **values: Any) -> Callable[[Any], Any]:
    """An UPDATE of every row, past every operation."""
    return lambda session: session.execute(update(model.__table__).values(**values))


BROKEN: dict[str, Callable[[Any], Any]] = {
    "a charge that does not add up": changed(Charge, due=Charge.__table__.c.due + Decimal(1)),
    "an amount beside gross and waived": changed(Charge, amount=Charge.__table__.c.amount + Decimal(1)),
    "a charge that ends before it starts": changed(Charge, ends=date(2000, 1, 1)),
    "one day of an assignment twice": changed(Charge, starts=date(2025, 3, 1), ends=date(2025, 3, 31)),
    "a line of a run twice": changed(BillingLine, assignment_id=1, run_id=1),
    "an assignment of nothing": changed(FeeAssignment, room_id=None),
    "an assignment that ends before it starts": changed(FeeAssignment, ends=date(2000, 1, 1)),
    "a price below nothing": changed(FeeStandardVersion, price=Decimal(-1)),
    "a receipt's number twice": changed(Receipt, number="SJ2025000001"),
    "an idempotency key twice": changed(Receipt, key="key"),
    "a receipt of nobody": changed(Receipt, customer_id=999_999),
    "an allocation of no charge": changed(Allocation, charge_id=999_999),
    "a tender of no receipt": changed(ReceiptTender, receipt_id=999_999),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_books_cannot_be_broken(town: Town, what: str) -> None:
    refused(town, BROKEN[what])


def test_what_is_referred_to_stays(town: Town) -> None:
    for table in (
        "charge",
        "receipt",
        "fee_assignment",
        "fee_standard",
        "billing_run",
        "community",
        "customer",
    ):
        refused(town, lambda session, table=table: session.execute(text(f"DELETE FROM {table}")))


def test_every_enum_is_held_to_its_members(town: Town) -> None:
    """By a CHECK of the database, not only by the declaration."""
    with town.app.app_context():
        from app.lowcode.db import db

        inspector = inspect(db.engine)
        for model in documents.values():
            names = [name for name, field in spec_of(model).fields.items() if field.kind == "choice"]
            declared = [c for c in model.__table__.constraints if isinstance(c, CheckConstraint)]
            checks = " ".join(one["sqltext"] for one in inspector.get_check_constraints(model.__tablename__))
            assert len(inspector.get_check_constraints(model.__tablename__)) >= len(declared)
            for name in names:
                assert name in checks, (model.__name__, name)
        db.engine.dispose()
    refused(town, lambda session: session.execute(text("UPDATE room SET state = 'castle'")))
    refused(town, lambda session: session.execute(text("UPDATE receipt SET state = ''")))
