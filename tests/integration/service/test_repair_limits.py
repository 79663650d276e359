"""Same day, two hours for an emergency, the promised day: who is told when it has passed, by moving the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
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


def test_an_unchecked_repair_is_told_after_two_days(morning: RepairOffice) -> None:
    pk = morning.order_in(RepairState.TO_CHECK)
    assert not late_at(at(9, day=11), pk)
    assert late_at(at(9, 1, day=12), pk)


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
