"""Bill, pay, part-pay, prepay, waive, adjust, void, reverse, close, reopen at random, each step checked against a plain ledger.

`STATEFUL_RUNS`, `STATEFUL_STEPS` and `STATEFUL_ON` (postgresql, mariadb) make it longer or go elsewhere: `make histories`.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.billing.models import Charge
from app.closing.audit import check_books
from app.collection import operations as collection
from app.collection.models import Deposit, Prepayment
from app.collection.states import Tender
from app.kernel.periods import Period
from tests.stateful.desk import PARKING, PRICE, ROOMS, SINCE, Desk, settle_down
from tests.stateful.ledger import Ledger, Month, Owed, Taken
from tests.stateful.reader import anew, kept_of, summary_of

RUNS = int(os.environ.get("STATEFUL_RUNS", "40"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "50"))
ON = os.environ.get("STATEFUL_ON", "sqlite")
AT_LEAST = 50
# Every third step an earlier month is added up too.
EARLIER = {2: 1, 5: 2}
DEEDS = ("bill", "pay", "part-pay", "prepay", "waive", "adjust", "void", "reverse", "close", "reopen")

customers = st.sampled_from(["甲", "乙"])
accounts = st.sampled_from(["general", "物业费", "车位费"])
shares = st.integers(1, 99)
picks = st.integers(0, 10_000)


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def fen(amount: Decimal) -> int:
    return int((amount * 100).to_integral_exact())


def month_of(day: date) -> Month:
    return day.year * 12 + day.month - 1


def period_of(month: Month) -> Period:
    return Period(month // 12, month % 12 + 1)


def by_area(area: str) -> int:
    """㎡ × 元 half up to 分, in whole numbers: both have two decimals."""
    product = int(area.replace(".", "")) * int(PRICE.replace(".", ""))
    return (product + 50) // 100


# What each room is charged in a whole month, 分.
MONTHLY = {("物业费", room): by_area(area) for room, (_owner, area) in ROOMS.items()} | {
    ("车位费", "甲-1"): int(PARKING.replace(".", ""))
}
PRIORITY = {"物业费": 10, "车位费": 20}


class Histories(RuleBasedStateMachine):
    """Somebody's office, and the ledger beside it."""

    app: ClassVar[Flask]
    done: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = settle_down(self.app)
        self.ledger = Ledger()
        self.today = SINCE
        self.frozen: dict[tuple[Month, int], dict[str, bytes]] = {}
        self.versions: Counter[Month] = Counter()
        self.billed: set[Month] = set()
        self.step = 0

    @property
    def month(self) -> Month:
        return month_of(self.today)

    def judge(self, deed: str, refused: str, wanted: str) -> bool:
        """Whether it was done; what was refused must be, and for the reason that the ledger gives."""
        assert refused == wanted, f"{deed} on {self.today}: refused {refused!r}, expected {wanted!r}"
        if not refused:
            self.done[deed] += 1
        return not refused

    @rule(days=st.integers(1, 25))
    def advance(self, days: int) -> None:
        """Time goes by."""
        self.today += timedelta(days=days)

    @rule()
    def bill(self) -> None:
        """Bill the earliest month that is not billed, up to this one."""
        month = next((m for m in range(month_of(SINCE), self.month + 1) if m not in self.billed), self.month)
        self._bill(month)

    def _bill(self, month: Month) -> None:
        charges, refused = self.desk.bill(self.today, period_of(month))
        wanted = "period_closed" if self.ledger.is_closed(month) else ""
        if not self.judge("bill", refused, wanted):
            return
        fees = {key: name for name, key in self.desk.fees.items()}
        found = {}
        for row in charges:
            fee = fees[row.fee_item_id]
            room = self._rooms()[row.room_id]
            found[fee, room] = row
        expected = {} if month in self.billed else MONTHLY
        assert found.keys() == expected.keys()
        for (fee, room), row in sorted(found.items(), key=lambda pair: pair[1].id):
            assert fen(row.gross) == MONTHLY[fee, room]
            last = period_of(month).last_day.toordinal()
            self.ledger.posted(
                row.id, Owed(ROOMS[room][0], fee, month, month, last, PRIORITY[fee], MONTHLY[fee, room])
            )
        self.billed.add(month)
        self.ledger.dated(month)
        if found:
            self.ledger.apply(["甲", "乙"], month)

    def _rooms(self) -> dict[int, str]:
        if not hasattr(self, "_room_names"):
            from app.estate.models import Room

            with self.desk.at(self.today) as session:
                rows = session.execute(
                    select(Room.id, Room.code).where(Room.community_id == self.desk.community_id)
                )
                self._room_names: dict[int, str] = dict(rows.all())
        return self._room_names

    @rule(customer=customers)
    def pay(self, customer: str) -> None:
        """Everything that somebody owes."""
        due = sum(owed.due for _key, owed in self.ledger.oldest_first(customer))
        receipt, refused = self.desk.pay(self.today, customer, None)
        if self.judge("pay", refused, self._dated() or ("" if due else "already_settled")):
            self.ledger.pay(receipt or 0, customer, due, day=self.today.toordinal(), month=self.month)

    @rule(customer=customers, share=shares)
    def part_pay(self, customer: str, share: int) -> None:
        """A part of it, oldest due first; more than is owed is refused."""
        due = sum(owed.due for _key, owed in self.ledger.oldest_first(customer))
        amount = max(1, due * share // 100) if share < 98 else due + share
        receipt, refused = self.desk.pay(self.today, customer, yuan(amount))
        wanted = "already_settled" if not due else "over_balance" if amount > due else ""
        if self.judge("part-pay", refused, self._dated() or wanted):
            self.ledger.pay(receipt or 0, customer, amount, day=self.today.toordinal(), month=self.month)

    def _dated(self) -> str:
        return "period_closed" if self.ledger.is_closed(self.month) else ""

    @rule(customer=customers, fee=accounts, amount=st.integers(1, 60_000))
    def prepay(self, customer: str, fee: str, amount: int) -> None:
        """Money in advance."""
        receipt, refused = self.desk.prepay(self.today, customer, fee, yuan(amount))
        if self.judge("prepay", refused, self._dated()):
            taken = Taken(self.today.toordinal(), self.month, {}, prepaid=(customer, fee, amount))
            self.ledger.receipts[receipt or 0] = taken
            self.ledger.move_account((customer, fee), self.month, amount, "prepayment_in")
            self.ledger.note(self.month, "cash_in", amount)

    @rule(pick=picks, share=shares)
    def refund(self, pick: int, share: int) -> None:
        """What was prepaid is given back in part; more than is there is refused."""
        known = sorted(self.ledger.accounts)
        if not known:
            return
        customer, fee = known[pick % len(known)]
        balance = self.ledger.balance((customer, fee))
        amount = max(1, balance * share // 90)
        _row, refused = self.desk.by_two(
            self.today,
            lambda session: collection.request_refund(
                session=session,
                prepayment_id=self.desk.account(session, customer, fee).id,
                amount=yuan(amount),
                tender=Tender.CASH,
                reason="退款",
            ),
        )
        if self.judge("refund", refused, "over_balance" if amount > balance else ""):
            month = self.ledger.booking_month(self.month)
            self.ledger.move_account((customer, fee), month, -amount, "prepayment_out")
            self.ledger.note(month, "cash_in", -amount)

    @rule(amount=st.integers(1, 200_000))
    def take_deposit(self, amount: int) -> None:
        """A deposit."""
        receipt, refused = self.desk.take_deposit(self.today, "甲", yuan(amount))
        if self.judge("deposit", refused, self._dated()):
            self.ledger.receipts[receipt or 0] = Taken(
                self.today.toordinal(), self.month, {}, deposited=amount
            )
            self.ledger.deposit += amount
            self.ledger.note(self.month, "deposit_in", amount)
            self.ledger.note(self.month, "cash_in", amount)

    @precondition(lambda self: any(one.deposited for one in self.ledger.receipts.values()))
    @rule(share=shares, keep=st.booleans())
    def use_deposit(self, share: int, keep: bool) -> None:
        """A deposit is deducted from, or given back; never more than is held."""
        amount = max(1, self.ledger.deposit * share // 90)
        too_much = "over_balance" if amount > self.ledger.deposit else ""
        if keep:
            _row, refused = self.desk.do(
                self.today,
                lambda session: collection.deduct(
                    session=session,
                    deposit_id=self.desk.deposit(session).id,
                    amount=yuan(amount),
                    reason="损坏",
                    day=self.today,
                ),
            )
            if self.judge("deduct", refused, self._dated() or too_much):
                self.ledger.deposit -= amount
                self.ledger.note(self.month, "deposit_kept", -amount)
            return
        _row, refused = self.desk.by_two(
            self.today,
            lambda session: collection.request_refund(
                session=session,
                deposit_id=self.desk.deposit(session).id,
                amount=yuan(amount),
                tender=Tender.CASH,
                reason="完工",
            ),
        )
        if self.judge("return", refused, too_much):
            self.ledger.deposit -= amount
            self.ledger.note(self.ledger.booking_month(self.month), "deposit_out", -amount)

    @precondition(lambda self: self.ledger.charges)
    @rule(pick=picks, share=shares, same=st.integers(0, 9))
    def waive(self, pick: int, share: int, same: int) -> None:
        """A part of a charge is waived by two persons; by one, or more than is open, it is refused."""
        key = self._pick(pick)
        owed = self.ledger.charges[key]
        amount = max(1, owed.due * share // 95)
        wanted = "over_balance" if amount > owed.due else "same_person" if not same else ""
        if self._ask(collection.request_waiver, "waive", key, amount, same, wanted):
            owed.waived += amount
            self.ledger.note(self.ledger.booking_month(self.month), "waived", amount, owed.month)

    @precondition(lambda self: self.ledger.charges)
    @rule(pick=picks, amount=st.integers(-30_000, 30_000), same=st.integers(0, 9))
    def adjust(self, pick: int, amount: int, same: int) -> None:
        """A charge is corrected up or down, never below what is settled."""
        key = self._pick(pick)
        owed = self.ledger.charges[key]
        wanted = "not_positive" if not amount else "over_balance" if -amount > owed.due else ""
        wanted = wanted or ("same_person" if not same else "")
        if self._ask(collection.request_adjustment, "adjust", key, amount, same, wanted):
            owed.adjusted += amount
            self.ledger.note(self.ledger.booking_month(self.month), "adjusted", amount, owed.month)

    def _pick(self, pick: int) -> int:
        open_ones = [key for key, owed in sorted(self.ledger.charges.items()) if owed.due]
        keys = open_ones or sorted(self.ledger.charges)
        return keys[pick % len(keys)]

    def _ask(self, ask: Callable[..., Any], deed: str, key: int, amount: int, same: int, wanted: str) -> bool:
        _row, refused = self.desk.by_two(
            self.today,
            lambda session: ask(session=session, charge_id=key, amount=yuan(amount), reason="更正"),
            same=not same,
        )
        return self.judge(deed, refused, wanted)

    @precondition(lambda self: self._receipts(today=True))
    @rule(pick=picks)
    def void(self, pick: int) -> None:
        """A receipt of today is voided."""
        self._take_back("void", collection.void, self._receipts(today=True), pick)

    @precondition(lambda self: self._receipts(today=False))
    @rule(pick=picks)
    def reverse(self, pick: int) -> None:
        """An earlier one, or one whose money was handed over, is reversed in the month of today."""
        self._take_back("reverse", collection.reverse, self._receipts(today=False), pick)

    def _receipts(self, *, today: bool) -> list[int]:
        ordinal = self.today.toordinal()
        return sorted(
            key
            for key, one in self.ledger.receipts.items()
            if not one.back and (one.day == ordinal and not one.handed) == today
        )

    def _take_back(self, deed: str, operation: Callable[..., Any], known: list[int], pick: int) -> None:
        key = known[pick % len(known)]
        _row, refused = self.desk.do(
            self.today,
            lambda session: operation(session=session, receipt_id=key, day=self.today, reason="收错"),
        )
        wanted = self._dated()
        if not wanted and not self.ledger.void_or_reverse(key, self.month):
            wanted = "over_balance"
        self.judge(deed, refused, wanted)

    @rule()
    def hand_over(self) -> None:
        """The desk's money is handed over."""
        self._hand_over()

    def _hand_over(self) -> bool:
        _row, refused = self.desk.do(
            self.today,
            lambda session: collection.hand_over(
                session=session, community_id=self.desk.community_id, day=self.today
            ),
        )
        assert refused in ("", "nothing_to_hand_over", self._dated())
        if not refused:
            for one in self.ledger.receipts.values():
                one.handed = one.handed or one.day <= self.today.toordinal()
        return refused != "period_closed"

    @rule(ready=st.integers(0, 9), ahead=st.integers(0, 9))
    def close(self, ready: int, ahead: int) -> None:
        """The next month is closed once it is billed and handed over; out of order it is refused."""
        first = self.ledger.first
        if first is None:
            return
        month = max(self.ledger.closed) + 1 if self.ledger.closed else first
        if not ahead:
            wanted = "previous_period_open"
            self.judge("close", self.desk.close(self.today, period_of(month + 1)), wanted)
            return
        if month > self.month:
            return
        if ready and month not in self.billed:
            self._bill(month)
        if not self._hand_over():
            return
        wanted = "" if month in self.billed else "period_not_ready"
        if self.judge("close", self.desk.close(self.today, period_of(month)), wanted):
            self.ledger.closed.add(month)
            self.versions[month] += 1
            with self.desk.at(self.today, reach=self.desk.reach) as session:
                self.frozen[month, self.versions[month]] = kept_of(
                    session, self.desk.community_id, period_of(month)
                )

    @precondition(lambda self: self.ledger.closed)
    @rule(same=st.integers(0, 9), latest=st.integers(0, 9))
    def reopen(self, same: int, latest: int) -> None:
        """The latest closed month is opened again by two persons."""
        month = max(self.ledger.closed) if latest else min(self.ledger.closed) - 1
        wanted = "not_latest_period" if not latest else "same_person" if not same else ""
        if self.judge("reopen", self.desk.reopen(self.today, period_of(month), same=not same), wanted):
            self.ledger.closed.remove(month)

    @invariant()
    def the_office_says_what_the_ledger_says(self) -> None:
        """Every charge, account and equation; the closed months as they were printed."""
        self.step += 1
        with self.desk.at(self.today, reach=self.desk.reach) as session:
            rows = session.execute(
                select(
                    Charge.id, Charge.gross, Charge.paid, Charge.waived_later, Charge.adjusted, Charge.due
                ).where(Charge.community_id == self.desk.community_id)
            )
            found = {row[0]: tuple(fen(amount) for amount in row[1:]) for row in rows}
            assert found == {
                key: (one.gross, one.paid, one.waived, one.adjusted, one.due)
                for key, one in self.ledger.charges.items()
            }
            balances = session.scalars(
                select(Prepayment.balance).where(Prepayment.community_id == self.desk.community_id)
            )
            mine = [self.ledger.balance(account) for account in self.ledger.accounts]
            assert sorted(map(fen, balances)) == sorted(mine)
            held = session.scalars(
                select(Deposit.balance).where(Deposit.community_id == self.desk.community_id)
            )
            assert sum(map(fen, held)) == self.ledger.deposit
            for month in {self.month, self.month - EARLIER.get(self.step % 12, 0)}:
                expected, told = self.ledger.summary(month), summary_of(session, period_of(month))
                assert {name: fen(told[name]) for name in expected} == expected, period_of(month)
            for month in sorted(self.ledger.closed)[-1:]:
                here, kept = (session, self.desk.community_id), self.frozen[month, self.versions[month]]
                assert kept_of(*here, period_of(month)) == kept
                assert self.step % 16 or anew(*here, period_of(month)) == kept

    def teardown(self) -> None:
        """At the end of each history the whole books."""
        with self.desk.at(self.today, reach=self.desk.reach) as session:
            assert check_books(session=session) == []


@pytest.fixture
def histories(app_on: Callable[[str], Flask]) -> type[Histories]:
    """The machine on a fresh office."""
    return type("OfficeHistories", (Histories,), {"app": app_on(ON), "done": Counter()})


def test_random_histories_keep_every_equation(histories: type[Histories]) -> None:
    run_state_machine_as_test(
        histories,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    if RUNS >= 100 and STEPS >= 50:
        assert {deed: histories.done[deed] for deed in DEEDS if histories.done[deed] < AT_LEAST} == {}
