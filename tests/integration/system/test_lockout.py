"""The only administrator goes at the office from every page that could shut them out, and is refused each time."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.menu.items import arranged
from app.system.operations.guards import pairs_of
from app.system.operations.menu import menu_version
from app.system.operations.roles import add_role
from app.system.roles import KEPT_BY_ADMINISTRATOR

from .cast import Browser, alone, working_as


@pytest.fixture
def them(session: Session) -> tuple[int, int]:
    """(the administrator, the administrators' role), by their ids."""
    user = session.scalars(select(User.id).where(User.username == "guanliyuan")).one()
    role = session.scalars(select(Role.id).where(Role.name == "系统管理员")).one()
    return user, role


def still_governs(admin: Browser, session: Session, them: tuple[int, int]) -> bool:
    """Whether the administrator can still open what puts things right, and finds it in the menu."""
    session.rollback()
    pages = ("/user/list/", f"/user/edit/{them[0]}", "/role/list/", f"/role/edit/{them[1]}", "/menu/")
    menu = admin.get("/password").text
    return all(admin.get(url).status_code == 200 for url in pages) and all(
        f'href="{url}"' in menu for url in ("/user/list/", "/role/list/", "/menu/")
    )


@pytest.mark.parametrize("gone", ["roles", "everything"])
def test_by_their_own_form(admin: Browser, session: Session, them: tuple[int, int], gone: str) -> None:
    url = f"/user/edit/{them[0]}"
    form = admin.form(url)
    form.pop(gone)
    answer = admin.post(url, form)
    assert answer.status_code == 422 and "至少要保留一名启用、有密码、管辖全公司的系统管理员" in answer.text
    assert still_governs(admin, session, them)


@pytest.mark.parametrize("way", ["disable", "delete"])
def test_by_going(admin: Browser, session: Session, them: tuple[int, int], way: str) -> None:
    admin.post(f"/user/{way}/{them[0]}")
    assert still_governs(admin, session, them)


@pytest.mark.parametrize("pair", sorted(KEPT_BY_ADMINISTRATOR))
def test_by_stripping_the_role(
    admin: Browser, session: Session, them: tuple[int, int], pair: tuple[str, str]
) -> None:
    url = f"/role/edit/{them[1]}"
    form = admin.form(url)
    form["rights"].remove(f"{pair[1]}.{pair[0]}")
    answer = admin.post(url, form)
    # 查看 comes back with the 修改 that stands.
    assert pair[0] == "read" or (answer.status_code == 422 and "系统管理员必须保留" in answer.text)
    assert still_governs(admin, session, them)


def test_by_stripping_all_of_it(admin: Browser, session: Session, them: tuple[int, int]) -> None:
    url = f"/role/edit/{them[1]}"
    assert admin.post(url, {**admin.form(url), "rights": []}).status_code == 422
    assert still_governs(admin, session, them)


def test_by_renaming_or_deleting_the_role(admin: Browser, session: Session, them: tuple[int, int]) -> None:
    url = f"/role/edit/{them[1]}"
    assert admin.post(url, {**admin.form(url), "name": "管理"}).status_code == 422
    admin.post(f"/role/delete/{them[1]}")
    assert still_governs(admin, session, them)


def test_by_the_menu(admin: Browser, session: Session, them: tuple[int, int]) -> None:
    page: dict[str, Any] = {"name": "system", "kind": "module", "parent": None}
    for more in ({"hidden": True}, {"hidden_for": [them[1]]}):
        version = menu_version(arranged(session=session))
        body = {"version": version, "entries": [{**page, **more}]}
        answer = alone(admin.client.post, "/menu/save", json=body, headers={"X-CSRFToken": admin.token()})
        assert (answer.status_code, answer.json["code"]) == (400, "administration_hidden")
        assert still_governs(admin, session, them)


def test_who_is_no_administrator_cannot_touch_the_role(
    office: Flask, session: Session, them: tuple[int, int]
) -> None:
    """Not even one who holds every right that the role holds, and may edit roles."""
    with working_as(office, "guanliyuan") as unit:
        rights = pairs_of(session=unit, role_id=them[1])
        helper = add_role(session=unit, name="副管理员", pairs=rights)
        unit.scalars(select(User).where(User.username == "jingli")).one().roles = [helper]
    deputy = Browser(office)
    deputy.log_in("jingli")
    url = f"/role/edit/{them[1]}"
    form = deputy.form(url)
    form["rights"].remove("Room.delete")
    assert deputy.post(url, form).status_code == 422
    session.rollback()
    assert pairs_of(session=session, role_id=them[1]) == rights


def test_nobody_gives_what_they_have_not(office: Flask, session: Session) -> None:
    with working_as(office, "guanliyuan") as unit:
        deputy = add_role(
            session=unit, name="人事", pairs=[("read", "Role"), ("add", "Role"), ("edit", "Role")]
        )
        unit.scalars(select(User).where(User.username == "jingli")).one().roles = [deputy]
    clerk = Browser(office)
    clerk.log_in("jingli")
    page = clerk.get("/role/add").text
    assert 'value="Room.read" aria-label="房间 查看" disabled' in page
    assert 'value="Role.read" aria-label="角色 查看">' in page
    assert clerk.post("/role/add", {"name": "偷", "rights": ["Room.read"]}).status_code == 422
    assert clerk.post("/role/add", {"name": "行", "rights": ["Role.read"]}).status_code == 302
