"""Which lines of a billing run want looking at before it is posted."""

from decimal import Decimal

from app.billing.states import Oddity

UNBILLABLE_ODDNESS = 1000
"""Sorts days that cannot be charged before everything else."""


def judge(*, amount: Decimal, previous: Decimal | None, is_new_odd: bool) -> tuple[Oddity | None, int]:
    """Whether an amount (元) is odd beside last month's (None: there was none), and how much: odder sorts first.

    More than half as much again, or less than half, is odd, as a meter's usage is (fee rules, meters). Without a
    charge last month it is new, which is odd only where the fee was charged at all then (`is_new_odd`).
    """
    if not amount:
        return Oddity.ZERO, 900
    if previous is None:
        return (Oddity.NEW, 100) if is_new_odd else (None, 0)
    if amount * 2 > previous * 3:
        return Oddity.RISEN, 500
    if amount * 2 < previous:
        return Oddity.FALLEN, 500
    return None, 0
