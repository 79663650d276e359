"""Which months are over and not closed: of every community the earliest, for they close in order."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.closing.queries.board import LATEST_CLOSED
from app.estate.models import Community
from app.kernel.periods import Period
from app.lowcode import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOver:
    """A community's earliest month that is over and open."""

    community_id: int
    community: str
    period: Period
    late: bool  # the month after it is over too


def months_over(*, session: Session, now: Period) -> list[MonthOver]:
    """Return the months before `now` that wait to be closed, within reach and the chosen node; by community."""
    of = AccountingPeriod
    narrowing = listing.narrowing_condition(Community)
    rows = session.execute(
        select(Community.id, Community.name, func.min(of.period), LATEST_CLOSED)
        .join(of, of.community_id == Community.id)
        .where(*([] if narrowing is None else [narrowing]))
        .group_by(Community.id, Community.name)
        .order_by(Community.name)
    )
    found = []
    for community_id, name, first, closed in rows:
        period = first if closed is None else closed.next
        if period < now:
            late = period.next < now
            found.append(MonthOver(community_id=community_id, community=name, period=period, late=late))
    return found
