"""空置房: which of the vacancies of a room what a charge waived belongs to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.kernel.allocation import largest_remainder

ELSEWHERE = 0
"""The key of what no vacancy explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedVacancy:
    """An approved vacancy: its days, both included, the factor that is paid; `own`: for this fee alone."""

    id: int
    first: date
    last: date
    factor: Decimal
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days of a charge on which only a factor was paid, as the charge says it."""

    first: date
    last: date
    factor: Decimal


def shares(
    *, waived: Decimal, days: Sequence[Days], held: Sequence[ApprovedVacancy]
) -> Mapping[int, Decimal]:
    """Return what was waived (元) by vacancy id, by days × (1 − factor); the parts add up to it.

    The vacancy of the fee itself goes before one of the whole room, as when it was billed. What none explains goes to
    ELSEWHERE.
    """
    weights: dict[int, Decimal] = {}
    for one in days:
        fitting = [v for v in held if v.first <= one.first and one.last <= v.last and v.factor == one.factor]
        best = min(fitting, key=lambda v: (not v.own, v.id), default=None)
        key = ELSEWHERE if best is None else best.id
        weights[key] = weights.get(key, Decimal(0)) + ((one.last - one.first).days + 1) * (1 - one.factor)
    if not any(weights.values()):
        return {ELSEWHERE: waived}
    found = largest_remainder(waived, [(f"{key:020d}", weight) for key, weight in sorted(weights.items())])
    return {int(key): part for key, part in found.items()}
