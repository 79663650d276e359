"""When the demo's people pay, and by what: the same for the same person every time. Pure."""

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
    *[Tender.WECHAT] * 48, *[Tender.ALIPAY] * 22, *[Tender.CASH] * 14, *[Tender.CARD] * 10, *[Tender.TRANSFER] * 6,
)  # fmt: skip
_EVERY = {Habit.QUARTERLY: 3, Habit.HALF_YEARLY: 6}
# Primes: neighbours in the list of customers differ in habit, day and method.
_HABIT_STEP, _DAY_STEP, _TENDER_STEP = 617, 11, 37


def habit_of(*, customer: int) -> Habit:
    """The habit of the customer of this place in the community's list."""
    return _LADDER[customer * _HABIT_STEP % len(_LADDER)]


def pays_in(*, customer: int, habit: Habit, month: int, months: int) -> int | None:
    """The month (0 is the first of the history) in which the charges of `month` are paid; None: never.

    It may lie after the last of the `months`: what is paid there is the future's.
    """
    if habit in _EVERY:
        every = _EVERY[habit]
        phase = customer % every
        return month + (phase - month) % every
    if habit is Habit.LATE:
        return month + 2
    if habit is Habit.NEVER or (habit is Habit.GIVEN_UP and month >= max(1, months // 3)):
        return None
    return month


def pays_on(*, customer: int, period: Period) -> date:
    """The day of `period` on which the customer comes to the desk, if ever: the 3rd to the 27th."""
    return date(period.year, period.month, 3 + (customer * _DAY_STEP + period.month * 5) % 25)


def tender_of(*, customer: int, month: int) -> Tender:
    """The method of a payment."""
    return _TENDERS[(customer * _TENDER_STEP + month * 7) % len(_TENDERS)]


def cash_handed(*, total: int) -> int:
    """What is handed over for `total` (both 分): the next full ten 元."""
    return -(-total // 1000) * 1000
