"""Months and inclusive date ranges."""

import itertools
from dataclasses import FrozenInstanceError
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from app.kernel.periods import BadPeriod, BadSpan, DateSpan, Period

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
periods = days.map(Period.of)
spans = st.tuples(days, st.integers(0, 800)).map(
    lambda pair: DateSpan(pair[0], pair[0] + timedelta(days=pair[1]))
)


@pytest.mark.parametrize(
    ("text", "length", "after", "before"),
    [
        ("2025-01", 31, "2025-02", "2024-12"),
        ("2025-02", 28, "2025-03", "2025-01"),
        ("2024-02", 29, "2024-03", "2024-01"),
        ("2025-12", 31, "2026-01", "2025-11"),
    ],
)
def test_month(text: str, length: int, after: str, before: str) -> None:
    period = Period.parse(text)
    assert str(period) == text
    assert period.days == length
    assert str(period.next) == after
    assert str(period.previous) == before


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-00", "2025-1", "202501", "2025/01", " 2025-01", "2025-01\n", "", "0000-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        Period.parse(text)
    assert refused.value.code == "bad_period"


def test_the_calendar_ends() -> None:
    with pytest.raises(BadPeriod):
        Period(9999, 12).plus(1)


def test_a_period_cannot_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Period(2025, 1).month = 2  # type: ignore[misc]


def test_a_moment_lies_in_its_month() -> None:
    assert Period.of(datetime(2025, 3, 31, 23, 59)) == Period(2025, 3)


@given(periods, st.integers(-500, 500))
def test_months_add_up(period: Period, months: int) -> None:
    assert period.plus(months).plus(-months) == period
    assert period.next.previous == period
    assert (period.plus(months) > period) is (months > 0)


@given(periods)
def test_a_month_holds_its_days(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert period.span.days == period.days
    assert Period.of(period.first_day) == Period.of(period.last_day) == period
    assert period.last_day + timedelta(days=1) == period.next.first_day


@given(periods, periods)
def test_text_sorts_like_time(one: Period, other: Period) -> None:
    assert (one < other) is (str(one) < str(other)) is (one.first_day < other.first_day)


def test_a_span_has_both_ends() -> None:
    span = DateSpan(date(2025, 3, 10), date(2025, 3, 31))
    assert span.days == 22
    assert date(2025, 3, 10) in span
    assert date(2025, 3, 31) in span
    assert date(2025, 4, 1) not in span
    assert str(span) == "2025-03-10~2025-03-31"


def test_a_span_is_not_the_wrong_way_round() -> None:
    with pytest.raises(BadSpan):
        DateSpan(date(2025, 3, 2), date(2025, 3, 1))


def test_an_open_end_lasts() -> None:
    assert date(9999, 12, 31) in DateSpan.since(date(2025, 1, 1), None)
    assert DateSpan.since(date(2025, 1, 1), date(2025, 1, 1)).days == 1


@given(spans, spans, days)
def test_intersection_is_the_days_of_both(one: DateSpan, other: DateSpan, day: date) -> None:
    both = one.intersect(other)
    assert both == other.intersect(one)
    assert (both is not None) is one.overlaps(other)
    probes = [day, one.first, one.last, other.first, other.last]
    for probe in probes:
        assert (both is not None and probe in both) is (probe in one and probe in other)


def test_touching_days_overlap_and_neighbours_do_not() -> None:
    march = Period(2025, 3).span
    assert march.overlaps(DateSpan(date(2025, 3, 31), date(2025, 4, 30)))
    assert not march.overlaps(Period(2025, 4).span)


@given(spans, st.lists(days, max_size=5), st.lists(st.integers(0, 800), max_size=5))
def test_splitting_loses_no_day(span: DateSpan, outside: list[date], offsets: list[int]) -> None:
    starts = outside + [span.first + timedelta(days=offset) for offset in offsets]
    parts = span.split(starts)
    assert parts[0].first == span.first
    assert parts[-1].last == span.last
    assert sum(part.days for part in parts) == span.days
    assert all(after.first - before.last == timedelta(days=1) for before, after in itertools.pairwise(parts))
    assert {part.first for part in parts} == {span.first, *(day for day in starts if day in span)}


@given(spans)
def test_the_months_of_a_span_hold_it(span: DateSpan) -> None:
    months = list(span.periods())
    assert months[0] == Period.of(span.first)
    assert months[-1] == Period.of(span.last)
    assert all(before.next == after for before, after in itertools.pairwise(months))


def test_the_last_month_of_the_calendar_is_reached() -> None:
    assert [str(month) for month in DateSpan(date(9999, 11, 30), date.max).periods()] == [
        "9999-11",
        "9999-12",
    ]
