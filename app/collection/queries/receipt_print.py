"""What a receipt says on paper."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.billing.models import Charge, FeeItem
from app.collection.models import (
    DEPOSIT_ITEM,
    Allocation,
    DepositEntry,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
)
from app.collection.rules.receipt_pages import receipt_pages
from app.collection.states import (
    PAID_KINDS,
    AllocationKind,
    DepositKind,
    PrepaymentKind,
    ReceiptState,
    Tender,
    VoidKind,
)
from app.estate.models import Community, Company, Customer, ParkingSpace, Room
from app.kernel.money import format_exact, format_money
from app.lowcode.dictionary import codes_of
from app.lowcode.scope import UNSCOPED

ZERO = Decimal("0.00")


def receipt_facts(*, session: Session, receipt: Receipt) -> dict[str, Any]:
    """Return the receipt as its print template reads it: texts, and enums for labels that are translated there.

    Keys: company, community, number, date, customer, rooms, lines (fee, payer, period, starts, ends, quantity,
    price, amount; of a part payment `part`: asked, paid before, left), ahead (kind prepaid or deposited, what, payer, amount), applied (预收 that settled the rest of the
    same charges before; no money of this receipt's), rounded (抹零), total, words, tenders (tender, amount), tendered,
    change, cashier, prints, state, reversal (the number of the red one).
    """
    lines = session.execute(
        select(
            FeeItem.name.label("fee"),
            Room.code.label("room"),
            ParkingSpace.number.label("space"),
            Charge.period,
            Charge.starts,
            Charge.ends,
            Charge.quantity,
            Charge.price,
            Allocation.amount,
            Allocation.charge_id,
        )
        .select_from(Allocation)
        .join(Charge, Charge.id == Allocation.charge_id)
        .join(FeeItem, FeeItem.id == Charge.fee_item_id)
        .outerjoin(Room, Room.id == Charge.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == Charge.space_id)
        .where(Allocation.receipt_id == receipt.id, Allocation.kind == AllocationKind.PAYMENT)
        .order_by(Charge.due_date, FeeItem.priority, Charge.id)
    ).all()
    # The company's name stands on every receipt of its communities, whoever may see the company's own page.
    community, company = session.execute(
        select(Community.name, Company.name)
        .join(Company, Company.id == Community.company_id)
        .where(Community.id == receipt.community_id)
        .execution_options(**{UNSCOPED: True})
    ).one()
    tenders = session.execute(
        select(ReceiptTender.tender, ReceiptTender.amount)
        .where(ReceiptTender.receipt_id == receipt.id)
        .order_by(ReceiptTender.id)
    ).all()
    cash = sum((row.amount for row in tenders if row.tender is Tender.CASH), ZERO)
    ahead, parts = _ahead(session, receipt), _part_payments(session, receipt)
    payers = [*(row.room or row.space for row in lines), *(one["payer"] for one in ahead)]
    charged = [
        {
            "fee": row.fee,
            "payer": row.room or row.space or "",
            "period": str(row.period),
            "starts": row.starts.isoformat(),
            "ends": row.ends.isoformat(),
            "quantity": format_exact(row.quantity),
            "price": format_exact(row.price),
            "amount": format_money(row.amount),
            "part": parts.get(row.charge_id),
        }
        for row in lines
    ]
    return {
        "company": company,
        "community": community,
        "number": receipt.number,
        "date": receipt.day.isoformat(),
        "customer": session.scalar(select(Customer.name).where(Customer.id == receipt.customer_id)) or "",
        "rooms": list(dict.fromkeys(filter(None, payers))),
        "lines": charged,
        "ahead": ahead,
        "pages": receipt_pages(lines=charged, ahead=ahead),
        **_settled_otherwise(session, receipt),
        "total": format_money(receipt.total),
        "words": receipt.words,
        "tenders": [{"tender": row.tender, "amount": format_money(row.amount)} for row in tenders],
        # Cash as it was handed over; said only where cash was.
        "tendered": format_money(cash + receipt.change_given) if cash else "",
        "change": format_money(receipt.change_given),
        "cashier": receipt.created_by or "",
        "prints": receipt.prints,
        "state": receipt.state,
        "reversal": _reversal(session, receipt),
    }


def _part_payments(session: Session, receipt: Receipt) -> dict[int, dict[str, str]]:
    """Of the charges that the receipt settled in part: what was asked, paid before, paid now and left, as of then."""
    mine = (Allocation.receipt_id == receipt.id) & (Allocation.amount > ZERO)
    own = mine & Allocation.kind.in_((AllocationKind.PAYMENT, AllocationKind.WAIVER))
    settled = select(Allocation.charge_id).where(own, Allocation.kind == AllocationKind.PAYMENT)
    first = dict(
        session.execute(
            select(Allocation.charge_id, func.min(Allocation.id)).where(own).group_by(Allocation.charge_id)
        ).all()
    )
    asked = dict(session.execute(select(Charge.id, Charge.amount).where(Charge.id.in_(settled))).all())
    before, now, paid = dict.fromkeys(asked, ZERO), dict.fromkeys(asked, ZERO), dict.fromkeys(asked, ZERO)
    rows = session.execute(
        select(
            Allocation.id, Allocation.charge_id, Allocation.kind, Allocation.amount, Allocation.receipt_id
        ).where(Allocation.charge_id.in_(settled))
    )
    for row in rows:
        key = row.charge_id
        if row.id < first[key]:
            if row.kind in PAID_KINDS:
                before[key] += row.amount
            else:
                asked[key] -= row.amount
        elif row.receipt_id == receipt.id and row.amount > ZERO and row.kind is AllocationKind.PAYMENT:
            now[key] += row.amount
            paid[key] += row.amount
        elif row.receipt_id == receipt.id and row.amount > ZERO and row.kind is AllocationKind.WAIVER:
            now[key] += row.amount
    return {
        key: {
            "asked": format_money(asked[key]),
            "before": format_money(before[key]) if before[key] else "",
            "paid": format_money(paid[key]),
            "left": format_money(asked[key] - before[key] - now[key]),
        }
        for key in asked
        if now[key] != asked[key]
    }


def _ahead(session: Session, receipt: Receipt) -> list[dict[str, Any]]:
    """Return what the receipt took in advance: 预收 by fee, 押金 by item."""
    held = session.execute(
        select(FeeItem.name.label("what"), Room.code.label("room"), PrepaymentEntry.amount)
        .select_from(PrepaymentEntry)
        .outerjoin(FeeItem, FeeItem.id == PrepaymentEntry.fee_item_id)
        .outerjoin(Room, Room.id == PrepaymentEntry.room_id)
        .where(PrepaymentEntry.receipt_id == receipt.id, PrepaymentEntry.kind == PrepaymentKind.IN)
        .order_by(PrepaymentEntry.id)
    )
    kept = session.execute(
        select(DepositEntry.item.label("what"), Room.code.label("room"), DepositEntry.amount)
        .select_from(DepositEntry)
        .outerjoin(Room, Room.id == DepositEntry.room_id)
        .where(DepositEntry.receipt_id == receipt.id, DepositEntry.kind == DepositKind.IN)
        .order_by(DepositEntry.id)
    )
    items = codes_of(DEPOSIT_ITEM).labels()
    return [
        {
            "kind": kind,
            "what": names.get(row.what, row.what) or "",
            "payer": row.room or "",
            "amount": format_money(row.amount),
        }
        for kind, rows, names in (("prepaid", held, {}), ("deposited", kept, items))
        for row in rows
    ]


def _settled_otherwise(session: Session, receipt: Receipt) -> dict[str, str]:
    """Return what settled the receipt's charges beside its money: 预收抵扣 that came before it, and what was rounded off."""
    paid = select(Allocation.charge_id).where(
        Allocation.receipt_id == receipt.id, Allocation.kind == AllocationKind.PAYMENT
    )
    first = (
        select(func.min(Allocation.id))
        .where(Allocation.receipt_id == receipt.id, Allocation.kind == AllocationKind.PAYMENT)
        .scalar_subquery()
    )
    earlier = aliased(Allocation)
    told_before = (
        select(earlier.id)
        .where(
            earlier.charge_id == Allocation.charge_id,
            earlier.kind == AllocationKind.PAYMENT,
            earlier.id > Allocation.id,
            earlier.id < first,
        )
        .exists()
    )
    applied = session.scalar(
        select(func.sum(Allocation.amount)).where(
            Allocation.charge_id.in_(paid),
            Allocation.kind == AllocationKind.PREPAYMENT,
            Allocation.id < first,
            ~told_before,
        )
    )
    rounded = session.scalar(
        select(func.sum(Allocation.amount)).where(
            Allocation.receipt_id == receipt.id,
            Allocation.kind == AllocationKind.WAIVER,
            Allocation.amount > ZERO,
        )
    )
    return {
        "applied": format_money(applied) if applied else "",
        "rounded": format_money(rounded) if rounded else "",
    }


def _reversal(session: Session, receipt: Receipt) -> str:
    if receipt.state is not ReceiptState.REVERSED:
        return ""
    number = session.scalar(
        select(ReceiptVoid.number).where(
            ReceiptVoid.receipt_id == receipt.id, ReceiptVoid.kind == VoidKind.REVERSAL
        )
    )
    return number or ""
