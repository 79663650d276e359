"""The buckets' edges, and the three years of a claim."""

from datetime import date, timedelta

import pytest

from app.closing.rules.ageing import BUCKETS, buckets, nearly_lapsed

DAY = date(2025, 12, 31)


def bucket_of(overdue: int) -> str:
    due = DAY - timedelta(days=overdue)
    [found] = [
        one.name
        for one in buckets(DAY)
        if (one.first is None or one.first <= due) and (one.last is None or due <= one.last)
    ]
    return found


@pytest.mark.parametrize(
    ("overdue", "name"),
    [
        (-400, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"), (31, "d31_90"), (90, "d31_90"), (91, "d91_180"),
        (180, "d91_180"), (181, "d181_365"), (365, "d181_365"), (366, "d365_up"), (5000, "d365_up"),
    ],
)  # fmt: skip
def test_every_day_falls_into_one_bucket(overdue: int, name: str) -> None:
    assert bucket_of(overdue) == name


def test_at_the_beginning_and_the_end_of_time() -> None:
    for day in (date.min, date(1, 3, 1), date.max):
        assert [one.name for one in buckets(day)] == [name for name, _label, _days in BUCKETS]
        nearly_lapsed(day)


def test_three_years_less_the_warning() -> None:
    # 180 days before the 31st of January 2028 is the 4th of August 2027.
    assert nearly_lapsed(date(2027, 8, 4)) == date(2025, 1, 31)
    assert nearly_lapsed(date(2027, 9, 2)) == date(2025, 2, 28)  # its day would be the 29th
