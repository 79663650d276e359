"""催缴记录 at its pages: who was asked to pay, beside the customer and the room."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Reminder
from app.collection.states import ReminderWay
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_customer


@pytest.mark.all_databases
def test_a_call_is_written_down(session: Session, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    with unit_of_work() as unit:
        who = add_customer(unit, cast.ours.community_id)
    desk, room = client_of("收费员"), cast.ours.room_ids[0]
    assert f'value="{clock.today()}"' in desk.get("/reminder/add").get_data(as_text=True)
    asked = {
        "community_id": cast.ours.community_id,
        "customer_id": who,
        "room_id": room,
        "day": "2026-03-31",
        "way": "visit",
    }
    answer = desk.post("/reminder/add", data={**asked, "promised": "2026-04-10", "said": "下周来交"})
    assert answer.status_code == 302
    row = session.scalars(select(Reminder)).one()
    assert (row.day, row.way, row.promised) == (date(2026, 3, 31), ReminderWay.VISIT, date(2026, 4, 10))
    for place in (f"/customer/show/{who}", f"/room/show/{room}"):
        assert "催缴记录" in desk.get(place).get_data(as_text=True)
    assert "下周来交" in desk.get("/reminder/list/").get_data(as_text=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": ""},
        {"day": "2026-02-30"},
        {"way": "shout"},
        {"customer_id": ""},
        {"customer_id": "999999"},
        {"said": "长" * 4001},
    ],
)
def test_what_makes_no_sense_is_refused(
    session: Session, cast: Any, client_of: Callable[[str], FlaskClient], wrong: dict[str, str]
) -> None:
    with unit_of_work() as unit:
        who = add_customer(unit, cast.ours.community_id)
    asked = {"community_id": cast.ours.community_id, "customer_id": who, "day": "2026-03-31", "way": "phone"}
    answer = client_of("收费员").post("/reminder/add", data={**asked, **wrong})
    assert answer.status_code in (200, 400, 422)
    assert "invalid-feedback" in answer.get_data(as_text=True)
    assert session.scalars(select(Reminder)).all() == []


def test_another_communitys_customer_is_nobody(
    session: Session, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    with unit_of_work() as unit:
        theirs = add_customer(unit, cast.neighbour.community_id)
    asked = {
        "community_id": cast.ours.community_id,
        "customer_id": theirs,
        "day": "2026-03-31",
        "way": "phone",
    }
    assert client_of("收费员").post("/reminder/add", data=asked).status_code != 302
    assert session.scalars(select(Reminder)).all() == []
