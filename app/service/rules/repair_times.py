"""How repairs went: counts, hours and shares of the orders that were reported in some days. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from statistics import median
from typing import Any

from app.kernel.money import half_up, percent

HOUR = 3600
COUNTS = (
    "reported",
    "cancelled",
    "open",
    "late",
    "finished",
    "on_time",
    "same_day",
    "rated",
    "stars",
    "seconds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the statistics need of an order."""

    reported: datetime
    due: datetime
    finished: datetime | None
    cancelled: bool
    stars: int | None
    charge: Decimal


@dataclass(slots=True)
class Tally:
    """The orders of one line, counted."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    seconds: list[int] = field(default_factory=list)
    charged: Decimal = Decimal("0.00")

    def add(self, order: Order, *, now: datetime, zone: tzinfo) -> None:
        """Count an order; what was cancelled is neither open nor late."""
        counts = self.counts
        counts["reported"] += 1
        if order.cancelled:
            counts["cancelled"] += 1
            return
        self.charged += order.charge
        if order.stars is not None:
            counts["rated"] += 1
            counts["stars"] += order.stars
        if order.finished is None:
            counts["open"] += 1
            counts["late"] += order.due <= now
            return
        counts["finished"] += 1
        counts["on_time"] += order.finished <= order.due
        counts["same_day"] += order.reported.astimezone(zone).date() == order.finished.astimezone(zone).date()
        self.seconds.append(max(0, int((order.finished - order.reported).total_seconds())))
        counts["seconds"] += self.seconds[-1]

    def values(self) -> dict[str, Any]:
        """Return the line's figures by name; the middle time, which no sum of lines gives, among them."""
        return {**self.counts, "charged": self.charged, "middle": middle_hours(self.seconds)}


COUNTS = (
    "reported",
    "cancelled",
    "open",
    "late",
    "finished",
    "on_time",
    "same_day",
    "rated",
    "stars",
    "seconds",
)


def middle_hours(seconds: Iterable[int]) -> Decimal | None:
    """Return the median in hours; None of nothing."""
    found = [Decimal(one) for one in seconds]
    return half_up(median(found) / HOUR, 2) if found else None


def shares(values: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """Average hours, stars and shares of a line, a subtotal or the total, from its own sums."""
    finished, rated = values["finished"] or 0, values["rated"] or 0
    return {
        "average": half_up(Decimal(values["seconds"]) / (finished * HOUR), 2) if finished else None,
        "on_time_rate": percent(Decimal(values["on_time"] or 0), Decimal(finished)),
        "same_day_rate": percent(Decimal(values["same_day"] or 0), Decimal(finished)),
        "rating": half_up(Decimal(values["stars"]) / rated, 2) if rated else None,
    }
