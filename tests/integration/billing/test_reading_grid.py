"""抄表录入 over HTTP: the meters in order, each row kept by itself, everything that is sent judged."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.operations import open_period
from app.billing.states import MeterKind, PeriodState
from app.estate.models import ScopeGrant
from app.kernel.periods import Period
from app.lowcode import clock

from .meters import add_meter, read, readings, water_fee
from .town import MARCH, Town

URL = "/billing/readings/"


@pytest.fixture
def town(app: Flask, cast: Any) -> Any:
    """The town on 2025-03-31, where the cast of our community works too; three meters of water, one of power."""
    town = Town(app)

    def give(session: Session) -> None:
        for grant in session.scalars(
            select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
        ):
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))

    town.do(give)
    for number in range(3):
        add_meter(town, f"水-{number}", room=2 - number)
    add_meter(town, "电-1", room=0, kind=MeterKind.ELECTRICITY)
    with clock.clock_at(datetime(2025, 3, 31, 4, tzinfo=UTC)):
        yield town


@pytest.fixture
def manager(town: Town, client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("物业经理")


def page_of(client: FlaskClient, town: Town, **asked: Any) -> str:
    query = {"community_id": town.community_id, "period": "2025-03"} | asked
    answer = client.get(URL, query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def save(
    client: FlaskClient, town: Town, *rows: tuple[int, str], day: str = "2025-03-31", **more: Any
) -> Any:
    body = {
        "community_id": town.community_id,
        "day": day,
        "rows": [{"meter": meter, "value": value} | more for meter, value in rows],
    }
    answer = client.post(f"{URL}save", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["rows"]


def test_what_is_to_be_known_is_said_before_anybody_types(town: Town, manager: FlaskClient) -> None:
    ahead = page_of(manager, town, period="2025-04", day="2025-04-02")
    assert "2025-04 还没有到，不能录入读数。" in ahead and "本次读数" in ahead and "reading-save" not in ahead
    moved = page_of(manager, town, period="2025-02", day="2025-03-31")
    assert "抄表日期 2025-03-31 不在账期 2025-02 里，改为 2025-02-28。" in moved and "reading-save" in moved
    assert 'role="alert"' not in page_of(manager, town)


def test_meters_stand_in_the_order_of_the_rooms(town: Town, manager: FlaskClient) -> None:
    read(town, 1, "2025-02-28", "110")
    read(town, 2, "2025-03-15", "108.5")
    page = page_of(manager, town)
    places = [page.index(number) for number in ("水-2", "电-1", "水-1", "水-0")]
    assert places == sorted(places)
    assert "已抄 1 / 4 块" in page and 'data-last="110"' in page
    assert "108.5" in page and "8.5 吨" in page
    assert "水-1" not in page_of(manager, town, unread="y")
    assert "电-1" not in page_of(manager, town, kind="water")


def test_a_meter_read_in_a_later_month_is_read_late_until_that_is_charged(
    town: Town, manager: FlaskClient
) -> None:
    """M1: a late reading between its neighbours is taken on the page; charged ones say what is left to do."""
    read(town, 1, "2025-04-30", "110")
    assert 'data-last="100"' in page_of(manager, town)
    (beyond,) = save(manager, town, (1, "111"))
    assert "应在前后两次读数之间" in beyond["error"]
    (kept,) = save(manager, town, (1, "104"))
    assert kept["used"] == "4"
    assert [row[2:] for row in readings(town)] == [("100", "104", "4"), ("104", "110", "6")]
    read(town, 2, "2025-04-30", "110")
    water_fee(town, [2], starts="2025-04-01")
    town.bill(Period(2025, 4))
    page = page_of(manager, town)
    assert "以后的读数已出账，不能再补" in page and "登记未抄" in page


def test_each_row_is_kept_by_itself(town: Town, manager: FlaskClient) -> None:
    kept, low, odd, known = save(manager, town, (1, "115.5"), (2, "99"), (3, "abc"), (1, "115.50"))
    assert (kept["used"], kept["value"], kept["unusual"]) == ("15.5", "115.5", False)
    assert "小于上次读数" in low["error"] and "不是数字" in odd["error"]
    assert known["id"] == kept["id"]
    assert [row[3] for row in readings(town)] == ["115.5"]
    (turned,) = save(manager, town, (2, "1"), rollover=True)
    assert turned["used"] == "99901"


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([(10**12, "115")], "没有这条记录"),
        ([(1, "")], "请填写读数"),
        ([(1, "1e99999")], "不是数字"),
        ([(1, "1.00001")], "小数位太多"),
        ([(1, "-3")], "不能是负数"),
        ([(1, "100000")], "超出了这块表的位数"),
    ],
)
def test_what_cannot_be_kept_says_why(
    town: Town, manager: FlaskClient, rows: list[tuple[int, str]], word: str
) -> None:
    (answer,) = save(manager, town, *rows)
    assert word in answer["error"]
    assert readings(town) == []


def test_neither_tomorrow_nor_a_closed_month(town: Town, manager: FlaskClient) -> None:
    (late,) = save(manager, town, (1, "115"), day="2025-04-01")
    assert "不能晚于今天" in late["error"]
    town.do(lambda session: open_period(session=session, community_id=town.community_id, period=MARCH))
    town.do(lambda session: session.execute(update(AccountingPeriod).values(state=PeriodState.CLOSED)))
    (closed,) = save(manager, town, (1, "115"))
    assert "已结账" in closed["error"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"community_id": "x", "day": "2025-03-31", "rows": []},
        {"community_id": 1, "day": "2025-03-31", "rows": []},
        {"community_id": 1, "day": "nonsense", "rows": [{"meter": 1, "value": "1"}]},
        {"community_id": 1, "day": "2025-03-31", "rows": [{"meter": "1e5", "value": "1"}]},
        {"community_id": 1, "day": "2025-03-31", "rows": [{"meter": 1, "value": "1"}] * 51},
        {"community_id": 1, "day": "2025-03-31", "rows": 3},
    ],
)
def test_a_body_that_is_none_is_refused(manager: FlaskClient, body: Any) -> None:
    # Without a body there is no JSON.
    assert manager.post(f"{URL}save", json=body).status_code == (415 if body is None else 400)


def test_who_may_not_add_sees_no_inputs(town: Town, client_of: Callable[[str], FlaskClient]) -> None:
    cashier = client_of("收费员")
    page = page_of(cashier, town)
    assert "水-1" in page and 'class="form-control num"' not in page and "导入读数" not in page
    assert cashier.post(f"{URL}save", json={}).status_code == 403
    neighbour = client_of("邻区收费员")
    assert "水-1" not in neighbour.get(f"{URL}?community_id={town.community_id}&period=2025-03").get_data(
        as_text=True
    )


def test_a_neighbours_meter_is_none(town: Town, manager: FlaskClient, cast: Any) -> None:
    (answer,) = save(manager, town, (1, "115"))
    assert "error" not in answer
    body = {
        "community_id": cast.ours.community_id,
        "day": "2025-03-31",
        "rows": [{"meter": 2, "value": "115"}],
    }
    assert "error" in manager.post(f"{URL}save", json=body).get_json()["rows"][0]


def test_the_page_asks_little_of_the_database(
    town: Town, manager: FlaskClient, count_queries: Callable[[], AbstractContextManager[Any]]
) -> None:
    for number in range(40):
        add_meter(town, f"热-{number}", room=0, kind=MeterKind.HEAT)
    with count_queries() as queries:
        page = page_of(manager, town)
    assert page.count("data-meter=") == 44
    assert len(queries) < 12, list(queries)


def test_what_is_to_be_read_stands_on_the_home_page(town: Town, manager: FlaskClient) -> None:
    read(town, 1, "2025-03-15", "110")
    told = manager.get("/home/duties").get_data(as_text=True)
    assert "2025-03 还没有抄的表" in told and "unread=y" in told


def test_wrong_and_changed_are_put_right_in_the_browser(town: Town, manager: FlaskClient) -> None:
    save(manager, town, (1, "151"))
    answer = manager.post("/meter_reading/do/correct/1", data={"value": "115", "reason": "看错"})
    assert answer.status_code == 302
    assert [row[3:] for row in readings(town)] == [("115", "15")]
    again = manager.post("/meter_reading/do/correct/1", data={"value": "116", "reason": "看错"})
    assert again.status_code in (302, 400, 422)
    assert [row[3:] for row in readings(town)] == [("115", "15")]
    typed = {"day": "2025-03-30", "old_value": "105", "onward": "0", "reason": "到期"}
    assert manager.post("/meter/do/change/2", data=typed).status_code == 302
    assert readings(town)[0][1:] == ("change", "100", "105", "5")
    for path in ("add", "edit/1"):
        assert manager.get(f"/meter_reading/{path}").status_code == 404
