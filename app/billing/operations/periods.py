"""The guard of the months: nothing is dated in a closed one; one opens when something is first dated in it."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode.db import insert_new


class PeriodClosed(DomainError):
    """Something dated in a month that is closed."""

    code = "period_closed"
    message = N_("%(period)s 已结账，不能再记入。请记入未结的账期。")


def guard_open(*, session: Session, community_id: int, day: date) -> None:
    """Refuse a day of a closed month. Raises PeriodClosed."""
    guard_period(session=session, community_id=community_id, period=Period.of(day))


def guard_period(*, session: Session, community_id: int, period: Period) -> None:
    """Refuse a closed month, and hold it open until the unit ends: closing waits. Raises PeriodClosed."""
    _refuse(
        session, community_id, period, session.scalar(_state(community_id, period).with_for_update(read=True))
    )


def refuse_closed(*, session: Session, community_id: int, period: Period) -> None:
    """Refuse a closed month, for work that will ask again before it writes: nothing is held. Raises PeriodClosed."""
    _refuse(session, community_id, period, session.scalar(_state(community_id, period)))


def open_period(*, session: Session, community_id: int, period: Period) -> None:
    """Open the month if nothing was dated in it yet, and hold it open as `guard_period` does. Raises PeriodClosed.

    Two desks may take a month's first money at once: the second waits for the first here, and finds it open.
    """
    _add_missing(session, community_id, period)
    guard_period(session=session, community_id=community_id, period=period)


def lock_period(*, session: Session, community_id: int, period: Period) -> None:
    """Open the month if need be and have it alone until the unit ends. Raises PeriodClosed.

    Never after `guard_period` in one unit: two that hold it open would wait for each other.
    """
    _add_missing(session, community_id, period)
    _refuse(session, community_id, period, session.scalar(_state(community_id, period).with_for_update()))


def _state(community_id: int, period: Period) -> Select[PeriodState]:
    return select(AccountingPeriod.state).where(
        AccountingPeriod.community_id == community_id, AccountingPeriod.period == period
    )


def _refuse(session: Session, community_id: int, period: Period, state: PeriodState | None) -> None:
    if state is None:
        # Months close in order: one that nothing was ever dated in is closed with the ones after it.
        later = select(AccountingPeriod.id).where(
            AccountingPeriod.community_id == community_id,
            AccountingPeriod.period > period,
            AccountingPeriod.state == PeriodState.CLOSED,
        )
        state = PeriodState.CLOSED if session.scalar(later.limit(1)) is not None else PeriodState.OPEN
    if state is PeriodState.CLOSED:
        raise PeriodClosed(period=str(period))


def _add_missing(session: Session, community_id: int, period: Period) -> None:
    state = session.scalar(_state(community_id, period))
    _refuse(session, community_id, period, state)
    if state is not None:
        return
    row = {"community_id": community_id, "period": period, "state": PeriodState.OPEN}
    insert_new(session=session, table=AccountingPeriod.__table__, row=row)
