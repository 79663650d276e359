"""Sharing an amount out to the last 分, and settling open charges with a payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.kernel.errors import N_, DomainError
from app.kernel.money import MONEY_SCALE, NotANumber, fen, from_scaled


class NothingToShareBy(DomainError):
    """All weights are zero, or there are none."""

    code = "nothing_to_share_by"
    message = N_("分摊对象的数量合计为零，无法分摊。请先补上面积、户数或用量。")


class NegativeWeight(DomainError):
    """A weight below zero."""

    code = "negative_weight"
    message = N_("%(key)s 的分摊数量是负数，请先更正。")


class NotPositive(DomainError):
    """An amount of zero or less where money must move."""

    code = "not_positive"
    message = N_("金额必须大于零。")


def largest_remainder(total: Decimal, weights: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Share `total` (元, exact to 分) by `weights`; the parts add up to it exactly, in the order given.

    Each part is cut down to 分; the 分 left over go one each to the largest remainders, ties by key in
    code-point order (fee rules, shared pools). A negative total gives the mirror image of the positive one.
    Raises NothingToShareBy, NegativeWeight, and what `fen` raises. Keys must differ (ValueError).
    """
    units = fen(total)
    shares = {key: _weight(key, weight) for key, weight in weights}
    if len(shares) != len(weights):
        raise ValueError("a key stands twice among the weights")
    whole = sum(shares.values(), Fraction(0))
    if not whole:
        raise NothingToShareBy
    parts: dict[str, int] = {}
    remainders: dict[str, Fraction] = {}
    for key, weight in shares.items():
        exact = abs(units) * weight / whole
        parts[key] = exact.numerator // exact.denominator
        remainders[key] = exact - parts[key]
    left = abs(units) - sum(parts.values())
    for key in sorted(remainders, key=lambda key: (-remainders[key], key))[:left]:
        parts[key] += 1
    sign = -1 if units < 0 else 1
    return {key: from_scaled(sign * part, MONEY_SCALE) for key, part in parts.items()}


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """A charge with money still open: `outstanding` in 元; a lower `priority` is paid first."""

    id: int
    due: date
    priority: int
    outstanding: Decimal


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What a payment settles: (charge id, 元) in the order settled, and the 元 that found no open charge."""

    applied: tuple[tuple[int, Decimal], ...]
    left: Decimal


def settle_oldest_first(open_items: Sequence[OpenItem], amount: Decimal) -> Settlement:
    """Settle charges with `amount` (元): by due date, then fee priority, then id (fee rules, payment).

    An item with nothing open is passed over. What is `left` is the caller's to refuse, return or keep as
    prepayment. Raises NotPositive. Ids must differ (ValueError).
    """
    left = fen(amount)
    if left <= 0:
        raise NotPositive(field="amount")
    if len({item.id for item in open_items}) != len(open_items):
        raise ValueError("a charge stands twice among the open ones")
    applied: list[tuple[int, Decimal]] = []
    for item in sorted(open_items, key=lambda item: (item.due, item.priority, item.id)):
        part = min(left, fen(item.outstanding))
        if part > 0:
            applied.append((item.id, from_scaled(part, MONEY_SCALE)))
            left -= part
    return Settlement(applied=tuple(applied), left=from_scaled(left, MONEY_SCALE))


def _weight(key: str, weight: Decimal) -> Fraction:
    if not weight.is_finite():
        raise NotANumber
    if weight < 0:
        raise NegativeWeight(key=key)
    return Fraction(weight)
