"""应收实收欠费汇总: how its figures add up, and its rates. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.kernel.money import percent

ZERO = Decimal("0.00")

Figures = Mapping[str, Any]
"""A line's figures by name, 元. `past` and `current` go by the period that a charge, or what moves it, belongs to."""


def expected_closing(figures: Figures) -> Decimal:
    """期初 + 应收 ± 调整 − 减免 − 核销(现收 + 预收抵扣) (fee rules, month close)."""
    found: Decimal = (
        figures["opening"]
        + figures["charged"]
        + figures["adjusted"]
        - figures["waived"]
        - figures["cash_past"]
        - figures["cash_current"]
        - figures["prepayment_applied"]
    )
    return found


def rates(figures: Figures) -> dict[str, Decimal | None]:
    """Return the three rates in percent; None where there was nothing to collect. Applied prepayment counts as received.

    当期收缴率: received of this month's charges ÷ (charged − waived). 清欠率: received of earlier ones ÷ opening.
    综合: all received ÷ (opening + charged − waived).
    """
    current = figures["cash_current"] + figures["prepayment_current"]
    received = figures["cash_past"] + figures["cash_current"] + figures["prepayment_applied"]
    past = received - current
    return {
        "current_rate": percent(current, figures["charged"] - figures["waived"]),
        "past_rate": percent(past, figures["opening"]),
        "overall_rate": percent(received, figures["opening"] + figures["charged"] - figures["waived"]),
    }


def unbalanced(lines: Iterable[Figures]) -> int:
    """How many lines do not add up by themselves."""
    return sum(expected_closing(one) != one["closing"] for one in lines)


def prepayment_closing(held: Figures) -> Decimal:
    """期初 + 新收 − 抵扣 − 退款."""
    found: Decimal = (
        held["prepayment_opening"]
        + held["prepayment_in"]
        - held["prepayment_used"]
        - held["prepayment_refunded"]
    )
    return found


def deposit_closing(held: Figures) -> Decimal:
    """期初 + 收 − 退 − 扣."""
    found: Decimal = (
        held["deposit_opening"] + held["deposit_in"] - held["deposit_returned"] - held["deposit_deducted"]
    )
    return found


def cash_of(total: Figures, held: Figures) -> Decimal:
    """现收 + 预收 + 押金 − 各退款."""
    found: Decimal = (
        total["cash_past"]
        + total["cash_current"]
        + held["prepayment_in"]
        + held["deposit_in"]
        - held["prepayment_refunded"]
        - held["deposit_returned"]
    )
    return found
