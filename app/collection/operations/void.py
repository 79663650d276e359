"""作废 and 冲红: a receipt is taken back, on its day before the hand-over or later by a red one in the open period."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.operations import guard_open, open_period
from app.collection.models import (
    Allocation,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Receipt,
    ReceiptVoid,
)
from app.collection.operations.accounts import EntrySource, move_deposit, move_prepayment
from app.collection.operations.allocations import AllocationPart, Origin, lock_charges, settle
from app.collection.operations.prepayment_undo import uses_of
from app.collection.operations.reasons import stated
from app.collection.states import (
    RECEIPT_MACHINE,
    AllocationKind,
    DepositKind,
    PrepaymentKind,
    ReceiptState,
    VoidKind,
)
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import history
from app.lowcode.actors import current_actor
from app.lowcode.numbers import next_number
from app.lowcode.scope import OutOfScope, find, locked, locked_rows
from app.lowcode.workflow import change_state

REVERSAL_BOOK = "reversal"


class TooLateToVoid(DomainError):
    """A receipt of another day, or one whose money was handed over."""

    code = "too_late_to_void"
    message = N_("收据 %(number)s 是 %(day)s 开的，只能当天、交款以前作废。请用冲红。")


class PrepaidIsUsed(DomainError):
    """A receipt whose 预收 has settled charges meanwhile."""

    code = "over_balance"
    message = N_(
        "收据 %(number)s 收的预收款 %(amount)s 元现在只剩 %(balance)s 元，已抵扣：%(uses)s。请先在这些应收或预收款的页面"
        "按“撤销抵扣”，再作废或冲红。"
    )


class PrepaidIsRefunded(DomainError):
    """A receipt whose 预收 was given back meanwhile."""

    code = "over_balance"
    message = N_(
        "收据 %(number)s 收的预收款 %(amount)s 元现在只剩 %(balance)s 元，其余已退款（见预收款的预收明细）。已退的收据不能再作废或冲红。"
    )


class DepositIsUsed(DomainError):
    """A receipt whose 押金 was returned or deducted meanwhile."""

    code = "over_balance"
    message = N_(
        "收据 %(number)s 收的押金 %(amount)s 元现在只剩 %(balance)s 元，其余已退还或扣款（见押金的押金明细）。请改用退还余额。"
    )


class NotBefore(DomainError):
    """A reversal dated before its receipt."""

    code = "before_receipt"
    message = N_("冲红日期不能早于收款日期 %(day)s。")


class VoidInstead(DomainError):
    """A reversal of a receipt that can still be voided."""

    code = "void_instead"
    message = N_("收据 %(number)s 是今天开的，还没有交款，请直接作废。")


def is_voidable(receipt: Receipt, day: date) -> bool:
    """Whether a receipt may be voided on `day`: it is of that day, valid, and its money is still at the desk."""
    return receipt.state is ReceiptState.VALID and receipt.day == day and receipt.handover_id is None


def is_reversible(receipt: Receipt, day: date) -> bool:
    """Whether a receipt may be reversed on `day`: valid, of an earlier day or handed over."""
    return receipt.state is ReceiptState.VALID and (receipt.day < day or receipt.handover_id is not None)


def void(*, session: Session, receipt_id: int, day: date, reason: str) -> ReceiptVoid:
    """Take a receipt of the same `day` back: its charges open again, its number and its stamp (作废) stay.

    Raises OutOfScope, period_closed, ReasonMissing, TransitionRefused (taken back before), TooLateToVoid,
    over_balance (what it paid in advance is used already).
    """
    guard_open(session=session, community_id=_found(session, receipt_id).community_id, day=day)
    receipt = locked(session=session, model=Receipt, row_id=receipt_id)
    reason = stated(reason)
    RECEIPT_MACHINE.find(receipt.state, "void")
    if not is_voidable(receipt, day):
        raise TooLateToVoid(number=receipt.number, day=receipt.day.isoformat())
    return _take_back(session, receipt, VoidKind.VOID, day, reason)


def reverse(*, session: Session, receipt_id: int, day: date, reason: str) -> ReceiptVoid:
    """冲红: take a receipt of an earlier day, of a closed month or handed over back in the month of `day`.

    Its charges open again, what it paid in advance leaves its accounts, the reversal has a number of its own.
    Raises OutOfScope, period_closed, ReasonMissing, TransitionRefused, NotBefore, VoidInstead, over_balance.
    """
    community_id = _found(session, receipt_id).community_id
    open_period(session=session, community_id=community_id, period=Period.of(day))
    receipt = locked(session=session, model=Receipt, row_id=receipt_id)
    reason = stated(reason)
    RECEIPT_MACHINE.find(receipt.state, "reverse")
    if day < receipt.day:
        raise NotBefore(day=receipt.day.isoformat())
    if is_voidable(receipt, day):
        raise VoidInstead(number=receipt.number)
    return _take_back(session, receipt, VoidKind.REVERSAL, day, reason)


def void_or_reverse(*, session: Session, receipt_id: int, day: date, reason: str) -> ReceiptVoid:
    """Void a receipt where that is still possible, else reverse it. Raises what these raise."""
    receipt = _found(session, receipt_id)
    voids = receipt.day == day and receipt.handover_id is None
    return (void if voids else reverse)(session=session, receipt_id=receipt_id, day=day, reason=reason)


def _take_back(session: Session, receipt: Receipt, kind: VoidKind, day: date, reason: str) -> ReceiptVoid:
    """Open its charges, empty its accounts, change its state: charges before accounts, the number last."""
    of_kind = AllocationKind.VOID if kind is VoidKind.VOID else AllocationKind.REVERSAL
    settled: dict[int, Decimal] = {}
    rounding_discount: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in session.execute(
        select(Allocation.charge_id, Allocation.kind, Allocation.waiver_id, Allocation.amount).where(
            Allocation.receipt_id == receipt.id
        )
    ):
        if row.kind is AllocationKind.WAIVER:
            rounding_discount[row.waiver_id].append((row.charge_id, row.amount))
        else:
            settled[row.charge_id] = settled.get(row.charge_id, Decimal(0)) + row.amount
    concerned = {*settled, *(key for rows in rounding_discount.values() for key, _amount in rows)}
    charges = {one.id: one for one in lock_charges(session=session, ids=concerned)}
    settle(
        session=session,
        parts=[AllocationPart(charges[key], -amount) for key, amount in settled.items() if amount],
        origin=Origin(kind=of_kind, day=day, receipt_id=receipt.id),
    )
    for waiver_id, rows in rounding_discount.items():
        settle(
            session=session,
            parts=[AllocationPart(charges[key], -amount) for key, amount in rows],
            origin=Origin(kind=AllocationKind.WAIVER, day=day, receipt_id=receipt.id, waiver_id=waiver_id),
        )
    _empty_accounts(session, receipt, EntrySource(day=day, receipt_id=receipt.id, reason=reason))
    action = "void" if kind is VoidKind.VOID else "reverse"
    transition = change_state(session=session, row=receipt, machine=RECEIPT_MACHINE, action=action)
    number = None
    if kind is VoidKind.REVERSAL:
        number = next_number(
            session=session, kind=REVERSAL_BOOK, community_id=receipt.community_id, day=day
        ).number
    row = ReceiptVoid(
        community_id=receipt.community_id,
        receipt_id=receipt.id,
        kind=kind,
        number=number,
        day=day,
        posting_period=Period.of(day),
        total=receipt.total,
        reason=reason,
        cashier_id=current_actor().user_id if kind is VoidKind.REVERSAL else receipt.cashier_id,
    )
    session.add(row)
    history.note(receipt, label=transition.label, reason=reason)
    session.flush()
    return row


def _empty_accounts(session: Session, receipt: Receipt, source: EntrySource) -> None:
    """Take what the receipt paid in advance out of its accounts again.

    Raises PrepaidIsUsed, PrepaidIsRefunded, DepositIsUsed.
    """
    held = session.execute(
        select(PrepaymentEntry.prepayment_id, PrepaymentEntry.amount).where(
            PrepaymentEntry.receipt_id == receipt.id, PrepaymentEntry.kind == PrepaymentKind.IN
        )
    ).all()
    for account in locked_rows(session=session, model=Prepayment, ids=[key for key, _amount in held]):
        amount = sum((part for key, part in held if key == account.id), Decimal(0))
        if account.balance < amount:
            uses = uses_of(session=session, prepayment_id=account.id)
            refusal = PrepaidIsUsed if uses else PrepaidIsRefunded
            raise refusal(
                number=receipt.number,
                amount=format_money(amount),
                balance=format_money(account.balance),
                uses=uses,
            )
        move_prepayment(
            session=session, account=account, kind=PrepaymentKind.TAKEN_BACK, amount=-amount, source=source
        )
    kept = session.execute(
        select(DepositEntry.deposit_id, DepositEntry.amount).where(
            DepositEntry.receipt_id == receipt.id, DepositEntry.kind == DepositKind.IN
        )
    ).all()
    for other in locked_rows(session=session, model=Deposit, ids=[key for key, _amount in kept]):
        amount = sum((part for key, part in kept if key == other.id), Decimal(0))
        if other.balance < amount:
            raise DepositIsUsed(
                number=receipt.number, amount=format_money(amount), balance=format_money(other.balance)
            )
        move_deposit(
            session=session, account=other, kind=DepositKind.TAKEN_BACK, amount=-amount, source=source
        )


def _found(session: Session, receipt_id: int) -> Receipt:
    """Return the receipt, not locked yet: its month comes before it. Raises OutOfScope."""
    receipt: Receipt | None = find(session, Receipt, receipt_id)
    if receipt is None:
        raise OutOfScope
    return receipt
