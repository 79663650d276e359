"""What an assignment is charged in a month: number tables, and what holds of every month."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.billing.rules.month_charge import charge_month
from app.billing.rules.timeline import Area, AssignmentTimeline, Payer, Price
from app.billing.states import Oddity
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Method
from app.kernel.proration import Proration

ALWAYS = DateSpan(date.min, date.max)
MARCH = Period(2025, 3)


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(first: str, last: str | None = None) -> DateSpan:
    return DateSpan.since(day(first), day(last) if last else None)


def prices(*versions: tuple[str, str]) -> list[Price]:
    return [
        Price(number, day(starts), Decimal(price)) for number, (starts, price) in enumerate(versions, start=1)
    ]


def terrain(**facts: Any) -> AssignmentTimeline:
    standing = {
        "span": days("2025-01-01"),
        "prices": prices(("2024-01-01", "2.40")),
        "areas": [Area(date.min, Decimal("100.00"))],
        "payers": [Payer(ALWAYS, 7)],
    }
    return AssignmentTimeline(**standing | facts)


def charged(
    land: AssignmentTimeline, period=MARCH, *, method=Method.AREA, proration=Proration.ACTUAL, due_days=0
):
    """(first day, last day, customer, amount) of each part, and the gaps."""
    parts, gaps = charge_month(
        terrain=land, method=method, period=period, proration=proration, due_days=due_days
    )
    return [
        (part.span.first.day, part.span.last.day, part.customer_id, str(part.priced.gross)) for part in parts
    ], [(gap.span.first.day, gap.span.last.day, gap.reason) for gap in gaps]


NUMBERS = [
    ("whole month", {}, [(1, 31, 7, "240.00")]),
    ("starts inside", {"span": days("2025-03-10")}, [(10, 31, 7, "170.32")]),
    ("ends inside", {"span": days("2025-01-01", "2025-03-09")}, [(1, 9, 7, "69.68")]),
    ("not begun", {"span": days("2025-04-01")}, []),
    ("over", {"span": days("2025-01-01", "2025-02-28")}, []),
    (
        "price changes inside",
        {"prices": prices(("2024-01-01", "2.40"), ("2025-03-16", "3.00"))},
        [(1, 15, 7, "116.13"), (16, 31, 7, "154.84")],
    ),
    (
        "price changes on the first",
        {"prices": prices(("2024-01-01", "2.40"), ("2025-03-01", "3.00"))},
        [(1, 31, 7, "300.00")],
    ),
    (
        "a version with the same price cuts nothing",
        {"prices": prices(("2024-01-01", "2.40"), ("2025-03-16", "2.40"))},
        [(1, 31, 7, "240.00")],
    ),
    (
        "area changes inside",
        {"areas": [Area(date.min, Decimal(100)), Area(day("2025-03-11"), Decimal(110))]},
        [(1, 10, 7, "77.42"), (11, 31, 7, "178.84")],
    ),
    (
        "payer changes inside",
        {"payers": [Payer(days("2025-03-10"), 8), Payer(ALWAYS, 7)]},
        [(1, 9, 7, "69.68"), (10, 31, 8, "170.32")],
    ),
    (
        "the month is charged",
        {"charged": [days("2025-03-01", "2025-03-31")]},
        [],
    ),
    (
        "a part is charged: the rest is left to charge",
        {"charged": [days("2025-03-01", "2025-03-15")]},
        [(16, 31, 7, "123.87")],
    ),
]


@pytest.mark.parametrize(("facts", "expected"), [n[1:] for n in NUMBERS], ids=[n[0] for n in NUMBERS])
def test_parts_of_a_month(facts, expected):
    assert charged(terrain(**facts)) == (expected, [])


@pytest.mark.parametrize(
    ("period", "facts", "expected"),
    [
        (Period(2025, 5), {}, [(1, 31, 7, "240.00")]),
        (Period(2025, 2), {}, [(1, 28, 7, "240.00")]),
        (MARCH, {"span": days("2025-03-10")}, [(10, 31, 7, "176.00")]),
        (MARCH, {"span": days("2025-03-02")}, [(2, 31, 7, "240.00")]),
        # Two parts of a long month are never more than the month, of a short one never less.
        (
            MARCH,
            {"payers": [Payer(days("2025-03-16"), 8), Payer(ALWAYS, 7)]},
            [(1, 15, 7, "120.00"), (16, 31, 8, "120.00")],
        ),
        (
            Period(2025, 2),
            {"payers": [Payer(days("2025-02-15"), 8), Payer(ALWAYS, 7)]},
            [(1, 14, 7, "112.00"), (15, 28, 8, "128.00")],
        ),
        # What was charged before counts among the parts.
        (MARCH, {"charged": [days("2025-03-01", "2025-03-15")]}, [(16, 31, 7, "120.00")]),
    ],
)
def test_thirty_days(period, facts, expected):
    assert charged(terrain(**facts), period, proration=Proration.THIRTY) == (expected, [])


def test_a_fixed_fee_takes_no_notice_of_the_area():
    land = terrain(areas=[Area(date.min, Decimal(1)), Area(day("2025-03-11"), Decimal(2))])
    assert charged(land, method=Method.FIXED) == ([(1, 31, 7, "2.40")], [])


@pytest.mark.parametrize(
    ("facts", "gaps"),
    [
        ({"payers": []}, [(1, 31, Oddity.NO_PAYER)]),
        ({"areas": []}, [(1, 31, Oddity.NO_AREA)]),
        ({"prices": []}, [(1, 31, Oddity.NO_PRICE)]),
        ({"prices": prices(("2025-03-11", "2.40"))}, [(1, 10, Oddity.NO_PRICE)]),
        ({"payers": [Payer(days("2025-01-01", "2025-03-20"), 7)]}, [(21, 31, Oddity.NO_PAYER)]),
    ],
)
def test_days_that_cannot_be_charged_are_told_and_never_charged_nothing(facts, gaps):
    parts, found = charged(terrain(**facts))
    assert found == gaps
    covered = {d for first, last, *_rest in parts for d in range(first, last + 1)}
    assert covered.isdisjoint(d for first, last, _reason in gaps for d in range(first, last + 1))


def test_a_part_knows_its_version_and_its_due_date():
    land = terrain(prices=prices(("2024-01-01", "2.40"), ("2025-03-16", "3.00")))
    parts, _gaps = charge_month(
        terrain=land, method=Method.AREA, period=MARCH, proration=Proration.ACTUAL, due_days=10
    )
    assert [(part.version_id, part.due_date) for part in parts] == [
        (1, day("2025-04-10")),
        (2, day("2025-04-10")),
    ]
    assert parts[0].basis() == {"method": "area", "days": 15, "of_days": 31, "share": "15/31"}


spans = st.tuples(st.integers(-40, 70), st.integers(0, 60)).map(
    lambda pair: DateSpan(
        MARCH.first_day + timedelta(days=pair[0]), MARCH.first_day + timedelta(days=pair[0] + pair[1])
    )
)
starts = st.integers(-40, 70).map(lambda offset: MARCH.first_day + timedelta(days=offset))
amounts = st.decimals("0.01", "999", places=2)


@st.composite
def terrains(draw) -> AssignmentTimeline:
    versions = sorted(draw(st.dictionaries(starts, amounts, max_size=4)).items())
    areas = sorted(draw(st.dictionaries(starts, amounts, max_size=3)).items())
    return AssignmentTimeline(
        span=draw(spans),
        prices=[Price(number, first, price) for number, (first, price) in enumerate(versions)],
        areas=[Area(first, area) for first, area in areas],
        payers=[
            Payer(span, number) for number, span in enumerate(draw(st.lists(spans, max_size=4)), start=1)
        ],
        charged=draw(st.lists(spans, max_size=1)),
    )


@given(land=terrains(), proration=st.sampled_from(Proration), method=st.sampled_from(Method))
def test_every_day_is_charged_once_or_told(land, proration, method):
    parts, gaps = charge_month(terrain=land, method=method, period=MARCH, proration=proration, due_days=0)
    due = land.span.intersect(MARCH.span)
    wanted = {
        MARCH.first_day + timedelta(days=offset)
        for offset in range(MARCH.days)
        if due is not None
        and MARCH.first_day + timedelta(days=offset) in due
        and not any(MARCH.first_day + timedelta(days=offset) in span for span in land.charged)
    }
    told = [
        one.span.first + timedelta(days=offset) for one in (*parts, *gaps) for offset in range(one.span.days)
    ]
    assert len(told) == len(set(told))  # never a day twice
    assert set(told) == wanted  # never a day left out
    assert sum((part.priced.share for part in parts), Fraction(0)) <= 1


@given(land=terrains(), proration=st.sampled_from(Proration))
def test_cutting_a_month_between_payers_moves_no_more_than_the_rounding(land, proration):
    """With one price and one area the parts add up to the month as one, within half a 分 a part."""
    one_price = AssignmentTimeline(
        land.span,
        prices(("2020-01-01", "2.37")),
        [Area(date.min, Decimal("89.67"))],
        [*land.payers, Payer(ALWAYS, 99)],
    )
    whole = AssignmentTimeline(land.span, one_price.prices, one_price.areas, [Payer(ALWAYS, 99)])

    def total(some: AssignmentTimeline) -> tuple[Decimal, int]:
        parts, _gaps = charge_month(
            terrain=some, method=Method.AREA, period=MARCH, proration=proration, due_days=0
        )
        return sum((part.priced.gross for part in parts), Decimal(0)), len(parts)

    (cut, count), (uncut, _one) = total(one_price), total(whole)
    assert abs(cut - uncut) <= Decimal("0.005") * (count + 1)
