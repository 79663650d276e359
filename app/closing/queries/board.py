"""The board of months: which month of which community stands how."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.estate.models import Community
from app.kernel.periods import Period
from app.lowcode import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMonth:
    """A month of a community. `state` None: nothing was dated in it, and nothing is to be closed."""

    period: Period
    state: PeriodState | None
    version: int = 0
    closed_by: str = ""
    closed_at: Any = None
    latest: bool = False  # the latest closed one: it may be opened again


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A community with its twelve months."""

    community_id: int
    name: str
    months: Sequence[BoardMonth]


LATEST_CLOSED = func.max(case((AccountingPeriod.state == PeriodState.CLOSED, AccountingPeriod.period)))
"""The latest closed month of a group of months; NULL where it has none. MariaDB knows no FILTER."""


def latest_closed(*, session: Session, community_id: int) -> Period | None:
    """Return the latest month that a community has closed; None where it has closed none."""
    return session.scalar(
        select(func.max(AccountingPeriod.period)).where(
            AccountingPeriod.community_id == community_id, AccountingPeriod.state == PeriodState.CLOSED
        )
    )


def board(*, session: Session, year: int, now: Period) -> list[Books]:
    """Return the months of a year of every community in reach and the chosen node, by name.

    A month in which nothing was dated, between the first of the books and now, is open: it is closed like the others.
    """
    narrowing = listing.narrowing_condition(Community)
    communities = session.execute(
        select(Community.id, Community.name)
        .where(*([] if narrowing is None else [narrowing]))
        .order_by(Community.name)
    ).all()
    ids = [one.id for one in communities]
    edges = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(AccountingPeriod.community_id, func.min(AccountingPeriod.period), LATEST_CLOSED)
            .where(AccountingPeriod.community_id.in_(ids))
            .group_by(AccountingPeriod.community_id)
        )
    }
    found = {
        (row.community_id, row.period): row
        for row in session.execute(
            select(
                AccountingPeriod.community_id,
                AccountingPeriod.period,
                AccountingPeriod.state,
                AccountingPeriod.version,
                AccountingPeriod.closed_by,
                AccountingPeriod.closed_at,
            ).where(
                AccountingPeriod.community_id.in_(ids),
                AccountingPeriod.period.between(Period(year, 1), Period(year, 12)),
            )
        )
    }

    def month(community_id: int, number: int) -> BoardMonth:
        period = Period(year, number)
        row = found.get((community_id, period))
        first, latest = edges.get(community_id, (None, None))
        if row is None:
            waits = first is not None and first < period <= now
            return BoardMonth(period=period, state=PeriodState.OPEN if waits else None)
        return BoardMonth(
            period=period,
            state=row.state,
            version=row.version,
            closed_by=row.closed_by or "",
            closed_at=row.closed_at,
            latest=period == latest,
        )

    return [
        Books(community_id=one.id, name=one.name, months=[month(one.id, number) for number in range(1, 13)])
        for one in communities
    ]
