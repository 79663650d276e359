"""Billing runs: begun, computed into their own lines, thrown away; and `bill`, the whole of it at once."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge, FeeItem
from app.billing.operations.charge_inputs import BillingMonth
from app.billing.operations.periods import refuse_closed
from app.billing.operations.run_computation import Computing
from app.billing.operations.run_post import post_run
from app.billing.queries.unread_meters import missing_readings
from app.billing.states import RUN_MACHINE, UNFINISHED
from app.estate.models import Community
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.kernel.sentences import sentence
from app.lowcode import clock, scope
from app.lowcode.actors import current_actor
from app.lowcode.history import note
from app.lowcode.jobs import start_job
from app.lowcode.scope import OutOfScope, locked
from app.lowcode.workflow import change_state


class NothingToPost(DomainError):
    """A run without a line that can be posted."""

    code = "nothing_to_post"
    message = N_("没有可以入账的费用：这个账期该收的已全部入账，或没有分配收费标准。")


class TooFarAhead(DomainError):
    """A month that nobody bills yet: a slip of the finger in the year."""

    code = "too_far_ahead"
    message = N_("%(period)s 太远了：最多提前 %(months)d 个月出账，到 %(latest)s 为止。")


class RunUnfinished(DomainError):
    """The same month of the same community and fee twice at once."""

    code = "run_unfinished"
    message = N_("“%(title)s”的出账还没有完成（%(state)s）。请先入账或作废它，再重新出账。")


class ReadingsMissing(DomainError):
    """A metered fee runs in the month, and its meter has no reading in it."""

    code = "missing_reading"
    message = N_(
        "%(period)s 还有 %(count)d 块表没有抄表：%(names)s。请先在“抄表录入”里补抄或按“登记未抄”，再出账。"
    )


NAMED = 10
"""Unread meters that the refusal names."""

MOST_AHEAD = 12
"""Months ahead of the present one that may be billed: a year's charges are asked for at its beginning."""


def start_run(
    *, session: Session, community_id: int, period: Period, fee_item_id: int | None = None
) -> tuple[BillingRun, int]:
    """Begin a run of a month, of one fee or (None) of all; returns it and the id of the job that computes it.

    Raises OutOfScope, PeriodClosed, TooFarAhead, RunUnfinished, ReadingsMissing.
    """
    _refuse_unfinished(session, community_id, period, fee_item_id)
    run = begin_run(session=session, community_id=community_id, period=period, fee_item_id=fee_item_id)
    # The job asks again; whoever starts it is told at once.
    refuse_missing(session=session, month=BillingMonth.of(run))
    job = start_job(
        session=session,
        kind="billing.compute",
        label=sentence(N_("计算 %(run)s"), run=run.title),
        params={"run": run.id},
    )
    return run, job.id


def _refuse_unfinished(session: Session, community_id: int, period: Period, fee_item_id: int | None) -> None:
    """One preview of a month and fee at a time: of two, one would be posted and the other be wrong."""
    # Two clicks at the same moment wait for each other here.
    session.execute(select(Community.id).where(Community.id == community_id).with_for_update())
    unfinished = select(BillingRun).where(
        BillingRun.community_id == community_id, BillingRun.period == period, BillingRun.state.in_(UNFINISHED)
    )
    if fee_item_id is not None:
        unfinished = unfinished.where(
            or_(BillingRun.fee_item_id.is_(None), BillingRun.fee_item_id == fee_item_id)
        )
    run = session.scalars(unfinished.limit(1)).first()
    if run is not None:
        raise RunUnfinished(field="period", title=run.title, state=run.state.label)


def begin_run(
    *, session: Session, community_id: int, period: Period, fee_item_id: int | None = None
) -> BillingRun:
    """Add a run that is still to be computed. Raises OutOfScope, PeriodClosed, TooFarAhead."""
    community = scope.find(session, Community, community_id)
    item = None if fee_item_id is None else scope.find(session, FeeItem, fee_item_id)
    if community is None:
        raise OutOfScope(field="community_id")
    if fee_item_id is not None and item is None:
        raise OutOfScope(field="fee_item_id")
    refuse_closed(session=session, community_id=community_id, period=period)
    latest = Period.of(clock.today()).plus(MOST_AHEAD)
    if period > latest:
        raise TooFarAhead(field="period", period=str(period), months=MOST_AHEAD, latest=str(latest))
    words = [community.name, str(period), *([] if item is None else [item.name])]
    run = BillingRun(
        community_id=community_id,
        period=period,
        fee_item_id=fee_item_id,
        title=" ".join(words)[:100],
        created_at=clock.now(),
        created_by=current_actor().name or "?",
    )
    session.add(run)
    session.flush()
    return run


def move_run(*, session: Session, run: BillingRun, action: str, reason: str | None = None) -> None:
    """Change a run's state by its machine, with a line of history. Raises TransitionRefused."""
    transition = change_state(session=session, row=run, machine=RUN_MACHINE, action=action)
    note(run, label=transition.label, reason=reason)
    session.flush()


def compute_run(*, session: Session, run: BillingRun) -> None:
    """Compute all lines in the open unit: for commands and the demo; the job does the same in a unit a chunk."""
    computing = begin_computing(session=session, run=run)
    while computing.next_chunk(session=session, run=run):
        pass
    sum_up(session=session, run=run)


def begin_computing(*, session: Session, run: BillingRun) -> Computing:
    """Throw away what an earlier start left, and read what holds for the whole month. Raises ReadingsMissing."""
    month = BillingMonth.of(run)
    refuse_missing(session=session, month=month)
    clear_lines(session=session, run=run)
    run.computed_at = clock.now()
    session.flush()
    return Computing(session=session, month=month)


def clear_lines(*, session: Session, run: BillingRun) -> None:
    """Throw a run's lines away."""
    session.execute(delete(BillingLine).where(BillingLine.run_id == run.id))


def sum_up(*, session: Session, run: BillingRun) -> None:
    """Write the figures of the preview on the run; it waits for posting from here on."""
    mine = BillingLine.run_id == run.id
    counts = select(func.count(BillingLine.id)).where(mine)
    before = select(func.sum(Charge.amount)).where(
        Charge.community_id == run.community_id,
        Charge.posting_period == run.period.previous,
        Charge.period == run.period.previous,
        Charge.assignment_id.is_not(None),
    )
    if run.fee_item_id is not None:
        before = before.where(Charge.fee_item_id == run.fee_item_id)
    run.lines = session.scalar(counts.where(BillingLine.billable.is_(True))) or 0
    run.unbillable = session.scalar(counts.where(BillingLine.billable.is_(False))) or 0
    run.odd = session.scalar(counts.where(BillingLine.oddness > 0)) or 0
    run.total = session.scalar(select(func.sum(BillingLine.amount)).where(mine)) or Decimal(0)
    run.previous_total = session.scalar(before) or Decimal(0)
    if not run.lines + run.unbillable:
        run.message = NothingToPost.message
    move_run(session=session, run=run, action="computed")


def start_posting(*, session: Session, run_id: int) -> int:
    """Send a computed run to be posted; returns the job's id.

    Raises OutOfScope, TransitionRefused, NothingToPost, PeriodClosed.
    """
    run = locked(session=session, model=BillingRun, row_id=run_id)
    refuse_closed(session=session, community_id=run.community_id, period=run.period)
    RUN_MACHINE.find(run.state, "post")
    if not run.lines:
        raise NothingToPost
    move_run(session=session, run=run, action="post")
    job = start_job(
        session=session,
        kind="billing.post",
        label=sentence(N_("入账 %(run)s"), run=run.title),
        params={"run": run.id},
    )
    return job.id


def cancel_run(*, session: Session, run_id: int) -> None:
    """Throw a run's lines away; nothing of it was posted. Raises OutOfScope, TransitionRefused."""
    run = locked(session=session, model=BillingRun, row_id=run_id)
    move_run(session=session, run=run, action="cancel")
    clear_lines(session=session, run=run)


def bill(
    *, session: Session, community_id: int, period: Period, fee_item_ids: Sequence[int | None] = (None,)
) -> list[BillingRun]:
    """Compute and post a month at once, one run a fee item (None: all fees), by the same code as the jobs.

    Returns the runs that had something in them; where there is nothing to charge none is kept. Raises PeriodClosed,
    ReadingsMissing.
    """
    runs = []
    for fee_item_id in fee_item_ids:
        run = begin_run(session=session, community_id=community_id, period=period, fee_item_id=fee_item_id)
        compute_run(session=session, run=run)
        if not run.lines and not run.unbillable:
            session.delete(run)
            session.flush()
            continue
        move_run(session=session, run=run, action="post")
        post_run(session=session, run=run)
        move_run(session=session, run=run, action="posted")
        runs.append(run)
    return runs


def refuse_missing(*, session: Session, month: BillingMonth) -> None:
    """Refuse a month with a meter that was not read. Raises ReadingsMissing."""
    found = missing_readings(
        session=session, community_id=month.community_id, period=month.period, fee_item_id=month.fee_item_id
    )
    if found:
        names = "、".join(one.meter for one in found[:NAMED]) + ("…" if len(found) > NAMED else "")
        raise ReadingsMissing(field="period", period=str(month.period), count=len(found), names=names)
