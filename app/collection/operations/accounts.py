"""The accounts of what the office holds for a customer: found or made, locked, and moved by entries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import DEPOSIT_ITEM, Deposit, DepositEntry, Prepayment, PrepaymentEntry
from app.collection.states import DepositKind, PrepaymentKind
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode.db import insert_new
from app.lowcode.dictionary import UnknownEntry, codes_of
from app.lowcode.scope import locked

ZERO = Decimal("0.00")


class NotEnoughHeld(DomainError):
    """More than an account holds."""

    code = "over_balance"
    message = N_("余额只有 %(balance)s 元，不够 %(amount)s 元。请在预收款或押金的页面看它用在了哪里。")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySource:
    """What an entry comes from."""

    day: date
    receipt_id: int | None = None
    refund_id: int | None = None
    reason: str | None = None


def prepayment_account(
    *, session: Session, community_id: int, customer_id: int, room_id: int | None, fee_item_id: int | None
) -> Prepayment:
    """Return the customer's account for a fee (None: general), made when there is none, under our lock."""
    key = f"{customer_id}:{room_id or ''}:{fee_item_id or ''}"
    row = {
        "community_id": community_id,
        "customer_id": customer_id,
        "room_id": room_id,
        "fee_item_id": fee_item_id,
        "account": key,
        "balance": ZERO,
    }
    found: Prepayment = _found_or_made(session, Prepayment, community_id, key, row)
    return found


def deposit_account(
    *, session: Session, community_id: int, customer_id: int, room_id: int | None, item: str
) -> Deposit:
    """Return the customer's account for a purpose (装修保证金 …), made when there is none, under our lock. Raises UnknownEntry."""
    if not codes_of(DEPOSIT_ITEM).allows(item):
        raise UnknownEntry(field="deposits", label=N_("押金项目"), value=item)
    key = f"{customer_id}:{room_id or ''}:{item}"
    row = {
        "community_id": community_id,
        "customer_id": customer_id,
        "room_id": room_id,
        "item": item,
        "account": key,
        "balance": ZERO,
    }
    found: Deposit = _found_or_made(session, Deposit, community_id, key, row)
    return found


def _found_or_made(session: Session, model: Any, community_id: int, key: str, row: dict[str, Any]) -> Any:
    one = select(model.id).where(model.community_id == community_id, model.account == key)
    if session.scalar(one) is None:
        insert_new(session=session, table=model.__table__, row=row)
    return locked(session=session, model=model, row_id=session.scalars(one).one())


def move_prepayment(
    *,
    session: Session,
    account: Prepayment,
    kind: PrepaymentKind,
    amount: Decimal,
    source: EntrySource,
    charge_id: int | None = None,
) -> None:
    """Enter a signed amount (元) on a locked account. Raises NotEnoughHeld."""
    _check(account.balance, amount)
    account.balance += amount
    session.add(
        PrepaymentEntry(
            community_id=account.community_id,
            prepayment_id=account.id,
            customer_id=account.customer_id,
            room_id=account.room_id,
            fee_item_id=account.fee_item_id,
            kind=kind,
            day=source.day,
            posting_period=Period.of(source.day),
            amount=amount,
            receipt_id=source.receipt_id,
            refund_id=source.refund_id,
            charge_id=charge_id,
            reason=source.reason,
        )
    )


def move_deposit(
    *, session: Session, account: Deposit, kind: DepositKind, amount: Decimal, source: EntrySource
) -> DepositEntry:
    """Enter a signed amount (元) on a locked account. Raises NotEnoughHeld."""
    _check(account.balance, amount)
    account.balance += amount
    entry = DepositEntry(
        community_id=account.community_id,
        deposit_id=account.id,
        customer_id=account.customer_id,
        room_id=account.room_id,
        item=account.item,
        kind=kind,
        day=source.day,
        posting_period=Period.of(source.day),
        amount=amount,
        receipt_id=source.receipt_id,
        refund_id=source.refund_id,
        reason=source.reason,
    )
    session.add(entry)
    return entry


def _check(balance: Decimal, amount: Decimal) -> None:
    if balance + amount < 0:
        raise NotEnoughHeld(balance=format_money(balance), amount=format_money(-amount), field="amount")
