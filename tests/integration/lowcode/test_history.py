"""历史 and 登录日志: found by person, document, row, field and day; in words, and as it was called then."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.estate.models import Building, Community, Room
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.history import AuditAction, History
from app.lowcode.logins import LoginRecord
from app.lowcode.unit import unit_of_work
from tests.people import reach_whole_office


@pytest.fixture
def changed(app: Any, cast: Any, client_of: Any, session: Any) -> int:
    """A room of ours, moved by 物业经理 to a building called by a number, and its vacancy ticked."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        unit.add(Building(community_id=cast.ours.community_id, name="8"))
    session.rollback()
    row = session.get_one(Room, cast.ours.room_ids[0])
    other = session.scalars(select(Building).where(Building.name == "8")).one()
    answer = client_of("物业经理").post(
        f"/room/edit/{row.id}",
        data={
            "building_id": other.id,
            "unit": row.unit,
            "number": row.number,
            "area": row.area,
            "vacant": "y",
            "state": row.state.value,
            "row_version": row.row_version,
            "remark": "搬了",
        },
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    session.rollback()
    return int(row.id)


def found(client: Any, query: str) -> str:
    answer = client.get(f"/history/list/?f.document.eq=Room&{query}")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_a_line_tells_in_words_what_was_changed(changed, client_of, session):
    lines = session.scalars(
        select(History).where(
            History.document == "Room", History.row_id == changed, History.field.is_not(None)
        )
    )
    told = {one.label: (one.old, one.new) for one in lines}
    assert told["楼宇"] == ("1号楼", "“8”")
    assert told["是否空置"] == ("否", "是")
    page = client_of("物业经理").get(f"/room/history/{changed}").get_data(as_text=True)
    assert "“8”" in page and "1号楼" in page


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("f.who.eq=物业经理", True),
        ("f.who.has=经理", True),
        ("f.who.eq=收费员", False),
        ("f.row_title.has=8-1-101", True),
        ("f.row_title.has=9-9-999", False),
        ("f.label.eq=备注", True),
        ("f.label.eq=朝向", False),
        ("f.deed.eq=changed", True),
        ("f.deed.eq=deleted", False),
        ("f.new.has=搬", True),
        ("q=物业经理", True),
    ],
)
def test_lines_are_found_by_everything(changed, client_of, query, there):
    page = found(client_of("物业经理"), "&".join(_quoted(part) for part in query.split("&")))
    assert ("搬了" in page) is there


def _quoted(part: str) -> str:
    name, _equals, value = part.partition("=")
    return f"{name}={quote(value)}"


def test_lines_are_found_by_day_and_by_document_in_words(changed, client_of):
    client, today = client_of("物业经理"), clock.today()
    tomorrow = today + timedelta(days=1)
    assert "搬了" in found(client, f"f.at.between={today}..{today}")
    assert "搬了" not in found(client, f"f.at.ge={tomorrow}")
    page = client.get("/history/list/?f.document.eq=Room").get_data(as_text=True)
    assert "<b>房间</b>" in page and "不少于 190 天" in page
    other = client.get("/history/list/?f.document.eq=Customer").get_data(as_text=True)
    assert "搬了" not in other
    assert client.get("/history/list/?f.document.eq=Nothing").status_code == 400
    assert client.get("/history/export?f.document.eq=Room").status_code == 200


def test_a_line_leads_to_its_document(changed, client_of, session):
    client = client_of("物业经理")
    line = session.scalars(select(History).where(History.label == "备注", History.row_id == changed)).one()
    assert f"/room/show/{changed}" in client.get(f"/history/show/{line.id}").get_data(as_text=True)
    added = session.scalars(select(History).where(History.document == "ScopeGrant")).first()
    assert added is None or "/scope_grant/" not in client.get(f"/history/show/{added.id}").get_data(
        as_text=True
    )


def test_nobody_changes_or_deletes_what_is_written(changed, client_of, session):
    client = client_of("管理员")
    line = session.scalars(select(History.id).limit(1)).one()
    login = session.scalars(select(LoginRecord.id).limit(1)).one()
    for url in (
        f"/history/edit/{line}",
        f"/history/delete/{line}",
        f"/login_record/edit/{login}",
        f"/login_record/delete/{login}",
        "/history/add",
        "/login_record/add",
    ):
        assert client.post(url).status_code == 404, url
    assert session.get(History, line) is not None


def test_the_log_of_logins_is_searched_and_exported(client_of, client, session):
    admin = client_of("管理员")
    client.post("/login/", data={"username": "shoufei", "password": "falsch"})
    today = clock.today()
    page = admin.get(f"/login_record/list/?f.username.eq=shoufei&f.succeeded.eq=0&f.at.eq={today}")
    assert "密码不正确" in page.get_data(as_text=True) and "不少于 190 天" in page.get_data(as_text=True)
    assert "shoufei" not in admin.get("/login_record/list/?f.succeeded.eq=1").get_data(as_text=True)
    assert admin.get("/login_record/export").status_code == 200
    assert client_of("收费员").get("/login_record/list/").status_code == 403


def test_its_own_history_does_not_hold_a_community(app, cast, client_of, session):
    """Delete a community that nothing refers to; what was done to it stays in the history."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        reach_whole_office(session=unit, login=cast["管理员"])
        row = Community(company_id=cast.ours.company_id, name="空园")
        unit.add(row)
        unit.flush()
        key = row.id
    answer = client_of("管理员").post(f"/community/delete/{key}")
    assert (answer.status_code, answer.location) == (303, "/community/list/")
    session.rollback()
    assert session.get(Community, key) is None
    deeds = select(History.deed).where(History.document == "Community", History.row_id == key)
    assert session.scalars(deeds.order_by(History.id)).all() == [AuditAction.ADDED, AuditAction.DELETED]
