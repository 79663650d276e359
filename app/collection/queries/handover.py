"""What a cashier has to hand over, or handed over: by fee, 预收, 押金, 退款 and method (元, in − out); and the papers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.collection.models import Allocation, CashHandover, Receipt, ReceiptTender, ReceiptVoid, Refund
from app.collection.states import AllocationKind, ReceiptState, Tender, VoidKind
from app.estate.models import Customer

ZERO = Decimal("0.00")
LISTED = 1000  # papers shown on one page


@dataclass(frozen=True, slots=True)
class Papers:
    """Which receipts, reversals and refunds are meant: conditions, so that a day of any size is added up by SQL."""

    receipts: ColumnElement[bool]
    reversals: ColumnElement[bool]
    refunds: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt, reversal or refund: what is on it, money out negative (元)."""

    kind: str  # receipt, reversal, refund
    id: int
    number: str | None
    day: date | None
    customer: str
    amount: Decimal
    state: ReceiptState | None = None


@dataclass(slots=True)
class Figures:
    """The sums of papers; `total` is both what the methods and what the purposes add up to."""

    receipts: int = 0
    voids: int = 0
    reversals: int = 0
    refunds: int = 0
    first_number: str = ""
    last_number: str = ""
    by_fee: list[tuple[str, Decimal]] = field(default_factory=list)
    prepaid: Decimal = ZERO
    deposited: Decimal = ZERO
    refunded: Decimal = ZERO
    by_tender: dict[Tender, Decimal] = field(default_factory=lambda: dict.fromkeys(Tender, ZERO))

    @property
    def total(self) -> Decimal:
        """All methods together."""
        return sum(self.by_tender.values(), ZERO)

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return self.receipts + self.reversals + self.refunds


def papers_of(handover: CashHandover) -> Papers:
    """Return the papers of a hand-over."""
    return Papers(
        Receipt.handover_id == handover.id,
        ReceiptVoid.handover_id == handover.id,
        Refund.handover_id == handover.id,
    )


def papers_waiting(*, cashier_id: int | None, until: date, community_id: int | None = None) -> Papers:
    """Return what a cashier took and gave out up to a day and has not handed over; of one community, or (None) of all."""

    def of(model: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = (
            (true() if community_id is None else model.community_id == community_id)
            & (model.cashier_id == cashier_id if cashier_id else model.cashier_id.is_(None))
            & model.handover_id.is_(None)
            & (model.day <= until)
        )
        return found

    return Papers(
        of(Receipt),
        of(ReceiptVoid) & (ReceiptVoid.kind == VoidKind.REVERSAL),
        of(Refund) & Refund.number.is_not(None),
    )


def figures_of(*, session: Session, papers: Papers) -> Figures:
    """Add the papers up; a receipt voided on its day is a paper without money."""
    found = Figures()
    kept = papers.receipts & (Receipt.state != ReceiptState.VOID)
    reversed_ids = select(ReceiptVoid.receipt_id).where(papers.reversals)
    numbers: list[str] = []
    for state, count, first, last, prepaid, deposited in session.execute(
        select(
            Receipt.state,
            func.count(),
            func.min(Receipt.number),
            func.max(Receipt.number),
            func.sum(Receipt.prepaid),
            func.sum(Receipt.deposited),
        )
        .where(papers.receipts)
        .group_by(Receipt.state)
    ):
        found.receipts += count
        numbers += (first, last)
        if state is ReceiptState.VOID:
            found.voids = count
        else:
            found.prepaid += prepaid
            found.deposited += deposited
    found.first_number, found.last_number = min(numbers, default=""), max(numbers, default="")
    count, prepaid, deposited = session.execute(
        select(func.count(), func.sum(Receipt.prepaid), func.sum(Receipt.deposited)).where(
            Receipt.id.in_(reversed_ids)
        )
    ).one()
    found.reversals = count
    found.prepaid -= prepaid or ZERO
    found.deposited -= deposited or ZERO
    found.by_fee = _by_fee(session, kept, reversed_ids)
    _add_tenders(session, found, kept, reversed_ids, papers.refunds)
    return found


def taken_on(*, session: Session, papers: Papers, day: date) -> Decimal:
    """Return what of the papers came in or went out on a day (元, in − out)."""
    parts = union_all(
        select(Receipt.total.label("amount")).where(
            papers.receipts, Receipt.state != ReceiptState.VOID, Receipt.day == day
        ),
        select((-ReceiptVoid.total).label("amount")).where(papers.reversals, ReceiptVoid.day == day),
        select((-Refund.amount).label("amount")).where(papers.refunds, Refund.day == day),
    ).subquery()
    found: Decimal | None = session.scalar(select(func.sum(parts.c.amount)))
    return found or ZERO


def _add_tenders(
    session: Session,
    found: Figures,
    kept: ColumnElement[bool],
    reversed_ids: Any,
    refunds: ColumnElement[bool],
) -> None:
    """By method: what receipts took, what reversals and refunds gave out."""

    def of(sign: int, which: ColumnElement[bool]) -> Any:
        return (
            select(
                literal(sign).label("sign"),
                ReceiptTender.tender,
                func.count(),
                func.sum(ReceiptTender.amount),
            )
            .join(Receipt, Receipt.id == ReceiptTender.receipt_id)
            .where(which)
            .group_by(ReceiptTender.tender)
        )

    paid_out = (
        select(literal(0).label("sign"), Refund.tender, func.count(), func.sum(Refund.amount))
        .where(refunds)
        .group_by(Refund.tender)
    )
    for sign, tender, count, amount in session.execute(
        union_all(of(1, kept), of(-1, Receipt.id.in_(reversed_ids)), paid_out)
    ):
        found.by_tender[tender] += amount if sign == 1 else -amount
        if not sign:
            found.refunds += count
            found.refunded += amount


def _by_fee(session: Session, kept: ColumnElement[bool], reversed_ids: Any) -> list[tuple[str, Decimal]]:
    """Return what settled charges, by fee: taken by the receipts, given back by the reversals."""
    moved = union_all(
        select(Allocation.fee_item_id, Allocation.amount)
        .join(Receipt, Receipt.id == Allocation.receipt_id)
        .where(kept, Allocation.kind == AllocationKind.PAYMENT),
        select(Allocation.fee_item_id, Allocation.amount).where(
            Allocation.receipt_id.in_(reversed_ids), Allocation.kind == AllocationKind.REVERSAL
        ),
    ).subquery()
    rows = session.execute(
        select(FeeItem.name, func.sum(moved.c.amount).label("amount"))
        .join(FeeItem, FeeItem.id == moved.c.fee_item_id)
        .group_by(FeeItem.id, FeeItem.name, FeeItem.priority)
        .order_by(FeeItem.priority, FeeItem.id)
    )
    return [(row.name, row.amount) for row in rows]


def listed(*, session: Session, papers: Papers) -> Sequence[Paper]:
    """Return the papers one by one, in the order of their numbers, a thousand of each kind at most."""
    receipts = session.execute(
        select(Receipt.id, Receipt.number, Receipt.day, Customer.name, Receipt.total, Receipt.state)
        .join(Customer, Customer.id == Receipt.customer_id)
        .where(papers.receipts)
        .order_by(Receipt.id)
        .limit(LISTED)
    )
    reversals = session.execute(
        select(ReceiptVoid.receipt_id, ReceiptVoid.number, ReceiptVoid.day, Customer.name, ReceiptVoid.total)
        .join(Receipt, Receipt.id == ReceiptVoid.receipt_id)
        .join(Customer, Customer.id == Receipt.customer_id)
        .where(papers.reversals)
        .order_by(ReceiptVoid.id)
        .limit(LISTED)
    )
    refunds = session.execute(
        select(Refund.id, Refund.number, Refund.day, Customer.name, Refund.amount)
        .join(Customer, Customer.id == Refund.customer_id)
        .where(papers.refunds)
        .order_by(Refund.id)
        .limit(LISTED)
    )
    return [
        *(
            Paper("receipt", key, number, day, name, ZERO if state is ReceiptState.VOID else total, state)
            for key, number, day, name, total, state in receipts
        ),
        *(Paper("reversal", key, number, day, name, -total) for key, number, day, name, total in reversals),
        *(Paper("refund", key, number, day, name, -amount) for key, number, day, name, amount in refunds),
    ]
