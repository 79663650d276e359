"""The papers behind a figure of a cashier's day: a row each with its part, in − out."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.closing.queries.figure_rows import settlement_rows
from app.collection.models import Allocation, Receipt, ReceiptTender, ReceiptVoid, Refund
from app.collection.states import CASH_KINDS, AllocationKind, ReceiptState, Tender, VoidKind
from app.lowcode.reports.declaration import ReportQuery
from app.lowcode.reports.drilldown import FigureRow, document_url
from app.reports.queries.desk_days import on_days

TENDERS = {one.value: one for one in Tender}


def desk_rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str, fee_item_id: int | None
) -> Iterator[FigureRow]:
    """Return what a column of the daily report is the sum of; `fee_item_id` where it is a fee's."""

    def mine(model: Any) -> list[Any]:
        cashier = keys.get("cashier_id")
        whose = model.cashier_id.is_(None) if cashier is None else model.cashier_id == cashier
        return [model.community_id == keys.get("community_id"), whose, *on_days(session, scope, model)]

    if fee_item_id is not None:
        yield from _of_fee(session, scope, mine, fee_item_id)
        return
    for receipt in session.scalars(select(Receipt).where(*mine(Receipt)).order_by(Receipt.id)):
        yield from _paper(receipt, receipt.number, _receipt_part(session, receipt, name), Receipt, receipt.id)
    reversals = select(ReceiptVoid, Receipt).join(Receipt, Receipt.id == ReceiptVoid.receipt_id)
    kept = reversals.where(ReceiptVoid.kind == VoidKind.REVERSAL, *mine(ReceiptVoid)).order_by(ReceiptVoid.id)
    for void, receipt in session.execute(kept):
        part = 0 if name in ("receipts", "voids") else -_part_of(session, receipt, name)
        yield from _paper(void, void.number or "", part, ReceiptVoid, void.id)
    refunds = select(Refund).where(Refund.number.is_not(None), *mine(Refund)).order_by(Refund.id)
    for refund in session.scalars(refunds):
        given = {"refunded": refund.amount, "total": -refund.amount, refund.tender.value: -refund.amount}
        yield from _paper(refund, refund.number or "", given.get(name, 0), Refund, refund.id)


def _of_fee(session: Session, scope: ReportQuery, mine: Any, fee_item_id: int) -> Iterator[FigureRow]:
    settled = Allocation
    days = [settled.fee_item_id == fee_item_id, *on_days(session, scope, settled)]
    for paper, kinds in (
        (Receipt, [one for one in CASH_KINDS if one is not AllocationKind.REVERSAL]),
        (ReceiptVoid, [AllocationKind.REVERSAL]),
    ):
        of: Any = paper
        link = of.id if paper is Receipt else of.receipt_id
        # The day is the settlement's: of the paper only whose it is.
        whose = mine(of)[:2]
        yield from settlement_rows(
            session, settled.kind.in_(kinds), *days, *whose, voids=(of, link == settled.receipt_id)
        )


def _receipt_part(session: Session, receipt: Receipt, name: str) -> Decimal | int:
    void = receipt.state is ReceiptState.VOID
    if name in ("receipts", "voids"):
        return int(name == "receipts" or void)
    return 0 if void else _part_of(session, receipt, name)


def _part_of(session: Session, receipt: Receipt, name: str) -> Decimal | int:
    """Return what a receipt is of a column: all of it, what was paid in advance, or by one method."""
    parts: dict[str, Decimal] = {
        "prepaid": receipt.prepaid,
        "deposited": receipt.deposited,
        "total": receipt.total,
    }
    if name not in TENDERS:
        return parts.get(name, 0)
    rows = select(ReceiptTender.amount).where(
        ReceiptTender.receipt_id == receipt.id, ReceiptTender.tender == TENDERS[name]
    )
    return sum(session.scalars(rows), Decimal(0))


def _paper(row: Any, number: str, part: Decimal | int, model: Any, key: int) -> Iterator[FigureRow]:
    if part:
        label = _(model.__about__.label)
        yield FigureRow(kind=label, title=number, day=row.day, amount=part, url=document_url(model, key))
