"""What higher rooms do as soon as charges are posted: a prepayment is applied to them in the same unit."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.engine import current_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Charges just posted: those of a run, or one of another source (`charge_id`).

    `day` is the clock's day, or the nearest one of `period`, the month that they are posted in: what follows from the
    posting is in the books of the same month.
    """

    community_id: int
    period: Period
    day: date
    run_id: int | None = None
    charge_id: int | None = None

    def charges(self) -> ColumnElement[bool]:
        """Which charges they are, whatever their number: a condition for a statement of one's own."""
        return Charge.run_id == self.run_id if self.charge_id is None else Charge.id == self.charge_id


def tell_posted(
    *,
    session: Session,
    community_id: int,
    period: Period,
    run_id: int | None = None,
    charge_id: int | None = None,
) -> None:
    """Call the hooks of `Posted`: inside the unit that posts, its month locked and open.

    What a hook raises undoes the posting. It may be told twice of the same charges.
    """
    posted = Posted(
        community_id=community_id,
        period=period,
        day=period.nearest(clock.today()),
        run_id=run_id,
        charge_id=charge_id,
    )
    for follow in current_engine().hooks.get(Posted, ()):
        follow(session, posted)
