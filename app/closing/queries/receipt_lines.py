"""What the lines of receipts say: of a page of allocations and entries, in a handful of queries."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.billing.models import Charge, FeeStandard
from app.closing.queries.names import Names, keys_of, values_by_id
from app.collection.models import (
    DEPOSIT_ITEM,
    Allocation,
    DepositEntry,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
)
from app.collection.states import AllocationKind, DepositKind, PrepaymentKind
from app.lowcode.dictionary import codes_of
from app.lowcode.reports.declaration import ReportLine
from app.lowcode.types import Money, raw

BACK = (AllocationKind.VOID, AllocationKind.REVERSAL, PrepaymentKind.TAKEN_BACK, DepositKind.TAKEN_BACK)


class ReceiptLines:
    """The lines of a page: settled charges, what was paid in advance, deposits."""

    def __init__(
        self,
        session: Session,
        *,
        receipts: set[int],
        charged: Sequence[int],
        prepaid: Sequence[int],
        deposited: Sequence[int],
    ) -> None:
        self._rows = {
            "charged": _charged(session, charged),
            "prepaid": _entries(session, PrepaymentEntry, PrepaymentEntry.fee_item_id, prepaid),
            "deposited": _entries(session, DepositEntry, DepositEntry.item, deposited),
        }
        every = [row for rows in self._rows.values() for row in rows.values()]
        self._names = Names(session, every)
        self._standards = values_by_id(
            session, FeeStandard, FeeStandard.name, (getattr(row, "standard_id", None) for row in every)
        )
        self._tenders = _tenders(session, receipts)
        self._papers = {
            row.id: row
            for row in session.execute(
                select(Receipt.id, Receipt.created_by, Receipt.created_at).where(Receipt.id.in_(receipts))
            )
        }
        self._voids = {
            row.receipt_id: row
            for row in session.execute(
                select(ReceiptVoid.receipt_id, ReceiptVoid.created_by, ReceiptVoid.created_at).where(
                    ReceiptVoid.receipt_id.in_(receipts)
                )
            )
        }

    def line(self, key: Any, source: str) -> ReportLine:
        """Return the line of a row of keys (id, receipt_id, day, amount)."""
        row = self._rows[source][key.id]
        paper = (self._voids if row.kind in BACK else self._papers)[key.receipt_id]
        named = self._names.values(row)
        values = {
            **named,
            "day": key.day,
            "tenders": self._tenders.get(key.receipt_id, ""),
            "fee": _called(source, row, named["fee"]),
            "standard": self._standards.get(getattr(row, "standard_id", None), ""),
            "starts": getattr(row, "starts", None),
            "ends": getattr(row, "ends", None),
            "charged": getattr(row, "charged", None),
            "amount": key.amount,
            "left": getattr(row, "left", None),
            "created_by": paper.created_by,
            "created_at": paper.created_at,
        }
        places = keys_of(row, "community_id", "room_id", "customer_id")
        more = {name: getattr(row, name, None) for name in ("building_id", "space_id")}
        return ReportLine(values=values, keys={**places, **more, "receipt_id": key.receipt_id})


def _called(source: str, row: Any, fee: str) -> str:
    """收费项目 of a line; of what is paid in advance, for what."""
    if source == "deposited":
        return codes_of(DEPOSIT_ITEM).label(row.item)
    if source == "prepaid":
        return _("预收款（%(fee)s）", fee=fee) if fee else _("预收款")
    return fee


def _charged(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    """Allocations with their charges, and what was left open of a charge after each of them."""
    earlier: Any = aliased(Allocation)
    settled = (
        select(func.sum(raw(earlier.amount)))
        .where(earlier.charge_id == Allocation.charge_id, earlier.id <= Allocation.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Allocation.id,
            Allocation.kind,
            Allocation.community_id,
            Allocation.building_id,
            Allocation.room_id,
            Allocation.space_id,
            Allocation.fee_item_id,
            Charge.customer_id,
            Charge.standard_id,
            Charge.starts,
            Charge.ends,
            Charge.amount.label("charged"),
            type_coerce(raw(Charge.amount) - settled, Money).label("left"),
        )
        .join(Charge, Charge.id == Allocation.charge_id)
        .where(Allocation.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _entries(session: Session, model: Any, what: Any, ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    columns = [model.id, model.kind, model.community_id, model.room_id, model.customer_id, what]
    return {row.id: row for row in session.execute(select(*columns).where(model.id.in_(ids)))}


def _tenders(session: Session, receipts: set[int]) -> dict[int, str]:
    """Return the methods of each receipt by their codes, in the order in which they were taken."""
    found: dict[int, list[str]] = {}
    for receipt_id, tender in session.execute(
        select(ReceiptTender.receipt_id, ReceiptTender.tender)
        .where(ReceiptTender.receipt_id.in_(receipts))
        .order_by(ReceiptTender.id)
    ):
        mine = found.setdefault(receipt_id, [])
        if tender.value not in mine:
            mine.append(tender.value)
    return {receipt_id: ",".join(codes) for receipt_id, codes in found.items()}
