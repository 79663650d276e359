"""Same day, two hours for an emergency, the promised day: who is told when it has passed, by moving the clock."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.notices import Notice
from app.lowcode.settings import Setting
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import escalate_all
from app.service.models import RepairOrder
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import PEOPLE, RepairOffice, at

CHIEFS = {"工程主管", "客服", "物业经理"}


@pytest.fixture
def morning(repairs: RepairOffice) -> Iterator[RepairOffice]:
    with clock.clock_at(at(9)):
        yield repairs


def late_at(moment: datetime, pk: int) -> bool:
    with clock.clock_at(moment):
        escalate_all()
    db.session.rollback()
    return db.session.get_one(RepairOrder, pk, populate_existing=True).overdue


def told(repairs: RepairOffice, text: str = "已超时") -> set[str]:
    return {
        name
        for name in PEOPLE
        for notice in db.session.scalars(select(Notice).where(Notice.user_id == repairs.user_id(name)))
        if text in notice.words()
    }


def moved(repairs: RepairOffice, pk: int, action: str, **inputs: Any) -> RepairOrder:
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), action, **inputs)
    db.session.rollback()
    return db.session.get_one(RepairOrder, pk, populate_existing=True)


@pytest.mark.parametrize("state", ["registered", "passed", "dispatched", "working", "waiting"])
def test_what_is_not_repaired_by_six_is_late_wherever_it_is(morning: RepairOffice, state: str) -> None:
    pk = morning.order_in(RepairState(state))
    assert not late_at(at(17, 59), pk)
    assert told(morning) == set()
    assert late_at(at(18), pk)
    technician = {"维修工"} if state not in ("registered", "passed") else set()
    assert told(morning) == CHIEFS | technician


@pytest.mark.parametrize("state", ["to_sign", "closed", "cancelled"])
def test_what_is_repaired_or_cancelled_is_not_late(morning: RepairOffice, state: str) -> None:
    pk = morning.order_in(RepairState(state))
    assert not late_at(at(23), pk)
    assert told(morning) == set()


def test_an_emergency_is_late_after_two_hours(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.REGISTERED, urgent=True)
    assert not late_at(at(10, 59), pk)
    assert late_at(at(11), pk)


def test_a_promised_day_is_the_new_limit(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.WORKING)
    with unit_of_work() as session:
        morning.lead(session, session.get_one(RepairOrder, pk), "delay", promised_day=at(0, day=12).date())
    assert not late_at(at(23, day=11), pk)
    assert not late_at(at(23, 58, day=12), pk)
    assert late_at(at(0, day=13), pk)


def test_a_pause_without_a_day_stays_within_the_first_limit(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.WORKING)
    with unit_of_work() as session:
        morning.lead(session, session.get_one(RepairOrder, pk), "pause")
    assert late_at(at(18), pk)


def test_each_limit_is_told_once_and_a_day_later_once_more_to_who_leads(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.WORKING)
    late_at(at(18), pk)
    before = notices()
    late_at(at(19), pk)
    assert notices() == before
    late_at(at(18, day=11), pk)
    more = notices() - before
    assert more == 2  # 工程主管 and 物业经理
    late_at(at(18, day=12), pk)
    assert notices() == before + more


def test_an_unchecked_repair_is_told_after_two_days(
    morning: RepairOffice, client_of: Callable[[str], FlaskClient]
) -> None:
    pk = morning.order_in(RepairState.TO_CHECK)
    assert not late_at(at(9, day=11), pk)
    assert told(morning) == set()
    assert not late_at(at(9, 1, day=12), pk)  # the work is done: it is told, and not marked
    assert told(morning, "等待过久：应由工程主管核对") == CHIEFS
    assert told(morning, "超时") == set()
    way = client_of("工程主管").get(f"/repair_order/timeline/{pk}").text
    assert "等待过久" in way and "超时" not in way
    before = notices()
    assert not late_at(at(9, 5, day=12), pk)
    assert notices() == before


def test_a_step_that_gives_no_more_time_leaves_it_late(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.PASSED)
    assert late_at(at(18), pk)
    with clock.clock_at(at(19)):
        assert moved(morning, pk, "dispatch").overdue
        assert moved(morning, pk, "take").overdue
        assert not moved(morning, pk, "delay", promised_day=at(0, day=12).date()).overdue
    with clock.clock_at(at(9, day=13)):
        assert moved(morning, pk, "resume").overdue
        assert not moved(morning, pk, "complete").overdue
        assert moved(morning, pk, "rework").overdue  # not repaired after all, and past its limit


@pytest.mark.parametrize(
    ("state", "late"),
    [("working", True), ("delayed", False), ("to_sign", False), ("to_check", False)],
)
def test_the_technicians_page_and_the_list_call_the_same_orders_late(
    morning: RepairOffice, client_of: Callable[[str], FlaskClient], state: str, late: bool
) -> None:
    pk = morning.order_in(RepairState(state))
    evening = at(20, day=12) if state != "delayed" else at(20, day=11)
    assert late_at(evening, pk) is late
    with clock.clock_at(evening):
        for url in ("/repairs/mine/", f"/repairs/mine/{pk}"):
            assert ("（已超时）" in client_of("维修工").get(url).text) is late
        listed = client_of("工程主管").get("/repair_order/list/?f.overdue.eq=1").text
    assert (f"/repair_order/show/{pk}" in listed) is late


def test_a_repair_begun_again_is_late_on_the_technicians_page(
    morning: RepairOffice, client_of: Callable[[str], FlaskClient]
) -> None:
    pk = morning.order_in(RepairState.TO_SIGN)
    moved(morning, pk, "rework")  # it keeps the time at which it seemed to be finished
    with clock.clock_at(at(20)):
        assert "（已超时）" in client_of("维修工").get(f"/repairs/mine/{pk}").text


def test_a_community_may_have_its_own_hours(morning: RepairOffice) -> None:
    with unit_of_work() as session:
        for key, value in (("service.repair_same_day_by", "20"), ("service.repair_urgent_hours", "1")):
            session.add(Setting(key=key, value=value, community_id=morning.cast.ours.community_id))
    plain, urgent = morning.order_in(RepairState.PASSED), morning.order_in(RepairState.PASSED, urgent=True)
    assert due(plain) == at(20)
    assert due(urgent) == at(10)


def notices() -> int:
    return len(db.session.scalars(select(Notice.id)).all())


def due(pk: int) -> Any:
    return db.session.get_one(RepairOrder, pk).due_at


def test_the_time_limits_count_from_the_report_not_from_the_last_step(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.REGISTERED)
    with clock.clock_at(at(9) + timedelta(hours=8)), unit_of_work() as session:
        morning.lead(session, session.get_one(RepairOrder, pk), "pass_on", "dispatch", "take")
    assert late_at(at(18), pk)
