"""空置 and 停供: the gross stays the month's, the waiver is rounded once, and never more than the charge."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from app.billing.rules.month_charge import ChargePart, charge_month
from app.billing.rules.relief import Relief
from app.billing.rules.timeline import Area, AssignmentTimeline, Payer, Price
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Method
from app.kernel.proration import Proration

ALWAYS = DateSpan(date.min, date.max)


def span(first: str, last: str) -> DateSpan:
    return DateSpan(date.fromisoformat(first), date.fromisoformat(last))


def parts(
    period: Period,
    *reliefs: Relief,
    area: str = "95.20",
    price: str = "2.50",
    proration: Proration = Proration.ACTUAL,
    begins: date = date(2025, 1, 1),
    prices: tuple[Price, ...] | None = None,
) -> list[ChargePart]:
    land = AssignmentTimeline(
        span=DateSpan(begins, date.max),
        prices=prices or (Price(1, date.min, Decimal(price)),),
        areas=[Area(date.min, Decimal(area))],
        payers=[Payer(ALWAYS, 7)],
        reliefs=reliefs,
    )
    found, gaps = charge_month(
        terrain=land, method=Method.AREA, period=period, proration=proration, due_days=0
    )
    assert gaps == []
    return found


SEPTEMBER, OCTOBER, FEBRUARY = Period(2025, 9), Period(2025, 10), Period(2025, 2)
EMPTY = Relief(span("2025-09-16", "2025-12-31"), Decimal("0.70"))

NUMBERS = [
    ("half of a month", SEPTEMBER, [EMPTY], Proration.ACTUAL, "35.70"),
    ("the whole month", OCTOBER, [EMPTY], Proration.ACTUAL, "71.40"),
    ("not that month", Period(2025, 8), [EMPTY], Proration.ACTUAL, "0.00"),
    ("nothing is paid", OCTOBER, [Relief(ALWAYS, Decimal(0))], Proration.ACTUAL, "238.00"),
    ("everything is paid", OCTOBER, [Relief(ALWAYS, Decimal(1))], Proration.ACTUAL, "0.00"),
    # 238 × 10/31 × 0.3 = 23.032…; by thirty days 238 × 10/30 × 0.3 = 23.80
    ("ten days", OCTOBER, [Relief(span("2025-10-11", "2025-10-20"), Decimal("0.7"))], Proration.ACTUAL, "23.03"),
    ("ten of thirty", OCTOBER, [Relief(span("2025-10-11", "2025-10-20"), Decimal("0.7"))], Proration.THIRTY, "23.80"),
    # Of 31 days the first 15 are 15/30, the last part takes what is left: 15/30 too.
    ("the last part", OCTOBER, [Relief(span("2025-10-16", "2025-10-31"), Decimal("0.7"))], Proration.THIRTY, "35.70"),
    ("a February is one month", FEBRUARY, [Relief(ALWAYS, Decimal("0.7"))], Proration.THIRTY, "71.40"),
    (
        "two ranges are added up before rounding",
        OCTOBER,
        [
            Relief(span("2025-10-01", "2025-10-01"), Decimal("0.7")),
            Relief(span("2025-10-03", "2025-10-03"), Decimal("0.7")),
        ],
        Proration.ACTUAL,
        "4.61",  # 2.3032… twice, not 2.30 twice
    ),
    (
        "what is named for the fee goes before what holds for the room",
        OCTOBER,
        [
            Relief(ALWAYS, Decimal("0.7")),
            Relief(span("2025-10-01", "2025-10-31"), Decimal("0.2"), own=True),
        ],
        Proration.ACTUAL,
        "190.40",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reliefs", "period", "proration", "waived"),
    [
        pytest.param(reliefs, period, proration, waived, id=name)
        for name, period, reliefs, proration, waived in NUMBERS
    ],
)
def test_what_is_waived(reliefs: list[Relief], period: Period, proration: Proration, waived: str) -> None:
    (part,) = parts(period, *reliefs, proration=proration)
    assert part.priced.gross == Decimal("238.00")
    assert part.waived == Decimal(waived)
    assert part.amount == part.priced.gross - part.waived
    assert ("relieved" in part.basis()) == any(one.span.overlaps(period.span) for one in reliefs)


def test_each_charge_of_a_cut_month_is_relieved_of_its_own_days() -> None:
    prices = (Price(1, date.min, Decimal("2.50")), Price(2, date(2025, 10, 11), Decimal("3.00")))
    first, second = parts(OCTOBER, Relief(span("2025-10-06", "2025-10-15"), Decimal("0.5")), prices=prices)
    # 95.20 × 2.50 × 5/31 × 0.5 and 95.20 × 3.00 × 5/31 × 0.5
    assert (first.waived, second.waived) == (Decimal("19.19"), Decimal("23.03"))


days = st.integers(0, 364).map(lambda number: date(2025, 1, 1) + timedelta(number))
factors = st.integers(0, 1_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000)


@st.composite
def apart(draw: st.DrawFn) -> list[Relief]:
    """Reliefs of one kind: no two share a day, as the operation sees to."""
    cuts = sorted(draw(st.lists(days, min_size=2, max_size=8, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Relief(DateSpan(first, last), draw(factors)) for first, last in pairs]


@given(
    reliefs=apart(),
    own=apart(),
    month=st.integers(1, 12),
    proration=st.sampled_from(Proration),
    area=st.integers(1, 10**7),
    price=st.integers(0, 10**8),
    begins=days,
)
def test_the_waiver_is_the_plain_sum_over_days_and_never_more_than_the_charge(
    reliefs: list[Relief],
    own: list[Relief],
    month: int,
    proration: Proration,
    area: int,
    price: int,
    begins: date,
) -> None:
    own = [Relief(one.span, one.factor, own=True) for one in own]
    period = Period(2025, month)
    terms = {"area": str(Decimal(area) / 10**4), "price": str(Decimal(price) / 10**6), "begins": begins}
    found = parts(period, *reliefs, *own, proration=proration, **terms)
    plain = parts(period, proration=proration, **terms)
    # It splits nothing and leaves the gross alone.
    assert [(part.span, part.priced) for part in found] == [(part.span, part.priced) for part in plain]
    for part in found:
        assert Decimal(0) <= part.waived <= part.priced.gross
        if proration is Proration.ACTUAL:
            left = Fraction(0)
            for number in range(part.span.days):
                day = part.span.first + timedelta(number)
                holding = [one for one in (*own, *reliefs) if day in one.span]
                left += 1 - Fraction(holding[0].factor) if holding else 0
            exact = (
                Fraction(part.priced.quantity)
                * Fraction(part.priced.price)
                * left
                / part.priced.days_in_month
            )
            with_room = Decimal(exact.numerator * 10**12 // exact.denominator) / 10**12
            assert abs(part.waived - with_room) <= Decimal("0.005000000001")


@given(
    month=st.integers(1, 12),
    proration=st.sampled_from(Proration),
    cut=days,
    factor=factors,
    area=st.integers(1, 10**7),
    price=st.integers(0, 10**8),
)
def test_two_ranges_that_meet_are_one(
    month: int, proration: Proration, cut: date, factor: Decimal, area: int, price: int
) -> None:
    period = Period(2025, month)
    terms = {"area": str(Decimal(area) / 10**4), "price": str(Decimal(price) / 10**6), "proration": proration}
    whole = Relief(DateSpan(date(2024, 1, 1), date(2026, 1, 1)), factor)
    before = Relief(DateSpan(date(2024, 1, 1), cut), factor)
    after = Relief(DateSpan(cut + timedelta(1), date(2026, 1, 1)), factor)
    assert [one.waived for one in parts(period, whole, **terms)] == [
        one.waived for one in parts(period, before, after, **terms)
    ]
