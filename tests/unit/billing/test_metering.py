"""Usage from two readings, what is unusual, and the one charge of a meter in a month."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.billing.rules.metering import Dial, MeteredTimeline, MeteredUsage, charge_metered, is_unusual
from app.billing.rules.timeline import Payer, Price
from app.billing.states import Oddity
from app.kernel.errors import DomainError
from app.kernel.periods import DateSpan, Period

MARCH = Period(2025, 3)
ALWAYS = DateSpan(date.min, date.max)


def dial(multiplier: str = "1", loss: str = "0", digits: int = 5) -> Dial:
    return Dial(multiplier=Decimal(multiplier), loss=Decimal(loss), digits=digits)


@pytest.mark.parametrize(
    ("meter", "last", "value", "rollover", "used"),
    [
        (dial(), "100", "115", False, "15"),
        (dial(), "100", "100", False, "0"),
        (dial("40", "0.03"), "1234.5", "1300.0", False, "2698.6"),
        (dial(), "99980", "15", True, "35"),
        (dial(digits=4), "9999.5", "0.5", True, "1"),
        # 0.00005 is half of the fourth place: up.
        (dial("0.5"), "0", "0.0001", False, "0.0001"),
        (dial("1", "0.033333"), "0", "1", False, "1.0333"),
    ],
)
def test_usage(meter: Dial, last: str, value: str, rollover: bool, used: str) -> None:
    assert meter.usage(last=Decimal(last), value=Decimal(value), rollover=rollover) == Decimal(used)


@pytest.mark.parametrize(
    ("last", "value", "rollover", "code"),
    [
        ("100", "99.9999", False, "negative_usage"),
        ("100", "100", True, "no_rollover"),
        ("100", "101", True, "no_rollover"),
        ("0", "100000", False, "reading_too_long"),
        ("0", "-1", False, "negative_reading"),
        ("0", "1.00001", False, "too_many_decimals"),
        ("0", "NaN", False, "not_a_number"),
        ("0", "1e30", False, "number_too_large"),
    ],
)
def test_what_no_dial_shows(last: str, value: str, rollover: bool, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        dial().usage(last=Decimal(last), value=Decimal(value), rollover=rollover)
    assert refused.value.code == code


readings = st.integers(0, 10**9 - 1).map(lambda number: Decimal(number) / 10**4)


@given(last=readings, value=readings, multiplier=st.integers(1, 10**7), loss=st.integers(0, 10**6))
def test_usage_is_the_exact_product_rounded_once(
    last: Decimal, value: Decimal, multiplier: int, loss: int
) -> None:
    meter = dial(str(Decimal(multiplier) / 10**4), str(Decimal(loss) / 10**6))
    rollover = value < last
    used = meter.usage(last=last, value=value, rollover=rollover)
    turned = Fraction(value) - Fraction(last) + (10**5 if rollover else 0)
    exact = turned * multiplier * (10**6 + loss) / 10**10
    # In tens of thousandths, the plain way.
    scaled = exact * 10**4
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    wanted = Decimal(whole + (1 if rest * 2 >= scaled.denominator else 0)) / 10**4
    assert used == wanted
    assert used >= 0


@pytest.mark.parametrize(
    ("used", "before", "unusual"),
    [
        ("15", ("10", "10"), False),
        ("15.0001", ("10", "10"), True),
        ("5", ("10", "10"), False),
        ("4.9999", ("10", "10"), True),
        ("20", ("10", "30"), False),
        ("0", ("0", "0"), False),
        ("0.1", ("0", "0"), True),
        ("1000", ("10",), False),
        ("1000", (), False),
    ],
)
def test_unusual_is_beyond_half_the_mean_of_the_two_before(
    used: str, before: tuple[str, ...], unusual: bool
) -> None:
    assert is_unusual(usage=Decimal(used), before=[Decimal(one) for one in before]) is unusual


def taken(day: str, used: str, **more: Any) -> MeteredUsage:
    return MeteredUsage(
        date.fromisoformat(day), Decimal(100), Decimal(115), Decimal(used), Decimal(1), Decimal(0), **more
    )


def terrain(*taken: MeteredUsage, **facts: Any) -> MeteredTimeline:
    standing: dict[str, Any] = {
        "span": DateSpan.since(date(2025, 1, 1), None),
        "meter": "水-1",
        "payers": [Payer(ALWAYS, 7)],
        "prices": [Price(1, date(2024, 1, 1), Decimal("4.50"))],
        "readings": taken,
    }
    return MeteredTimeline(**standing | facts)


def charged(land: MeteredTimeline) -> list[tuple[str, str, int, str]]:
    """(first day, last day, customer, amount)."""
    parts, gaps = charge_metered(terrain=land, period=MARCH, due_days=10)
    assert gaps == []
    return [
        (
            part.span.first.isoformat(),
            part.span.last.isoformat(),
            part.customer_id,
            str(part.amount),
        )
        for part in parts
    ]


def test_the_usage_of_a_month_is_one_charge() -> None:
    land = terrain(taken("2025-03-10", "5.5", change=True), taken("2025-03-31", "9.5"))
    (part,) = charge_metered(terrain=land, period=MARCH, due_days=10)[0]
    assert (part.priced.quantity, part.priced.price, part.amount) == (
        Decimal("15.0"),
        Decimal("4.50"),
        Decimal("67.50"),
    )
    assert part.due_date == date(2025, 4, 10)
    basis = part.basis()
    assert (basis["method"], basis["meter"], len(basis["readings"])) == ("metered", "水-1", 2)
    assert basis["readings"][0]["change"] is True


def test_no_usage_is_a_charge_of_nothing() -> None:
    assert charged(terrain(taken("2025-03-31", "0"))) == [("2025-03-01", "2025-03-31", 7, "0.00")]


def test_days_share_nothing_out() -> None:
    land = terrain(taken("2025-03-31", "15"), span=DateSpan.since(date(2025, 3, 20), None))
    assert charged(land) == [("2025-03-20", "2025-03-31", 7, "67.50")]


def test_a_reading_counts_for_the_fee_that_runs_on_its_day() -> None:
    two = (taken("2025-03-10", "4"), taken("2025-03-31", "6"))
    first = terrain(*two, span=DateSpan(date(2025, 1, 1), date(2025, 3, 10)))
    second = terrain(*two, span=DateSpan.since(date(2025, 3, 11), None))
    assert [charged(first), charged(second)] == [
        [("2025-03-01", "2025-03-10", 7, "18.00")],
        [("2025-03-11", "2025-03-31", 7, "27.00")],
    ]


def test_price_and_payer_are_those_of_the_last_readings_day() -> None:
    land = terrain(
        taken("2025-03-20", "10"),
        prices=[Price(1, date(2024, 1, 1), Decimal(4)), Price(2, date(2025, 3, 20), Decimal(5))],
        payers=[
            Payer(DateSpan(date(2025, 1, 1), date(2025, 3, 15)), 7),
            Payer(DateSpan.since(date(2025, 3, 16), None), 8),
        ],
    )
    assert charged(land) == [("2025-03-01", "2025-03-31", 8, "50.00")]


def test_what_is_charged_is_left_alone() -> None:
    land = terrain(taken("2025-03-31", "15"), charged=[MARCH.span])
    assert charged(land) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"prices": []}, Oddity.NO_PRICE),
        ({"prices": [Price(1, date(2025, 4, 1), Decimal(4))]}, Oddity.NO_PRICE),
        ({"payers": []}, Oddity.NO_PAYER),
    ],
)
def test_what_cannot_be_charged_says_why(facts: dict[str, Any], reason: Oddity) -> None:
    parts, gaps = charge_metered(
        terrain=terrain(taken("2025-03-31", "15"), **facts), period=MARCH, due_days=0
    )
    assert parts == []
    assert [(gap.span, gap.reason) for gap in gaps] == [(MARCH.span, reason)]


@given(used=st.lists(st.integers(0, 10**8), min_size=1, max_size=5), price=st.integers(0, 10**8))
def test_the_amount_is_rounded_once(used: list[int], price: int) -> None:
    days = [date(2025, 3, 1) + timedelta(place) for place in range(len(used))]
    land = terrain(
        *[taken(day.isoformat(), str(Decimal(one) / 10**4)) for day, one in zip(days, used, strict=True)],
        prices=[Price(1, date.min, Decimal(price) / 10**6)],
    )
    (part,) = charge_metered(terrain=land, period=MARCH, due_days=0)[0]
    exact = Decimal(sum(used) * price) / 10**10
    assert part.amount == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
