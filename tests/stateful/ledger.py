"""A plain ledger: what the books must say, kept with whole 分 and months as whole numbers. Imports nothing of the product.

It is told of what was done, says itself whether it may be done and what comes of it, and adds every figure up anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

Month = int  # year × 12 + month − 1

_HELD = ("prepayment_in", "prepayment_used", "prepayment_out")
_KEPT = ("deposit_in", "deposit_out", "deposit_kept")


@dataclass
class Owed:
    """A charge: gross and what it was settled, waived and adjusted by since, in 分."""

    customer: str
    fee: str
    month: Month
    posted: Month
    due_day: int
    priority: int
    gross: int
    paid: int = 0
    waived: int = 0
    adjusted: int = 0

    @property
    def due(self) -> int:
        """What is still open."""
        return self.gross + self.adjusted - self.waived - self.paid


@dataclass
class Taken:
    """A receipt: day, what it settled by charge, what it put on which account."""

    day: int
    month: Month
    settled: dict[int, int]
    prepaid: tuple[str, str, int] | None = None  # customer, account, 分
    deposited: int = 0
    handed: bool = False
    back: bool = False


@dataclass(frozen=True)
class Event:
    """Something in the books of a month: `of` is the month of the charge that it concerns."""

    month: Month
    what: str
    amount: int
    of: Month = 0


@dataclass
class Ledger:
    """The books of one community. Accounts: (customer, "general" or a fee) → entries by month."""

    charges: dict[int, Owed] = field(default_factory=dict)
    receipts: dict[int, Taken] = field(default_factory=dict)
    accounts: dict[tuple[str, str], dict[Month, int]] = field(default_factory=dict)
    deposit: int = 0
    events: list[Event] = field(default_factory=list)
    closed: set[Month] = field(default_factory=set)
    first: Month | None = None

    def is_closed(self, month: Month) -> bool:
        """Closed itself, or a later one is."""
        return bool(self.closed) and month <= max(self.closed)

    def booking_month(self, month: Month) -> Month:
        """The month that a correction of today is booked in."""
        return max(self.closed) + 1 if self.is_closed(month) else month

    def dated(self, month: Month) -> None:
        """Something is dated in a month: the books begin with the first."""
        self.first = month if self.first is None else min(self.first, month)

    def note(self, month: Month, what: str, amount: int, of: Month = 0) -> None:
        """Write an event down."""
        self.dated(month)
        self.events.append(Event(month, what, amount, of))

    def posted(self, key: int, owed: Owed) -> None:
        """A charge was posted."""
        self.charges[key] = owed
        self.note(owed.posted, "charged", owed.gross, owed.month)

    def balance(self, account: tuple[str, str]) -> int:
        """What is on an account now."""
        return sum(self.accounts.get(account, {}).values())

    def move_account(self, account: tuple[str, str], month: Month, amount: int, what: str) -> None:
        """Enter a signed amount on an account."""
        months = self.accounts.setdefault(account, {})
        months[month] = months.get(month, 0) + amount
        self.note(month, what, amount)

    def spare(self, account: tuple[str, str], month: Month) -> int:
        """What was on an account at the end of a month and at every month's end since."""
        months = self.accounts.get(account, {})
        ends = [month, *(one for one in months if one > month)]
        return min(sum(amount for at, amount in months.items() if at <= end) for end in ends)

    def apply(self, customers: Iterable[str], month: Month) -> None:
        """Prepayments settle what is open: those for one fee first, the oldest charge first, within what is posted."""
        for customer in customers:
            mine = sorted(account for account in self.accounts if account[0] == customer)
            for account in sorted(mine, key=lambda one: one[1] == "general"):
                left = self.spare(account, month)
                for key, owed in self.oldest_first(customer):
                    part = min(left, owed.due)
                    if part <= 0 or owed.posted > month or account[1] not in ("general", owed.fee):
                        continue
                    self.settle(key, part, month, "applied")
                    self.move_account(account, month, -part, "prepayment_used")
                    left -= part

    def oldest_first(self, customer: str) -> list[tuple[int, Owed]]:
        """The open charges of somebody, in the order in which a payment settles them."""
        mine = [(key, one) for key, one in self.charges.items() if one.customer == customer and one.due > 0]
        return sorted(mine, key=lambda pair: (pair[1].due_day, pair[1].priority, pair[0]))

    def settle(self, key: int, amount: int, month: Month, what: str) -> None:
        """So much of a charge is settled: by cash, or applied from an account; negative where it is taken back."""
        owed = self.charges[key]
        owed.paid += amount
        self.note(month, what, amount, owed.month)

    def pay(self, receipt: int, customer: str, amount: int, *, day: int, month: Month) -> None:
        """Cash settles the oldest charges."""
        taken = Taken(day, month, {})
        self.receipts[receipt] = taken
        self.note(month, "cash_in", amount)
        for key, owed in self.oldest_first(customer):
            part = min(amount, owed.due)
            if part:
                self.settle(key, part, month, "cash")
                taken.settled[key] = part
                amount -= part
        assert amount == 0

    def void_or_reverse(self, receipt: int, month: Month) -> bool:
        """Undo a receipt in the books of a month; False where what it put on an account is used already."""
        taken = self.receipts[receipt]
        if taken.prepaid is not None:
            customer, fee, amount = taken.prepaid
            if self.balance((customer, fee)) < amount:
                return False
            self.move_account((customer, fee), month, -amount, "prepayment_in")
            self.note(month, "cash_in", -amount)
        if taken.deposited:
            if self.deposit < taken.deposited:
                return False
            self.deposit -= taken.deposited
            self.note(month, "deposit_in", -taken.deposited)
            self.note(month, "cash_in", -taken.deposited)
        for key, amount in taken.settled.items():
            self.settle(key, -amount, month, "cash")
            self.note(month, "cash_in", -amount)
        taken.back = True
        return True

    def summary(self, month: Month) -> dict[str, int]:
        """Every figure of the month's equations, added up from the events alone."""

        def total(*what: str, when: range | None = None) -> int:
            return sum(e.amount for e in self.events if e.what in what and (when is None or e.month in when))

        before, now = range(month), range(month, month + 1)

        def open_at(when: range) -> int:
            asked = total("charged", "adjusted", when=when)
            return asked - total("waived", "cash", "applied", when=when)

        current = [e for e in self.events if e.month == month and e.of >= month]
        past = [e for e in self.events if e.month == month and e.of < month]
        closing = range(month + 1)
        return {
            "opening": open_at(before),
            "charged": total("charged", when=now),
            "adjusted": total("adjusted", when=now),
            "waived": total("waived", when=now),
            "cash_current": sum(e.amount for e in current if e.what == "cash"),
            "cash_past": sum(e.amount for e in past if e.what == "cash"),
            "prepayment_applied": total("applied", when=now),
            "closing": open_at(closing),
            "prepayment_opening": total(*_HELD, when=before),
            "prepayment_in": total("prepayment_in", when=now),
            "prepayment_used": -total("prepayment_used", when=now),
            "prepayment_refunded": -total("prepayment_out", when=now),
            "prepayment_closing": total(*_HELD, when=closing),
            "deposit_opening": total(*_KEPT, when=before),
            "deposit_in": total("deposit_in", when=now),
            "deposit_returned": -total("deposit_out", when=now),
            "deposit_deducted": -total("deposit_kept", when=now),
            "deposit_closing": total(*_KEPT, when=closing),
            "net_cash": total("cash_in", when=now) + total("deposit_out", when=now),
        }
