"""退款 and 押金扣款: money that is held leaves its account, back to the customer or into the office's income."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.billing.operations import open_period
from app.billing.operations.approvals import approval_flow, sign_request
from app.collection.models import Deposit, DepositEntry, Prepayment, Refund
from app.collection.operations.accounts import (
    EntrySource,
    NotEnoughHeld,
    move_deposit,
    move_prepayment,
)
from app.collection.operations.approval_limits import check_limit
from app.collection.operations.reasons import stated
from app.collection.operations.requests import booking_day
from app.collection.states import DepositKind, PrepaymentKind, RefundKind, RequestKind, Tender
from app.kernel.allocation import NotPositive
from app.kernel.money import fen, format_money
from app.kernel.periods import Period
from app.lowcode.numbers import next_number
from app.lowcode.scope import OutOfScope, find, locked
from app.lowcode.workflow import Board, TransitionContext

REFUND_BOOK = "refund"


def request_refund(
    *,
    session: Session,
    amount: Decimal,
    tender: Tender,
    reason: str,
    prepayment_id: int | None = None,
    deposit_id: int | None = None,
) -> Refund:
    """Ask to give `amount` (元) of a prepayment or of a deposit back. Raises OutOfScope, NotPositive, NotEnoughHeld."""
    if (prepayment_id is None) == (deposit_id is None):
        raise ValueError("one account: a prepayment or a deposit")
    if fen(amount) <= 0:
        raise NotPositive(field="amount")
    model: Any = Prepayment if deposit_id is None else Deposit
    account = find(session, model, prepayment_id or deposit_id or 0)
    if account is None:
        raise OutOfScope
    if amount > account.balance:
        raise NotEnoughHeld(
            field="amount", amount=format_money(amount), balance=format_money(account.balance)
        )
    row = Refund(
        community_id=account.community_id,
        customer_id=account.customer_id,
        room_id=account.room_id,
        kind=RefundKind.PREPAYMENT if deposit_id is None else RefundKind.DEPOSIT,
        prepayment_id=prepayment_id,
        deposit_id=deposit_id,
        tender=tender,
        amount=amount,
        reason=stated(reason),
    )
    sign_request(row)
    session.add(row)
    session.flush()
    return row


def _pay_out(move: TransitionContext) -> None:
    """Pay an approved refund out: numbered, off its account, out of the asker's desk, in the open month.

    Raises period_closed, BeyondLimit, NotEnoughHeld.
    """
    session, row = move.session, move.row
    day = booking_day(session=session, community_id=row.community_id, today=move.today)
    open_period(session=session, community_id=row.community_id, period=Period.of(day))
    check_limit(session=session, kind=RequestKind.REFUND, amount=row.amount)
    source = EntrySource(day=day, refund_id=row.id, reason=row.reason)
    if row.prepayment_id is not None:
        held = locked(session=session, model=Prepayment, row_id=row.prepayment_id)
        move_prepayment(
            session=session, account=held, kind=PrepaymentKind.REFUNDED, amount=-row.amount, source=source
        )
    else:
        kept = locked(session=session, model=Deposit, row_id=row.deposit_id)
        move_deposit(
            session=session, account=kept, kind=DepositKind.RETURNED, amount=-row.amount, source=source
        )
    row.day, row.posting_period, row.cashier_id = day, Period.of(day), row.requested_by_id
    number = next_number(session=session, kind=REFUND_BOOK, community_id=row.community_id, day=day)
    row.number = number.number


REFUND_FLOW = approval_flow(
    Refund,
    approving=_pay_out,
    board=Board(
        heading="amount", facts=("customer_id", "room_id", "kind", "tender", "reason", "requested_by")
    ),
)


def deduct(*, session: Session, deposit_id: int, amount: Decimal, reason: str, day: date) -> DepositEntry:
    """Take `amount` (元) of a deposit as income, for a reason. Raises OutOfScope, period_closed, NotPositive, NotEnoughHeld."""
    found: Deposit | None = find(session, Deposit, deposit_id)
    if found is None:
        raise OutOfScope
    open_period(session=session, community_id=found.community_id, period=Period.of(day))
    if fen(amount) <= 0:
        raise NotPositive(field="amount")
    account = locked(session=session, model=Deposit, row_id=deposit_id)
    entry = move_deposit(
        session=session,
        account=account,
        kind=DepositKind.DEDUCTED,
        amount=-amount,
        source=EntrySource(day=day, reason=stated(reason)),
    )
    session.flush()
    return entry
