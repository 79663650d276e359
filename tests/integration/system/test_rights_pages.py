"""Rights side by side: two roles compared, and all that an operator may do, with the role that gives it."""

import re

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.system.operations.roles import add_role

from .cast import Browser, working_as


def role_id(session: Session, name: str) -> int:
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def user_id(session: Session, username: str) -> int:
    return session.scalars(select(User.id).where(User.username == username)).one()


def table(page: str) -> list[list[str]]:
    """The lines of the page's table as words."""
    rows = re.findall(r"<tr.*?</tr>", page[page.index("<tbody") :], re.DOTALL)
    return [
        [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.fixture
def two(office: Flask) -> tuple[int, int]:
    """Two small roles."""
    with working_as(office, "guanliyuan") as unit:
        first = add_role(
            session=unit, name="甲", pairs=[("read", "Room"), ("export", "Room"), ("read", "Receipt")]
        )
        second = add_role(
            session=unit,
            name="乙",
            pairs=[("read", "Room"), ("add", "Room"), ("void", "Receipt"), ("read", "Pet")],
        )
        return first.id, second.id


def test_the_differences_of_two_roles(admin: Browser, two: tuple[int, int]) -> None:
    url = f"/rights/compare?first={two[0]}&second={two[1]}"
    assert table(admin.get(url).text) == [
        ["资料管理"],
        ["房间", "导出", "新增"],
        ["宠物", "", "查看"],
        ["收款"],
        ["收据", "查看", "作废"],
    ]
    assert ["房间", "导出", "新增", "查看"] in table(admin.get(f"{url}&all=1").text)
    assert 'href="/rights/compare/print?' in admin.get(url).text
    sheet = admin.get(f"/rights/compare/print?first={two[0]}&second={two[1]}").text
    assert "角色权限对比：甲 与 乙" in sheet and ["房间", "导出", "新增"] in table(sheet)


def test_the_same_role_twice(admin: Browser, two: tuple[int, int]) -> None:
    assert "完全相同" in admin.get(f"/rights/compare?first={two[0]}&second={two[0]}").text


@pytest.mark.parametrize(
    "query", ["", "?first=1", "?first=x&second=y", f"?first=1&second={10**30}", "?first=-1&second=1"]
)
def test_until_two_are_chosen(admin: Browser, query: str) -> None:
    answer = admin.get(f"/rights/compare{query}")
    assert answer.status_code == 200 and "请选择两个角色" in answer.text
    assert admin.get(f"/rights/compare/print{query}").status_code == 404


def test_all_that_an_operator_may_do(
    office: Flask, admin: Browser, session: Session, two: tuple[int, int]
) -> None:
    key = user_id(session, "shoufei")
    with working_as(office, "guanliyuan") as unit:
        unit.get_one(User, key).roles = list(unit.scalars(select(Role).where(Role.id.in_(two))))
    lines = table(admin.get(f"/rights/user/{key}").text)
    assert ["宠物", "查看（乙）"] in lines
    room = next(line for line in lines if line[0] == "房间")[1]
    assert sorted(room.split("；")) == sorted(["查看（乙、甲）", "导出（甲）", "新增（乙）"])
    sheet = admin.get(f"/rights/user/{key}/print").text
    assert (
        "操作员权限：收费员（shoufei）" in sheet
        and "锦绣花园" in sheet
        and ["宠物", "查看（乙）"] in table(sheet)
    )
    assert f'data-fragment="/rights/user/{key}"' in admin.get(f"/user/show/{key}").text


def test_nobody_else_sees_them(office: Flask, session: Session) -> None:
    manager = Browser(office)
    manager.log_in("jingli")
    key = user_id(session, "shoufei")
    for url in (
        "/rights/compare",
        "/rights/compare/print",
        f"/rights/user/{key}",
        f"/rights/user/{key}/print",
    ):
        assert manager.get(url).status_code == 403, url


def test_not_of_those_who_reach_further(office: Flask, session: Session) -> None:
    with working_as(office, "guanliyuan") as unit:
        made = add_role(session=unit, name="人事", pairs=[("read", "User"), ("print", "User")])
        unit.scalars(select(User).where(User.username == "shoufei")).one().roles = [made]
    clerk = Browser(office)
    clerk.log_in("shoufei")
    assert clerk.get(f"/rights/user/{user_id(session, 'shoufei')}").status_code == 200
    for username in ("guanliyuan", "linqu"):
        for path in ("", "/print"):
            assert clerk.get(f"/rights/user/{user_id(session, username)}{path}").status_code == 404
    for key in (0, 999_999, 2**31, 10**30):
        assert clerk.get(f"/rights/user/{key}").status_code == 404
