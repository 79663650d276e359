"""投诉处理受理单: taken down, changed, moved on by clicks, printed; what is typed wrong is said and kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode import clock
from app.lowcode.history import History
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import StateChange
from app.service.models import Complaint
from app.service.states.complaints import ComplaintKind, ComplaintState

from .complaints import ANSWER, MONDAY, complaint, department, inputs, typed

SCRIPTED = {"X-Requested-With": "XMLHttpRequest", "Accept": "text/html, application/json;q=0.9"}


@pytest.fixture
def desk(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("客服")


def found(session: Session, key: int) -> Complaint:
    session.rollback()
    return session.get_one(Complaint, key, populate_existing=True)


def form(cast: Any, **changed: str) -> dict[str, str]:
    return {
        "community_id": str(cast.ours.community_id),
        "room_id": str(cast.ours.room_ids[0]),
        "kind": "complaint",
        "complainer": "王秀英",
        "capacity": "owner",
        "phone": "139 1111 2222",
        "channel": "phone",
        "received_at": "2026-03-02 09:15",
        "content": "楼上夜里装修。",
        **changed,
    }


def test_it_is_taken_down_with_a_number_and_by_whom(session: Session, cast: Any, desk: FlaskClient) -> None:
    with clock.clock_at(MONDAY):
        answer = desk.post("/complaint/add", data=form(cast))
    assert answer.status_code == 302
    row = session.scalars(select(Complaint)).one()
    assert (row.number, row.state, row.taken_by) == ("TS2026000001", ComplaintState.RECEIVED, "客服")
    assert row.phone == "13911112222" and row.received_at < row.state_since == MONDAY
    line = session.scalars(select(StateChange)).one()
    assert (line.from_state, line.to_state, line.seconds, line.who) == (None, "received", None, "客服")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"complainer": " "}, "必填。"),
        ({"content": "长" * 4001}, "最多 4000 个字。"),
        ({"received_at": "明天"}, "时间不正确"),
        ({"received_at": "2999-01-01 09:00"}, "投诉时间不能晚于现在。"),
        ({"phone": "abc", "remark": "139 1111 2222"}, "电话不正确"),
        ({"kind": "rumour"}, "请从列表中选择。"),
        ({"room_id": "999999"}, "请从列表中选择。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    session: Session, cast: Any, desk: FlaskClient, changed: dict[str, str], said: str
) -> None:
    answer = desk.post("/complaint/add", data=form(cast, **changed))
    assert answer.status_code == 422 and said in answer.text and "139 1111 2222" in answer.text
    assert session.scalars(select(Complaint)).all() == []


def test_the_form_is_open_until_it_is_passed_on(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        row, told = complaint(unit, cast), inputs(unit, cast)
        key, version = row.id, row.row_version
    page = desk.get(f"/complaint/edit/{key}")
    assert page.status_code == 200
    assert desk.post(f"/complaint/do/pass_on/{key}", data=typed(told["pass_on"])).status_code == 302
    late = desk.post(
        f"/complaint/edit/{key}", data=form(cast, content="改了") | {"row_version": str(version)}
    )
    assert late.status_code == 400 and "内容不能再修改" in late.text
    assert found(session, key).content == "楼上夜里装修。"
    assert f"/complaint/edit/{key}" not in desk.get(f"/complaint/show/{key}").text


def test_a_state_typed_into_a_form_is_no_state(session: Session, cast: Any, desk: FlaskClient) -> None:
    with clock.clock_at(MONDAY):
        desk.post("/complaint/add", data=form(cast, state="closed", finished_on="2026-03-01", number="TS1"))
    row = session.scalars(select(Complaint)).one()
    assert (row.state, row.finished_on, row.number) == (ComplaintState.RECEIVED, None, "TS2026000001")


def test_the_dialog_says_what_is_missing_and_keeps_the_rest(
    session: Session, cast: Any, desk: FlaskClient
) -> None:
    with unit_of_work() as unit:
        key = complaint(unit, cast).id
    asked = desk.get(f"/complaint/do/answer/{key}", headers=SCRIPTED)
    assert asked.status_code == 200 and "处理措施" in asked.text and "<html" not in asked.text
    answer = desk.post(f"/complaint/do/answer/{key}", data={"measures": "上门劝阻。"}, headers=SCRIPTED)
    assert answer.status_code == 422 and answer.text.count("必填。") == 2 and "上门劝阻。" in answer.text
    assert found(session, key).state is ComplaintState.RECEIVED
    done = desk.post(f"/complaint/do/answer/{key}", data=typed(ANSWER), headers=SCRIPTED)
    assert done.get_json() == {"go": f"/complaint/show/{key}"}
    assert found(session, key).state is ComplaintState.ANSWERED


def test_without_scripts_the_dialog_is_a_page(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        key = complaint(unit, cast).id
    assert "<html" in desk.get(f"/complaint/do/answer/{key}").text
    answer = desk.post(f"/complaint/do/answer/{key}", data={"measures": "上门劝阻。"})
    assert answer.status_code == 422 and "<html" in answer.text and "上门劝阻。" in answer.text


@pytest.mark.parametrize("to", ["", "0", "-1", "abc", "99999999999999999999", "1 OR 1=1", "424242"])
def test_a_department_that_is_none_is_refused(
    session: Session, cast: Any, desk: FlaskClient, to: str
) -> None:
    with unit_of_work() as unit:
        key = complaint(unit, cast).id
    answer = desk.post(f"/complaint/do/pass_on/{key}", data={"department_id": to}, headers=SCRIPTED)
    assert answer.status_code == 422 and ("请从列表中选择。" in answer.text or "必填。" in answer.text)
    assert found(session, key).state is ComplaintState.RECEIVED


def test_pressed_twice_it_is_done_once(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        key, told = complaint(unit, cast).id, typed(inputs(unit, cast)["pass_on"])
    assert desk.post(f"/complaint/do/pass_on/{key}?seen=received", data=told, headers=SCRIPTED).is_json
    again = desk.post(f"/complaint/do/pass_on/{key}?seen=received", data=told, headers=SCRIPTED)
    assert again.status_code == 422 and "现在的状态是“处理中”" in again.text
    moves = select(StateChange).where(StateChange.row_id == key, StateChange.action == "pass_on")
    assert len(session.scalars(moves).all()) == 1


def test_a_page_that_shows_another_state_is_told_so(session: Session, cast: Any, desk: FlaskClient) -> None:
    """撤销 leaves 处理中 as well, but who pressed it saw 已受理."""
    with unit_of_work() as unit:
        key, told = complaint(unit, cast, ComplaintState.PROCESSING).id, typed(inputs(unit, cast)["cancel"])
    answer = desk.post(f"/complaint/do/cancel/{key}?seen=received", data=told, headers=SCRIPTED)
    assert answer.status_code == 422 and "刚才已变为“处理中”" in answer.text
    assert found(session, key).state is ComplaintState.PROCESSING


def test_it_is_passed_to_another_department_only(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        key, same = complaint(unit, cast, ComplaintState.PROCESSING).id, department(unit, cast)
    answer = desk.post(
        f"/complaint/do/pass_again/{key}", data={"department_id": str(same), "reason": "试"}, headers=SCRIPTED
    )
    assert answer.status_code == 422 and "请选择另一个部门" in answer.text


def test_only_praise_is_filed_unanswered(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        key = complaint(unit, cast, kind=ComplaintKind.COMPLAINT).id
    assert f"/complaint/do/file/{key}" not in desk.get(f"/complaint/show/{key}").text
    refused = desk.post(f"/complaint/do/file/{key}", follow_redirects=True)
    assert "只有表扬可以不回复直接存档" in refused.text
    assert found(session, key).state is ComplaintState.RECEIVED


def test_the_ticked_are_passed_on_all_or_none(session: Session, cast: Any, desk: FlaskClient) -> None:
    with unit_of_work() as unit:
        keys = [complaint(unit, cast).id for _one in range(2)]
        other = complaint(unit, cast, ComplaintState.CANCELLED).id
        told = typed(inputs(unit, cast)["pass_on"])
    page = desk.get(f"/complaint/do/pass_on?rowid={keys[0]}&rowid={keys[1]}", headers=SCRIPTED)
    assert page.text.count('name="rowid"') == 2
    refused = desk.post("/complaint/do/pass_on", data={**told, "rowid": [*keys, other]}, headers=SCRIPTED)
    assert refused.status_code == 422 and "已撤销" in refused.text
    assert {found(session, key).state for key in keys} == {ComplaintState.RECEIVED}
    assert desk.post("/complaint/do/pass_on", data={**told, "rowid": keys}, headers=SCRIPTED).is_json
    assert {found(session, key).state for key in keys} == {ComplaintState.PROCESSING}


def test_its_way_is_told_with_the_time_taken(session: Session, cast: Any, desk: FlaskClient) -> None:
    with clock.clock_at(MONDAY), unit_of_work() as unit:
        key, told = complaint(unit, cast).id, inputs(unit, cast)
    with clock.clock_at(MONDAY + timedelta(hours=2, minutes=5)):
        desk.post(f"/complaint/do/pass_on/{key}", data=typed(told["pass_on"]))
    with clock.clock_at(MONDAY + timedelta(days=1, hours=3)):
        desk.post(f"/complaint/do/pass_again/{key}", data=typed(told["pass_again"]))
    page = desk.get(f"/complaint/timeline/{key}").text
    assert (
        "在“已受理”停留 2 小时 5 分" in page
        and "在“处理中”停留 1 天 0 小时" in page
        and "不属本部门。" in page
    )
    seconds = select(StateChange.seconds).where(StateChange.row_id == key).order_by(StateChange.id)
    assert session.scalars(seconds).all() == [None, 7500, 89700]
    lines = session.scalars(select(History).where(History.document == "Complaint", History.row_id == key))
    told_of = {(line.label, line.old, line.new) for line in lines}
    assert {("状态", "已受理", "处理中"), ("改派部门", None, "不属本部门。")} <= told_of


def test_what_has_moved_is_never_deleted(
    session: Session, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    manager = client_of("物业经理")
    with unit_of_work() as unit:
        fresh, moved = complaint(unit, cast).id, complaint(unit, cast, ComplaintState.CANCELLED).id
    refused = manager.post(f"/complaint/delete/{moved}", follow_redirects=True)
    assert refused.status_code == 200 and "已经办理过，不能删除" in refused.text
    assert manager.post(f"/complaint/delete/{fresh}").status_code == 303
    session.rollback()
    assert session.scalars(select(Complaint.id)).all() == [moved]


def test_it_is_printed_as_the_paper_form(cast: Any, session: Session, desk: FlaskClient, app: Flask) -> None:
    with unit_of_work() as unit:
        key = complaint(unit, cast, ComplaintState.CLOSED, remark="<b>粗</b>").id
    page = desk.get(f"/complaint/paper/{key}").text
    for words in (
        "CJJY-KF-008",
        "锦东置业",
        "锦绣园",
        "TS",
        "1-1-101",
        "王秀英",
        "上门劝阻。",
        "已停止施工。",
    ):
        assert words in page
    assert 'class="box is-ticked">满意' in page and "<b>粗</b>" not in page
    assert page.count("is-ticked") == 4  # 类别, 身份, 回复方式, 满意程度
