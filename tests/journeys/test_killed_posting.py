"""kill -9: at any moment of its work the office may be killed; started again it does all of it, and nothing twice."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge
from app.billing.operations import start_posting, start_run
from app.billing.states import RunState
from app.collection.models import Allocation, Receipt
from app.lowcode.jobs import Job, JobState, start_job
from tests.journeys.killed_desk import Desk, desk_on
from tests.journeys.ten_thousand import CHARGES, FIRST

MOMENTS = int(os.environ.get("KILLS", "6"))  # on each database; KILLS=20 for more
OTHER_MOMENTS = 2


@pytest.fixture
def months() -> int:
    """How many months are computed and wait to be posted."""
    return MOMENTS + 1


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, months: int) -> Iterator[Desk]:
    with desk_on(kind=request.param, folder=tmp_path, months=months) as made:
        yield made


def test_every_charge_is_there_once(desk: Desk) -> None:
    money = _receipts(desk)
    first, *runs = desk.runs
    lasts = desk.undisturbed(lambda session: start_posting(session=session, run_id=first))
    _is_posted(desk, first)
    stood = []
    for run_id, moment in zip(runs, desk.moments(MOMENTS), strict=True):
        begin = lambda session, run_id=run_id: start_posting(session=session, run_id=run_id)  # noqa: E731
        stood.append(desk.killed(begin, lasts=lasts, moment=moment))
        _is_posted(desk, run_id)
    # The moments lie where they should: some kills come before the job ends, some after.
    assert stood.count(JobState.RUNNING) >= MOMENTS // 4, stood
    assert desk.ask(func.count(Charge.id), source=None)[0] == CHARGES * len(desk.runs)
    assert desk.ask(func.count(Job.id))[0] == len(desk.runs)
    assert _receipts(desk) == money


@pytest.mark.parametrize("months", [1])
@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_what_is_computed_or_exported_is_whole(desk: Desk) -> None:
    """Killed while a run is computed, or an export is written: it is done again, and nothing half-written is left."""
    period = FIRST.plus(len(desk.runs))

    def begin_computing(session: Session) -> int:
        nonlocal period
        period = period.plus(1)
        return start_run(session=session, community_id=desk.community_id, period=period)[1]

    lasts = desk.undisturbed(begin_computing)
    total = desk.ask(BillingRun.total, id=desk.runs[0])[0]
    for moment in desk.moments(OTHER_MOMENTS):
        desk.killed(begin_computing, lasts=lasts, moment=moment)
        run = desk.ask(BillingRun.id, BillingRun.state, BillingRun.lines, BillingRun.total, period=period)
        assert run[1:] == (RunState.READY, CHARGES, total)
        assert desk.ask(func.count(BillingLine.id), run_id=run[0])[0] == CHARGES

    def begin_export(session: Session) -> int:
        pairs = [("f.run_id.eq", str(desk.runs[0]))]
        params = {"document": "BillingLine", "pairs": pairs, "narrowing": None, "language": "zh"}
        return start_job(session=session, kind="export", label="导出", params=params).id

    lasts = desk.undisturbed(begin_export)
    whole = _last_export(desk)
    assert len(whole) > CHARGES
    for moment in desk.moments(OTHER_MOMENTS):
        desk.killed(begin_export, lasts=lasts, moment=moment)
        assert _last_export(desk) == whole


def _last_export(desk: Desk) -> list[tuple[Any, ...]]:
    """Every row of the file that the last job made."""
    path = desk.ask(Job.file, id=desk.ask(func.max(Job.id))[0])[0]
    with closing(load_workbook(path, read_only=True)) as book:
        return list(book.active.iter_rows(values_only=True))


def _is_posted(desk: Desk, run_id: int) -> None:
    state, lines, total = desk.ask(BillingRun.state, BillingRun.lines, BillingRun.total, id=run_id)
    assert state is RunState.POSTED
    assert lines == CHARGES
    figures = (
        func.count(Charge.id),
        func.count(Charge.assignment_id.distinct()),
        func.sum(Charge.amount),
        func.sum(Charge.due),
    )
    assert tuple(desk.ask(*figures, run_id=run_id)) == (CHARGES, CHARGES, total, total)


def _receipts(desk: Desk) -> tuple[Any, ...]:
    """The money that was taken before: a receipt and what it settled."""
    return (
        *desk.ask(func.count(Receipt.id), func.sum(Receipt.total), func.max(Receipt.number)),
        *desk.ask(func.count(Allocation.id), func.sum(Allocation.amount)),
        *desk.ask(func.sum(Charge.paid)),
    )
