"""What is owed by the rows of a list of rooms or customers, and what a standard costs today."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeStandardVersion
from app.estate.models import Customer, Room
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.document import DocumentBase
from app.lowcode.list_columns import ListColumn, computed_field

ZERO = Decimal(0)


def due_of(model: type[DocumentBase], name: str) -> Callable[[], Any]:
    """Make the expression of what is open (元) of a row, by the column of the charges that names it."""

    def due() -> Any:
        open_charges = select(func.sum(Charge.due)).where(
            getattr(Charge, name) == model.id, Charge.due > ZERO
        )
        return open_charges.correlate(model).scalar_subquery()

    return due


def prices_today(session: Session, keys: Sequence[int]) -> dict[int, Decimal]:
    """Return the price in force today by standard id (元 for the standard's unit)."""
    statement = (
        select(FeeStandardVersion.standard_id, FeeStandardVersion.price)
        .where(FeeStandardVersion.standard_id.in_(keys), FeeStandardVersion.starts <= clock.today())
        .order_by(FeeStandardVersion.starts)
    )
    return {row.standard_id: row.price for row in session.execute(statement)}


LIST_COLUMNS: Mapping[str, Sequence[ListColumn]] = {
    "Room": (
        ListColumn(
            computed_field("due", N_("欠费"), "money", expression=due_of(Room, "room_id")),
            after="owners",
            document="Charge",
        ),
    ),
    "Customer": (
        ListColumn(
            computed_field("due", N_("欠费"), "money", expression=due_of(Customer, "customer_id")),
            after="rooms",
            document="Charge",
        ),
    ),
    "FeeStandard": (
        ListColumn(computed_field("price", N_("现价"), "number"), prices_today, "name", "FeeStandardVersion"),
    ),
}
