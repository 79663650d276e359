"""The receipts that a payment will make, one a community: what settles charges, what is taken in advance, paid how."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.collection.operations.accounts import deposit_account, prepayment_account
from app.collection.operations.allocations import LockedCharge
from app.collection.operations.payment_request import Advance, DepositLine, PaymentRequest
from app.collection.operations.receipt_issue import Draft
from app.collection.rules.payment import ZERO, change_of, complete_tenders, spread
from app.collection.states import Tender
from app.estate.models import Customer, Room
from app.lowcode.scope import OutOfScope, find


def drafts_for(
    *,
    people: Sequence[Customer],
    charges: Mapping[int, LockedCharge],
    cash: Mapping[int, Decimal],
) -> dict[int, Draft]:
    """Return a receipt to be for each community that charges are settled in, in order of id."""
    drafts: dict[int, Draft] = {}
    for community_id in sorted({charges[key].community_id for key in cash}):
        customer_id = next(one.id for one in people if one.community_id == community_id)
        drafts[community_id] = Draft(community_id=community_id, customer_id=customer_id)
    for key, part in cash.items():
        drafts[charges[key].community_id].settled += part
    return drafts


def add_advances(
    *,
    session: Session,
    drafts: dict[int, Draft],
    customer: Customer,
    advances: Collection[Advance],
    deposits: Collection[DepositLine],
) -> None:
    """Add what is taken in advance to the customer's own receipt, on accounts under our lock."""
    if not advances and not deposits:
        return
    ahead: list[Advance | DepositLine] = [*advances, *deposits]
    for paid in ahead:
        _check_place(session, customer, paid)
    draft = drafts.setdefault(
        customer.community_id, Draft(community_id=customer.community_id, customer_id=customer.id)
    )
    for one in sorted(advances, key=lambda one: (one.room_id or 0, one.fee_item_id or 0)):
        account = prepayment_account(
            session=session,
            community_id=customer.community_id,
            customer_id=customer.id,
            room_id=one.room_id,
            fee_item_id=one.fee_item_id,
        )
        draft.prepaid.append((account, one.amount))
    for other in sorted(deposits, key=lambda one: (one.room_id or 0, one.item)):
        kept = deposit_account(
            session=session,
            community_id=customer.community_id,
            customer_id=customer.id,
            room_id=other.room_id,
            item=other.item,
        )
        draft.deposited.append((kept, other.amount))


def _check_place(session: Session, customer: Customer, paid: Advance | DepositLine) -> None:
    """Refuse a room of another community, and a fee that there is not. Raises OutOfScope."""
    if paid.room_id is not None:
        room = find(session, Room, paid.room_id)
        if room is None or room.community_id != customer.community_id:
            raise OutOfScope(field="room_id")
    fee = paid.fee_item_id if isinstance(paid, Advance) else None
    if fee is not None and find(session, FeeItem, fee) is None:
        raise OutOfScope(field="fee_item_id")


def add_tenders(
    *,
    session: Session,
    drafts: dict[int, Draft],
    request: PaymentRequest,
) -> None:
    """Spread the methods over the receipts, and give the change back or keep it as a prepayment."""
    ordered = dict(sorted(drafts.items()))
    drafts.clear()
    drafts.update(ordered)
    totals = {key: draft.total for key, draft in drafts.items()}
    parts = complete_tenders(tenders=request.tenders, total=sum(totals.values(), ZERO))
    change = change_of(tenders=parts, tendered=request.tendered)
    spread_parts = spread(tenders=parts, totals=totals)
    at = next((c for c in reversed(totals) if any(t is Tender.CASH for t, _a in spread_parts[c])), None)
    for key, draft in drafts.items():
        draft.tenders = spread_parts[key]
    if not change or at is None:
        return
    draft = drafts[at]
    if not request.keep_change:
        draft.change = change
        return
    account = prepayment_account(
        session=session, community_id=at, customer_id=draft.customer_id, room_id=None, fee_item_id=None
    )
    draft.prepaid.append((account, change))
    draft.tenders = [(way, part + (change if way is Tender.CASH else ZERO)) for way, part in draft.tenders]
