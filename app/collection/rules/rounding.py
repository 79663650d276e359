"""抹零: how the odd 角分 of a payment are let go. Pure."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from app.collection.states import Rounding

_STEPS = {
    Rounding.DOWN_JIAO: (Decimal("0.1"), ROUND_DOWN),
    Rounding.DOWN_YUAN: (Decimal(1), ROUND_DOWN),
    Rounding.HALF_UP_JIAO: (Decimal("0.1"), ROUND_HALF_UP),
}


def rounded(*, total: Decimal, rounding: Rounding | None) -> Decimal:
    """Return what is collected of `total` (元) after rounding; above it only where 角 are rounded half up."""
    if rounding is None:
        return total
    step, way = _STEPS[rounding]
    return total.quantize(step, rounding=way).quantize(Decimal("0.01"))
