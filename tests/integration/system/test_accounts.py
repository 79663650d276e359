"""A login's sessions end at once, a new password is due before anything else, and what is undone is told first."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Department, Employee
from app.lowcode.history import History
from app.lowcode.jobs import Job
from app.lowcode.logins import LoginRecord

from .cast import PASSWORD, Browser

NEW = "Xin-mi-ma-1"


def key_of(session: Session, username: str) -> int:
    session.rollback()
    return session.scalars(select(User.id).where(User.username == username)).one()


def test_ended_sessions_are_out_at_the_next_click(office: Flask, admin: Browser, session: Session) -> None:
    first, second = Browser(office), Browser(office)
    for desk in (first, second):
        desk.log_in("shoufei")
        assert desk.get("/room/list/").status_code == 200
    assert admin.post(f"/user/do/end_sessions/{key_of(session, 'shoufei')}").status_code == 302
    for desk in (first, second):
        assert desk.get("/room/list/").location.startswith("/login/")
        assert desk.get("/jobs/mine.json").status_code == 401
    assert first.log_in("shoufei").status_code == 302
    assert first.get("/room/list/").status_code == 200
    assert admin.get("/user/list/").status_code == 200  # nobody else's
    session.rollback()
    line = session.scalars(select(History).where(History.label == "结束会话")).one()
    assert (line.document, line.row_id, line.who) == ("User", key_of(session, "shoufei"), "管理员")


def test_a_new_password_is_due_before_anything_else(office: Flask, admin: Browser, session: Session) -> None:
    desk = Browser(office)
    desk.log_in("shoufei")
    assert admin.post(f"/user/do/force_password/{key_of(session, 'shoufei')}").status_code == 302
    for url in ("/", "/room/list/", "/room/show/1", "/user/list/", "/no/such/page"):
        assert desk.get(url).location == "/password", url
    assert desk.post("/room/add", {"number": "1"}).location == "/password"
    told = desk.get("/jobs/mine.json")
    assert told.status_code == 403 and told.json["code"] == "password_due"
    assert "请先设置新密码" in desk.get("/password").text
    same = desk.post("/password", {"old": PASSWORD, "password": PASSWORD, "again": PASSWORD})
    assert same.status_code == 422 and "不能与原密码相同" in same.text
    assert desk.post("/password", {"old": PASSWORD, "password": NEW, "again": NEW}).location == "/"
    assert desk.get("/room/list/").status_code == 200
    assert Browser(office).log_in("shoufei", NEW).location == "/"


def test_ones_own_new_password_ends_the_other_sessions(office: Flask, session: Session) -> None:
    here, there = Browser(office), Browser(office)
    for desk in (here, there):
        desk.log_in("shoufei")
    assert here.post("/password", {"old": PASSWORD, "password": NEW, "again": NEW}).status_code == 302
    assert here.get("/room/list/").status_code == 200
    assert there.get("/room/list/").status_code == 302
    session.rollback()
    assert session.scalars(select(History).where(History.label == "修改密码")).one().who == "收费员"


def test_a_password_given_by_another_ends_the_sessions_and_is_changed_first(
    office: Flask, admin: Browser, session: Session
) -> None:
    desk = Browser(office)
    desk.log_in("shoufei")
    url = f"/user/edit/{key_of(session, 'shoufei')}"
    given = {**admin.form(url), "password": NEW, "password_due": "y"}
    assert admin.post(url, given).status_code == 302
    assert desk.get("/room/list/").location.startswith("/login/")
    desk.log_in("shoufei", NEW)
    assert desk.get("/").location == "/password"
    assert "下次登录须改密码" in admin.get(f"/user/show/{key_of(session, 'shoufei')}").text


def test_what_is_undone_is_told_before_the_person_is_out(
    office: Flask, admin: Browser, session: Session
) -> None:
    from app.lowcode.unit import unit_of_work

    key = key_of(session, "shoufei")
    assert "没有未完成的工作" in admin.get(f"/user/disable/{key}").text
    with unit_of_work() as unit:
        unit.add_all(Job(kind="export", label="导出", params={}, user_id=key) for _ in range(3))
    page = admin.get(f"/user/disable/{key}").text
    assert "进行中的任务" in page and ">3<" in page and "仍然停用" in page
    session.rollback()
    assert session.get_one(User, key).active is True
    assert admin.post(f"/user/disable/{key}").location == f"/user/show/{key}"
    session.rollback()
    assert session.get_one(User, key).active is False


def test_nobody_takes_themselves_or_the_last_administrator_out(admin: Browser, session: Session) -> None:
    key = key_of(session, "guanliyuan")
    assert "不能停用自己" in admin.post(f"/user/disable/{key}").text
    assert admin.get("/user/list/").status_code == 200


@pytest.mark.parametrize(
    "path", ["disable", "do/end_sessions", "do/force_password", "do/enable", "edit", "delete"]
)
def test_who_may_not_is_refused(office: Flask, session: Session, path: str) -> None:
    desk = Browser(office)
    desk.log_in("jingli")
    assert desk.post(f"/user/{path}/{key_of(session, 'shoufei')}").status_code == 403
    session.rollback()
    assert session.get_one(User, key_of(session, "shoufei")).active is True


def test_attempts_on_a_locked_name_are_written_down_too(office: Flask, session: Session) -> None:
    for _attempt in range(7):
        Browser(office).log_in("shoufei", "falsch")
    Browser(office).log_in("nobody", "falsch")
    reasons = session.scalars(select(LoginRecord.reason).order_by(LoginRecord.id)).all()
    assert reasons == ["密码不正确"] * 5 + ["账号锁定中"] * 2 + ["没有这个登录名"]


def test_the_machines_owner_lets_somebody_in_again(office: Flask, admin: Browser, session: Session) -> None:
    assert admin.post(f"/user/disable/{key_of(session, 'shoufei')}").status_code == 302
    runner = office.test_cli_runner()
    told = runner.invoke(args=["reset-password", "shoufei"], catch_exceptions=False).output
    desk = Browser(office)
    assert desk.log_in("shoufei", told.strip().rpartition("：")[2]).status_code == 302
    assert desk.get("/").location == "/password"
    assert "没有登录名为" in runner.invoke(args=["reset-password", "nobody"]).output


class TestOneForm:
    """User, employee and department on one form."""

    @pytest.fixture
    def given(self, session: Session) -> dict[str, Any]:
        from app.estate.models import Company
        from app.lowcode.unit import unit_of_work

        with unit_of_work() as unit:
            east = unit.scalars(select(Company.id).where(Company.name == "东区公司")).one()
            department = Department(company_id=east, name="收费部")
            unit.add(department)
            unit.flush()
            return {
                "username": "xiaowang",
                "name": "小王",
                "password": NEW,
                "company_id": east,
                "number": "E-7",
                "department_id": department.id,
                "position": "收费员",
                "phone": "13800000007",
            }

    def test_an_employee_is_made_with_the_login(self, admin: Browser, session: Session, given: Any) -> None:
        answer = admin.post("/user/add", given)
        assert answer.status_code == 302, answer.text
        page = admin.get(answer.location).text
        assert "小王（E-7）" in page and "收费部" in page
        row = session.scalars(select(Employee)).one()
        assert (row.name, row.position, row.phone) == ("小王", "收费员", "13800000007")
        assert row.user_id == key_of(session, "xiaowang")
        url = f"/user/edit/{row.user_id}"
        form = admin.form(url)
        assert form["number"] == "E-7"
        assert admin.post(url, {**form, **given, "number": "E-8", "name": "王收费"}).status_code == 302
        session.rollback()
        assert [(one.number, one.name) for one in session.scalars(select(Employee))] == [("E-8", "王收费")]
        assert admin.post(url, {**admin.form(url), "number": ""}).status_code == 302
        session.rollback()
        assert session.scalars(select(Employee)).one().user_id is None

    def test_an_employee_who_is_there_is_taken(self, admin: Browser, session: Session, given: Any) -> None:
        from app.lowcode.unit import unit_of_work

        with unit_of_work() as unit:
            unit.add(Employee(company_id=given["company_id"], number="E-7", name="小王"))
        assert admin.post("/user/add", {**given, "name": "小张"}).status_code == 422
        assert admin.post("/user/add", given).status_code == 302
        taken = admin.post("/user/add", {**given, "username": "xiaowang2"})
        assert taken.status_code == 422 and "已有登录名“xiaowang”" in taken.text
        assert len(session.scalars(select(Employee)).all()) == 1

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"company_id": ""}, "请选择公司"),
            ({"company_id": "999"}, "请从列表中选择"),
            ({"company_id": "x"}, "请从列表中选择"),
            ({"department_id": "999"}, "请从列表中选择"),
            ({"number": "9" * 31}, "最多 30 个字"),
            ({"position": "国王"}, "请从列表中选择"),
        ],
    )
    def test_a_wrong_employee_keeps_the_login_out(
        self, admin: Browser, session: Session, given: Any, changes: Any, sentence: str
    ) -> None:
        answer = admin.post("/user/add", {**given, **changes})
        assert answer.status_code == 422 and sentence in answer.text
        assert session.scalar(select(User.id).where(User.username == "xiaowang")) is None
