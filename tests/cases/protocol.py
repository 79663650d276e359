"""What a case may do and ask: the protocol that an office has to fill, and the facts that it answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.kernel.periods import Period

from .language import given, steps


class NotBuilt(Exception):
    """The product cannot do this yet; the text names the capability."""


@dataclass(frozen=True, kw_only=True)
class ChargeFacts:
    """A charge as the product has it. `room`: the code of its room, its meter's room or its space."""

    room: str
    fee: str
    period: Period
    start: date
    end: date
    quantity: Decimal | None
    price: Decimal | None
    gross: Decimal
    waived: Decimal
    amount: Decimal
    paid: Decimal
    due: Decimal


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts:
    """A receipt as the product has it. `status`: every name of its state, the value and the label."""

    total: Decimal
    cash: Decimal
    change: Decimal
    words: str
    number: str
    status: tuple[str, ...]


class Office(Protocol):
    """A step's record says its content; questions return the product's own figures."""

    # What is given, in this order, once for each row.
    def add_community(self, community: given.Community) -> None: ...
    def add_room(self, room: given.Room) -> None: ...
    def add_customer(self, customer: given.Customer) -> None: ...
    def add_meter(self, meter: given.Meter) -> None: ...
    def add_fee(self, fee: given.Fee) -> None: ...

    # The steps, one method a word.
    def reading(self, step: steps.Reading) -> None: ...
    def meter_change(self, step: steps.MeterChange) -> None: ...
    def share(self, step: steps.Share) -> None: ...
    def price_change(self, step: steps.PriceChange) -> None: ...
    def vacancy(self, step: steps.Vacancy) -> None: ...
    def suspend(self, step: steps.Suspend) -> None: ...
    def bill(self, step: steps.Bill) -> None: ...
    def prepay(self, step: steps.Prepay) -> None: ...
    def deposit(self, step: steps.Deposit) -> None: ...
    def deposit_return(self, step: steps.DepositReturn) -> None: ...
    def deposit_deduct(self, step: steps.DepositDeduct) -> None: ...
    def pay(self, step: steps.Pay) -> None: ...
    def waive(self, step: steps.Waive) -> None: ...
    def adjust(self, step: steps.Adjust) -> None: ...
    def void(self, step: steps.Void) -> None: ...
    def refund_prepayment(self, step: steps.RefundPrepayment) -> None: ...
    def move_out(self, step: steps.MoveOut) -> None: ...
    def close(self, step: steps.Close) -> None: ...
    def reopen(self, step: steps.Reopen) -> None: ...
    def not_read(self, step: steps.NotRead) -> None: ...
    def unassign(self, step: steps.Unassign) -> None: ...
    def apply_prepayment(self, step: steps.ApplyPrepayment) -> None: ...
    def undo_prepayment(self, step: steps.UndoPrepayment) -> None: ...

    # The questions of `expect` and of `refused`.
    def charges(self) -> Sequence[ChargeFacts]:
        """Every charge of the community, late-fee lines that were collected included."""

    def receipt_count(self) -> int:
        """The number of receipts of payments (not of prepayments or deposits), voided ones included."""

    def usage(self, *, meter: str, period: Period) -> Decimal:
        """The usage of a meter in a period, multiplier and loss applied."""

    def due_of_room(self, *, room: str) -> Decimal:
        """What is open on a room (or a parking space), all its open charges together."""

    def due_of_customer(self, *, customer: str) -> Decimal:
        """What a customer owes over all rooms and spaces; raises LookupError for a customer that is none."""

    def prepayment(self, *, room: str, fee: str | None) -> Decimal:
        """The balance of a room's prepayment for one fee, or of the general one."""

    def deposit_balance(self, *, room: str, item: str) -> Decimal:
        """What is held of a room's deposit for an item."""

    def late_fee(self, *, room: str, fee: str, period: Period, as_of: date) -> Decimal:
        """The late fee accrued on a charge up to and including a day."""

    def receipt(self, *, step: str) -> ReceiptFacts:
        """The receipt of the step with this id; raises LookupError when there is none."""

    def receipt_numbers(self) -> Mapping[str, Sequence[int]]:
        """For each book the serial numbers of its receipts, voided ones included, in any order."""

    def summary(self, *, period: Period) -> Mapping[str, Decimal]:
        """The community's month summary under the language's keys."""

    def ageing(self, *, as_of: date) -> Mapping[str, Decimal]:
        """The community's open charges under the language's bucket keys."""

    def frozen_reports(self, *, period: Period) -> Mapping[str, bytes]:
        """The reports that closing the month froze, by name."""

    def reports(self, *, period: Period) -> Mapping[str, bytes]:
        """The same reports printed again now, by name."""

    def tables(self) -> Mapping[str, Sequence[str]]:
        """Every row of every table, each as a text, sorted: `snapshot.rows_of_every_table`."""
