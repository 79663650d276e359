"""What one assignment is charged in one month: from dated facts to priced parts.

A month is cut where the price, the area or the payer changes inside it; what was charged before is left alone.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.billing.states import Oddity
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Facts, Method, Priced, Terms, price_charge
from app.kernel.proration import MonthPart, Proration, month_parts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Price:
    """A version of a standard: 元 per unit from a day on."""

    id: int
    starts: date
    price: Decimal


@dataclass(frozen=True, slots=True)
class Area:
    """A room's 建筑面积 in ㎡ from a day on."""

    starts: date
    area: Decimal


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays in a range of days; of several for one day the first in the sequence does."""

    span: DateSpan
    customer_id: int


@dataclass(frozen=True, slots=True)
class Terrain:
    """The dated facts of one assignment. `prices` and `areas` rise by date; `charged` is what stands already."""

    span: DateSpan
    prices: Sequence[Price]
    areas: Sequence[Area]
    payers: Sequence[Payer]
    charged: Sequence[DateSpan] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A charge to be: who pays how much for which days, and by which version of the price."""

    priced: Priced
    customer_id: int
    version_id: int
    due_date: date

    @property
    def span(self) -> DateSpan:
        """The days charged."""
        return self.priced.part.span

    def basis(self) -> dict[str, Any]:
        """What the amount was computed from beside quantity, price and dates; `explain` reads it."""
        part = self.priced.part
        return {
            "method": self.priced.method.value, "days": part.days, "of_days": part.days_in_month,
            "share": str(part.share),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """Days that cannot be charged, and why."""

    span: DateSpan
    reason: Oddity


@dataclass(frozen=True, slots=True)
class _Piece:
    span: DateSpan
    charged: bool
    customer_id: int | None = None
    version: Price | None = None
    area: Decimal | None = None

    def continues(self, other: "_Piece") -> bool:
        """Whether `other` is the day before's piece and says the same: such a cut changes nothing."""
        mine = (self.charged, self.customer_id, self.version and self.version.price, self.area)
        return not self.charged and mine == (
            other.charged, other.customer_id, other.version and other.version.price, other.area
        )  # fmt: skip


def charge_month(
    *, terrain: Terrain, method: Method, period: Period, proration: Proration, due_days: int
) -> tuple[list[Part], list[Gap]]:
    """The parts of `period` still to be charged, and the days that cannot be: nothing is passed over in silence.

    Shares come from all parts of the month together, those charged before included, so that they never exceed it.
    """
    span = terrain.span.intersect(period.span)
    if span is None:
        return [], []
    pieces = _pieces(span, terrain, by_area=method is Method.AREA)
    shares = _shares(period, tuple(piece.span for piece in pieces), proration)
    due_date = period.last_day + timedelta(days=due_days)
    parts: list[Part] = []
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
                method=method, facts=Facts(area=piece.area), terms=Terms(price=piece.version.price), part=part
            )
            parts.append(Part(priced, piece.customer_id, piece.version.id, due_date))
    return parts, gaps


def _pieces(span: DateSpan, terrain: Terrain, *, by_area: bool) -> list[_Piece]:
    cuts = {version.starts for version in terrain.prices}
    if by_area:
        cuts.update(version.starts for version in terrain.areas)
    for one in (*(payer.span for payer in terrain.payers), *terrain.charged):
        cuts.add(one.first)
        if one.last < date.max:
            cuts.add(one.last + ONE_DAY)
    found: list[_Piece] = []
    for part in span.split(cuts):
        piece = _piece(part, terrain, by_area=by_area)
        if found and piece.continues(found[-1]):
            piece = _Piece(
                DateSpan(found[-1].span.first, part.last),
                False,
                piece.customer_id,
                found[-1].version,
                piece.area,
            )
            found.pop()
        found.append(piece)
    return found


def _piece(span: DateSpan, terrain: Terrain, *, by_area: bool) -> _Piece:
    day = span.first
    if any(day in charged for charged in terrain.charged):
        return _Piece(span, True)
    customer = next((payer.customer_id for payer in terrain.payers if day in payer.span), None)
    version = in_force(terrain.prices, day)
    area = in_force(terrain.areas, day) if by_area else None
    return _Piece(span, False, customer, version, area and area.area)


def in_force(versions: Sequence[Any], day: date) -> Any:
    """The version in force on `day` of those given in order of `starts`; None before the first."""
    place = bisect_right(versions, day, key=lambda version: version.starts)
    return versions[place - 1] if place else None


@lru_cache(maxsize=4096)
def _shares(period: Period, spans: tuple[DateSpan, ...], proration: Proration) -> tuple[MonthPart, ...]:
    """`month_parts`, remembered: nearly every assignment of a month has the same spans."""
    return month_parts(period=period, spans=spans, proration=proration)
