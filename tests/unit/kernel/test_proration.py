"""Shares of a month: every day counted once, a whole month exactly one."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from app.kernel.periods import DateSpan, Period
from app.kernel.proration import Proration, month_part, month_parts, round_exact

ACTUAL, THIRTY = Proration.ACTUAL, Proration.THIRTY
periods = st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(Period.of)
cuts = st.lists(st.integers(1, 31), max_size=6)
prorations = st.sampled_from(Proration)


def spans_of(text: str, *days: tuple[int, int]) -> tuple[Period, list[DateSpan]]:
    """A month and its parts by the days they begin and end on."""
    period = Period.parse(text)
    month = (period.year, period.month)
    return period, [DateSpan(date(*month, first), date(*month, last)) for first, last in days]


@pytest.mark.parametrize(
    ("month", "days", "proration", "shares"),
    [
        ("2025-03", [(10, 31)], ACTUAL, ["22/31"]),
        ("2025-03", [(10, 31)], THIRTY, ["22/30"]),
        ("2025-02", [(1, 28)], ACTUAL, ["1"]),
        ("2025-02", [(1, 28)], THIRTY, ["1"]),
        ("2025-05", [(1, 31)], THIRTY, ["1"]),
        ("2025-02", [(1, 14), (15, 28)], ACTUAL, ["1/2", "1/2"]),
        ("2025-02", [(1, 14), (15, 28)], THIRTY, ["14/30", "16/30"]),
        ("2025-05", [(1, 15), (16, 31)], THIRTY, ["15/30", "15/30"]),
        ("2025-05", [(1, 30), (31, 31)], THIRTY, ["1", "0"]),
        ("2025-05", [(2, 31)], THIRTY, ["1"]),
        ("2025-02", [(2, 28)], THIRTY, ["27/30"]),
        ("2025-05", [(1, 10), (21, 31)], THIRTY, ["10/30", "11/30"]),
        ("2025-05", [], THIRTY, []),
    ],
)
def test_shares(month: str, days: list[tuple[int, int]], proration: Proration, shares: list[str]) -> None:
    period, spans = spans_of(month, *days)
    parts = month_parts(period=period, spans=spans, proration=proration)
    assert [part.share for part in parts] == [Fraction(share) for share in shares]


@given(periods, cuts, prorations)
def test_the_parts_of_a_whole_month_are_one(period: Period, starts: list[int], proration: Proration) -> None:
    spans = period.span.split(period.first_day + timedelta(days=day - 1) for day in starts)
    parts = month_parts(period=period, spans=spans, proration=proration)
    assert sum(part.share for part in parts) == 1
    assert all(part.share >= 0 for part in parts)
    assert sum(part.days for part in parts) == period.days


@given(periods, cuts, st.data(), prorations)
def test_some_of_the_parts_are_never_more_than_one(
    period: Period, starts: list[int], data: st.DataObject, proration: Proration
) -> None:
    spans = period.span.split(period.first_day + timedelta(days=day - 1) for day in starts)
    chosen = sorted(data.draw(st.sets(st.sampled_from(spans), max_size=len(spans) - 1)))
    parts = month_parts(period=period, spans=chosen, proration=proration)
    assert sum(part.share for part in parts) <= 1
    assert all(part.share == Fraction(part.days, proration.days_in(period)) for part in parts)


def test_a_part_tells_what_it_was_counted_from() -> None:
    period, (span,) = spans_of("2025-03", (10, 31))
    part = month_part(period=period, span=span, proration=THIRTY)
    assert (part.days, part.days_in_month, part.is_whole_month) == (22, 30, False)
    whole = month_part(period=period, span=period.span, proration=ACTUAL)
    assert (whole.days, whole.days_in_month, whole.is_whole_month) == (31, 31, True)


def test_parts_must_lie_in_the_month_in_order() -> None:
    period, spans = spans_of("2025-03", (10, 20), (20, 31))
    with pytest.raises(ValueError, match="after"):
        month_parts(period=period, spans=spans, proration=ACTUAL)
    with pytest.raises(ValueError, match="leaves"):
        month_parts(period=period.next, spans=spans[:1], proration=ACTUAL)


def test_the_settings_words_name_the_ways() -> None:
    assert Proration("actual") is ACTUAL
    assert Proration("thirty") is THIRTY


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("1/3", "0.33"), ("2/3", "0.67"), ("1/200", "0.01"), ("-1/200", "-0.01"), ("5280/31", "170.32")],
)
def test_round_exact(exact: str, rounded: str) -> None:
    assert round_exact(Fraction(exact)) == Decimal(rounded)
