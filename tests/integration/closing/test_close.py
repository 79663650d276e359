"""A month closes in order, when nothing is missing; nothing is dated in it afterwards; two persons open it again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, Charge
from app.billing.states import PeriodState
from app.closing.models import PeriodReopen, PeriodReport, PeriodReportRow
from app.closing.operations import close_check, findings, request_reopen, start_close
from app.closing.operations.snapshots import KeptForEver
from app.closing.queries.archive import text_of
from app.closing.rules.canon import digest_of
from app.collection import operations as collection
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.db import db
from app.lowcode.jobs import Job
from app.lowcode.unit import in_unit_of_work, unit_of_work
from app.lowcode.workflow import move
from app.lowcode.workflow.transitions import StateChangedOutside
from tests.integration.closing.months import FEBRUARY, JANUARY, MARCH, D, Months


@pytest.fixture
def months(session: Session, cast: Any) -> Months:
    return Months(cast.ours)


def code_of(work: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as refused:
        work()
    return refused.value.code


def codes(months: Months, period: Period) -> list[tuple[str, int, bool]]:
    found = findings(session=db.session(), community_id=months.community_id, period=period)
    return [(one.code, one.count, one.stops) for one in found]


@pytest.mark.all_databases
def test_what_is_missing_is_told_in_order_and_stops_the_close(session: Session, months: Months) -> None:
    assert codes(months, JANUARY) == [("unposted", 2, True)]
    assert code_of(lambda: months.close(JANUARY)) == "period_not_ready"
    months.bill(JANUARY)
    months.pay(date(2025, 1, 20), "70.00")
    charge = months.charge(JANUARY)
    in_unit_of_work(
        lambda: collection.request_waiver(session=session, charge_id=charge, amount=D("1.00"), reason="漏水")
    )
    assert codes(months, JANUARY) == [("pending_waiver", 1, False), ("unhanded", 1, True)]
    assert code_of(lambda: months.close(JANUARY)) == "period_not_ready"
    months.hand_over(JANUARY)
    assert codes(months, JANUARY) == [("pending_waiver", 1, False), ("unsigned", 1, False)]
    months.bill(FEBRUARY)
    assert codes(months, FEBRUARY)[0] == ("previous_period_open", 1, True)
    assert code_of(lambda: months.close(FEBRUARY)) == "previous_period_open"
    assert months.close(JANUARY) == 1
    assert code_of(lambda: months.close(JANUARY)) == "period_closed"
    assert months.close(FEBRUARY) == 1
    # March was never touched: it still wants billing, and April waits for it.
    assert code_of(lambda: months.close(Period(2025, 4))) == "previous_period_open"
    assert code_of(lambda: months.close(MARCH)) == "period_not_ready"


def test_a_lying_copy_of_a_sum_stops_the_close(session: Session, months: Months) -> None:
    months.bill(JANUARY)
    with unit_of_work() as unit:
        unit.execute(
            update(Charge).where(Charge.room_id == months.room_ids[0]).values(paid=D("9.00"), due=D("91.00"))
        )
    missing = close_check(session=session, community_id=months.community_id, period=JANUARY)
    assert {one.code for one in missing if one.stops} == {
        "equation_AgeingReport",
        "equation_ArrearsReport",
        "equation_MonthSummary",
    }
    assert code_of(lambda: months.close(JANUARY)) == "period_not_ready"


@pytest.mark.all_databases
def test_the_reports_are_kept_and_digested(session: Session, months: Months) -> None:
    months.january()
    papers = session.scalars(select(PeriodReport)).all()
    assert {one.report for one in papers} >= {"MonthSummary"}
    for paper in papers:
        assert digest_of(text_of(session=session, paper=paper)) == paper.digest
    month = session.scalars(select(AccountingPeriod)).one()
    assert (month.state, month.version, month.closed_by) == (PeriodState.CLOSED, 1, "系统")


def test_what_is_kept_is_never_changed(session: Session, months: Months) -> None:
    months.january()

    def alter() -> None:
        session.scalars(select(PeriodReport)).first().closed_by = "别人"  # type: ignore[union-attr]
        session.flush()

    def remove() -> None:
        session.delete(session.scalars(select(PeriodReportRow)).first())
        session.flush()

    for work in (alter, remove):
        with pytest.raises(KeptForEver):
            in_unit_of_work(work)


def test_a_months_state_changes_by_its_machine_only(session: Session, months: Months) -> None:
    months.january()

    def meddle() -> None:
        session.scalars(select(AccountingPeriod)).one().state = PeriodState.OPEN
        session.flush()

    with pytest.raises(StateChangedOutside):
        in_unit_of_work(meddle)


def by(name: str, user_id: int | None = None) -> Any:
    return acting_as(Actor(user_id, name, EVERYTHING))


def ask_for(months: Months, period: Period) -> int:
    return in_unit_of_work(
        lambda: (
            request_reopen(
                session=db.session(),
                row=PeriodReopen(),
                community_id=months.community_id,
                period=period,
                reason="漏收一笔",
            ).id
        )
    )


def approve(request: int) -> None:
    in_unit_of_work(
        lambda: move(
            session=db.session(),
            row=db.session().get_one(PeriodReopen, request),
            action="approve",
            decision=None,
        )
    )


@pytest.mark.all_databases
def test_the_latest_month_is_opened_again_by_two_persons(session: Session, months: Months) -> None:
    months.january()
    months.bill(FEBRUARY)
    months.close(FEBRUARY)
    with by("财务"):
        assert code_of(lambda: ask_for(months, JANUARY)) == "not_latest_period"
        assert code_of(lambda: ask_for(months, MARCH)) == "not_latest_period"
        request = ask_for(months, FEBRUARY)
        assert code_of(lambda: ask_for(months, FEBRUARY)) == "reopen_asked"
        assert code_of(lambda: approve(request)) == "same_person"
    assert months.state(FEBRUARY) is PeriodState.CLOSED
    with by("物业经理"):
        approve(request)
    assert months.state(FEBRUARY) is PeriodState.OPEN
    assert months.state(JANUARY) is PeriodState.CLOSED
    months.pay(date(2025, 2, 27), "5.00", who=1)
    months.hand_over(FEBRUARY)
    assert months.close(FEBRUARY) == 2
    session.rollback()
    versions = session.execute(
        select(PeriodReport.period, PeriodReport.version, func.count())
        .where(PeriodReport.report == "MonthSummary")
        .group_by(PeriodReport.period, PeriodReport.version)
        .order_by(PeriodReport.period, PeriodReport.version)
    ).all()
    assert [tuple(one) for one in versions] == [(JANUARY, 1, 1), (FEBRUARY, 1, 1), (FEBRUARY, 2, 1)]
    kept = session.scalars(
        select(PeriodReport.totals)
        .where(PeriodReport.period == FEBRUARY, PeriodReport.report == "MonthSummary")
        .order_by(PeriodReport.version)
    ).all()
    assert '"cash_past":"0.00"' in kept[0] and '"cash_past":"5.00"' in kept[1]


def test_an_approval_that_comes_too_late_opens_nothing(session: Session, months: Months) -> None:
    months.january()
    with by("财务"):
        early, other = ask_for(months, JANUARY), None
    with by("会计"):
        other = ask_for(months, JANUARY)
    with by("物业经理"):
        approve(early)
    months.close(JANUARY)
    # Asked before the second closing, for another version of the books.
    with by("物业经理"):
        assert code_of(lambda: approve(other)) == "not_latest_period"
    assert months.state(JANUARY) is PeriodState.CLOSED


def test_two_presses_are_one_job(
    app: Flask, session: Session, months: Months, run_jobs: Callable[[], int]
) -> None:
    months.bill(JANUARY)
    start = lambda: start_close(session=session, community_id=months.community_id, period=JANUARY)  # noqa: E731
    first, second = in_unit_of_work(start), in_unit_of_work(start)
    assert first == second
    with by("别人", 99):
        assert code_of(lambda: in_unit_of_work(start)) == "closing_under_way"
    assert run_jobs() == 1
    assert months.state(JANUARY) is PeriodState.CLOSED
    assert code_of(lambda: in_unit_of_work(start)) == "period_closed"


def test_a_job_done_again_after_a_kill_closes_once(
    session: Session, months: Months, run_jobs: Callable[[], int]
) -> None:
    from app.closing.operations.jobs import close_job
    from app.lowcode.jobs import JobContext

    months.bill(JANUARY)
    params = {"community": months.community_id, "period": str(JANUARY)}
    for _turn in (1, 2):
        run = JobContext(1, dict(params))
        close_job(run)
        assert "已结账" in run.message
    session.rollback()
    assert session.scalar(select(func.max(AccountingPeriod.version))) == 1
    assert (
        session.scalar(select(func.count(PeriodReport.id)).where(PeriodReport.report == "MonthSummary")) == 1
    )


def test_a_job_that_is_refused_says_why_and_leaves_nothing(
    session: Session, months: Months, run_jobs: Callable[[], int]
) -> None:
    in_unit_of_work(lambda: start_close(session=session, community_id=months.community_id, period=JANUARY))
    run_jobs()
    session.rollback()
    job = session.scalars(select(Job)).one()
    assert (job.state.value, "还没有出账" in (job.message or "")) == ("failed", True)
    assert session.scalar(select(func.count(PeriodReport.id))) == 0
    assert months.state(JANUARY) is not PeriodState.CLOSED


def test_closed_by_finance_on_the_board(
    months: Months, client_of: Callable[[str], FlaskClient], run_jobs: Callable[[], int]
) -> None:
    url, wanted = (f"/closing/{what}/{months.community_id}/2025-01" for what in ("close", "findings"))
    # While something is missing there is no button.
    found = client_of("财务").get(wanted).get_data(as_text=True)
    assert "还没有出账" in found and url not in found
    months.bill(JANUARY)
    cashier, manager, finance = (client_of(name) for name in ("收费员", "物业经理", "财务"))
    assert cashier.post(url).status_code == 403
    assert manager.post(url).status_code == 403
    assert client_of("邻区收费员").get("/closing/check/1/2025-01").status_code in (403, 404)
    board = finance.get("/closing/?year=2025").get_data(as_text=True)
    assert "未结" in board and "锦绣园" in board and "邻里苑" not in board
    found = finance.get(wanted).get_data(as_text=True)
    assert f'data-post="{url}"' in found and "可以结账" in found and "已查" in found
    assert url not in manager.get(wanted).get_data(as_text=True)
    answer = finance.post(url)
    assert "/jobs/" in answer.headers["Location"]
    run_jobs()
    assert "已结账" in finance.get(answer.headers["Location"]).get_data(as_text=True)
    board = finance.get("/closing/?year=2025").get_data(as_text=True)
    assert "已结" in board and "财务 于" in board
    page = finance.get(f"/closing/check/{months.community_id}/2025-01").get_data(as_text=True)
    assert "/period_reopen/add?" in page and url not in page
    # Once more: it is closed, and says so.
    answer = finance.post(url, follow_redirects=True)
    assert "2025-01 已结账" in answer.get_data(as_text=True)


def test_only_the_latest_closed_month_is_offered_to_be_opened(
    months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    for period in (JANUARY, FEBRUARY):
        months.bill(period)
        months.close(period)
    finance = client_of("财务")
    offered = {
        period: "/period_reopen/add?"
        in finance.get(f"/closing/check/{months.community_id}/{period}").get_data(as_text=True)
        for period in (JANUARY, FEBRUARY)
    }
    assert offered == {JANUARY: False, FEBRUARY: True}


def test_opened_again_through_the_pages(months: Months, client_of: Callable[[str], FlaskClient]) -> None:
    months.january()
    finance, manager = client_of("财务"), client_of("物业经理")
    asked = {"community_id": months.community_id, "period": "2025-01", "reason": "漏收一笔"}
    assert client_of("收费员").post("/period_reopen/add", data=asked).status_code == 403
    assert manager.post("/period_reopen/add", data=asked).status_code == 403
    assert finance.post("/period_reopen/add", data=asked).status_code == 302
    request = db.session().scalars(select(PeriodReopen.id)).one()
    url = f"/period_reopen/do/approve/{request}"
    assert finance.post(url).status_code == 403
    assert manager.post(url, data={"decision": "同意"}).status_code in (200, 302)
    assert months.state(JANUARY) is PeriodState.OPEN


@pytest.mark.parametrize(
    "path", ["/closing/?year=0", "/closing/?year=x", "/closing/?year=20250", "/closing/check/1/2025-13"]
)
def test_bad_addresses(months: Months, client_of: Callable[[str], FlaskClient], path: str) -> None:
    assert client_of("财务").get(path).status_code == 400


def test_another_communitys_month_is_nobodys_business(
    cast: Any, months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    finance = client_of("财务")
    for path in ("check", "findings"):
        assert finance.get(f"/closing/{path}/{cast.neighbour.community_id}/2025-01").status_code == 404
    assert finance.post(f"/closing/close/{cast.neighbour.community_id}/2025-01").status_code == 404
    assert finance.get(f"/closing/check/{2**70}/2025-01").status_code == 404
