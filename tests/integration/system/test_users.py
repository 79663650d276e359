"""操作员: added, changed, taken out of use; nobody gives more than they have, and an administrator always stays."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import BeyondOwnReach, Grants, grants_of
from app.estate.models import Community, Company
from app.lowcode.history import History
from app.lowcode.logins import WeakPassword
from app.system.operations import guards
from app.system.operations.accounts import disable_user
from app.system.operations.users import UnableToDeleteUser, add_user, change_user, delete_user

from .cast import Browser, working_as

NEW = "Xin-mi-ma-1"


def user_id(session: Session, username: str) -> int:
    found = session.scalar(select(User.id).where(User.username == username))
    assert found is not None
    return found


def as_it_stands(session: Session, username: str) -> dict[str, Any]:
    user = session.scalars(select(User).where(User.username == username)).one()
    return {
        "user_id": user.id,
        "name": user.last_name,
        "email": user.email,
        "password": None,
        "role_ids": [role.id for role in user.roles],
        "grants": grants_of(session=session, user_id=user.id),
    }


def test_an_operator_is_added_by_the_form_and_logs_in(
    office: Flask, admin: Browser, session: Session
) -> None:
    role = session.scalars(select(Role).where(Role.name == "收费员")).one().id
    community = session.scalars(select(Community).where(Community.name == "锦绣花园")).one().id
    sent = {
        "username": "xiaowang",
        "name": "小王",
        "password": NEW,
        "roles": [role],
        "communities": [community],
    }
    answer = admin.post("/user/add", sent)
    assert answer.status_code == 302, answer.text
    shown = admin.get(answer.location).text
    assert "小王（xiaowang）" in shown and "收费员" in shown and "锦绣花园" in shown
    assert Browser(office).log_in("xiaowang", NEW).location == "/"


def test_an_operator_without_role_and_reach_is_warned_of(admin: Browser, session: Session) -> None:
    """A2: an operator who would see an empty office."""
    role = session.scalars(select(Role).where(Role.name == "收费员")).one().id
    community = session.scalars(select(Community).where(Community.name == "锦绣花园")).one().id
    bare = {"username": "kongkong", "name": "小空", "password": NEW}
    page = admin.get(admin.post("/user/add", bare).location).text
    assert "还没有角色" in page and "还没有管辖范围" in page
    whole = bare | {"username": "quanquan", "roles": [role], "communities": [community]}
    page = admin.get(admin.post("/user/add", whole).location).text
    assert "还没有角色" not in page and "还没有管辖范围" not in page


def test_all_that_is_wrong_is_said_at_once(admin: Browser) -> None:
    """A2: name, address and password alike."""
    page = admin.post("/user/add", {"username": "x", "name": "", "email": "不是", "password": "123"}).text
    assert "有 3 处需要修改" in page
    assert "必填。" in page and "邮箱地址不正确。" in page and "密码至少 8 位" in page


def test_the_rule_of_passwords_is_said_beside_the_field(admin: Browser) -> None:
    """A2: where one is set for somebody, and for oneself."""
    for address in ("/user/add", "/password"):
        assert "至少 8 位，含大写、小写、数字、符号中的三种。" in admin.get(address).text


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(admin: Browser) -> None:
    answer = admin.post("/user/add", {"username": "xiaowang", "name": "小王", "password": "12345678"})
    assert answer.status_code == 422
    assert "密码至少 8 位" in answer.text and 'value="xiaowang"' in answer.text
    taken = admin.post("/user/add", {"username": "SHOUFEI", "name": "小王", "password": NEW})
    assert taken.status_code == 422 and "已有登录名为" in taken.text
    blank = admin.post("/user/add", {"username": "a b", "name": "小王", "password": NEW})
    assert "登录名为 2 至 64 个" in blank.text


@pytest.mark.parametrize("password", ["", "Ab1-", "abcdefgh", "abcdefg1", "ABCDEFG1", "A1" * 101 + "-"])
def test_a_weak_password_is_refused(session: Session, password: str) -> None:
    from app.lowcode.unit import unit_of_work

    with pytest.raises(WeakPassword), unit_of_work() as unit:
        add_user(session=unit, username="xiaowang", name="小王", password=password)


def test_the_hash_is_nowhere(admin: Browser, session: Session) -> None:
    kept = session.scalars(select(User).where(User.username == "shoufei")).one()
    pages = [
        admin.get(f"/user/{url}").text for url in ("list/", f"show/{kept.id}", f"edit/{kept.id}", "print")
    ]
    assert all(kept.password not in page and "scrypt" not in page for page in pages)
    assert admin.get("/user/list/?order=password").status_code == 400
    assert admin.get("/user/list/?f.password.has=s").status_code == 400
    assert kept.password.encode() not in admin.get("/user/export").data


def test_the_list_names_roles_and_finds_by_them(admin: Browser) -> None:
    page = admin.get("/user/list/?f.role_names.has=物业经理").text
    assert "jingli" in page and "wuquan" in page and "shoufei" not in page


def test_a_person_out_of_use_is_out_at_once(office: Flask, admin: Browser, session: Session) -> None:
    desk = Browser(office)
    desk.log_in("shoufei")
    assert desk.get("/room/list/").status_code == 200
    key = user_id(session, "shoufei")
    assert admin.post(f"/user/disable/{key}").status_code == 302
    assert desk.get("/room/list/").status_code == 302
    assert Browser(office).log_in("shoufei").status_code == 401
    assert admin.get(f"/user/disable/{key}").status_code == 404
    assert admin.post(f"/user/do/enable/{key}").status_code == 302
    assert desk.get("/room/list/").status_code == 302  # what was ended stays so
    assert Browser(office).log_in("shoufei").status_code == 302


def test_a_new_password_is_the_only_one(office: Flask, admin: Browser, session: Session) -> None:
    url = f"/user/edit/{user_id(session, 'shoufei')}"
    assert admin.post(url, {**admin.form(url), "password": NEW}).status_code == 302
    assert Browser(office).log_in("shoufei").status_code == 401
    assert Browser(office).log_in("shoufei", NEW).status_code == 302
    session.rollback()
    line = session.scalars(
        select(History).where(History.document == "User", History.field == "password")
    ).one()
    assert line.who == "管理员" and line.new == "●●●"


def test_two_at_the_same_form(admin: Browser, session: Session) -> None:
    url = f"/user/edit/{user_id(session, 'shoufei')}"
    first, second = admin.form(url), admin.form(url)
    assert admin.post(url, {**first, "name": "老李"}).status_code == 302
    late = admin.post(url, {**second, "name": "老张"})
    assert late.status_code == 422 and "别人刚刚修改了" in late.text


@pytest.mark.parametrize("change", [{"role_ids": []}, {"grants": Grants()}])
def test_the_last_administrator_stays(office: Flask, session: Session, change: dict[str, Any]) -> None:
    values = as_it_stands(session, "guanliyuan")
    with pytest.raises(guards.LastAdministrator), working_as(office, "guanliyuan") as unit:
        change_user(session=unit, **{**values, **change})
    session.rollback()
    assert as_it_stands(session, "guanliyuan") == values


def test_one_of_two_administrators_may_go(office: Flask, session: Session) -> None:
    values = as_it_stands(session, "guanliyuan")
    with working_as(office, "guanliyuan") as unit:
        add_user(
            session=unit,
            username="second",
            name="第二",
            password=NEW,
            role_ids=values["role_ids"],
            grants=Grants(everything=True),
        )
    with working_as(office, "second") as unit:
        disable_user(session=unit, user_id=values["user_id"], by=None)
    with pytest.raises(guards.LastAdministrator), working_as(office, "guanliyuan") as unit:
        disable_user(session=unit, user_id=user_id(unit, "second"), by=None)
    session.rollback()
    assert session.get_one(User, values["user_id"]).active is False


def test_who_did_something_is_not_deleted(office: Flask, session: Session) -> None:
    Browser(office).log_in("linqu")
    for username in ("linqu", "guanliyuan"):
        with (
            pytest.raises((UnableToDeleteUser, guards.LastAdministrator)),
            working_as(office, "guanliyuan") as unit,
        ):
            delete_user(session=unit, user_id=user_id(unit, username))


def test_who_did_nothing_is_really_deleted(admin: Browser, session: Session) -> None:
    key = user_id(session, "linqu")
    assert admin.post(f"/user/delete/{key}").location == "/user/list/"
    session.rollback()
    assert session.get(User, key) is None
    assert grants_of(session=session, user_id=key) == Grants()


class TestNobodyGivesMoreThanTheyHave:
    """物业经理 of the east, who was also given the pages of operators and roles."""

    @pytest.fixture(autouse=True)
    def east(self, office: Flask, session: Session) -> None:
        from app.lowcode.unit import unit_of_work
        from app.system.operations.roles import add_role

        pairs = [("read", "User"), ("add", "User"), ("edit", "User"), ("edit", "Role"), ("read", "Room")]
        with unit_of_work() as unit:
            east = unit.scalars(select(Company.id).where(Company.name == "东区公司")).one()
            role = add_role(session=unit, name="片区主管", pairs=pairs)
            small = add_role(session=unit, name="看房间", pairs=[("read", "Room")])
            add_user(
                session=unit,
                username="pianqu",
                name="片区",
                password=NEW,
                role_ids=[role.id],
                grants=Grants(companies=frozenset({east})),
            )
            self.small = small.id

    def test_a_role_within_their_own_and_a_community_of_theirs(self, office: Flask, session: Session) -> None:
        ours = session.scalars(select(Community.id).where(Community.name == "锦绣花园")).one()
        with working_as(office, "pianqu") as unit:
            add_user(
                session=unit,
                username="a1",
                name="甲",
                role_ids=[self.small],
                grants=Grants(communities=frozenset({ours})),
            )

    def test_not_the_administrators_role(self, office: Flask, session: Session) -> None:
        role = session.scalars(select(Role.id).where(Role.name == "系统管理员")).one()
        with pytest.raises(guards.MayNotGrant), working_as(office, "pianqu") as unit:
            add_user(session=unit, username="a1", name="甲", role_ids=[role])

    def test_not_the_whole_office_nor_the_neighbours_nor_what_is_above(
        self, office: Flask, session: Session
    ) -> None:
        theirs = session.scalars(select(Community.id).where(Community.name == "邻里家园")).one()
        top = session.scalars(select(Company.id).where(Company.name == "锦东置业")).one()
        for grants in (
            Grants(everything=True),
            Grants(communities=frozenset({theirs})),
            Grants(companies=frozenset({top})),
        ):
            with pytest.raises(BeyondOwnReach), working_as(office, "pianqu") as unit:
                add_user(session=unit, username="a1", name="甲", grants=grants)

    def test_not_a_new_password_for_one_who_has_more(self, office: Flask, session: Session) -> None:
        for username in ("guanliyuan", "linqu"):
            values = as_it_stands(session, username)
            with pytest.raises((guards.MayNotGrant, BeyondOwnReach)), working_as(office, "pianqu") as unit:
                change_user(session=unit, **{**values, "password": NEW})

    def test_not_a_right_of_which_they_have_none(self, office: Flask, session: Session) -> None:
        from app.system.operations.roles import change_role

        with pytest.raises(guards.MayNotGrant), working_as(office, "pianqu") as unit:
            change_role(session=unit, role_id=self.small, name="看房间", pairs=[("delete", "Room")])
