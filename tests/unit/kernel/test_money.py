"""Rounding, scaling and writing of exact amounts."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from app.kernel.money import (
    LARGEST,
    SMALLEST,
    NotANumber,
    NumberTooLarge,
    TooManyDecimals,
    fen,
    format_exact,
    format_money,
    from_scaled,
    half_up,
    percent,
    to_scaled,
)

D = Decimal
decimals = st.decimals(min_value=-(10**12), max_value=10**12, places=8)
scales = st.integers(0, 6)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("180.405", 2, "180.41"),
        ("210.7245", 2, "210.72"),
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049999", 2, "0.00"),
        ("-0.004", 2, "0.00"),
        ("2.675", 2, "2.68"),
        ("2.5", 0, "3"),
        ("12.3", 2, "12.30"),
        ("1E-999999", 2, "0.00"),
    ],
)
def test_half_up(value: str, places: int, rounded: str) -> None:
    assert str(half_up(D(value), places)) == rounded


@given(decimals, scales)
def test_half_up_is_half_up_as_the_decimal_library_has_it(value: Decimal, places: int) -> None:
    expected = value.quantize(D(1).scaleb(-places), ROUND_HALF_UP, Context(prec=60))
    assert half_up(value, places) == expected


@given(decimals)
def test_half_up_mirrors_and_settles(value: Decimal) -> None:
    rounded = half_up(value)
    assert half_up(-value) == -rounded
    assert half_up(rounded) == rounded
    assert abs(rounded - value) <= D("0.005")


def test_half_up_of_a_third_is_exact() -> None:
    assert half_up(Fraction(1, 3)) == D("0.33")
    assert half_up(Fraction(1, 200)) == D("0.01")


@pytest.mark.parametrize("value", [1.5, 1, "1.5"])
def test_half_up_takes_exact_types_only(value: object) -> None:
    with pytest.raises(TypeError):
        half_up(value)  # type: ignore[arg-type]


def test_scaling_takes_decimals_only() -> None:
    with pytest.raises(TypeError):
        to_scaled(0.5, 2)  # type: ignore[arg-type]


@given(st.integers(SMALLEST, LARGEST), scales)
def test_scaled_numbers_come_back(scaled: int, scale: int) -> None:
    value = from_scaled(scaled, scale)
    assert to_scaled(value, scale) == scaled
    assert value.as_tuple().exponent == -scale


def test_scaling_ignores_the_context_of_the_caller() -> None:
    with localcontext(Context(prec=3)):
        assert to_scaled(D("12345678.91"), 2) == 1234567891
        assert str(from_scaled(1234567891, 2)) == "12345678.91"
        assert str(half_up(D("12345678.915"))) == "12345678.92"


@pytest.mark.parametrize(("value", "scale"), [("1.001", 2), ("0.0000001", 6), ("1E-999999", 2), ("0.5", 0)])
def test_more_decimals_than_the_scale_are_refused(value: str, scale: int) -> None:
    with pytest.raises(TooManyDecimals) as refused:
        to_scaled(D(value), scale)
    assert refused.value.code == "too_many_decimals"


def test_idle_zeros_are_no_decimals() -> None:
    assert to_scaled(D("1.5000000"), 2) == 150
    assert to_scaled(D("-0.000"), 2) == 0


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(NotANumber):
        to_scaled(D(value), 2)
    with pytest.raises(NotANumber):
        half_up(D(value))


@pytest.mark.parametrize("value", ["92233720368547758.08", "-92233720368547758.09", "1E+999999"])
def test_beyond_64_bits_is_refused(value: str) -> None:
    with pytest.raises(NumberTooLarge):
        to_scaled(D(value), 2)
    with pytest.raises(NumberTooLarge):
        half_up(D(value))


def test_the_ends_of_64_bits_are_kept() -> None:
    assert to_scaled(D("92233720368547758.07"), 2) == LARGEST
    assert to_scaled(D("-92233720368547758.08"), 2) == SMALLEST


def test_fen() -> None:
    assert fen(D("1180.07")) == 118007


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.56", "1,234.56"),
        ("0", "0.00"),
        ("-0.05", "-0.05"),
        ("-1234567.8", "-1,234,567.80"),
        ("999.9", "999.90"),
    ],
)
def test_format_money(amount: str, text: str) -> None:
    assert format_money(D(amount)) == text


def test_format_money_never_rounds() -> None:
    with pytest.raises(TooManyDecimals):
        format_money(D("0.005"))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("2.350000", 2, "2.35"),
        ("2.5", 2, "2.50"),
        ("0.000500", 2, "0.0005"),
        ("89", 2, "89.00"),
        ("1E+2", 0, "100"),
        ("15.0", 0, "15"),
    ],
)
def test_format_exact(value: str, places: int, text: str) -> None:
    assert format_exact(D(value), places) == text


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [("850", "1000", "85.00"), ("1", "3", "33.33"), ("2", "3", "66.67"), ("5", "0", None)],
)
def test_percent(part: str, whole: str, rate: str | None) -> None:
    assert percent(D(part), D(whole)) == (None if rate is None else D(rate))
