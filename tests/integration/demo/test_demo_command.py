"""`flask demo`: what it refuses, that it is all or nothing, and who can log in afterwards."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection.models import Receipt
from app.demo.staff import CAST
from app.estate.models import Community, Company, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.integration.demo.demos import NOW, small_demo
from tests.people import PASSWORD

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str, password: str | None = PASSWORD) -> Result:
        monkeypatch.delenv("DEMO_PASSWORD", raising=False)
        if password is not None:
            monkeypatch.setenv("DEMO_PASSWORD", password)
        result: Result = app.test_cli_runner().invoke(args=["demo", *arguments])
        return result

    return run


def untouched(session: Session) -> bool:
    session.rollback()
    counted = [select(func.count(model.id)) for model in (Community, Company, FeeItem, User, Room, Charge)]
    return not any(session.scalar(one) for one in counted)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rooms", "0"),
        ("--rooms", "-5"),
        ("--rooms", "1"),
        ("--rooms", "99999999999999999999"),
        ("--rooms", "abc"),
        ("--rooms", ""),
        ("--rooms", "3.5"),
        ("--rooms", "١٢"),
        ("--months", "0"),
        ("--months", "200"),
        ("--months", "-1"),
        ("--months", "x"),
    ],
)
def test_a_bad_number_is_refused_in_chinese(run: Run, session: Session, arguments: tuple[str, str]) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert f"{arguments[0]} 应为" in result.output
    assert "Traceback" not in result.output and "Error" not in result.output
    assert untouched(session)


@pytest.mark.parametrize("password", ["short1A", "alllowercase", "12345678"])
def test_a_weak_password_is_refused_before_anything_is_written(
    run: Run, session: Session, password: str
) -> None:
    result = run("--rooms", "10", password=password)
    assert result.exit_code == 1
    assert "密码至少 8 位" in result.output
    assert untouched(session)


def test_a_database_with_a_community_is_refused(run: Run, session: Session, cast: Any) -> None:
    result = run("--rooms", "10")
    assert result.exit_code == 1
    assert "已有小区" in result.output
    assert session.scalar(select(func.count(Community.id))) == 2
    assert session.scalar(select(func.count(Charge.id))) == 0


def test_a_login_name_that_is_taken_is_refused(run: Run, session: Session) -> None:
    with acting_as(SYSTEM), unit_of_work() as unit:
        unit.add(
            User(username="Jingli", first_name="", last_name="旁人", email="x@office.invalid", active=True)
        )
    result = run("--rooms", "10")
    assert result.exit_code == 1
    assert "Jingli" in result.output
    assert session.scalar(select(func.count(Community.id))) == 0


def test_what_stops_in_the_middle_leaves_nothing(session: Session) -> None:
    class Stopped(Exception):
        pass

    def say(line: str) -> None:
        if line.startswith("2026-01"):
            raise Stopped

    with pytest.raises(Stopped):
        small_demo(say=say)
    assert untouched(session)
    assert small_demo(rooms=4, months=1)  # and the database is as good as new


def test_without_a_password_nobody_of_the_cast_logs_in(
    run: Run, session: Session, client: FlaskClient
) -> None:
    result = run("--rooms", "4", "--months", "1", password=None)
    assert result.exit_code == 0, result.output
    assert "不能登录" in result.output
    assert session.scalar(select(func.count(Room.id))) == 4
    for one in CAST:
        for password in ("", "None", PASSWORD):
            client.post("/login/", data={"username": one.login, "password": password})
            assert client.get("/room/list/").status_code == 302


def test_the_smallest_demo_has_two_communities_and_every_month(run: Run, session: Session) -> None:
    result = run("--rooms", "2", "--months", "3")
    assert result.exit_code == 0, result.output
    rooms = dict(
        session.execute(select(Room.community_id, func.count(Room.id)).group_by(Room.community_id)).all()
    )
    assert list(rooms.values()) == [1, 1]
    assert len(set(session.scalars(select(Charge.period)))) == 3


def test_the_cast_works_where_it_belongs(
    app: Flask, session: Session, login: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_demo(rooms=20, months=2)
    names = {one.id: one.name for one in session.scalars(select(Community))}
    for one in CAST:
        page = login(app.test_client(), one.login).get("/community/list/").get_data(as_text=True)
        seen = {name for name in names.values() if f">{name}<" in page}
        expected = set(names.values()) if one.login == "guanliyuan" else {list(names.values())[one.next_door]}
        assert seen == expected, one.login
    rooms: dict[int, set[int]] = {key: set() for key in names}
    for room_id, community_id in session.execute(select(Room.id, Room.community_id)):
        rooms[community_id].add(room_id)
    here, next_door = rooms.values()
    client = login(app.test_client(), "linqu")
    assert {client.get(f"/room/show/{room_id}").status_code for room_id in here} == {404}
    assert {client.get(f"/room/show/{room_id}").status_code for room_id in next_door} == {200}


def test_arrears_are_of_every_age(session: Session) -> None:
    small_demo(rooms=60, months=15)
    today = NOW.date()
    ages = {
        _age((today - due).days)
        for due in session.scalars(select(Charge.due_date).where(Charge.due > Decimal(0)))
    }
    assert ages == {"未到期", "1–30", "31–90", "91–180", "181–365", ">365"}
    days = session.scalars(select(Receipt.day)).all()
    assert max(days) <= today
    assert min(days) < date(2025, 1, 1)


def _age(days: int) -> str:
    for most, name in ((0, "未到期"), (30, "1–30"), (90, "31–90"), (180, "91–180"), (365, "181–365")):
        if days <= most:
            return name
    return ">365"


def test_the_rows_of_one_room_are_found_without_reading_the_community(session: Session) -> None:
    small_demo(rooms=60, months=3)
    plan = session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT customer_id FROM charge WHERE room_id = 7 AND due > 0 AND community_id IN (1)"
        )
    ).all()
    assert [row.detail for row in plan] == ["SEARCH charge USING INDEX ix_charge_room_id (room_id=?)"]
