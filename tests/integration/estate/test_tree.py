"""The property tree: its levels, its groups, who sees what of it, and what a key may be."""

from decimal import Decimal
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.estate.models import Company, Room
from app.estate.queries.tree import DOCUMENT_OF, MOST
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work


def nodes(client: Any, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/tree/nodes", query_string=query, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def titles(client: Any, **query: str) -> list[str]:
    return [node["title"] for node in nodes(client, **query)]


def walk(client: Any, key: str = "") -> dict[str, dict[str, Any]]:
    """Every node below a key, by its key."""
    found = {}
    for node in nodes(client, key=key):
        found[node["key"]] = node
        if node["lazy"]:
            found |= walk(client, node["key"])
    return found


def test_a_level_at_a_time_from_the_company_down_to_rooms_and_spaces(town, client_of):
    client = client_of("收费员")
    [company] = nodes(client)
    assert (company["title"], company["type"], company["lazy"]) == ("锦东置业", "company", True)
    [community] = nodes(client, key=company["key"])
    assert community["title"] == "锦绣园"
    below = nodes(client, key=community["key"])
    assert [(node["title"], node["type"]) for node in below] == [
        ("1号楼", "building"),
        ("3号楼", "building"),
        ("地下车库", "lot"),
        ("未划入停车场的车位", "loose"),
    ]
    third, lot, loose = below[1]["key"], below[2]["key"], below[3]["key"]
    assert titles(client, key=third) == ["1单元", "2单元"]
    assert titles(client, key=f"unit:{town.buildings['3']}:2") == ["1201", "1202"]
    assert titles(client, key=lot) == ["B1-007", "B1-008"]
    assert titles(client, key=loose) == ["M-1"]
    [room, _other] = nodes(client, key=f"unit:{town.buildings['3']}:2")
    assert (room["key"], room["type"], room["lazy"]) == (f"room:{town.rooms['3-2-1201']}", "room", False)


def test_a_subsidiary_stands_below_its_company(town, app, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.add(Company(name="锦东南区", parent_id=town.cast.ours.company_id))
    # Nobody is given the new company: whoever reaches a community only sees the trunk that leads to it.
    assert "锦东南区" not in titles(client_of("管理员"), key=f"company:{town.cast.ours.company_id}")


def test_buildings_and_rooms_stand_as_people_count_them(app, town, client_of):
    add_rooms(app, town, ["901", "1001", "101"])
    assert titles(client_of("收费员"), key=f"building:{town.buildings['1']}") == [
        "1单元",
        "101",
        "901",
        "1001",
    ]


@pytest.mark.all_databases
def test_a_building_with_very_many_rooms_answers_in_groups_and_loses_none(
    app, town, client_of, count_queries
):
    numbers = [f"{i:05}" for i in range(2 * MOST + 7)]
    add_rooms(app, town, numbers)
    client = client_of("收费员")
    key = f"building:{town.buildings['1']}"
    level = nodes(client, key=key)
    assert [node["type"] for node in level] == ["unit", "group", "group", "group"]
    assert level[1]["title"] == "00000 至 00199"
    assert level[3]["title"] == "00400 至 00406"
    found = [title for group in level[1:] for title in titles(client, key=group["key"])]
    assert found == numbers
    with count_queries() as queries:
        nodes(client, key=key)
    assert len(queries) < 10


def test_a_group_is_no_place_to_choose(app, town, client_of):
    add_rooms(app, town, [f"{i:05}" for i in range(MOST + 1)])
    client = client_of("收费员")
    group = nodes(client, key=f"building:{town.buildings['1']}")[1]["key"]
    assert client.post("/tree/scope", data={"key": group}).status_code == 400


@pytest.mark.all_databases
def test_the_neighbour_finds_nothing_of_ours_in_it(town, client_of):
    client = client_of("邻区收费员")
    seen = walk(client)
    assert f"community:{town.cast.neighbour.community_id}" in seen
    own = {f"room:{room}" for room in town.cast.neighbour.room_ids}
    assert {key for key in seen if key.startswith("room:")} == own
    for key in (
        f"community:{town.cast.ours.community_id}",
        f"building:{town.buildings['3']}",
        f"lot:{town.lot}",
        f"unit:{town.buildings['3']}:2",
        f"loose:{town.cast.ours.community_id}",
        f"unit:{town.buildings['3']}:2~room~0~200~",
    ):
        assert nodes(client, key=key) == [], key
        assert client.post("/tree/scope", data={"key": key}).status_code == 400, key
    assert client.post("/tree/scope", data={"key": f"room:{town.rooms['3-2-1201']}"}).status_code == 400


def test_what_a_person_may_not_read_has_no_nodes(app, town, client_of):
    from flask_appbuilder.security.sqla.models import Role
    from sqlalchemy import select

    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        role = session.scalars(select(Role).where(Role.name == "只读")).one()
        hidden = ("Room", "ParkingLot")
        role.permissions = [one for one in role.permissions if one.view_menu.name not in hidden]
    client = client_of("只读")
    seen = walk(client)
    assert {key.partition(":")[0] for key in seen} == {"company", "community", "building", "loose", "space"}
    assert client.post("/tree/scope", data={"key": f"room:{town.rooms['1-1-101']}"}).status_code == 400
    assert client.get(f"/tree/nodes?key=unit:{town.buildings['3']}:2").status_code == 400


def test_a_stranger_is_sent_away(town, client):
    json = {"Accept": "application/json"}
    assert client.get("/tree/nodes", headers=json).status_code == 401
    assert client.post("/tree/scope", data={"key": ""}, headers=json).status_code == 401


@pytest.mark.parametrize(
    "key",
    [
        "castle:1",
        "room",
        "room:",
        "room:x",
        "room:-1",
        "room:1.5",
        "room:99999999999999999999",
        "room:1:2",
        "unit:1",
        "unit:1:",
        "room:٣",
        "a" * 500,
        "'; DROP TABLE room; --",
        "🏠",
        "~",
        "~~~~",
        "room:1~room~x~2~",
        "building:1~room~0~99999999999~",
        "company:1~~0~1~x",
    ],
)
def test_a_key_that_is_no_node_is_a_chinese_sentence(town, client_of, key):
    client = client_of("收费员")
    json = {"Accept": "application/json"}
    for answer in (
        client.post("/tree/scope", data={"key": key}, headers=json),
        client.get("/tree/nodes", query_string={"key": key}, headers=json),
        client.get("/room/list/", query_string={"embedded": "1", "in": key}, headers=json),
    ):
        assert answer.status_code == 400
        assert answer.get_json()["error"] == "房产树中没有这个节点。请刷新页面后重新选择。"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1201", ["3-1-1201", "3-2-1201"]),
        ("3-2-1201", ["3-2-1201"]),
        ("3号楼", ["3-1-1201", "3-2-1201", "3-2-1202", "3号楼"]),
        ("锦绣", ["锦绣园"]),
        ("地下", ["地下车库"]),
        ("b1-00", ["B1-007", "B1-008"]),
        ("邻里", []),
        ("%", []),
        ("_", []),
        ("", []),
        ("'", []),
        ("🏠", []),
        ("锦" * 500, []),
    ],
)
def test_searching_the_tree(town, client_of, typed, found):
    assert sorted(titles(client_of("收费员"), q=typed)) == found


def test_a_found_node_says_where_it_stands(town, client_of):
    [space] = nodes(client_of("收费员"), q="B1-007")
    assert space["path"] == "锦绣园 › 地下车库"
    assert space["key"] == f"space:{town.spaces['B1-007']}"


def add_rooms(app: Any, town: Any, numbers: list[str]) -> None:
    """Rooms of building 1 in no unit."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.add_all(
            Room(
                community_id=town.cast.ours.community_id,
                building_id=town.buildings["1"],
                unit="",
                number=number,
                code=f"1-{number}",
                area=Decimal(50),
            )
            for number in numbers
        )


def test_who_may_read_nothing_of_it_has_no_panel(app, town, client_of):
    assert 'id="tree-panel"' in client_of("收费员").get("/").get_data(as_text=True)
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        for role in session.scalars(select(Role).where(Role.name == "秩序维护")):
            kinds = set(DOCUMENT_OF.values())
            role.permissions = [one for one in role.permissions if one.view_menu.name not in kinds]
    page = client_of("秩序维护").get("/").get_data(as_text=True)
    assert 'id="page-content"' in page
    assert 'id="tree-panel"' not in page
    assert 'data-panel="tree"' not in page
