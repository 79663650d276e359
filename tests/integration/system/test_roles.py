"""角色: the matrix saves exactly what is ticked, and holds from the next click on."""

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.history import History
from app.system.operations.guards import pairs_of
from app.system.operations.roles import AdministratorNeedsRights, UnknownPermission, change_role

from .cast import Browser, working_as


def role_id(session: Session, name: str) -> int:
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def test_the_page_has_a_box_for_every_right_in_chinese(
    office: Flask, admin: Browser, session: Session
) -> None:
    import re

    from app.lowcode.permissions import known_pairs
    from app.system.rights import matrix

    page = admin.get(f"/role/edit/{role_id(session, '收费员')}").text
    with office.app_context():
        pairs, modules = known_pairs(office), matrix()
    assert set(re.findall(r'name="rights" value="([^"]+)"', page)) == {
        f"{name}.{verb}" for verb, name in pairs
    }
    words = [one.label for module in modules for line in module.documents for one in (line, *line.rights)]
    assert [word for word in words if re.search("[A-Za-z]", word)] == []


def test_saving_the_page_as_it_stands_changes_nothing(admin: Browser, session: Session) -> None:
    for role in session.scalars(select(Role)).all():
        before = pairs_of(session=session, role_id=role.id)
        url = f"/role/edit/{role.id}"
        assert admin.post(url, admin.form(url)).status_code == 302
        session.rollback()
        assert pairs_of(session=session, role_id=role.id) == before
    assert session.scalars(select(History.id).where(History.document == "Role")).all() == []


def test_a_right_taken_is_gone_at_once(office: Flask, admin: Browser, session: Session) -> None:
    desk = Browser(office)
    desk.log_in("shoufei")
    assert desk.get("/room/export").status_code == 200
    url = f"/role/edit/{role_id(session, '收费员')}"
    form = admin.form(url)
    form["rights"].remove("Room.export")
    assert admin.post(url, form).status_code == 302
    assert desk.get("/room/export").status_code == 403
    assert desk.get("/room/list/").status_code == 200
    session.rollback()
    line = session.scalars(select(History).where(History.document == "Role")).one()
    assert (line.label, line.old, line.new) == ("房间", "查看、导出、打印", "查看、打印")


def test_a_right_given_is_there_at_once(office: Flask, admin: Browser, session: Session) -> None:
    desk = Browser(office)
    desk.log_in("shoufei")
    assert desk.get("/room/add").status_code == 403
    url = f"/role/edit/{role_id(session, '收费员')}"
    form = admin.form(url)
    assert admin.post(url, {**form, "rights": [*form["rights"], "Room.add"]}).status_code == 302
    assert desk.get("/room/add").status_code == 200


def test_two_at_the_same_matrix(admin: Browser, session: Session) -> None:
    url = f"/role/edit/{role_id(session, '只读')}"
    first, second = admin.form(url), admin.form(url)
    first["rights"].remove("Room.read")
    assert admin.post(url, first).status_code == 302
    assert "别人刚刚修改了" in admin.post(url, second).text


def test_a_role_is_copied_used_and_deleted(admin: Browser, session: Session) -> None:
    url = f"/role/copy/{role_id(session, '财务')}"
    form = admin.form(url)
    answer = admin.post(url, {**form, "name": "出纳"})
    assert answer.status_code == 302, answer.text
    session.rollback()
    made = role_id(session, "出纳")
    assert pairs_of(session=session, role_id=made) == pairs_of(
        session=session, role_id=role_id(session, "财务")
    )
    assert admin.post(f"/role/delete/{made}").location == "/role/list/"
    session.rollback()
    assert session.get(Role, made) is None


def test_the_names_are_not_repeated(admin: Browser) -> None:
    answer = admin.post("/role/add", {"name": "财务"})
    assert answer.status_code == 422 and "已有名为“财务”的角色" in answer.text


def test_a_built_in_role_is_neither_renamed_nor_deleted(admin: Browser, session: Session) -> None:
    key = role_id(session, "只读")
    url = f"/role/edit/{key}"
    assert "内置角色" in admin.post(url, {**admin.form(url), "name": "别的"}).text
    admin.post(f"/role/delete/{key}")
    session.rollback()
    assert session.get(Role, key) is not None


def test_a_right_that_does_not_exist_is_refused(office: Flask, admin: Browser, session: Session) -> None:
    key = role_id(session, "只读")
    url = f"/role/edit/{key}"
    assert admin.post(url, {**admin.form(url), "rights": ["Room.fly"]}).status_code == 422
    with pytest.raises(UnknownPermission), working_as(office, "guanliyuan") as unit:
        change_role(session=unit, role_id=key, name="只读", pairs=[("fly", "Room")])


def test_the_administrators_role_keeps_what_gives_rights(office: Flask, session: Session) -> None:
    key = role_id(session, "系统管理员")
    before = pairs_of(session=session, role_id=key)
    with pytest.raises(AdministratorNeedsRights), working_as(office, "guanliyuan") as unit:
        change_role(session=unit, role_id=key, name="系统管理员", pairs=before - {("edit", "Role")})


def test_the_pages_are_the_administrators_alone(office: Flask, session: Session) -> None:
    for username in ("jingli", "shoufei"):
        browser = Browser(office)
        browser.log_in(username)
        for url in (
            "/user/list/",
            "/user/add",
            "/role/list/",
            f"/role/edit/{role_id(session, '收费员')}",
            "/setting/",
        ):
            assert browser.get(url).status_code == 403, (username, url)
        assert browser.post("/role/add", {"name": "偷偷"}).status_code == 403


def test_nobody_is_given_to_write_what_they_may_not_see(admin: Browser, session: Session) -> None:
    """A2: 新增, 修改 and 删除 bring 查看 along."""
    answer = admin.post(
        "/role/add", {"name": "录入员", "rights": ["Customer.add", "Room.edit", "Pet.delete"]}
    )
    assert answer.status_code == 302, answer.text
    role = session.scalars(select(Role).where(Role.name == "录入员")).one()
    assert pairs_of(session=session, role_id=role.id) == {
        (verb, document)
        for document, own in (("Customer", "add"), ("Room", "edit"), ("Pet", "delete"))
        for verb in ("read", own)
    }


def test_the_tree_opens_for_whoever_may_read_rooms(office: Flask, admin: Browser, session: Session) -> None:
    """A2: the communities and buildings that lead to the rooms are shown too."""
    admin.post("/role/add", {"name": "看房", "rights": ["Room.read"]})
    role = session.scalars(select(Role).where(Role.name == "看房")).one().id
    sent = {
        "username": "kanfang",
        "name": "小看",
        "password": "Xin-mi-ma-1",
        "roles": [role],
        "everything": "y",
    }
    assert admin.post("/user/add", sent).status_code == 302
    browser = Browser(office)
    browser.log_in("kanfang", "Xin-mi-ma-1")
    titles, waiting = set(), [""]
    while waiting:
        for node in browser.get(f"/tree/nodes?key={waiting.pop()}").json:
            titles.add(node["title"])
            waiting += [node["key"]] if node["type"] == "company" else []
    assert "锦绣花园" in titles
