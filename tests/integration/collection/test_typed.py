"""What people type finds the same at the desk, in the top search and in the lists."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Customer, Occupancy
from app.estate.operations.people import save_customer
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work

Browser = Callable[[str], FlaskClient]
BEFORE_PINYIN = "d86ae282985a"


@pytest.fixture
def who(session: Session, cast: Any) -> dict[str, int]:
    """李晓峰 holds 1-1-101, 曾小贤 rents it."""
    place, room = cast.ours, cast.ours.room_ids[0]
    with unit_of_work() as unit:
        found = {}
        for name, role in (("李晓峰", "owner"), ("曾小贤", "tenant")):
            customer = Customer(community_id=place.community_id, name=name)
            unit.add(customer)
            unit.flush()
            unit.add(
                Occupancy(
                    community_id=place.community_id,
                    room_id=room,
                    customer_id=customer.id,
                    role=role,
                    payer=role == "owner",
                    starts=date(2024, 1, 1),
                )
            )
            found[name] = customer.id
    return {**found, "room": room}


def at_the_desk(client: FlaskClient, typed: str) -> list[int]:
    found = client.get("/desk/find", query_string={"q": typed}).get_json()["customers"]
    return [one["id"] for one in found]


@pytest.mark.parametrize(
    "typed",
    ["1-1-101", "1号楼101", "1栋1单元101", "1号楼1单元101室", "１号楼１０１", "一号楼101", "1-101", "101室"],
)
def test_a_room_as_it_is_spoken(who: dict[str, int], client_of: Browser, typed: str) -> None:
    """D5: a spoken room is found at the desk, by the top search, and in the lists of rooms and of who lives there."""
    desk = client_of("收费员")
    assert at_the_desk(desk, typed) == [who["李晓峰"]]
    assert f'/room/show/{who["room"]}"' in desk.get("/search", query_string={"q": typed}).get_data(
        as_text=True
    )
    rooms = desk.get("/room/list/", query_string={"q": typed}).get_data(as_text=True)
    assert f"/room/show/{who['room']}" in rooms
    stays = desk.get("/occupancy/list/", query_string={"q": typed}).get_data(as_text=True)
    assert "李晓峰" in stays and "曾小贤" in stays


@pytest.mark.parametrize(("typed", "name"), [("lxf", "李晓峰"), ("LX", "李晓峰"), ("zxx", "曾小贤")])
def test_a_person_by_initials(who: dict[str, int], client_of: Browser, typed: str, name: str) -> None:
    """D5: pinyin initials, a surname's own reading too, at the desk, in the top search and in the lists."""
    desk = client_of("收费员")
    assert at_the_desk(desk, typed) == [who[name]]
    url = f"/customer/show/{who[name]}"
    assert url in desk.get("/search", query_string={"q": typed}).get_data(as_text=True)
    listed = desk.get("/customer/list/", query_string={"q": typed}).get_data(as_text=True)
    assert url in listed and (listed.count("李晓峰") > 0) is (name == "李晓峰")
    assert name in desk.get("/occupancy/list/", query_string={"q": typed}).get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "8613812345678", "１３８12345678"]
)
def test_a_person_by_the_telephone_however_written(
    session: Session, who: dict[str, int], client_of: Browser, typed: str
) -> None:
    """D5: blanks, dashes and +86 in a telephone are read as the import reads them, in all three places."""
    with unit_of_work() as unit:
        unit.get_one(Customer, who["李晓峰"]).phone = "13812345678"
    desk, url = client_of("收费员"), f"/customer/show/{who['李晓峰']}"
    assert at_the_desk(desk, typed) == [who["李晓峰"]]
    assert url in desk.get("/search", query_string={"q": typed}).get_data(as_text=True)
    assert url in desk.get("/customer/list/", query_string={"q": typed}).get_data(as_text=True)


def test_candidates_say_what_they_are_there(who: dict[str, int], client_of: Browser) -> None:
    """D5: a candidate shows as what it holds which room, and what it owes."""
    desk = client_of("收费员")
    (found,) = desk.get("/desk/find", query_string={"q": "曾小贤"}).get_json()["customers"]
    assert (found["holdings"], found["due"]) == ([{"role": "租户", "rooms": ["1-1-101"]}], "0.00")


def test_the_keys_follow_the_name(session: Session, who: dict[str, int]) -> None:
    with unit_of_work() as unit:
        row = unit.get_one(Customer, who["李晓峰"])
        save_customer(session=unit, row=row, name="王小明")
    session.rollback()
    row = session.get_one(Customer, who["李晓峰"])
    assert (row.name_pinyin, row.name_initials) == ("wang xiao ming", "wxm")


@pytest.mark.all_databases
def test_the_names_that_stood_there_get_their_keys(app: Flask, who: dict[str, int], session: Session) -> None:
    session.rollback()
    db.session.remove()
    try:
        downgrade(revision=BEFORE_PINYIN)
    finally:
        upgrade()
    found = db.session.scalars(select(Customer.name_initials).order_by(Customer.id)).all()
    assert {"lxf", "zxx"} <= set(found)
