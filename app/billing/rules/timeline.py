"""The dated facts of one assignment, and a month of it cut where the price, the area or the payer changes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.billing.rules.relief import Relief
from app.kernel.periods import DateSpan

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
class AssignmentTimeline:
    """The dated facts of one assignment. `prices` and `areas` rise by date; `charged` is what stands already.

    `reliefs` are approved days that pay a part; those for the same fees never share a day.
    """

    span: DateSpan
    prices: Sequence[Price]
    areas: Sequence[Area]
    payers: Sequence[Payer]
    charged: Sequence[DateSpan] = ()
    reliefs: Sequence[Relief] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Days between two cuts, and what holds on them."""

    span: DateSpan
    charged: bool
    customer_id: int | None = None
    version: Price | None = None
    area: Decimal | None = None

    def continues(self, other: "Segment") -> bool:
        """Whether `other` is the day before's piece and says the same: such a cut changes nothing."""
        mine = (self.charged, self.customer_id, self.version and self.version.price, self.area)
        return not self.charged and mine == (
            other.charged,
            other.customer_id,
            other.version and other.version.price,
            other.area,
        )


def segments_of(*, terrain: AssignmentTimeline, span: DateSpan, by_area: bool) -> list[Segment]:
    """Return the days of `span` in pieces, in order. `by_area`: a new area cuts too."""
    cuts = {version.starts for version in terrain.prices}
    if by_area:
        cuts.update(version.starts for version in terrain.areas)
    for one in (*(payer.span for payer in terrain.payers), *terrain.charged):
        cuts.add(one.first)
        if one.last < date.max:
            cuts.add(one.last + ONE_DAY)
    found: list[Segment] = []
    for part in span.split(cuts):
        piece = _piece(part, terrain, by_area=by_area)
        if found and piece.continues(found[-1]):
            piece = Segment(
                DateSpan(found[-1].span.first, part.last),
                False,
                piece.customer_id,
                found[-1].version,
                piece.area,
            )
            found.pop()
        found.append(piece)
    return found


def _piece(span: DateSpan, terrain: AssignmentTimeline, *, by_area: bool) -> Segment:
    day = span.first
    if any(day in charged for charged in terrain.charged):
        return Segment(span, True)
    customer = next((payer.customer_id for payer in terrain.payers if day in payer.span), None)
    version = in_force(terrain.prices, day)
    area = in_force(terrain.areas, day) if by_area else None
    return Segment(span, False, customer, version, area and area.area)


def in_force(versions: Sequence[Any], day: date) -> Any:
    """Return the version in force on `day` of those given in order of `starts`; None before the first."""
    place = bisect_right(versions, day, key=lambda version: version.starts)
    return versions[place - 1] if place else None
