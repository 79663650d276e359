"""What share of a month a range of days is, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.money import half_up
from app.kernel.periods import DateSpan, Period

THIRTY_DAYS = 30


class Proration(LabelledEnum):
    """A community's way to count a part of a month."""

    ACTUAL = "actual", N_("按当月实际天数")
    THIRTY = "thirty", N_("按三十天")

    def days_in(self, period: Period) -> int:
        """Return the days that `period` counts for: the divisor of a share."""
        return period.days if self is Proration.ACTUAL else THIRTY_DAYS


@dataclass(frozen=True, kw_only=True)
class MonthPart:
    """A range inside one month and its exact share of that month."""

    period: Period
    span: DateSpan
    share: Fraction
    days_in_month: int

    @property
    def days(self) -> int:
        """The calendar days of the range."""
        return self.span.days

    @property
    def is_whole_month(self) -> bool:
        """Tell whether the range is the month from its first to its last day."""
        return self.span == self.period.span


def month_parts(*, period: Period, spans: Sequence[DateSpan], proration: Proration) -> tuple[MonthPart, ...]:
    """Return the share of `period` that each of `spans` is.

    `spans` are all the parts of one payer object × fee in that month, in order and without overlap
    (ValueError otherwise). `actual`: days / days of the month. `thirty`: days / 30, and parts that make up
    the whole month make exactly one, because the last takes what the others left (fee rules, proration).
    """
    _check_spans(period, spans)
    divisor = proration.days_in(period)
    whole_month = sum(span.days for span in spans) == period.days
    left = Fraction(1)
    parts: list[MonthPart] = []
    for number, span in enumerate(spans, start=1):
        takes_the_rest = whole_month and number == len(spans)
        share = left if takes_the_rest else min(Fraction(span.days, divisor), left)
        left -= share
        parts.append(MonthPart(period=period, span=span, share=share, days_in_month=divisor))
    return tuple(parts)


def month_part(*, period: Period, span: DateSpan, proration: Proration) -> MonthPart:
    """Return the share of `period` of a range that is the only one charged in it."""
    return month_parts(period=period, spans=[span], proration=proration)[0]


def round_exact(amount: Fraction) -> Decimal:
    """Round an exact amount in 元 to 分, half up."""
    return half_up(amount)


def _check_spans(period: Period, spans: Sequence[DateSpan]) -> None:
    for span in spans:
        if span.first < period.first_day or span.last > period.last_day:
            raise ValueError(f"{span} leaves {period}")
    for before, after in pairwise(spans):
        if after.first <= before.last:
            raise ValueError(f"{after} does not come after {before}")
