"""What a receipt says on paper."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.states import AllocationKind, ReceiptState, Tender
from app.estate.models import Community, Company, Customer, ParkingSpace, Room
from app.kernel.money import format_exact, format_money
from app.lowcode.scope import UNSCOPED


def receipt_facts(*, session: Session, receipt: Receipt) -> dict[str, Any]:
    """The receipt as its print template reads it: texts, and enums for labels that are translated there.

    Keys: company, community, number, date, customer, rooms, lines (fee, payer, period, starts, ends, quantity,
    price, amount), total, words, methods (method, amount), tendered, change, cashier, prints, void.
    """
    lines = session.execute(
        select(
            FeeItem.name.label("fee"), Room.code.label("room"), ParkingSpace.number.label("space"), Charge.period,
            Charge.starts, Charge.ends, Charge.quantity, Charge.price, Allocation.amount,
        )
        .select_from(Allocation)
        .join(Charge, Charge.id == Allocation.charge_id)
        .join(FeeItem, FeeItem.id == Charge.fee_item_id)
        .outerjoin(Room, Room.id == Charge.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == Charge.space_id)
        .where(Allocation.receipt_id == receipt.id, Allocation.kind == AllocationKind.PAYMENT)
        .order_by(Charge.due_date, FeeItem.priority, Charge.id)
    ).all()  # fmt: skip
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
    cash = sum((row.amount for row in tenders if row.tender is Tender.CASH), Decimal("0.00"))
    return {
        "company": company,
        "community": community,
        "number": receipt.number,
        "date": receipt.day.isoformat(),
        "customer": session.scalar(select(Customer.name).where(Customer.id == receipt.customer_id)) or "",
        "rooms": list(dict.fromkeys(row.room or row.space for row in lines if row.room or row.space)),
        "lines": [
            {
                "fee": row.fee, "payer": row.room or row.space or "", "period": str(row.period),
                "starts": row.starts.isoformat(), "ends": row.ends.isoformat(),
                "quantity": format_exact(row.quantity), "price": format_exact(row.price),
                "amount": format_money(row.amount),
            }
            for row in lines
        ],
        "total": format_money(receipt.total),
        "words": receipt.words,
        "methods": [{"method": row.tender, "amount": format_money(row.amount)} for row in tenders],
        # Cash as it was handed over; said only where cash was.
        "tendered": format_money(cash + receipt.change_given) if cash else "",
        "change": format_money(receipt.change_given),
        "cashier": receipt.created_by or "",
        "prints": receipt.prints,
        "void": receipt.state is ReceiptState.VOID,
    }  # fmt: skip
