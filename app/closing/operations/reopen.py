"""反结账: the latest closed month is opened again, for a reason, by two persons; what was kept stays as a version."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.operations.approvals import approval_flow, sign_request
from app.billing.states import PERIOD_MACHINE, ApprovalState, PeriodState
from app.closing.models import PeriodReopen
from app.estate.models import Community
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode import history, scope
from app.lowcode.actors import current_actor
from app.lowcode.scope import OutOfScope
from app.lowcode.workflow import TransitionContext, change_state


class NotLatestPeriod(DomainError):
    """A month that is open, or closed with another closed after it."""

    code = "not_latest_period"
    message = N_("只能反结最近一个已结的账期%(latest)s。")


class ReopenAsked(DomainError):
    """The same person asks for the same again."""

    code = "reopen_asked"
    message = N_("您已经申请过 %(period)s 的反结账，请等待审批。")


def request_reopen(
    *, session: Session, row: PeriodReopen, community_id: int, period: Period, reason: str
) -> PeriodReopen:
    """Ask that the latest closed month of a community be opened again. Raises OutOfScope, NotLatestPeriod, ReopenAsked."""
    if scope.find(session, Community, community_id) is None:
        raise OutOfScope(field="community_id")
    month = _latest(session, community_id, period)
    actor = current_actor()
    same = select(PeriodReopen.id).where(
        PeriodReopen.community_id == community_id,
        PeriodReopen.period == period,
        PeriodReopen.version == month.version,
        PeriodReopen.state == ApprovalState.PENDING,
        PeriodReopen.requested_by_id == actor.user_id,
        PeriodReopen.requested_by == (actor.name or "?"),
    )
    if session.scalar(same.limit(1)) is not None:
        raise ReopenAsked(field="period", period=str(period))
    row.community_id, row.period, row.version, row.reason = community_id, period, month.version, reason
    sign_request(row)
    session.add(row)
    session.flush()
    return row


def _approving(move: TransitionContext) -> None:
    """Open the month again; what was closed meanwhile is judged once more."""
    session, row = move.session, move.row
    month = _latest(session, row.community_id, row.period)
    if month.version != row.version:
        raise NotLatestPeriod(latest="")
    change_state(session=session, row=month, machine=PERIOD_MACHINE, action="reopen")
    month.closed_at, month.closed_by = None, None
    history.note(month, label=N_("反结账"), reason=row.reason)


REOPEN_FLOW = approval_flow(PeriodReopen, approving=_approving)


def _latest(session: Session, community_id: int, period: Period) -> AccountingPeriod:
    """Return the month, locked, if it is the latest closed one. Raises NotLatestPeriod."""
    mine: Any = AccountingPeriod.community_id == community_id
    month = session.scalars(
        select(AccountingPeriod)
        .where(mine, AccountingPeriod.period == period)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    latest = session.scalar(
        select(AccountingPeriod.period)
        .where(mine, AccountingPeriod.state == PeriodState.CLOSED)
        .order_by(AccountingPeriod.period.desc())
        .limit(1)
    )
    if month is None or latest != period:
        raise NotLatestPeriod(field="period", latest="" if latest is None else f"({latest})")
    return month
