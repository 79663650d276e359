"""The arithmetic of a charge and the sentence that explains it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import (
    PRICERS,
    AreaUnknown,
    Method,
    Priced,
    PriceUnknown,
    PricingInputs,
    Terms,
    UsageUnknown,
    price_charge,
)
from app.kernel.proration import MonthPart, Proration, month_part, month_parts

D = Decimal


def part_of(month: str, first: int = 1, last: int | None = None, proration: str = "actual") -> MonthPart:
    """A part of a month."""
    period = Period.parse(month)
    span = DateSpan(
        period.first_day.replace(day=first),
        period.last_day if last is None else period.first_day.replace(day=last),
    )
    return month_part(period=period, span=span, proration=Proration(proration))


def by_area(area: str, price: str, part: MonthPart) -> Priced:
    """A charge by area."""
    return price_charge(
        method=Method.AREA, facts=PricingInputs(area=D(area)), terms=Terms(price=D(price)), part=part
    )


@pytest.mark.parametrize(
    ("area", "price", "part", "gross"),
    [
        ("89.67", "2.35", part_of("2025-01"), "210.72"),
        ("85.50", "2.11", part_of("2025-01"), "180.41"),
        ("100.00", "2.40", part_of("2025-03", 10), "170.32"),
        ("100.00", "2.40", part_of("2025-03", 10, proration="thirty"), "176.00"),
        ("100.00", "2.40", part_of("2025-05", proration="thirty"), "240.00"),
        ("95.20", "2.50", part_of("2025-09"), "238.00"),
        ("100.00", "0", part_of("2025-09"), "0.00"),
    ],
)
def test_by_area(area: str, price: str, part: MonthPart, gross: str) -> None:
    assert by_area(area, price, part).gross == D(gross)


@pytest.mark.parametrize(
    ("price", "part", "gross"),
    [
        ("300.00", part_of("2025-03"), "300.00"),
        ("300.00", part_of("2025-02", 15), "150.00"),
        ("100.00", part_of("2025-03", 1, 1), "3.23"),
    ],
)
def test_fixed(price: str, part: MonthPart, gross: str) -> None:
    charge = price_charge(method=Method.FIXED, facts=PricingInputs(), terms=Terms(price=D(price)), part=part)
    assert charge.gross == D(gross)
    assert charge.quantity == 1


def test_a_charge_carries_what_it_was_computed_from() -> None:
    charge = by_area("100.00", "2.40", part_of("2025-03", 10))
    assert (charge.quantity, charge.price) == (D("100.00"), D("2.40"))
    assert (charge.days, charge.days_in_month, charge.share) == (22, 31, Fraction(22, 31))


@pytest.mark.parametrize(
    ("charge", "sentence"),
    [
        (
            by_area("89.6700", "2.350000", part_of("2025-01")),
            "2025-01 整月：建筑面积 89.67 ㎡ × 单价 2.35 元/㎡·月 = 210.72 元（四舍五入到分）。",
        ),
        (
            by_area("100.00", "2.40", part_of("2025-03", 10, proration="thirty")),
            (
                "2025-03-10 至 2025-03-31 共 22 天：建筑面积 100.00 ㎡ × 单价 2.40 元/㎡·月"
                " × 22/30 个月 = 176.00 元（四舍五入到分）。"
            ),
        ),
        (
            price_charge(
                method=Method.FIXED,
                facts=PricingInputs(),
                terms=Terms(price=D("1000")),
                part=part_of("2025-02", 15),
            ),
            "2025-02-15 至 2025-02-28 共 14 天：每月定额 1000.00 元 × 14/28 个月 = 500.00 元（四舍五入到分）。",
        ),
        (
            price_charge(
                method=Method.FIXED,
                facts=PricingInputs(),
                terms=Terms(price=D("1000")),
                part=part_of("2025-02"),
            ),
            "2025-02 整月：每月定额 1000.00 元 = 1,000.00 元（四舍五入到分）。",
        ),
    ],
)
def test_a_charge_says_why(charge: Priced, sentence: str) -> None:
    message, params = charge.explain()
    assert message % params == sentence


def test_the_last_part_says_the_share_it_takes() -> None:
    period = Period(2025, 2)
    spans = period.span.split([date(2025, 2, 15)])
    last = month_parts(period=period, spans=spans, proration=Proration.THIRTY)[-1]
    message, params = by_area("90", "2", last).explain()
    assert "共 14 天" in message % params
    assert "16/30 个月 = 96.00 元" in message % params


def test_what_is_unknown_is_refused_and_never_zero() -> None:
    month = part_of("2025-01")
    with pytest.raises(AreaUnknown):
        price_charge(method=Method.AREA, facts=PricingInputs(), terms=Terms(price=D(1)), part=month)
    with pytest.raises(UsageUnknown):
        price_charge(
            method=Method.METERED, facts=PricingInputs(area=D(1)), terms=Terms(price=D(1)), part=month
        )
    for method in Method:
        with pytest.raises(PriceUnknown):
            price_charge(method=method, facts=PricingInputs(area=D(1), usage=D(1)), terms=Terms(), part=month)


def test_every_method_has_its_function_and_its_sentence() -> None:
    assert set(PRICERS) == set(Method)
    for method in Method:
        charge = price_charge(
            method=method,
            facts=PricingInputs(area=D(1), usage=D(1)),
            terms=Terms(price=D(1)),
            part=part_of("2025-01", 2),
        )
        message, params = charge.explain()
        assert params["gross"] in message % params
