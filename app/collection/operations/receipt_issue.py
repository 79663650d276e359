"""收据: numbered, dated, with what it was paid with and what it was for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.collection.models import Deposit, Prepayment, Receipt, ReceiptTender
from app.collection.operations.accounts import EntrySource, move_deposit, move_prepayment
from app.collection.states import DepositKind, PrepaymentKind, Tender
from app.kernel.chinese_amount import chinese_amount
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode import history
from app.lowcode.actors import current_actor
from app.lowcode.numbers import next_number
from app.lowcode.scope import locked

BOOK = "receipt"
PREFIX = "SJ"
ZERO = Decimal("0.00")


@dataclass(slots=True, kw_only=True)
class Draft:
    """A receipt to be: what one community takes (元), its accounts found and locked."""

    community_id: int
    customer_id: int
    settled: Decimal = ZERO
    prepaid: list[tuple[Prepayment, Decimal]] = field(default_factory=list)
    deposited: list[tuple[Deposit, Decimal]] = field(default_factory=list)
    tenders: Sequence[tuple[Tender, Decimal]] = ()
    change: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All that is taken."""
        return self.settled + sum((part for _one, part in (*self.prepaid, *self.deposited)), ZERO)


def issue(*, session: Session, draft: Draft, day: date, key: str | None, asked: str) -> Receipt:
    """Add the receipt with its number and tenders, and enter what is held on its accounts.

    Takes the book's counter: after every lock of accounts and charges.
    """
    given = next_number(session=session, kind=BOOK, community_id=draft.community_id, day=day)
    total = draft.total
    receipt = Receipt(
        number=given.number,
        community_id=draft.community_id,
        customer_id=draft.customer_id,
        day=day,
        posting_period=Period.of(day),
        total=total,
        settled=draft.settled,
        prepaid=sum((part for _one, part in draft.prepaid), ZERO),
        deposited=sum((part for _one, part in draft.deposited), ZERO),
        tendered=total + draft.change,
        change_given=draft.change,
        words=chinese_amount(total),
        year=given.year,
        serial=given.serial,
        key=key,
        body_hash=asked,
        cashier_id=current_actor().user_id,
    )
    session.add(receipt)
    session.flush()
    session.execute(
        insert(ReceiptTender.__table__),
        [
            {"community_id": draft.community_id, "receipt_id": receipt.id, "tender": tender, "amount": part}
            for tender, part in draft.tenders
        ],
    )
    source = EntrySource(day=day, receipt_id=receipt.id)
    for held, part in draft.prepaid:
        move_prepayment(session=session, account=held, kind=PrepaymentKind.IN, amount=part, source=source)
    for kept, part in draft.deposited:
        move_deposit(session=session, account=kept, kind=DepositKind.IN, amount=part, source=source)
    session.flush()
    return receipt


def count_print(*, session: Session, receipt_id: int) -> int:
    """Count one more print and return which it is: 1 is the original, 2 the first 补打. Raises OutOfScope."""
    receipt = locked(session=session, model=Receipt, row_id=receipt_id)
    receipt.prints += 1
    history.note(receipt, label=N_("打印") if receipt.prints == 1 else N_("补打"))
    session.flush()
    return receipt.prints
