"""Closing a month: alone with it, looked at again, its reports kept, marked; all in one unit or nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.operations.periods import PeriodClosed, lock_period
from app.billing.states import PERIOD_MACHINE, PeriodState
from app.closing.operations.checklist import (
    ChecklistItem,
    Remedy,
    close_check,
    missing_documents,
    unequal,
)
from app.closing.operations.snapshots import freeze, written_out
from app.estate.models import Community
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.kernel.sentences import sentence
from app.lowcode import clock, history, scope
from app.lowcode.actors import current_actor
from app.lowcode.jobs import OPEN, Job, start_job
from app.lowcode.reports import registry
from app.lowcode.scope import OutOfScope
from app.lowcode.workflow import change_state

JOB = "closing.close"


class PreviousPeriodOpen(DomainError):
    """Months close in order."""

    code = "previous_period_open"
    message = N_("%(previous)s 还没有结账。请先结 %(previous)s。")


class PeriodNotReady(DomainError):
    """Something is missing before the month can close; the first of it is said."""

    code = "period_not_ready"
    message = N_("%(period)s 还不能结账：%(what)s（共 %(count)d 项未完成）。请在月结页面按“%(remedy)s”。")


class ClosingUnderWay(DomainError):
    """Somebody else has the same month closed at this moment."""

    code = "closing_under_way"
    message = N_("%(period)s 正在由别人结账，请稍后再看。")


def close(*, session: Session, community_id: int, period: Period, by: str | None = None) -> AccountingPeriod:
    """Close a community's month for good: nothing is dated in it any more, and its reports stand as they are now.

    Waits for everything that is being written in it, then has it alone. `by`: who closes (None: the actor). Raises
    OutOfScope, PeriodClosed, PreviousPeriodOpen, PeriodNotReady.
    """
    row = _locked(session, community_id, period)
    mine: Any = {"session": session, "community_id": community_id, "period": period}
    _refuse_missing(period, missing_documents(**mine))
    reports = [written_out(report=one, **mine) for one in registry.frozen()]
    _refuse_missing(period, unequal(one.reading for one in reports))
    at, name = clock.now(), by or current_actor().name or "?"
    row.version += 1
    freeze(found=reports, version=row.version, at=at, by=name, **mine)
    change_state(session=session, row=row, machine=PERIOD_MACHINE, action="close")
    row.closed_at, row.closed_by = at, name
    history.note(row, label=N_("结账"))
    session.flush()
    return row


def _refuse_missing(period: Period, found: Iterable[ChecklistItem]) -> None:
    missing = [one for one in found if one.stops]
    if missing:
        raise PeriodNotReady(
            period=str(period),
            what=missing[0].text(),
            count=len(missing),
            remedy=missing[0].remedies[0].label,
        )


def start_close(*, session: Session, community_id: int, period: Period) -> int:
    """Have a month closed by a job; returns its id. A second press finds the job of the first.

    Raises OutOfScope, PeriodClosed, PreviousPeriodOpen, ClosingUnderWay (by somebody else).
    """
    community = scope.find(session, Community, community_id)
    if community is None:
        raise OutOfScope(field="community_id")
    # Two presses at the same moment wait for each other here.
    session.execute(select(Community.id).where(Community.id == community_id).with_for_update())
    refuse_out_of_order(session=session, community_id=community_id, period=period)
    params = {"community": community_id, "period": str(period)}
    for job in session.scalars(select(Job).where(Job.kind == JOB, Job.state.in_(OPEN))):
        if job.params == params:
            if job.user_id != current_actor().user_id:
                raise ClosingUnderWay(period=str(period))
            return job.id
    label = sentence(N_("结账 %(community)s %(period)s"), community=community.name, period=period)
    return start_job(session=session, kind=JOB, label=label, params=params).id


def refuse_out_of_order(*, session: Session, community_id: int, period: Period) -> None:
    """Refuse a closed month, and one before which another is open. Raises PeriodClosed, PreviousPeriodOpen."""
    previous = previous_open(session=session, community_id=community_id, period=period)
    state = session.scalar(
        select(AccountingPeriod.state).where(
            AccountingPeriod.community_id == community_id, AccountingPeriod.period == period
        )
    )
    if state is PeriodState.CLOSED:
        raise PeriodClosed(period=str(period))
    if previous is not None:
        raise PreviousPeriodOpen(previous=str(previous))


def previous_open(*, session: Session, community_id: int, period: Period) -> Period | None:
    """Return the earliest month before `period` that is not closed; None where all are, or nothing was before.

    A month in which nothing was ever dated is closed like any other: the books begin with the first that has anything.
    """
    rows: dict[Period, PeriodState] = dict(
        session.execute(
            select(AccountingPeriod.period, AccountingPeriod.state)
            .where(AccountingPeriod.community_id == community_id, AccountingPeriod.period < period)
            .order_by(AccountingPeriod.period)
        ).all()
    )
    if not rows:
        return None
    month = min(rows)
    while month < period and rows.get(month) is PeriodState.CLOSED:
        month = month.next
    return None if month == period else month


def _locked(session: Session, community_id: int, period: Period) -> AccountingPeriod:
    """Lock the month and its predecessor, so that neither is opened again meanwhile."""
    if scope.find(session, Community, community_id) is None:
        raise OutOfScope(field="community_id")
    refuse_out_of_order(session=session, community_id=community_id, period=period)
    before: Any = select(AccountingPeriod.id).where(
        AccountingPeriod.community_id == community_id,
        AccountingPeriod.period
        == select(func.max(AccountingPeriod.period))
        .where(AccountingPeriod.community_id == community_id, AccountingPeriod.period < period)
        .scalar_subquery(),
    )
    session.execute(before.with_for_update())
    lock_period(session=session, community_id=community_id, period=period)
    # Once more under the locks: another closing or opening may have come first.
    refuse_out_of_order(session=session, community_id=community_id, period=period)
    return session.scalars(
        select(AccountingPeriod)
        .where(AccountingPeriod.community_id == community_id, AccountingPeriod.period == period)
        .execution_options(populate_existing=True)
    ).one()


def findings(*, session: Session, community_id: int, period: Period) -> list[ChecklistItem]:
    """Return what stands between a month and its close, in the order in which it is to be done."""
    previous = previous_open(session=session, community_id=community_id, period=period)
    found = close_check(session=session, community_id=community_id, period=period)
    if previous is not None:
        first = ChecklistItem(
            code="previous_period_open",
            message=N_("上一账期 %(previous)s 还没有结账"),
            count=1,
            params={"previous": str(previous)},
            remedies=(
                Remedy(
                    N_("去结上一账期"),
                    f"/closing/check/{community_id}/{previous}",
                    ("read", "AccountingPeriod"),
                ),
            ),
        )
        return [first, *found]
    return found
