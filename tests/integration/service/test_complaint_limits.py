"""Time limits of the complaint, proved by moving the clock: marked, told once, whoever looks and however often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.history import History
from app.lowcode.notices import Notice
from app.lowcode.settings import Setting
from app.lowcode.ticker import tick
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import Escalation, escalate, move
from app.service.models import Complaint
from app.service.states.complaints import ComplaintState

from .complaints import ANSWER, MONDAY, actor, complaint, inputs

HOUR = timedelta(hours=1)


def look(after: timedelta) -> int:
    """What the office finds when it looks so long after Monday morning."""
    with unit_of_work() as unit:
        return escalate(session=unit, now=MONDAY + after)


def taken_down(cast: Any, **values: Any) -> int:
    with clock.clock_at(MONDAY), unit_of_work() as unit:
        return complaint(unit, cast, **values).id


def row(session: Session, key: int) -> Complaint:
    session.rollback()
    return session.get_one(Complaint, key, populate_existing=True)


def notices(session: Session) -> list[tuple[int, str]]:
    session.rollback()
    return [(one.user_id, one.words()) for one in session.scalars(select(Notice).order_by(Notice.id))]


@pytest.mark.all_databases
def test_nobody_took_it_up_in_a_day(session: Session, cast: Any) -> None:
    key = taken_down(cast)
    assert look(24 * HOUR - timedelta(seconds=1)) == 0
    assert not row(session, key).overdue
    version = row(session, key).row_version
    assert look(24 * HOUR) == 1
    late = row(session, key)
    assert late.overdue and late.row_version == version
    manager = actor(session, cast, "物业经理")
    assert notices(session) == [(manager.user_id, f"投诉受理单 {late.number} 已超时：应转责任部门或回复")]
    noted = select(History.new).where(History.document == "Complaint", History.label == "超时")
    assert session.scalars(noted).all() == ["应转责任部门或回复"]
    # Again, at once and later: nothing twice.
    assert look(24 * HOUR) == look(30 * HOUR) == 0
    assert len(notices(session)) == 1


def test_moved_on_it_is_no_longer_late_and_the_next_limit_counts_from_the_beginning(
    session: Session, cast: Any
) -> None:
    key = taken_down(cast)
    look(25 * HOUR)
    with clock.clock_at(MONDAY + 26 * HOUR), unit_of_work() as unit:
        move(
            session=unit, row=unit.get_one(Complaint, key), action="pass_on", **inputs(unit, cast)["pass_on"]
        )
    assert not row(session, key).overdue
    assert look(71 * HOUR) == 0
    assert look(72 * HOUR) == 1
    assert row(session, key).overdue
    assert [words.partition("：")[2] for _who, words in notices(session)] == [
        "应转责任部门或回复",
        "应回复客人",
    ]


def test_answered_in_time_nobody_is_told(session: Session, cast: Any) -> None:
    key = taken_down(cast)
    with clock.clock_at(MONDAY + 5 * HOUR), unit_of_work() as unit:
        move(session=unit, row=unit.get_one(Complaint, key), action="answer", **ANSWER)
    assert look(1000 * HOUR) == 0
    assert notices(session) == []


def test_taken_back_to_work_it_may_be_late_again(session: Session, cast: Any) -> None:
    """Once for each time that it comes into the state."""
    key = taken_down(cast)
    look(80 * HOUR)
    for hours, action, told in ((81, "answer", ANSWER), (82, "redo", {"reason": "客人不满意。"})):
        with clock.clock_at(MONDAY + hours * HOUR), unit_of_work() as unit:
            move(session=unit, row=unit.get_one(Complaint, key), action=action, **told)
    assert look(83 * HOUR) == 1
    assert row(session, key).overdue
    kinds = session.execute(select(Escalation.limit_name, func.count()).group_by(Escalation.limit_name)).all()
    assert dict(list(kinds)) == {"take_up": 1, "answer": 2}


def test_the_community_sets_its_own_time(session: Session, cast: Any) -> None:
    with unit_of_work() as unit:
        unit.add(
            Setting(key="service.complaint_take_up_hours", value="2", community_id=cast.ours.community_id)
        )
        unit.add(Setting(key="service.complaint_take_up_hours", value="48"))
    taken_down(cast)
    taken_down(cast, community_id=cast.neighbour.community_id, room_id=None)
    assert look(2 * HOUR) == 1
    assert look(47 * HOUR) == 0
    assert look(48 * HOUR) == 1


def test_who_took_it_down_is_told_too_and_the_neighbour_is_not(session: Session, cast: Any) -> None:
    desk, manager = actor(session, cast, "客服"), actor(session, cast, "物业经理")
    with unit_of_work() as unit:
        inputs(unit, cast)  # the departments are the whole company's: not for the desk to add
    with clock.clock_at(MONDAY), acting_as(desk), unit_of_work() as unit:
        complaint(unit, cast)
    look(24 * HOUR)
    assert {who for who, _words in notices(session)} == {desk.user_id, manager.user_id}


def test_the_office_looks_every_minute_and_by_hand(app: Flask, session: Session, cast: Any) -> None:
    taken_down(cast)
    session.rollback()
    with clock.clock_at(MONDAY + 25 * HOUR):
        tick(app)
        answer = app.test_cli_runner().invoke(args=["escalate"])
    assert answer.output == "已处理 0 项超时。\n"
    assert len(notices(session)) == 1


def test_a_fault_of_one_work_holds_up_no_other(
    app: Flask, session: Session, cast: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine_of(app), "ticks", [fails, *engine_of(app).ticks])
    taken_down(cast)
    session.rollback()
    with clock.clock_at(MONDAY + 25 * HOUR):
        tick(app)
    assert "fails failed" in caplog.text
    assert len(notices(session)) == 1


def test_the_way_of_the_row_says_so(
    session: Session, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    key = taken_down(cast)
    look(25 * HOUR)
    desk = client_of("客服")
    assert "应转责任部门或回复" in desk.get(f"/complaint/timeline/{key}").text
    assert "超时" in desk.get("/complaint/board").text
    assert key == row(session, key).id and "is-late" in desk.get("/complaint/board").text


def test_more_than_a_hundred_at_once(app: Flask, session: Session, cast: Any) -> None:
    with clock.clock_at(MONDAY), unit_of_work() as unit:
        for _one in range(105):
            complaint(unit, cast, ComplaintState.RECEIVED)
    session.rollback()
    with clock.clock_at(MONDAY + 25 * HOUR), acting_as(SYSTEM):
        tick(app)
    assert len(notices(session)) == 105
