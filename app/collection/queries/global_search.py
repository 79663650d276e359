"""What the top search and the property tree find of receipts."""

from typing import Any

from sqlalchemy import Select, select

from app.collection.models import Allocation, Receipt
from app.estate.models import Community, Customer
from app.lowcode.db import db
from app.lowcode.manifest import At
from app.lowcode.search import Hit

LAST = "z"  # after every digit and capital, in whatever order a database sorts


def find_receipts(typed: str, most: int) -> list[Hit]:
    """Receipts by their number or its begin: an index is read, of a million receipts no more."""
    number = typed.upper()
    rows = db.session.execute(
        select(Receipt.id, Receipt.number, Customer.name, Community.name.label("community"))
        .join(Customer, Customer.id == Receipt.customer_id)
        .join(Community, Community.id == Receipt.community_id)
        .where(Receipt.number >= number, Receipt.number < number + LAST)
        .order_by(Receipt.number)
        .limit(most)
    )
    return [Hit(row.id, row.number, f"{row.name} · {row.community}") for row in rows]


def settling(at: At) -> Select[Any]:
    """Return the receipts that settled charges of a tree node: `at` tells which allocations are the node's."""
    return select(Allocation.receipt_id).where(at(Allocation), Allocation.receipt_id.is_not(None))
