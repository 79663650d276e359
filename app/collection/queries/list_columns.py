"""What a list of receipts says of each: the rooms that it was for and how it was paid."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import case, func, select, union
from sqlalchemy.orm import Session

from app.collection.models import Allocation, DepositEntry, PrepaymentEntry, Receipt, ReceiptTender
from app.collection.states import Tender
from app.estate.models import Room
from app.estate.queries.list_columns import BETWEEN, joined
from app.kernel.errors import N_
from app.lowcode.list_columns import ListColumn, computed_field


def rooms_of_receipts(session: Session, keys: Sequence[int]) -> dict[int, str]:
    """Return the codes of the rooms whose charges, 预收 or 押金 a receipt took, by receipt id."""
    pairs = union(
        *(
            select(paper.receipt_id.label("receipt_id"), paper.room_id.label("room_id")).where(
                paper.receipt_id.in_(keys), paper.room_id.is_not(None)
            )
            for paper in (Allocation, PrepaymentEntry, DepositEntry)
        )
    ).subquery()
    statement = (
        select(pairs.c.receipt_id, Room.code).join(Room, Room.id == pairs.c.room_id).order_by(Room.code_order)
    )
    return joined(session.execute(statement))


def tender_names() -> Any:
    """Return the expression of a receipt's tenders in the reader's language; each stands once in a receipt."""
    names = case(*((ReceiptTender.tender == tender, gettext(tender.label)) for tender in Tender))
    return (
        select(func.aggregate_strings(names, BETWEEN))
        .where(ReceiptTender.receipt_id == Receipt.id)
        .correlate(Receipt)
        .scalar_subquery()
    )


LIST_COLUMNS: Mapping[str, Sequence[ListColumn]] = {
    "Receipt": (
        ListColumn(
            computed_field("rooms", N_("房间"), "text"), rooms_of_receipts, "customer_id", "Allocation"
        ),
        ListColumn(
            computed_field("tenders", N_("结算方式"), "text", expression=tender_names),
            after="total",
            document="ReceiptTender",
        ),
    ),
}
