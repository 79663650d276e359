"""How a measurement is told: a JSON object a line."""

import json
import math
from collections.abc import Sequence


def tell(name: str, value: float, unit: str, *, floor: float | None = None, better: str = "less") -> None:
    """Print a figure. `floor` is what a bare program does with the same; the ratio is 1 where we are as good.

    Of times less is better (ratio = value / floor), of speeds more (`better="more"`, ratio = floor / value).
    """
    ratio = None
    if floor and value:
        ratio = round(value / floor if better == "less" else floor / value, 2)
    line = {
        "name": name,
        "value": _short(value),
        "unit": unit,
        "floor": floor and _short(floor),
        "ratio": ratio,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


def p95(times: Sequence[float]) -> float:
    """Return the time that 95 of 100 stay within."""
    return sorted(times)[max(0, math.ceil(len(times) * 0.95) - 1)]


def _short(value: float) -> float:
    return round(value, 1) if abs(value) < 1000 else round(value)
