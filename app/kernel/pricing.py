"""The arithmetic of a charge: facts of the payer object × terms of the standard × share of the month.

One pricing method is one small function in `PRICERS`. A later method adds a member to `Method`, the facts or
terms that it needs, its function and its sentence; nothing else here changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact, format_money
from app.kernel.proration import MonthPart, round_exact


class AreaUnknown(DomainError):
    """A charge by area for an object without one."""

    code = "area_unknown"
    message = N_("没有建筑面积，无法按面积计费。请先补上面积。")


class UsageUnknown(DomainError):
    """A charge by usage without a reading."""

    code = "usage_unknown"
    message = N_("没有用量，无法计费。请先抄表。")


class PriceUnknown(DomainError):
    """A version of a standard that says no price."""

    code = "price_unknown"
    message = N_("收费标准没有单价，无法计费。请先补上单价。")


class Method(LabelledEnum):
    """How a fee is computed."""

    AREA = "area", N_("按建筑面积")
    FIXED = "fixed", N_("每月定额")
    METERED = "metered", N_("按仪表用量")

    @property
    def by_days(self) -> bool:
        """Whether a part of the month pays its share; what is metered is paid as used."""
        return self is not Method.METERED


@dataclass(frozen=True, kw_only=True)
class PricingInputs:
    """What is known of the payer object in the part of the month: `area` is 建筑面积 in ㎡, `usage` what meters say."""

    area: Decimal | None = None
    usage: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the version of the standard says: `price` is 元/㎡·月 (area), 元/月 (fixed) or 元 per unit (metered)."""

    price: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A computed charge and all that it was computed from; `gross` in 元, rounded once."""

    method: Method
    part: MonthPart
    quantity: Decimal
    price: Decimal
    gross: Decimal

    @property
    def days(self) -> int:
        """The calendar days charged."""
        return self.part.days

    @property
    def days_in_month(self) -> int:
        """The days that the month counts for: its own, or 30."""
        return self.part.days_in_month

    @property
    def share(self) -> Fraction:
        """The exact share of the month."""
        return self.part.share

    def explain(self) -> tuple[str, dict[str, str]]:
        """Say why it is this amount: a Chinese message id and the text for its places."""
        whole, part = SENTENCES[self.method]
        params = {
            "quantity": format_exact(self.quantity),
            "price": format_exact(self.price),
            "period": str(self.part.period),
            "gross": format_money(self.gross),
        }
        if self.part.is_whole_month:
            return whole, params
        params |= {
            "first": self.part.span.first.isoformat(),
            "last": self.part.span.last.isoformat(),
            "days": str(self.days),
            "share": f"{self.share * self.days_in_month}/{self.days_in_month}",
        }
        return part, params


SENTENCES: Final[Mapping[Method, tuple[str, str]]] = {
    Method.AREA: (
        N_(
            "%(period)s 整月：建筑面积 %(quantity)s ㎡ × 单价 %(price)s 元/㎡·月"
            " = %(gross)s 元（四舍五入到分）。"
        ),
        N_(
            "%(first)s 至 %(last)s 共 %(days)s 天：建筑面积 %(quantity)s ㎡ × 单价 %(price)s 元/㎡·月"
            " × %(share)s 个月 = %(gross)s 元（四舍五入到分）。"
        ),
    ),
    Method.FIXED: (
        N_("%(period)s 整月：每月定额 %(price)s 元 = %(gross)s 元（四舍五入到分）。"),
        N_(
            "%(first)s 至 %(last)s 共 %(days)s 天：每月定额 %(price)s 元 × %(share)s 个月"
            " = %(gross)s 元（四舍五入到分）。"
        ),
    ),
    Method.METERED: (
        N_("%(period)s 用量 %(quantity)s × 单价 %(price)s 元 = %(gross)s 元（四舍五入到分）。"),
        N_("%(first)s 至 %(last)s 用量 %(quantity)s × 单价 %(price)s 元 = %(gross)s 元（四舍五入到分）。"),
    ),
}


def price_charge(*, method: Method, facts: PricingInputs, terms: Terms, part: MonthPart) -> Priced:
    """Compute the charge of one part of a month. Raises AreaUnknown, UsageUnknown, PriceUnknown: never 0."""
    return PRICERS[method](facts, terms, part)


def _by_area(facts: PricingInputs, terms: Terms, part: MonthPart) -> Priced:
    if facts.area is None:
        raise AreaUnknown
    return _multiplied(Method.AREA, facts.area, terms, part)


def _fixed(facts: PricingInputs, terms: Terms, part: MonthPart) -> Priced:
    return _multiplied(Method.FIXED, Decimal(1), terms, part)


def _metered(facts: PricingInputs, terms: Terms, part: MonthPart) -> Priced:
    if facts.usage is None:
        raise UsageUnknown
    return _multiplied(Method.METERED, facts.usage, terms, part)


def _multiplied(method: Method, quantity: Decimal, terms: Terms, part: MonthPart) -> Priced:
    if terms.price is None:
        raise PriceUnknown
    share = part.share if method.by_days else 1
    gross = round_exact(Fraction(quantity) * Fraction(terms.price) * share)
    return Priced(method=method, part=part, quantity=quantity, price=terms.price, gross=gross)


PRICERS: Final[Mapping[Method, Callable[[PricingInputs, Terms, MonthPart], Priced]]] = {
    Method.AREA: _by_area,
    Method.FIXED: _fixed,
    Method.METERED: _metered,
}
