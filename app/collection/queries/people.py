"""Reads of collection: one person's open charges, who the desk is looking for, what a receipt says."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Receipt
from app.estate.models import Customer
from app.lowcode.scope import OutOfScope, find

ZERO = Decimal("0.00")


def person(*, session: Session, customer_id: int) -> list[Customer]:
    """Return the customers within reach that are this person, the one asked for first.

    Joined over communities by the identity number's HMAC, never by name or telephone. Raises OutOfScope.
    """
    asked: Customer | None = find(session, Customer, customer_id)
    if asked is None:
        raise OutOfScope(field="customer_id")
    if not asked.identity_hash:
        return [asked]
    others = session.scalars(
        select(Customer)
        .where(Customer.identity_hash == asked.identity_hash, Customer.id != asked.id)
        .order_by(Customer.id)
    )
    return [asked, *others]


def open_charge_ids(*, session: Session, people: Sequence[Customer]) -> list[int]:
    """Return the ids of everything that is open, in order."""
    return list(
        session.scalars(
            select(Charge.id)
            .where(Charge.customer_id.in_([one.id for one in people]), Charge.due > ZERO)
            .order_by(Charge.id)
        )
    )


def total_due(*, session: Session, people: Sequence[Customer]) -> Decimal:
    """Return what the person owes over all communities in reach, 元."""
    found: Decimal | None = session.scalar(
        select(func.sum(Charge.due)).where(
            Charge.customer_id.in_([one.id for one in people]), Charge.due > ZERO
        )
    )
    return found or ZERO


def serials(*, session: Session) -> dict[tuple[int, int], list[int]]:
    """Return the serial numbers of every book (community, year), in order; voided receipts stay in theirs."""
    found: dict[tuple[int, int], list[int]] = {}
    for row in session.execute(
        select(Receipt.community_id, Receipt.year, Receipt.serial).order_by(
            Receipt.community_id, Receipt.year, Receipt.serial
        )
    ):
        found.setdefault((row.community_id, row.year), []).append(row.serial)
    return found
