"""账龄: how long a charge is overdue, in buckets, and when a claim nears its three years. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.errors import N_

YEARS_OF_CLAIM = 3  # 民法典 188: a claim lapses three years after it fell due, unless it was reminded of
WARNED_BEFORE = 180  # days


@dataclass(frozen=True, slots=True)
class Bucket:
    """Charges due from `first` to `last`, both included; None: without an end."""

    name: str
    label: str
    first: date | None
    last: date | None


BUCKETS: Sequence[tuple[str, str, int | None]] = (
    ("not_due", N_("未到期"), 0),
    ("d1_30", N_("1–30 天"), 30),
    ("d31_90", N_("31–90 天"), 90),
    ("d91_180", N_("91–180 天"), 180),
    ("d181_365", N_("181–365 天"), 365),
    ("d365_up", N_("365 天以上"), None),
)
"""Name, label, and the longest overdue of each in days; what is due on the day itself is not overdue yet."""


def buckets(as_of: date) -> list[Bucket]:
    """Return the buckets by the due dates that fall into them."""
    found: list[Bucket] = []
    last: date | None = None
    for name, label, longest in BUCKETS:
        first = None if longest is None else _before(as_of, longest)
        found.append(Bucket(name, label, first, last))
        last = None if first is None else _before(first, 1)
    return found


def nearly_lapsed(as_of: date) -> date:
    """Return what was due on this day or before lapses within the time of warning, or has lapsed."""
    day = min(as_of, date.max - timedelta(days=WARNED_BEFORE)) + timedelta(days=WARNED_BEFORE)
    year = day.year - YEARS_OF_CLAIM
    if year < 1:
        return date.min
    # The 29th of February has its day in no other year.
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28)


def _before(day: date, days: int) -> date:
    return date.min if (day - date.min).days <= days else day - timedelta(days=days)
