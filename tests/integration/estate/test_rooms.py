"""Rooms on their pages: the code, the dated area, the owner card, and what hangs on each page."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from app.estate.models import HouseholdMember, Occupancy, Pet, Room, RoomArea
from app.lowcode import clock

ROOM = {"number": "1301", "unit": "2", "floor": "13", "area": "98.56", "state": "unsold"}


def form_of(session: Any, room_id: int, **changes: str) -> dict[str, str]:
    """What the browser sends back for a room, with some of it changed."""
    session.rollback()  # what the office wrote since is seen by a new transaction only
    row = session.get_one(Room, room_id)
    return {
        "building_id": str(row.building_id),
        "unit": row.unit,
        "number": row.number,
        "area": str(row.area),
        "floor": str(row.floor),
        "state": row.state.value,
        "row_version": str(row.row_version),
        **changes,
    }


def areas(session: Any, room_id: int) -> list[tuple[date, Decimal]]:
    session.rollback()  # what the office wrote since is seen by a new transaction only
    rows = session.scalars(select(RoomArea).where(RoomArea.room_id == room_id).order_by(RoomArea.starts))
    return [(row.starts, row.area) for row in rows]


def add(client: Any, town: Any, **changes: str) -> Any:
    data = {"community_id": str(town.cast.ours.community_id), "building_id": str(town.buildings["3"]), **ROOM}
    return client.post("/room/add", data={**data, **changes})


def test_a_room_is_added_with_its_code_and_first_area(town, client_of, session):
    client = client_of("物业经理")
    assert "新面积从哪天起" not in client.get("/room/add").get_data(as_text=True)
    answer = add(client, town)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    row = session.scalars(select(Room).where(Room.code == "3-2-1301")).one()
    assert areas(session, row.id) == [(date(1900, 1, 1), Decimal("98.5600"))]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": "1201"}, "本小区已有房间 3-2-1201"),
        ({"area": "0"}, "不能小于"),
        ({"area": "-1"}, "不能小于"),
        ({"area": "abc"}, "请填写数字"),
        ({"area": ""}, "必填"),
        ({"area": "1.00001"}, "最多 4 位小数"),
        ({"building_id": "999999"}, "请从列表中选择"),
        ({"number": ""}, "必填"),
        ({"number": "1" * 31}, "最多 30 个字"),
    ],
)
def test_a_wrong_room_is_refused_beside_its_field(town, client_of, session, changes, sentence):
    answer = add(client_of("物业经理"), town, **changes)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert session.scalars(select(Room).where(Room.number == "1301")).all() == []


def test_another_area_asks_from_which_day(town, client_of, session):
    client, room = client_of("物业经理"), town.rooms["3-2-1201"]
    url = f"/room/edit/{room}"
    page = client.get(url).get_data(as_text=True)
    assert 'name="area_from"' in page
    answer = client.post(url, data=form_of(session, room, area="88.8"))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "请填写新面积从哪天起生效" in page
    assert 'value="88.8"' in page  # what was typed is kept
    assert form_of(session, room)["area"] == "100.0000"
    answer = client.post(url, data=form_of(session, room, area="88.8", area_from="2025-04-01"))
    assert answer.status_code == 302
    assert areas(session, room)[-1] == (date(2025, 4, 1), Decimal("88.8"))
    assert form_of(session, room)["area"] == "88.8000"
    answer = client.post(url, data=form_of(session, room, area="90", area_from="2025-03-31"))
    assert answer.status_code == 422
    assert "现有面积从 2025-04-01 起生效" in answer.get_data(as_text=True)


def test_the_same_area_needs_no_day(town, client_of, session):
    room = town.rooms["3-2-1201"]
    before = areas(session, room)
    answer = client_of("物业经理").post(f"/room/edit/{room}", data=form_of(session, room, layout="三室两厅"))
    assert answer.status_code == 302
    assert areas(session, room) == before
    assert session.get_one(Room, room).layout == "三室两厅"


def test_who_pays_is_one_at_a_time(town, client_of, session):
    ours = {"community_id": str(town.cast.ours.community_id), "room_id": str(town.rooms["3-2-1201"])}
    new = {
        **ours,
        "customer_id": str(town.people["王一"]),
        "role": "owner",
        "payer": "y",
        "starts": "2025-01-01",
    }
    client = client_of("客服")
    answer = client.post("/occupancy/add", data=new)
    assert answer.status_code == 422
    assert "赵四" in answer.get_data(as_text=True)
    answer = client.post("/occupancy/add", data={**new, "payer": "", "ends": "2024-12-31"})
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期" in answer.get_data(as_text=True)
    del new["payer"]
    assert client.post("/occupancy/add", data=new).status_code == 302
    session.rollback()
    assert session.scalars(select(Occupancy).where(Occupancy.starts == date(2025, 1, 1))).one().payer is False


def test_the_owner_card_holds_household_and_pets(town, client_of, session):
    client = client_of("客服")
    whose = {"community_id": str(town.cast.ours.community_id), "customer_id": str(town.people["赵四"])}
    member = {
        **whose,
        "name": "赵小四",
        "relation": "子女",
        "identity": "11010519491231002X",
        "phone": "138 1111 2222",
    }
    assert client.post("/household_member/add", data=member).status_code == 302
    session.rollback()
    row = session.scalars(select(HouseholdMember)).one()
    assert (row.born, row.phone, row.sex.value) == (date(1949, 12, 31), "13811112222", "female")
    answer = client.post("/household_member/add", data={**member, "identity": "110105194912310021"})
    assert answer.status_code == 422
    assert "校验码" in answer.get_data(as_text=True)
    assert client.post("/pet/add", data={**whose, "breed": "金毛", "quantity": "0"}).status_code == 422
    assert client.post("/pet/add", data={**whose, "breed": "金毛", "quantity": "1"}).status_code == 302
    session.rollback()
    assert session.scalars(select(Pet)).one().breed == "金毛"
    with clock.clock_at(clock.midnight(date(2025, 12, 30))):
        page = client_of("客服").get(f"/household_member/show/{row.id}").get_data(as_text=True)
    assert re.search(r"年龄</dt><dd[^>]*>\s*75\s*<", page)


def test_the_owner_card_is_not_for_the_neighbour(town, client_of, session):
    client = client_of("客服")
    whose = {"community_id": str(town.cast.ours.community_id), "customer_id": str(town.people["赵四"])}
    client.post("/household_member/add", data={**whose, "name": "赵小四"})
    row = session.scalars(select(HouseholdMember)).one()
    client = client_of("邻区收费员")
    assert client.get(f"/household_member/show/{row.id}").status_code == 404
    assert "赵小四" not in client.get("/household_member/list/").get_data(as_text=True)


def tabs(client: Any, url: str) -> dict[str, str]:
    """The tabs of a page: label → where each loads itself from."""
    page = client.get(url).get_data(as_text=True)
    names = re.findall(
        r'id="tab-([^"]+)"[^>]*>(?:<i[^>]*></i>)?\s*([^<]+)(?:<span[^>]*>[^<]*</span>)?</button>',
        page,
        re.DOTALL,
    )
    places = dict(re.findall(r'id="pane-([^"]+)".*?data-fragment="([^"]+)"', page, re.DOTALL))
    return {label.strip(): places[name].replace("&amp;", "&") for name, label in names}


def test_a_room_leads_on_to_people_charges_and_receipts(town, client_of, count_queries):
    client = client_of("物业经理")
    found = tabs(client, f"/room/show/{town.rooms['3-2-1201']}")
    for label, text in (
        ("入住关系", "赵四"),
        ("客户", "赵四"),
        ("车位", "B1-007"),
        ("车辆", "浙B1201F"),
        ("应收", "400.00"),
        ("收据", "SJ2025000002"),
        ("面积版本", ""),
        ("家庭成员", ""),
        ("宠物", ""),
        ("修改记录", ""),
    ):
        with count_queries() as queries:
            part = client.get(found[label]).get_data(as_text=True)
        assert len(queries) < 10, (label, queries)
        assert text in part, label
        assert "欧阳小兰" not in part
        assert "SJ2025000003" not in part


def test_a_tab_shows_the_page_s_own_whatever_node_is_chosen(town, client_of):
    client = client_of("物业经理")
    client.post("/tree/scope", data={"key": f"building:{town.buildings['1']}"})
    found = tabs(client, f"/building/show/{town.buildings['3']}")
    assert "3-1-1201" in client.get(found["房间"]).get_data(as_text=True)
    assert "孙八" in client.get(found["客户"]).get_data(as_text=True)
    assert "SJ2025000003" in client.get(found["收据"]).get_data(as_text=True)
    assert "SJ2025000001" not in client.get(found["收据"]).get_data(as_text=True)


def test_a_tab_s_export_holds_what_the_tab_shows(town, client_of):
    from tests.integration.estate.test_tree_filter import exported

    client = client_of("物业经理")
    found = tabs(client, f"/building/show/{town.buildings['3']}")
    part = client.get(found["客户"]).get_data(as_text=True)
    [url] = [one.replace("&amp;", "&") for one in re.findall(r'href="(/customer/export[^"]*)"', part)]
    assert f"in=building:{town.buildings['3']}" in unquote(url)
    assert client.get(url).data[:2] == b"PK"
    rooms = client.get(f"/room/export?embedded=1&in=building:{town.buildings['3']}").data
    assert exported(rooms) == ["3-1-1201", "3-2-1201", "3-2-1202"]


@pytest.mark.parametrize("document", ["company", "community", "building", "room", "customer"])
def test_a_page_takes_fewer_than_ten_queries(town, client_of, count_queries, document):
    ids = {
        "company": town.cast.ours.company_id,
        "community": town.cast.ours.community_id,
        "building": town.buildings["3"],
        "room": town.rooms["3-2-1201"],
        "customer": town.people["赵四"],
    }
    client = client_of("物业经理")
    with count_queries() as queries:
        assert client.get(f"/{document}/show/{ids[document]}").status_code == 200
    assert len(queries) < 10, queries
    assert len(tabs(client, f"/{document}/show/{ids[document]}")) > 1
