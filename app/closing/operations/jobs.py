"""The long work of closing: one unit, so that killed at any moment the month is closed whole or not at all."""

from sqlalchemy import select

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.closing.audit.runner import check_books
from app.closing.operations.close import JOB, close
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.kernel.sentences import sentence
from app.lowcode.db import count_anew, db
from app.lowcode.jobs import JobContext, JobHandler
from app.lowcode.unit import JOBS_PATIENCE, in_unit_of_work


class BooksBroken(DomainError):
    """A month is not kept for ever out of books that do not hold."""

    code = "period_not_ready"
    message = N_("账目核对有 %(count)d 处不符，不能结账。请管理员先处理：%(first)s")


def close_job(job: JobContext) -> None:
    """Close a month; started again after a kill, or pressed twice, it finds it closed and is done."""
    community_id, period = int(job.params["community"]), Period.parse(job.params["period"])
    job.url = f"/closing/?year={period.year}"
    job.progress(0, 1)
    # What was written since the last job is counted first: then the books and the reports are read by their indexes.
    in_unit_of_work(lambda: count_anew(db.session()), patience=JOBS_PATIENCE)
    # Before the unit, which nothing else is written beside.
    broken = check_books(session=db.session(), communities=[community_id])
    db.session.rollback()
    if broken:
        raise BooksBroken(count=len(broken), first=str(broken[0]))

    def closing() -> str:
        session = db.session()
        state = session.scalar(
            select(AccountingPeriod.state).where(
                AccountingPeriod.community_id == community_id, AccountingPeriod.period == period
            )
        )
        if state is PeriodState.CLOSED:
            return sentence(N_("%(period)s 已结账。"), period=period)
        row = close(session=session, community_id=community_id, period=period)
        return sentence(N_("%(period)s 已结账（第 %(version)s 次）。"), period=period, version=row.version)

    job.message = in_unit_of_work(closing, patience=JOBS_PATIENCE)
    # No progress report here: it could still find a request to cancel, and the month is closed.


CLOSE_JOB = JobHandler(JOB, close_job)
