"""Exact amounts: the one place where anything is rounded, and the way to whole 分 and back.

Amounts are `Decimal` in 元. The database keeps scaled integers: money 10², area and readings 10⁴, price, rate
and factor 10⁶. More decimals than a column has are refused, never rounded away.
"""

from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Final

from app.kernel.errors import N_, DomainError

MONEY_SCALE: Final = 2
AREA_SCALE: Final = 4
PRICE_SCALE: Final = 6

LARGEST: Final = 2**63 - 1
SMALLEST: Final = -(2**63)
# 10**19 is beyond 64 bits at any scale; looked at first, so that '1E+999999' costs nothing.
MOST_DIGITS: Final = 19
# Wide enough for 64 bits at any scale, whatever context the caller has; it moves the point, never rounds.
_EXACT: Final = Context(prec=60, traps=[Inexact])


class NotANumber(DomainError):
    """An amount that is NaN or infinite."""

    code = "not_a_number"
    message = N_("这不是一个数字，请重新填写。")


class TooManyDecimals(DomainError):
    """More decimals than the column keeps."""

    code = "too_many_decimals"
    message = N_("%(value)s 的小数位太多，最多 %(places)s 位。")


class NumberTooLarge(DomainError):
    """More than fits a signed 64-bit integer after scaling."""

    code = "number_too_large"
    message = N_("数字太大，请检查是否多输了几位。")


def half_up(value: Decimal | Fraction, places: int = MONEY_SCALE) -> Decimal:
    """Round `value` exactly to `places` decimals, a half away from zero (四舍五入).

    The one rounding of the product: a charge and its reversal round to the same figure with opposite signs.
    Raises NotANumber, NumberTooLarge. A float is a programming error (TypeError).
    """
    if not isinstance(value, Decimal | Fraction):
        raise TypeError(f"exact number expected, not {type(value).__name__}")
    if isinstance(value, Decimal):
        _check_size(value)
        if value and value.adjusted() < -places - 1:
            value = Decimal(0)  # below a tenth of the last place, however long it is written
    numerator, denominator = value.as_integer_ratio()
    units: int = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return from_scaled(_in_64_bits(-units if numerator < 0 else units), places)


def to_scaled(value: Decimal, scale: int) -> int:
    """Return `value` × 10^`scale` as the integer that the database keeps.

    Raises TooManyDecimals rather than round, NotANumber, and NumberTooLarge beyond signed 64 bits.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"Decimal expected, not {type(value).__name__}")
    _check_size(value)
    if not value:
        return 0
    if value.adjusted() < -scale:
        raise TooManyDecimals(value=str(value), places=scale)
    numerator, denominator = value.as_integer_ratio()
    multiplier: int = 10**scale
    scaled, rest = divmod(numerator * multiplier, denominator)
    if rest:
        raise TooManyDecimals(value=str(value), places=scale)
    return _in_64_bits(scaled)


def from_scaled(scaled: int, scale: int) -> Decimal:
    """Return the exact number behind a scaled integer, always with `scale` decimals."""
    return Decimal(scaled).scaleb(-scale, _EXACT)


def fen(amount: Decimal) -> int:
    """Return an amount in 元 as whole 分. Raises what `to_scaled` raises."""
    return to_scaled(amount, MONEY_SCALE)


def format_money(amount: Decimal) -> str:
    """Write an amount in 元 as '1,234.56'. Raises TooManyDecimals: what is shown is what is kept."""
    units = fen(amount)
    yuan, rest = divmod(abs(units), 100)
    return f"{'-' if units < 0 else ''}{yuan:,}.{rest:02d}"


def format_exact(value: Decimal, places: int = MONEY_SCALE) -> str:
    """Write a price, area or reading in full, without idle zeros after at least `places` decimals."""
    _check_size(value)
    whole, _, decimals = format(value, "f").partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return `part` of `whole` in percent with two decimals (收缴率, 清欠率); None where `whole` is 0."""
    _check_size(part)
    _check_size(whole)
    if not whole:
        return None
    return half_up(Fraction(part) / Fraction(whole) * 100)


def _in_64_bits(scaled: int) -> int:
    if not SMALLEST <= scaled <= LARGEST:
        raise NumberTooLarge
    return scaled


def _check_size(value: Decimal) -> None:
    if not value.is_finite():
        raise NotANumber
    if value and value.adjusted() >= MOST_DIGITS:
        raise NumberTooLarge
