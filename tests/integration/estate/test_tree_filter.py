"""A chosen node narrows every list, export, print, report, card and the desk; the chip says so and clears it."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from app.estate.models import Building, Community, Room, ScopeGrant
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from app.lowcode.views import lists


def choose(client: Any, key: str) -> dict[str, Any]:
    answer = client.post("/tree/scope", data={"key": key})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def keys(client: Any, document: str) -> set[int]:
    """The rows of a list, by their ids."""
    return {
        int(key) for key in re.findall(r'<tr data-key="(\d+)"', page(client, f"/{document}/list/?size=500"))
    }


def key_of(town: Any, name: str) -> str:
    return {
        "公司": f"company:{town.cast.ours.company_id}",
        "小区": f"community:{town.cast.ours.community_id}",
        "1号楼": f"building:{town.buildings['1']}",
        "3号楼": f"building:{town.buildings['3']}",
        "2单元": f"unit:{town.buildings['3']}:2",
        "1201": f"room:{town.rooms['3-2-1201']}",
        "车库": f"lot:{town.lot}",
        "B1-007": f"space:{town.spaces['B1-007']}",
        "散位": f"loose:{town.cast.ours.community_id}",
    }[name]


@pytest.mark.parametrize(
    ("node", "rooms", "people", "spaces", "receipts"),
    [
        ("公司", 5, 5, 3, 3),
        ("小区", 5, 5, 3, 3),
        ("1号楼", 2, {"欧阳小兰", "王一"}, 0, {"1-1-101"}),
        ("3号楼", 3, {"赵四", "钱七", "孙八"}, {"B1-007"}, {"3-2-1201", "3-1-1201"}),
        ("2单元", 2, {"赵四", "钱七"}, {"B1-007"}, {"3-2-1201"}),
        ("1201", 1, {"赵四"}, {"B1-007"}, {"3-2-1201"}),
        ("车库", 1, {"赵四", "王一"}, {"B1-007", "B1-008"}, 0),
        ("B1-007", 1, {"赵四"}, {"B1-007"}, 0),
        ("散位", 0, 0, {"M-1"}, 0),
    ],
)
def test_a_node_narrows_the_lists_of_what_hangs_on_it(town, client_of, node, rooms, people, spaces, receipts):
    client = client_of("物业经理")
    choose(client, key_of(town, node))

    def expect(document: str, wanted: Any, ids: dict[str, int]) -> None:
        found = keys(client, document)
        assert len(found) == wanted if isinstance(wanted, int) else found == {ids[one] for one in wanted}

    expect("room", rooms, {})
    expect("customer", people, town.people)
    expect("parking_space", spaces, town.spaces)
    expect("receipt", receipts, town.receipts)
    assert len(keys(client, "receipt_tender")) == len(keys(client, "receipt"))


@pytest.mark.parametrize(
    ("node", "document", "count"),
    [
        ("3号楼", "charge", 3),
        ("2单元", "charge", 2),
        ("1201", "charge", 1),
        ("车库", "charge", 1),
        ("B1-007", "charge", 1),
        ("散位", "charge", 0),
        ("1号楼", "charge", 2),
        ("小区", "charge", 6),
        ("3号楼", "allocation", 2),
        ("2单元", "allocation", 1),
        ("3号楼", "occupancy", 3),
        ("1201", "occupancy", 1),
        ("车库", "occupancy", 1),
        ("3号楼", "vehicle", 1),
        ("1号楼", "vehicle", 2),
        ("车库", "vehicle", 0),
        ("3号楼", "building", 1),
        ("1201", "building", 1),
        ("车库", "building", 2),
        ("小区", "community", 1),
        ("3号楼", "community", 1),
        ("1201", "company", 1),
        ("车库", "parking_lot", 1),
        ("散位", "parking_lot", 0),
        ("B1-007", "parking_lot", 1),
    ],
)
def test_each_document_by_what_it_names(town, client_of, node, document, count):
    client = client_of("物业经理")
    choose(client, key_of(town, node))
    assert len(keys(client, document)) == count


def test_what_belongs_to_no_community_stays_and_says_no_scope(town, client_of):
    client = client_of("物业经理")
    choose(client, key_of(town, "2单元"))
    assert len(keys(client, "fee_item")) == 1
    assert "范围：" not in page(client, "/fee_item/list/")
    assert "范围：锦绣园 › 3号楼 › 2单元" in page(client, "/room/list/")


def test_the_chip_says_where_and_clears(town, client_of):
    client = client_of("收费员")
    assert 'class="chip chip-scope"' not in page(client, "/")
    answer = choose(client, key_of(town, "1201"))
    assert answer["words"] == "锦绣园 › 3号楼 › 2单元 › 1201"
    home = page(client, "/")
    assert "锦绣园 › 3号楼 › 2单元 › 1201" in home
    assert f'data-key="{key_of(town, "1201")}"' in home
    choose(client, "")
    assert 'class="chip chip-scope"' not in page(client, "/")
    assert len(keys(client, "room")) == 5


def test_a_refused_choice_leaves_the_one_before(town, client_of):
    client = client_of("收费员")
    choose(client, key_of(town, "3号楼"))
    assert client.post("/tree/scope", data={"key": "room:999999"}).status_code == 400
    assert len(keys(client, "room")) == 3


def test_a_node_that_is_deleted_later_is_dropped_in_silence(app, town, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        empty = Building(community_id=town.cast.ours.community_id, name="9号楼")
        session.add(empty)
        session.flush()
        key = empty.id
    client = client_of("收费员")
    choose(client, f"building:{key}")
    assert keys(client, "room") == set()
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.delete(session.get_one(Building, key))
    assert len(keys(client, "room")) == 5
    assert 'class="chip chip-scope"' not in page(client, "/room/list/")


def test_a_node_that_goes_out_of_reach_is_dropped_in_silence(app, town, client_of):
    from flask_appbuilder.security.sqla.models import User
    from sqlalchemy import select

    client = client_of("收费员")
    choose(client, key_of(town, "3号楼"))
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        person = session.scalars(select(User).where(User.username == town.cast["收费员"])).one()
        grant = session.scalars(select(ScopeGrant).where(ScopeGrant.user_id == person.id)).one()
        grant.community_id = town.cast.neighbour.community_id
    assert keys(client, "room") == set(town.cast.neighbour.room_ids)
    assert 'class="chip chip-scope"' not in page(client, "/")


def test_who_logs_in_next_begins_with_everything(town, client_of, login):
    client = client_of("收费员")
    choose(client, key_of(town, "1201"))
    client.post("/logout/")
    login(client, "物业经理")
    assert len(keys(client, "room")) == 5


def test_the_export_holds_exactly_what_the_narrowed_list_shows(town, client_of):
    client = client_of("收费员")
    choose(client, key_of(town, "2单元"))
    assert exported(client.get("/room/export").data) == ["3-2-1201", "3-2-1202"]
    printed = page(client, "/room/print")
    assert "3-2-1202" in printed
    assert "3-1-1201" not in printed


def test_a_job_exports_what_was_chosen_when_it_was_started(town, client_of, run_jobs, monkeypatch):
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", 0)
    client = client_of("收费员")
    choose(client, key_of(town, "2单元"))
    job = client.post("/room/export").headers["Location"]
    choose(client, "")
    run_jobs()
    assert exported(client.get(f"{job}/result").data) == ["3-2-1201", "3-2-1202"]


def test_a_job_whose_node_is_gone_exports_nothing_rather_than_everything(
    app, town, client_of, run_jobs, monkeypatch
):
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", -1)
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        empty = Building(community_id=town.cast.ours.community_id, name="9号楼")
        session.add(empty)
        session.flush()
        key = empty.id
    client = client_of("收费员")
    choose(client, f"building:{key}")
    job = client.post("/room/export").headers["Location"]
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.delete(session.get_one(Building, key))
    run_jobs()
    assert exported(client.get(f"{job}/result").data) == []


def exported(data: bytes) -> list[str]:
    """The room codes of an exported list."""
    sheet = load_workbook(BytesIO(data)).active
    return [
        str(cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if re.fullmatch(r"\d-\d-\d+", str(cell.value))
    ]


@pytest.mark.all_databases
def test_the_month_summary_is_of_the_node(town, client_of):
    client = client_of("物业经理")
    url = "/reports/summary/?period=2025-03"
    for node, total in (("", "3,130.00"), ("3号楼", "2,800.00"), ("2单元", "1,200.00"), ("车库", "30.00")):
        choose(client, key_of(town, node) if node else "")
        whole = page(client, url)
        assert total in whole, node
        if node:
            assert "3,130.00" not in whole


def test_the_cards_of_the_home_page_are_of_the_node(app, town, client_of):
    client = client_of("收费员")
    choose(client, key_of(town, "2单元"))
    assert "800.00" in page(client, "/reports/cards/arrears")
    choose(client, "")
    assert "1,030.00" in page(client, "/reports/cards/arrears")
    with clock.clock_at(clock.midnight(date(2025, 3, 10))):
        client = client_of("收费员")
        assert "2,100.00" in page(client, "/collection/cards/today")
        choose(client, key_of(town, "2单元"))
        assert "400.00" in page(client, "/collection/cards/today")
        assert "2,100.00" not in page(client, "/collection/cards/today")


@pytest.mark.parametrize("typed", ["孙八", "13700001203", "3-1-1201", "SJ2025000003"])
def test_the_desk_finds_whatever_node_is_chosen(town, client_of, typed):
    """D2: a node left over from a list hides nobody from the cashier."""
    client = client_of("收费员")

    def names() -> list[str]:
        found = client.get("/desk/find", query_string={"q": typed}).get_json()
        return [one["name"] for one in found["customers"]]

    assert names() == ["孙八"]
    choose(client, key_of(town, "2单元"))
    assert names() == ["孙八"]


def test_a_select_offers_what_stands_in_the_chosen_community(app, town, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        other = Community(company_id=town.cast.ours.company_id, name="锦绣二期")
        session.add(other)
        session.flush()
        from flask_appbuilder.security.sqla.models import User
        from sqlalchemy import select

        person = session.scalars(select(User).where(User.username == town.cast["物业经理"])).one()
        session.add(ScopeGrant(user_id=person.id, community_id=other.id))
        far = Building(community_id=other.id, name="8号楼")
        session.add(far)
        session.flush()
        session.add(
            Room(community_id=other.id, building_id=far.id, number="101", code="8-101", area=Decimal(50))
        )
        other_id = other.id

    client = client_of("物业经理")

    def offered(url: str) -> set[str]:
        return {one["text"] for one in client.get(url).get_json()["items"]}

    assert "8-101" in offered("/occupancy/select/room_id")
    choose(client, key_of(town, "1201"))
    # Not only the chosen room: a form links what is not linked yet.
    assert offered("/occupancy/select/room_id") == set(town.rooms)
    assert offered("/occupancy/select/community_id") == {"锦绣园"}
    # What another field of the form already says holds instead.
    assert offered(f"/occupancy/select/room_id?community_id={other_id}") == {"8-101"}


def test_a_new_row_begins_with_the_chosen_node(town, client_of):
    client = client_of("物业经理")
    choose(client, key_of(town, "2单元"))
    [url] = re.findall(r'href="(/room/add[^"]*)"', page(client, "/room/list/"))
    form = page(client, url.replace("&amp;", "&"))
    assert f'type="hidden" name="community_id" value="{town.cast.ours.community_id}"' in form
    assert re.search(rf'<option selected value="{town.buildings["3"]}">3号楼', form)
    assert re.search(r'name="unit"[^>]*value="2"', form)
    choose(client, "")
    assert 'href="/room/add"' in page(client, "/room/list/")


def test_a_narrowed_page_takes_fewer_than_ten_queries(town, client_of, count_queries):
    client = client_of("收费员")
    for node in ("公司", "3号楼", "2单元", "1201", "车库", "B1-007"):
        choose(client, key_of(town, node))
        for url in ("/room/list/", "/customer/list/", "/charge/list/", "/receipt/list/"):
            with count_queries() as queries:
                page(client, url)
            assert len(queries) < 10, (node, url, queries)
