"""kill -9 while a month is closed: it is closed with all its reports or not at all, and started again closed once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, BillingRun, Charge, MonthSum
from app.billing.operations.run_post import post_run
from app.billing.operations.runs import move_run
from app.billing.states import PeriodState
from app.closing.models import PeriodReport, PeriodReportRow
from app.closing.operations import start_close
from app.closing.queries.archive import text_of
from app.closing.rules.canon import digest_of
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.kernel.periods import Period
from app.lowcode.jobs import JobState
from app.lowcode.numbers import Counter
from app.lowcode.reports import registry
from tests.journeys.kill import wait_for_moment
from tests.journeys.killed_desk import Desk, desk_on
from tests.journeys.ten_thousand import CHARGES, FIRST

KILLS = int(os.environ.get("KILLS", "2"))


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(kind=request.param, folder=tmp_path, months=KILLS + 1) as made:
        yield made


def test_a_month_is_closed_whole_or_not_at_all(desk: Desk) -> None:
    periods = [desk.do(lambda session, run=run: _post(session, run)) for run in desk.runs]
    desk.do(_begin_here)
    first, *others = sorted(periods)
    lasts = desk.undisturbed(lambda session: _start(session, desk, first))
    _is_closed(desk, first)
    stood = []
    for period, moment in zip(others, desk.moments(KILLS), strict=True):
        job = desk.do(lambda session, period=period: _start(session, desk, period))
        if moment >= 0:
            wait_for_moment(desk.wait(job, JobState.RUNNING, JobState.DONE) + moment * lasts)
        desk.office.kill()
        stood.append(desk.state(job))
        closed = desk.ask(AccountingPeriod.state, period=period)[0] is PeriodState.CLOSED
        kept = desk.ask(func.count(PeriodReport.id), period=period)[0]
        assert kept == (len(_frozen(desk)) if closed else 0)
        desk.office.start()
        desk.wait(job, JobState.DONE)
        _is_closed(desk, period)
    assert JobState.RUNNING in stood


def _post(session: Session, run_id: int) -> Period:
    run = session.get_one(BillingRun, run_id)
    move_run(session=session, run=run, action="post")
    post_run(session=session, run=run)
    move_run(session=session, run=run, action="posted")
    return run.period


def _begin_here(session: Session) -> None:
    """Take the one receipt of the year before out of the books, as if they began with these months."""
    for model in (Allocation, ReceiptTender, Receipt, Counter):
        session.execute(delete(model))
    session.execute(delete(Charge).where(Charge.source.is_not(None)))
    session.execute(delete(MonthSum).where(MonthSum.posting_period < FIRST))
    session.execute(delete(AccountingPeriod).where(AccountingPeriod.period < FIRST))


def _start(session: Session, desk: Desk, period: Period) -> int:
    return start_close(session=session, community_id=desk.community_id, period=period)


def _frozen(desk: Desk) -> list[str]:
    """The names of the reports that a closing keeps."""
    names: list[str] = desk.do(lambda session: [one.name for one in registry.frozen()])
    return names


def _is_closed(desk: Desk, period: Period) -> None:
    assert tuple(desk.ask(AccountingPeriod.state, AccountingPeriod.version, period=period)) == (
        PeriodState.CLOSED,
        1,
    )

    def read(session: Session) -> list[str]:
        papers = session.scalars(select(PeriodReport).where(PeriodReport.period == period)).all()
        for paper in papers:
            rows = select(func.count(PeriodReportRow.id)).where(
                PeriodReportRow.report_id == paper.id, PeriodReportRow.level == "line"
            )
            assert session.scalar(rows) == paper.lines
            assert digest_of(text_of(session=session, paper=paper)) == paper.digest
        return sorted(paper.report for paper in papers)

    assert desk.do(read) == _frozen(desk)
    assert desk.ask(PeriodReport.lines, period=period, report="ArrearsReport")[0] >= CHARGES
