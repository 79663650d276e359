"""分配 on its page: ticked rows, all that a list finds, a node of the tree; looked at first, then done."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.billing.models import FeeAssignment
from app.estate.models import Building, Room, ScopeGrant
from app.kernel.pricing import Method
from app.lowcode.history import History

from .meters import add_meter
from .town import Town

FIRST_OF_YEAR = date(2025, 1, 1)


@pytest.fixture
def town(app: Flask, cast: Any) -> Town:
    """A town of three rooms, thirty more in a second building, and 物业经理 working in it."""
    town = Town(app)

    def build(session: Any) -> None:
        for grant in session.scalars(
            select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
        ):
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))
        building = Building(community_id=town.community_id, name="2号楼")
        session.add(building)
        session.flush()
        for number in range(1, 31):
            session.add(
                Room(
                    community_id=town.community_id,
                    building_id=building.id,
                    unit="1",
                    number=f"{number:03}",
                    code=f"2-1-{number:03}",
                    area=Decimal(80 + number),
                )
            )

    town.do(build)
    return town


@pytest.fixture
def manager(town: Town, client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("物业经理")


def codes(town: Town) -> list[str]:
    """The rooms that have the fee."""
    found: list[str] = town.ask(
        lambda session: session.scalars(
            select(Room.code).join(FeeAssignment, FeeAssignment.room_id == Room.id).order_by(Room.code)
        ).all()
    )
    return found


def terms(town: Town, standard: int, **more: str) -> dict[str, str]:
    return {
        "community_id": str(town.community_id),
        "standard_id": str(standard),
        "starts": "2025-01-01",
        "kind": "rooms",
        "purpose": "",
        "meter_kind": "",
    } | more


def look_and_confirm(manager: FlaskClient, url: str, typed: dict[str, str]) -> str:
    """Press 预览, then 确认分配 on what it shows; returns the preview."""
    looked = manager.post(url, data=typed)
    page = looked.get_data(as_text=True)
    assert looked.status_code == 200, re.findall(r"invalid-feedback[^<]*<?[^<]*|alert-text[^<]*", page)
    assert "确认分配" in page
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert seen is not None
    assert manager.post(url, data={**typed, "seen": seen[1]}).status_code == 302
    return page


def test_all_that_a_list_finds_on_every_page_of_it(town: Town, manager: FlaskClient) -> None:
    page = manager.get("/room/list/?f.area.ge=91&q=2-1&page=1&size=25&order=-area").get_data(as_text=True)
    url = re.search(r'href="(/billing/assign/\?[^"]+)"', page)
    assert url is not None
    there = url[1].replace("&amp;", "&")
    form = manager.get(there).get_data(as_text=True)
    assert "大于等于 91" in form and "搜索“2-1”" in form
    assert f'<option selected value="{town.community_id}">' in form, "the one community of what it finds"
    shown = look_and_confirm(manager, there, terms(town, town.standard()))
    assert "共 20 个" in shown
    assert codes(town) == [f"2-1-{number:03}" for number in range(11, 31)]
    deeds = town.ask(
        lambda session: session.scalars(
            select(History.who).where(History.document == "FeeAssignment", History.deed == "added")
        ).all()
    )
    assert deeds == ["物业经理"] * 20


def test_the_ticked_rows(town: Town, manager: FlaskClient) -> None:
    answer = manager.post(
        "/billing/assign/ticked/rooms", data={"rowid": [str(key) for key in town.room_ids[:2]]}
    )
    assert answer.status_code == 302
    where = answer.headers["Location"]
    assert "已勾选 2 个对象" in manager.get(where).get_data(as_text=True)
    look_and_confirm(manager, where, terms(town, town.standard()))
    assert codes(town) == ["1-1-0001", "1-1-0002"]


def test_a_node_of_the_tree(town: Town, manager: FlaskClient) -> None:
    building = town.ask(
        lambda session: session.scalars(select(Building.id).where(Building.name == "2号楼")).one()
    )
    typed = terms(town, town.standard(), building_id=str(building))
    assert "共 30 个" in look_and_confirm(manager, "/billing/assign/", typed)
    assert len(codes(town)) == 30


def test_the_chosen_node_narrows_what_a_list_finds(town: Town, manager: FlaskClient) -> None:
    building = town.ask(
        lambda session: session.scalars(
            select(Building.id).where(Building.name == "1号楼", Building.community_id == town.community_id)
        ).one()
    )
    url = f"/billing/assign/?listed=rooms&in=building:{building}"
    page = manager.get("/room/list/?in=building:" + str(building)).get_data(as_text=True)
    if "2-1-001" in page:
        pytest.fail("the list is not narrowed by its node")
    assert "共 3 个" in look_and_confirm(manager, url, terms(town, town.standard()))
    assert codes(town) == ["1-1-0001", "1-1-0002", "1-1-0003"]


def test_what_was_looked_at_is_what_is_done(town: Town, manager: FlaskClient) -> None:
    url, typed = "/billing/assign/?listed=rooms&f.area.ge=105", terms(town, town.standard())
    page = manager.post(url, data=typed).get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert seen is not None
    other = manager.post("/billing/assign/?listed=rooms&f.area.ge=1", data={**typed, "seen": seen[1]})
    assert other.status_code == 200, "another choice is previewed first"
    assert manager.post(url, data={**typed, "seen": "0" * 64}).status_code == 200
    assert codes(town) == []


def test_those_that_have_it_are_told_refused_or_left_out(town: Town, manager: FlaskClient) -> None:
    standard = town.standard()
    town.assign(standard)
    url = "/billing/assign/?listed=rooms"
    page = manager.post(url, data=terms(town, standard)).get_data(as_text=True)
    assert "其中 3 个在这段时间已有同一收费项目：1-1-0001、1-1-0002、1-1-0003" in page
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert seen is not None
    refused = manager.post(url, data={**terms(town, standard), "seen": seen[1]})
    assert refused.status_code in (200, 422)
    assert "请先终止原来的分配" in refused.get_data(as_text=True)
    assert len(codes(town)) == 3
    look_and_confirm(manager, url, terms(town, standard, skip_taken="y"))
    assert len(codes(town)) == 33


@pytest.mark.parametrize(
    "query",
    [
        "listed=houses",
        "listed=rooms&f.nothing.eq=1",
        "listed=rooms&f.area.ge=abc",
        "rooms=x",
        "rooms=" + "9" * 30,
    ],
)
def test_a_url_that_makes_no_sense_is_refused(manager: FlaskClient, query: str) -> None:
    assert manager.get(f"/billing/assign/?{query}").status_code in (400, 404)


def test_the_cashier_has_no_such_button(client_of: Callable[[str], FlaskClient], town: Town) -> None:
    cashier = client_of("收费员")
    assert "/billing/assign/" not in cashier.get("/room/list/").get_data(as_text=True)
    assert cashier.get("/billing/assign/?listed=rooms").status_code == 403


def test_a_manager_of_another_community_reaches_none_of_it(
    town: Town, client_of: Callable[[str], FlaskClient]
) -> None:
    standard = town.standard()
    town.do(lambda session: session.query(ScopeGrant).filter_by(community_id=town.community_id).delete())
    stranger = client_of("物业经理")
    for url in (
        "/billing/assign/?listed=rooms",
        f"/billing/assign/?rooms={town.room_ids[0]}",
        "/billing/assign/",
    ):
        answer = stranger.post(url, data=terms(town, standard))
        assert answer.status_code == 422, url
        assert "请从列表中选择" in answer.get_data(as_text=True)
        assert "1-1-0001" not in answer.get_data(as_text=True)
    assert codes(town) == []


def test_meters_by_ticks_by_list_and_by_kind(town: Town, manager: FlaskClient) -> None:
    meters = [add_meter(town, f"水-{number}", room=number) for number in range(3)]
    standard = town.standard("水费", price="4.5", method=Method.METERED)

    def assigned() -> list[int]:
        found: list[int] = town.ask(
            lambda session: session.scalars(
                select(FeeAssignment.meter_id).order_by(FeeAssignment.meter_id)
            ).all()
        )
        return found

    ticked = manager.post("/billing/assign/ticked/meters", data={"rowid": [str(meters[0])]})
    look_and_confirm(manager, ticked.headers["Location"], terms(town, standard))
    assert assigned() == meters[:1]
    page = manager.get("/meter/list/?q=水-1").get_data(as_text=True)
    url = re.search(r'href="(/billing/assign/\?[^"]+)"', page)
    assert url is not None
    look_and_confirm(manager, url[1].replace("&amp;", "&"), terms(town, standard))
    assert assigned() == meters[:2]
    typed = terms(town, standard, kind="meters", meter_kind="water", skip_taken="y")
    look_and_confirm(manager, "/billing/assign/", typed)
    assert assigned() == meters
    refused = manager.post("/billing/assign/", data=terms(town, standard))
    assert "只能分配给仪表" in refused.get_data(as_text=True)
