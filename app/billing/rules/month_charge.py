"""What one assignment is charged in one month: from dated facts to priced parts.

A month is cut where the price, the area or the payer changes inside it; what was charged before is left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.billing.rules.relief import Relieved, relief_cuts, relieved_days, waived_for
from app.billing.rules.timeline import AssignmentTimeline, Segment, segments_of
from app.billing.states import Oddity
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Method, Priced, PricingInputs, Terms, price_charge
from app.kernel.proration import MonthPart, Proration, month_parts


@dataclass(frozen=True, slots=True)
class ChargePart:
    """A charge to be: who pays how much for which days, and by which version of the price; `waived` in 元."""

    priced: Priced
    customer_id: int
    version_id: int
    due_date: date
    waived: Decimal = Decimal(0)
    relieved: Sequence[Relieved] = ()
    more: Mapping[str, Any] = field(default_factory=dict)  # what its basis says beside

    @property
    def span(self) -> DateSpan:
        """The days charged."""
        return self.priced.part.span

    @property
    def amount(self) -> Decimal:
        """What is owed (元)."""
        return self.priced.gross - self.waived

    def basis(self) -> dict[str, Any]:
        """Return what the amount was computed from beside quantity, price and dates; `explain` reads it."""
        part = self.priced.part
        found: dict[str, Any] = {
            "method": self.priced.method.value,
            "days": part.days,
            "of_days": part.days_in_month,
            "share": str(part.share),
        }
        if self.relieved:
            found["relieved"] = [
                {
                    "first": one.span.first.isoformat(),
                    "last": one.span.last.isoformat(),
                    "factor": str(one.factor),
                }
                for one in self.relieved
            ]
        return found | dict(self.more)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days that cannot be charged, and why."""

    span: DateSpan
    reason: Oddity


def charge_month(
    *, terrain: AssignmentTimeline, method: Method, period: Period, proration: Proration, due_days: int
) -> tuple[list[ChargePart], list[Gap]]:
    """Return the parts of `period` still to be charged, and the days that cannot be: nothing is passed over in silence.

    Shares come from all parts of the month together, those charged before included, so that they never exceed it.
    """
    span = terrain.span.intersect(period.span)
    if span is None:
        return [], []
    pieces = segments_of(terrain=terrain, span=span, by_area=method is Method.AREA)
    shares = _shares(period, tuple(piece.span for piece in pieces), proration)
    finer = _relieved(terrain, period, pieces, proration) if terrain.reliefs else {}
    due_date = period.last_day + timedelta(days=due_days)
    parts: list[ChargePart] = []
    gaps: list[Gap] = []
    for piece, part in zip(pieces, shares, strict=True):
        if piece.charged:
            continue
        if piece.version is None:
            gaps.append(Gap(piece.span, Oddity.NO_PRICE))
        elif method is Method.AREA and piece.area is None:
            gaps.append(Gap(piece.span, Oddity.NO_AREA))
        elif piece.customer_id is None:
            gaps.append(Gap(piece.span, Oddity.NO_PAYER))
        else:
            priced = price_charge(
                method=method,
                facts=PricingInputs(area=piece.area),
                terms=Terms(price=piece.version.price),
                part=part,
            )
            relieved = finer.get(piece.span, ())
            waived = waived_for(priced=priced, relieved=relieved) if relieved else Decimal(0)
            days = [one for one, _part in relieved]
            parts.append(ChargePart(priced, piece.customer_id, piece.version.id, due_date, waived, days))
    return parts, gaps


def _relieved(
    terrain: AssignmentTimeline, period: Period, pieces: Sequence[Segment], proration: Proration
) -> dict[DateSpan, list[tuple[Relieved, MonthPart]]]:
    """By piece its days that pay a part, each with its share of the month.

    The month is cut once more where such days begin and end: the shares of the finer parts of a piece add up to its
    own.
    """
    cuts = relief_cuts(terrain.reliefs)
    spans = [part for piece in pieces for part in piece.span.split(cuts)]
    shares = {part.span: part for part in _shares(period, tuple(spans), proration)}
    return {
        piece.span: [
            (days, shares[days.span]) for days in relieved_days(reliefs=terrain.reliefs, span=piece.span)
        ]
        for piece in pieces
    }


@lru_cache(maxsize=4096)
def _shares(period: Period, spans: tuple[DateSpan, ...], proration: Proration) -> tuple[MonthPart, ...]:
    """`month_parts`, remembered: nearly every assignment of a month has the same spans."""
    return month_parts(period=period, spans=spans, proration=proration)
