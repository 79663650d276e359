"""A1: what cannot be is refused on the form; what is merely odd is asked, and saved when it is meant."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.estate.models import Customer, Room, Vehicle
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db


def count(app: Flask, *where: Any) -> int:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.scalar(select(func.count()).where(*where)) or 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("postcode", "3100", "邮政编码是六位数字。"),
        ("postcode", "31000０", "邮政编码是六位数字。"),
        ("born", "2099-01-01", "出生日期不能晚于今天。"),
        ("phone", "12", "电话"),
    ],
)
def test_a_customer_is_not_kept_with_what_cannot_be(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient], name: str, value: str, said: str
) -> None:
    sent = {"name": "查一查", "community_id": cast.ours.community_id, "kind": "owner"}
    answer = client_of("客服").post("/customer/add", data={**sent, name: value})
    assert answer.status_code == 422 and said in answer.text and "查一查" in answer.text
    assert count(app, Customer.name == "查一查") == 0
    assert client_of("客服").post("/customer/add", data=sent).status_code == 302


def meant(page: str) -> str:
    found = re.search(r'name="meant" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def test_a_plate_that_stands_is_asked_about_and_kept_when_meant(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    sent = {"plate": "浙A·12345", "community_id": cast.ours.community_id}
    browser = client_of("客服")
    assert browser.post("/vehicle/add", data=sent).status_code == 302
    asked = browser.post("/vehicle/add", data=sent)
    assert asked.status_code == 422 and "已经登记过" in asked.text and "浙A·12345" in asked.text
    assert count(app, Vehicle.plate.is_not(None)) == 1
    # A word for other doubts is none for these.
    assert browser.post("/vehicle/add", data={**sent, "meant": "x"}).status_code == 422
    assert browser.post("/vehicle/add", data={**sent, "meant": meant(asked.text)}).status_code == 302
    assert count(app, Vehicle.plate.is_not(None)) == 2


def test_a_room_of_which_more_is_used_than_was_built_is_asked_about(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    browser = client_of("物业经理")
    url = f"/room/edit/{cast.ours.room_ids[0]}"
    page = browser.get(url).text
    sent = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    sent |= dict(
        re.findall(r'<select[^>]*name="(\w+)"[^>]*>.*?<option selected value="([^"]*)"', page, re.DOTALL)
    )
    with app.app_context(), acting_as(SYSTEM):
        room = db.session.get_one(Room, cast.ours.room_ids[0])
        sent |= {
            "building_id": str(room.building_id),
            "area": str(room.area),
            "inside_area": str(room.area + 1),
        }
    asked = browser.post(url, data=sent)
    assert asked.status_code == 422 and "大于建筑面积" in asked.text, asked.status_code
    assert browser.post(url, data={**sent, "meant": meant(asked.text)}).status_code == 302
    # Once it stands, it is not asked again for the same.
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.get_one(Room, cast.ours.room_ids[0]).inside_area == room.area + 1
