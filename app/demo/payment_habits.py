"""When the demo's people pay, what they leave, and by what: the same for the same person every time. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import Enum

from app.collection.states import Tender
from app.kernel.periods import Period


class Habit(Enum):
    """How somebody pays; the value is the share in a thousand."""

    MONTHLY = 430
    QUARTERLY = 220
    HALF_YEARLY = 90
    LATE = 130  # two months after
    PART = 20  # every month, and half of the last bill
    GIVEN_UP = 60  # the first third of the months, then nothing
    NEVER = 50


_LADDER = [habit for habit in Habit for _ in range(habit.value)]
_TENDERS = (
    *[Tender.WECHAT] * 48,
    *[Tender.ALIPAY] * 22,
    *[Tender.CASH] * 14,
    *[Tender.CARD] * 10,
    *[Tender.TRANSFER] * 6,
)
_EVERY = {Habit.QUARTERLY: 3, Habit.HALF_YEARLY: 6}
# Primes: neighbours in the list of customers differ in habit, day and method.
_HABIT_STEP, _DAY_STEP, _TENDER_STEP = 617, 11, 37
_FORGETS = 29  # one visit in so many is forgotten
_BANKNOTES = 10_000  # 分 paid in cash by who pays the rest by telephone
LATE_MONTHS = 2


def habit_of(*, customer: int) -> Habit:
    """Return the habit of the customer of this place in the community's list."""
    return _LADDER[customer * _HABIT_STEP % len(_LADDER)]


def comes_in(*, customer: int, habit: Habit, month: int, months: int) -> bool:
    """Whether somebody pays in `month` (0 is the first of the `months` of the history)."""
    if habit is Habit.NEVER or (habit is Habit.GIVEN_UP and month >= max(1, months // 3)):
        return False
    if habit in _EVERY:
        return month % _EVERY[habit] == customer % _EVERY[habit]
    return (customer + month) % _FORGETS != 0


def pays_on(*, customer: int, period: Period) -> date:
    """Return the day of `period` on which the customer comes to the desk, if ever: the 3rd to the 27th."""
    return date(period.year, period.month, 3 + (customer * _DAY_STEP + period.month * 5) % 25)


def settled(*, habit: Habit, period: Period, open_charges: Sequence[tuple[Period, int]]) -> list[int]:
    """Return what is paid (分) of each open charge (its month and what is due of it, oldest first) by who comes in `period`."""
    if habit is Habit.LATE:
        until = period.plus(-LATE_MONTHS)
        return [due if month <= until else 0 for month, due in open_charges]
    dues = [due for _month, due in open_charges]
    left = sum(dues)
    if habit is Habit.PART:
        left -= sum(due for month, due in open_charges if month == period) // 2
    paid = []
    for due in dues:
        paid.append(min(due, left))
        left -= paid[-1]
    return paid


def tenders_of(*, customer: int, month: int, total: int) -> list[tuple[Tender, int]]:
    """Return the methods of a payment of `total` 分: one, or for a few some notes and the rest by telephone."""
    found = _TENDERS[(customer * _TENDER_STEP + month * 7) % len(_TENDERS)]
    if customer % 31 == 0 and found is Tender.WECHAT and total > _BANKNOTES:
        return [(Tender.CASH, _BANKNOTES), (found, total - _BANKNOTES)]
    return [(found, total)]


def cash_handed(*, total: int) -> int:
    """Return what is handed over for `total` (both 分): the next full ten 元."""
    return -(-total // 1000) * 1000
