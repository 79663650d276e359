"""What a meter says was used, and what is charged for it in a month (fee rules, meters)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.billing.rules.month_charge import ChargePart, Gap
from app.billing.rules.timeline import Payer, Price, in_force
from app.billing.states import Oddity
from app.kernel.errors import N_, DomainError
from app.kernel.money import AREA_SCALE, format_exact, half_up, to_scaled
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Method, PricingInputs, Terms, price_charge
from app.kernel.proration import MonthPart

READING_SCALE = AREA_SCALE


class NegativeUsage(DomainError):
    """A reading below the last one without a roll-over."""

    code = "negative_usage"
    message = N_("本次读数 %(value)s 小于上次读数 %(last)s。表走满一圈回零的请勾选“回零”，读错的请重填。")


class NoRollover(DomainError):
    """A roll-over of a dial that has not passed zero."""

    code = "no_rollover"
    message = N_("本次读数 %(value)s 不小于上次读数 %(last)s，表没有回零。请去掉“回零”。")


class ReadingTooLong(DomainError):
    """A reading that the dial cannot show."""

    code = "reading_too_long"
    message = N_("读数 %(value)s 超出了这块表的位数（%(digits)s 位）。")


class NegativeReading(DomainError):
    """A reading below zero."""

    code = "negative_reading"
    message = N_("读数不能是负数。")


@dataclass(frozen=True, slots=True)
class Dial:
    """How a meter counts: each turn of its `digits` counts `multiplier` × (1 + `loss`)."""

    multiplier: Decimal
    loss: Decimal
    digits: int

    def check(self, value: Decimal) -> None:
        """Refuse what the dial cannot show. Raises NegativeReading, ReadingTooLong, TooManyDecimals."""
        to_scaled(value, READING_SCALE)
        if value < 0:
            raise NegativeReading(field="value")
        if value >= 10**self.digits:
            raise ReadingTooLong(field="value", value=format_exact(value, 0), digits=self.digits)

    def usage(self, *, last: Decimal, value: Decimal, rollover: bool = False) -> Decimal:
        """(value − last, and 10^digits where it rolled over) × multiplier × (1 + loss), half up to four decimals.

        Raises what `check` raises, NegativeUsage, NoRollover.
        """
        self.check(value)
        shown = {"value": format_exact(value, 0), "last": format_exact(last, 0)}
        if value < last and not rollover:
            raise NegativeUsage(field="value", **shown)
        if value >= last and rollover:
            raise NoRollover(field="rollover", **shown)
        turned = Fraction(value) - Fraction(last) + (10**self.digits if rollover else 0)
        return half_up(turned * Fraction(self.multiplier) * (1 + Fraction(self.loss)), READING_SCALE)


def is_unusual(*, usage: Decimal, before: Sequence[Decimal]) -> bool:
    """Whether a usage is beyond ±50 % of the mean of the two before it; never where there are not two."""
    if len(before) != 2:
        return False
    both = before[0] + before[1]
    return not both <= 4 * usage <= 3 * both


@dataclass(frozen=True, slots=True)
class MeteredUsage:
    """A reading that stands: what was used since `last`, and by what it was counted. `change`: the old dial's last."""

    day: date
    last: Decimal
    value: Decimal
    usage: Decimal
    multiplier: Decimal
    loss: Decimal
    rollover: bool = False
    change: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the reading as a charge keeps it; `explain` reads it."""
        found: dict[str, Any] = {
            "day": self.day.isoformat(),
            "last": str(self.last),
            "value": str(self.value),
            "usage": str(self.usage),
            "multiplier": str(self.multiplier),
            "loss": str(self.loss),
        }
        return found | {name: True for name in ("rollover", "change") if getattr(self, name)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteredTimeline:
    """The dated facts of one assignment of a meter; `readings` rise by day and stand within the month."""

    span: DateSpan
    meter: str
    prices: Sequence[Price]
    payers: Sequence[Payer]
    readings: Sequence[MeteredUsage]
    charged: Sequence[DateSpan] = ()


def charge_metered(
    *, terrain: MeteredTimeline, period: Period, due_days: int
) -> tuple[list[ChargePart], list[Gap]]:
    """Return the one charge of a meter in a month: the usage of its readings × the price, 0.00 where nothing was used.

    Price and payer are those of the day of the month's last reading; days share nothing out. Nothing where it is
    charged already, or was not read: a run is refused then before it computes.
    """
    span = terrain.span.intersect(period.span)
    if span is None or any(span.overlaps(one) for one in terrain.charged):
        return [], []
    readings = [one for one in terrain.readings if one.day in span]
    if not readings:
        return [], []
    day = readings[-1].day
    version = in_force(terrain.prices, day)
    payer = next((one.customer_id for one in terrain.payers if day in one.span), None)
    if version is None:
        return [], [Gap(span, Oddity.NO_PRICE)]
    if payer is None:
        return [], [Gap(span, Oddity.NO_PAYER)]
    usage = sum((one.usage for one in readings), Decimal(0))
    part = MonthPart(period=period, span=span, share=Fraction(1), days_in_month=period.days)
    priced = price_charge(
        method=Method.METERED, facts=PricingInputs(usage=usage), terms=Terms(price=version.price), part=part
    )
    due_date = period.last_day + timedelta(days=due_days)
    more = {"meter": terrain.meter, "readings": [one.to_json() for one in readings]}
    return [ChargePart(priced, payer, version.id, due_date, more=more)], []
