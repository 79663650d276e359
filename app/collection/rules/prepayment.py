"""Which prepayment settles which charge: for one fee before general, the oldest charge first (fee rules, prepayment). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentBalance:
    """A prepayment with money in it: `balance` in 元; `fee_item_id` None is general, `room_id` binds one for a fee."""

    id: int
    customer_id: int
    room_id: int | None
    fee_item_id: int | None
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A charge with money open (元); a lower `priority` is settled first among those due on one day."""

    id: int
    customer_id: int
    room_id: int | None
    fee_item_id: int
    due_date: date
    priority: int
    due: Decimal


@dataclass(frozen=True, slots=True)
class Applied:
    """So much (元) of a prepayment goes to a charge."""

    prepayment_id: int
    charge_id: int
    amount: Decimal


def apply_oldest_first(*, held: Iterable[PrepaymentBalance], owed: Sequence[Owed]) -> list[Applied]:
    """Settle open charges by the prepayments of their customers, in the order in which it is to be written.

    What is held for one fee goes first and to nothing else, and to its room's charges alone where it names one; then
    what is general. Ids settle ties.
    """
    left = {one.id: one.due for one in owed}
    in_order = sorted(owed, key=lambda one: (one.due_date, one.priority, one.id))
    found = []
    for account in sorted(held, key=lambda one: (one.fee_item_id is None, one.id)):
        balance = account.balance
        for charge in in_order:
            if balance <= 0:
                break
            part = min(balance, left[charge.id])
            if part > 0 and _may_settle(account, charge):
                found.append(Applied(account.id, charge.id, part))
                left[charge.id] -= part
                balance -= part
    return found


def _may_settle(account: PrepaymentBalance, charge: Owed) -> bool:
    if account.customer_id != charge.customer_id:
        return False
    if account.fee_item_id is None:
        return True
    return account.fee_item_id == charge.fee_item_id and account.room_id in (None, charge.room_id)
