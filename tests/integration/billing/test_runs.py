"""出账 as 物业经理 does it: start, look at the preview, post or throw away; never the same month twice."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.billing.models import BillingLine, BillingRun, Charge
from app.billing.states import RunState
from app.estate.models import Community, Room, ScopeGrant
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.history import History
from app.lowcode.jobs import Job, JobState

from .town import APRIL, MARCH, Town


@pytest.fixture
def town(app: Flask, cast: Any) -> Town:
    """The town, and 物业经理 may work in it."""
    town = Town(app)

    def give(session: Any) -> None:
        for grant in session.scalars(
            select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
        ):
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))

    town.do(give)
    town.assign(town.standard())
    return town


@pytest.fixture
def manager(town: Town, client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("物业经理")


def begin(manager: FlaskClient, town: Town, period: str = "2025-03", **more: str) -> Any:
    return manager.post(
        "/billing/start/", data={"community_id": str(town.community_id), "period": period, **more}
    )


def newest(town: Town, model: Any) -> Any:
    return town.ask(lambda session: session.scalars(select(model).order_by(model.id.desc())).first())


def count(town: Town, model: Any) -> int:
    found: int = town.ask(lambda session: session.scalar(select(func.count(model.id))))
    return found


def post(manager: FlaskClient, run_id: int) -> str:
    """Press 入账; what the person is told."""
    answer = manager.post(f"/billing_run/do/post/{run_id}", follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_started_looked_at_and_posted_by_jobs(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    town.bill(MARCH)
    # One room costs three times what it did.
    town.do(
        lambda session: session.execute(
            update(Room).where(Room.id == town.room_ids[2]).values(area=Decimal(300))
        )
    )
    answer = begin(manager, town, "2025-04")
    assert answer.status_code == 302
    job_page = answer.headers["Location"]
    assert manager.get(job_page).status_code == 200
    assert run_jobs() == 1
    told = manager.get(f"{job_page}.json").get_json()
    assert (told["state"], told["message"]) == ("done", "共 3 笔，合计 1200.00 元。")
    run_id = int(told["go_url"].rpartition("/")[2])
    run = town.run(run_id)
    assert (run.lines, run.total, run.previous_total, run.odd) == (
        3,
        Decimal("1200.00"),
        Decimal("720.00"),
        1,
    )
    figures = manager.get(f"/billing/figures/{run_id}").get_data(as_text=True)
    assert re.findall(r"[+-][\d.]+%", figures) == ["+66.67%"]
    lines = manager.get(f"/billing_line/list/?f.run_id.eq={run_id}").get_data(as_text=True)
    assert re.findall(r">(1-1-\d{4})<", lines) == ["1-1-0003", "1-1-0001", "1-1-0002"], "odd ones first"
    assert count(town, Charge) == 3, "looking at it posts nothing"

    assert "已开始入账" in post(manager, run_id)
    assert run_jobs() == 1
    assert town.run(run_id).state is RunState.POSTED
    posted = town.ask(
        lambda session: session.scalar(select(func.sum(Charge.amount)).where(Charge.run_id == run_id))
    )
    assert posted == Decimal("1200.00")
    deeds = town.ask(
        lambda session: session.execute(
            select(History.label, History.who).where(History.document == "BillingRun").order_by(History.id)
        ).all()
    )
    assert ("入账", "物业经理") in [tuple(row) for row in deeds]


def test_a_month_is_not_begun_twice(town: Town, manager: FlaskClient, run_jobs: Callable[[], int]) -> None:
    assert begin(manager, town).status_code == 302
    for state in ("计算中", "待入账"):
        again = begin(manager, town)
        assert again.status_code == 422
        assert f"的出账还没有完成（{state}）" in again.get_data(as_text=True)
        assert 'value="2025-03"' in again.get_data(as_text=True), "what was typed is kept"
        run_jobs()
    assert count(town, BillingRun) == 1
    assert begin(manager, town, "2025-04").status_code == 302


def test_a_month_that_nobody_bills_yet_is_refused(town: Town, manager: FlaskClient) -> None:
    """A year is billed at its beginning; 2099 is a slip of the finger."""
    latest = Period.of(clock.today()).plus(12)
    for period, begun in ((latest, True), (latest.next, False), (Period(2099, 1), False)):
        answer = manager.post(
            "/billing/start/", data={"community_id": town.community_id, "period": str(period)}
        )
        assert (answer.status_code == 302) is begun, period
        if not begun:
            assert f"最多提前 12 个月出账，到 {latest} 为止" in answer.get_data(as_text=True)


def test_a_month_that_is_posted_has_nothing_more_to_post(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    town.bill(MARCH)
    before = town.charges()
    assert begin(manager, town).status_code == 302
    run_jobs()
    run = newest(town, BillingRun)
    assert (run.lines, run.total) == (0, Decimal("0.00"))
    assert "该收的已全部入账" in (run.message or "")
    assert "该收的已全部入账" in post(manager, run.id)
    assert run_jobs() == 0
    assert town.charges() == before


def test_what_is_posted_is_said_before(town: Town, manager: FlaskClient, run_jobs: Callable[[], int]) -> None:
    begin(manager, town)
    run_jobs()
    run = newest(town, BillingRun)
    page = manager.get(f"/billing_run/show/{run.id}").get_data(as_text=True)
    assert f"{run.title}：共 3 笔，合计 {run.total:,} 元。入账后成为应收" in page


def test_pressing_post_twice_posts_once(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    begin(manager, town)
    run_jobs()
    run = newest(town, BillingRun)
    post(manager, run.id)
    assert "现在的状态不能" in post(manager, run.id)
    assert run_jobs() == 1
    assert "现在的状态不能" in post(manager, run.id)
    assert run_jobs() == 0
    assert len(town.charges()) == 3


def test_thrown_away_it_leaves_nothing(town: Town, manager: FlaskClient, run_jobs: Callable[[], int]) -> None:
    begin(manager, town)
    run_jobs()
    run = newest(town, BillingRun)
    assert manager.post(f"/billing_run/do/cancel/{run.id}").status_code == 302
    assert town.run(run.id).state is RunState.CANCELLED
    assert (count(town, BillingLine), count(town, Charge)) == (0, 0)
    assert "现在的状态不能" in post(manager, run.id)
    assert begin(manager, town).status_code == 302


def test_the_job_cancelled_throws_the_run_away(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    job_page = begin(manager, town).headers["Location"]
    # Claimed by a worker, and then the button is pressed: it stops at its next report.
    town.do(lambda session: session.execute(update(Job).values(state=JobState.RUNNING)))
    assert manager.post(f"{job_page}/cancel").status_code in (200, 302)
    run_jobs()
    assert newest(town, Job).state is JobState.CANCELLED
    assert newest(town, BillingRun).state is RunState.CANCELLED
    assert count(town, BillingLine) == 0


def test_a_job_cancelled_while_it_waits_leaves_no_run_behind(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    job_page = begin(manager, town).headers["Location"]
    manager.post(f"{job_page}/cancel")
    assert newest(town, BillingRun).state is RunState.CANCELLED
    run_jobs()
    begin(manager, town)
    run_jobs()
    run = newest(town, BillingRun)
    job_page = manager.post(f"/billing_run/do/post/{run.id}").headers["Location"]
    manager.post(f"{job_page}/cancel")
    run_jobs()
    assert town.run(run.id).state is RunState.READY, "it can be posted again, or thrown away"
    assert town.charges() == []
    post(manager, run.id)
    run_jobs()
    assert len(town.charges()) == 3


def test_a_fault_while_computing_is_told_and_can_be_thrown_away(
    town: Town, manager: FlaskClient, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.billing.operations.run_computation import Computing

    class Broken(DomainError):
        message = "这里算不出来。"

    def fail(*_given: Any, **_more: Any) -> int:
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(Computing, "next_chunk", fail)
        begin(manager, town)
        run_jobs()
    run = newest(town, BillingRun)
    assert (run.state, run.message) == (RunState.FAILED, "这里算不出来。")
    assert begin(manager, town).status_code == 302, "one that failed is in nobody's way"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"period": ""}, "必填"),
        ({"period": "2025-13"}, "月份不正确"),
        ({"period": "三月"}, "月份不正确"),
        ({"community_id": ""}, "必填"),
        ({"community_id": "999999"}, "请从列表中选择"),
        ({"fee_item_id": "999999"}, "请从列表中选择"),
        ({"fee_item_id": "x"}, "请从列表中选择"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    town: Town, manager: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    answer = manager.post(
        "/billing/start/", data={"community_id": str(town.community_id), "period": "2025-03"} | typed
    )
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert count(town, BillingRun) == 0


def test_neither_the_cashier_nor_another_community_begins_one(
    app: Flask, town: Town, client_of: Callable[[str], FlaskClient], cast: Any
) -> None:
    assert begin(client_of("收费员"), town).status_code == 403
    town.do(lambda session: session.query(ScopeGrant).filter_by(community_id=town.community_id).delete())
    answer = begin(client_of("物业经理"), town)
    assert answer.status_code == 422
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.scalar(select(func.count(BillingRun.id))) == 0
        assert db.session.get(Community, town.community_id) is not None


def test_two_months_stand_beside_each_other(town: Town) -> None:
    town.bill(MARCH)
    town.bill(APRIL)
    spans = {(row[1], row[2]) for row in town.charges()}
    assert spans == {("2025-03-01", "2025-03-31"), ("2025-04-01", "2025-04-30")}
