"""Forms: typed input kept, errors beside the field, nothing half-written, nothing overwritten unseen."""

import re
from dataclasses import replace

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.estate.models import Building, Customer, ParkingSpace
from app.lowcode import jobs
from app.lowcode.actors import SYSTEM, Actor, acting_as, reach_of
from app.lowcode.db import db
from app.lowcode.engine import engine_of
from app.lowcode.history import History
from app.lowcode.unit import unit_of_work
from app.lowcode.views.document_view import view_for


def names(app) -> list[str]:
    with app.app_context(), acting_as(SYSTEM):
        return sorted(db.session.scalars(select(Building.name)))


def add(client, **typed: object):
    return client.post("/building/add", data=typed)


def test_adding_shows_the_row_and_writes_history(app, cast, client_of):
    answer = add(
        client_of("物业经理"),
        name="5号楼",
        community_id=cast.ours.community_id,
        height="54.5",
        kind="high_rise",
    )
    assert answer.status_code == 302
    page = client_of("物业经理").get(answer.headers["Location"]).get_data(as_text=True)
    assert "54.5" in page
    assert "高层" in page
    with app.app_context(), acting_as(SYSTEM):
        line = db.session.scalars(select(History).where(History.row_title == "5号楼")).one()
        assert (line.who, line.document) == ("物业经理", "Building")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "必填"),
        ({"height": "高"}, "请填写数字"),
        ({"height": "-1"}, "不能小于"),
        ({"height": "1.23456"}, "最多 4 位小数"),
        ({"height": "9" * 30}, "数字太大"),
        ({"height": "NaN"}, "请填写数字"),
        ({"floors": "2.5"}, "请填写整数"),
        ({"floors": "1" * 400}, "整数"),
        ({"kind": "castle"}, "请从列表中选择"),
        ({"community_id": "999999"}, "请从列表中选择"),
        ({"community_id": "abc"}, "请从列表中选择"),
        ({"community_id": "9" * 40}, "请从列表中选择"),
        ({"name": "楼" * 61}, "最多 60 个字"),
        ({"name": "1号楼"}, "已有相同的"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(app, cast, client_of, typed, sentence):
    before = names(app)
    given = {"name": "6号楼", "community_id": str(cast.ours.community_id), "facing": "记住我"} | typed
    answer = add(client_of("物业经理"), **given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "记住我" in page
    assert names(app) == before


def test_the_neighbours_community_cannot_be_named(app, cast, client_of):
    before = names(app)
    answer = add(client_of("物业经理"), name="6号楼", community_id=cast.neighbour.community_id)
    assert answer.status_code == 422
    assert names(app) == before


def test_a_row_changed_meanwhile_is_not_overwritten(app, cast, client_of):
    client, url = client_of("物业经理"), f"/building/edit/{cast.ours.building_id}"
    assert client.post(url, data={"name": "甲楼", "row_version": "1"}).status_code == 302
    late = client.post(url, data={"name": "乙楼", "row_version": "1"})
    assert late.status_code == 422
    assert "别人刚刚修改了" in late.get_data(as_text=True)
    assert "甲楼" in names(app)
    # What was typed is kept, and pressing 保存 once more, having seen it, saves.
    assert client.post(url, data={"name": "乙楼", "row_version": "2"}).status_code == 302


@pytest.mark.parametrize("remembered", [True, False])
def test_what_was_changed_meanwhile_is_told_as_it_may_be_seen(app, cast, client_of, remembered):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        customer = Customer(community_id=cast.ours.community_id, name="王一", phone="13812345678")
        session.add(customer)
        session.flush()
        url = f"/customer/edit/{customer.id}"
        if not remembered:
            # As what an import or the demo wrote, before anybody changed it.
            session.execute(History.__table__.delete())
    first, second = client_of("物业经理"), client_of("管理员")
    opened = [fields_of(client.get(url).get_data(as_text=True)) for client in (first, second)]
    changes = {
        "phone": "13900001111",
        "identity": "11010519491231002X",
        "remark": "<b>门禁卡两张</b>",
        "sex": "female",
    }
    assert first.post(url, data={**opened[0], **changes}).status_code == 302
    late = second.post(url, data={**opened[1], "address": "锦绣路 1 号"})
    assert late.status_code == 422
    page = late.get_data(as_text=True)
    [told] = re.findall(r"别人刚刚修改了[^<]*", page)
    for words in (
        "联系电话：139****1111",
        "备注：&lt;b&gt;门禁卡两张&lt;/b&gt;",
        "性别：女",
        "身份证号：●●●",
    ):
        assert words in told
    assert "联系地址" not in told
    assert "13900001111" not in page
    assert "11010519491231002X" not in page
    # Having seen it, the person saves what they typed; and nothing is told twice.
    again = {**fields_of(page), "address": "锦绣路 1 号"}
    assert second.post(url, data=again).status_code == 302
    assert "别人刚刚修改了这条记录。" in second.post(url, data={**opened[1], "row_seen": "9" * 40}).get_data(
        as_text=True
    )


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of a form as it stands."""
    form = page[page.index('<form class="card doc-form"') :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") not in ("checkbox", "file") and "name" in given:
            found[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(
            r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected', options
        )
        found[name] = (chosen[1] or chosen[2] or "") if chosen else ""
    return found


def test_a_fixed_field_cannot_be_smuggled_in(app, cast, client_of):
    client = client_of("物业经理")
    client.post(
        f"/building/edit/{cast.ours.building_id}",
        data={"name": "甲楼", "row_version": "1", "community_id": cast.neighbour.community_id, "id": 7},
    )
    with app.app_context(), acting_as(SYSTEM):
        row = db.session.get(Building, cast.ours.building_id)
        assert (row.name, row.community_id) == ("甲楼", cast.ours.community_id)


def test_history_tells_from_and_to(app, cast, client_of):
    client = client_of("物业经理")
    client.post(
        f"/building/edit/{cast.ours.building_id}", data={"name": "甲楼", "row_version": "1", "kind": "villa"}
    )
    page = client.get(f"/building/history/{cast.ours.building_id}").get_data(as_text=True)
    assert "1号楼" in page
    assert "甲楼" in page
    assert "别墅" in page


def test_select_offers_only_what_is_in_reach_and_depends_on_the_community(cast, client_of):
    client = client_of("物业经理")
    url = "/room/select/building_id"
    mine = client.get(url, query_string={"community_id": cast.ours.community_id}).get_json()
    assert [one["value"] for one in mine["items"]] == [cast.ours.building_id]
    assert (
        client.get(url, query_string={"community_id": cast.neighbour.community_id}).get_json()["items"] == []
    )
    assert client.get("/room/select/area").status_code == 400


def test_what_a_command_or_a_job_changes_is_told_too(app, cast, client_of, run_jobs, monkeypatch):
    def rename(name: str) -> None:
        with unit_of_work() as session:
            session.get_one(Building, cast.ours.building_id).name = name

    with app.app_context(), acting_as(SYSTEM):
        rename("甲楼")
        user = db.session.scalars(select(User).where(User.username == "shoufei")).one()
        clerk = Actor(user.id, user.last_name, reach_of(user.id))
        db.session.rollback()
    monkeypatch.setitem(
        engine_of(app).job_handlers, "try", jobs.JobHandler("try", lambda run: rename("乙楼"))
    )
    with app.app_context(), acting_as(clerk), unit_of_work() as session:
        jobs.start_job(session=session, kind="try", label="试", params={})
    assert run_jobs() == 1
    with app.app_context(), acting_as(SYSTEM):
        lines = db.session.execute(
            select(History.who, History.field, History.old, History.new)
            .where(
                History.document == "Building",
                History.row_id == cast.ours.building_id,
                History.field == "name",
            )
            .order_by(History.id)
        ).all()
    assert [tuple(line) for line in lines] == [
        ("系统", "name", "1号楼", "甲楼"),
        ("收费员", "name", "甲楼", "乙楼"),
    ]


def test_history_names_what_was_linked_and_asks_once_however_long_it_is(app, cast, client_of, count_queries):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        people = [Customer(community_id=cast.ours.community_id, name=f"客户{i}") for i in range(12)]
        session.add_all(people)
        session.flush()
        row = ParkingSpace(community_id=cast.ours.community_id, number="A-001")
        session.add(row)
        session.flush()
        for person in people:
            row.customer_id = person.id
            session.flush()
        key = row.id
    client = client_of("物业经理")
    with count_queries() as queries:
        page = client.get(f"/parking_space/history/{key}").get_data(as_text=True)
    assert len(queries) < 10, queries
    assert all(f"客户{i}" in page for i in range(12))


def saved_plainly(*, session, row, **values: object):
    """An operation that looks for no repetition itself: the database refuses it."""
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    return row


@pytest.mark.parametrize("editing", [False, True], ids=["adding", "editing"])
def test_a_repetition_that_the_database_refuses_stands_beside_its_field(
    app, cast, client_of, monkeypatch, editing
):
    """E4: whatever operation `Entry(save=…)` names, as where there is none."""
    with app.app_context():
        view = view_for(Building)
    monkeypatch.setattr(view, "entry", replace(view.entry, save=saved_plainly))
    client, url, typed = client_of("物业经理"), "/building/add", {"community_id": cast.ours.community_id}
    if editing:
        added = client.post(url, data={**typed, "name": "2号楼", "floors": "3"})
        url = added.headers["Location"].replace("/show/", "/edit/")
        typed = {
            "row_version": "1",
            "row_seen": re.search(r'name="row_seen"[^>]*value="(\d*)"', client.get(url).text)[1],
        }
    answer = client.post(url, data={**typed, "name": "1号楼", "floors": "7"})
    assert answer.status_code == 422
    assert "已有相同的名称" in beside(answer.text, "name")
    assert 'value="7"' in beside(answer.text, "floors")


def beside(page: str, name: str) -> str:
    """The part of a form from an input of this name to the next label."""
    return page.partition(f'name="{name}"')[2].partition("<label")[0]
