"""空置 and 停供: what of a charge is waived for days that pay only a part; the charge itself is never split."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from app.kernel.periods import DateSpan
from app.kernel.pricing import Priced
from app.kernel.proration import MonthPart, round_exact

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Relief:
    """Approved days on which only `factor` of a fee is paid; `own`: named for this fee, not for all of the room."""

    span: DateSpan
    factor: Decimal
    own: bool = False


@dataclass(frozen=True, slots=True)
class Relieved:
    """Days inside a charge on which `factor` is paid."""

    span: DateSpan
    factor: Decimal


def relieved_days(*, reliefs: Sequence[Relief], span: DateSpan) -> list[Relieved]:
    """Return the days of `span` that pay a part, in order. A relief for the fee itself goes before one for all fees."""
    cuts = relief_cuts(reliefs)
    found = []
    for part in span.split(cuts):
        factor = _factor_on(reliefs, part.first)
        if factor is not None:
            found.append(Relieved(part, factor))
    return found


def relief_cuts(reliefs: Sequence[Relief]) -> set[date]:
    """Return the days on which another factor may begin to hold."""
    cuts = {relief.span.first for relief in reliefs}
    return cuts | {relief.span.last + ONE_DAY for relief in reliefs if relief.span.last < date.max}


def waived_for(*, priced: Priced, relieved: Sequence[tuple[Relieved, MonthPart]]) -> Decimal:
    """Return what is waived of a charge (元), rounded once: Σ exact amount of the days × (1 − factor).

    Each range comes with its share of the month, cut as the charge's own parts are, so that with `thirty` too a charge
    whose every day is relieved is relieved of exactly itself (fee rules, proration and vacancy).
    """
    month = Fraction(priced.quantity) * Fraction(priced.price)
    return round_exact(
        sum((month * part.share * (1 - Fraction(days.factor)) for days, part in relieved), Fraction(0))
    )


def _factor_on(reliefs: Sequence[Relief], day: date) -> Decimal | None:
    holding = [relief for relief in reliefs if day in relief.span]
    own = [relief for relief in holding if relief.own]
    return next((relief.factor for relief in own or holding), None)
