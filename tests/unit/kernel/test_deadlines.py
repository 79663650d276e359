"""Ends of time limits, in the office's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.kernel.deadlines import after_hours, day_over, same_day

ZONE = ZoneInfo("Asia/Shanghai")
SIX = time(18)


def office(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def test_hours_are_hours_of_the_clock_on_the_wall() -> None:
    assert after_hours(office(2, 17), 24) == office(3, 17)


@pytest.mark.parametrize(
    ("since", "ends"),
    [
        (office(2, 9), office(2, 18)),
        (office(2, 17, 59), office(2, 18)),
        (office(2, 18), office(3, 18)),  # nobody repairs in no time
        (office(2, 23), office(3, 18)),
        (office(2, 0, 1), office(2, 18)),
    ],
)
def test_the_same_day_is_the_offices_day(since: datetime, ends: datetime) -> None:
    assert same_day(since.astimezone(UTC), SIX, ZONE) == ends


def test_a_promised_day_is_over_at_its_midnight() -> None:
    ends = day_over(date(2026, 3, 2), ZONE)
    assert ends == office(3, 0)
    assert ends - timedelta(seconds=1) < office(3, 0)
