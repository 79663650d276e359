"""The tests' own ground: every office starts clean, and no request knows of another's person."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.estate.models import Community


@pytest.mark.all_databases
@pytest.mark.parametrize("_turn", [1, 2])
def test_every_office_starts_without_communities(session: Session, cast: Any, _turn: int) -> None:
    assert session.scalar(select(func.count(Community.id))) == 2


@pytest.mark.all_databases
def test_each_one_of_the_cast_sees_the_own_community_only(
    cast: Any, session: Session, client_of: Callable[[str], FlaskClient]
) -> None:
    for name in ("收费员", "邻区收费员"):
        page = client_of(name).get("/community/list/").get_data(as_text=True)
        assert ("锦绣园" in page, "邻里苑" in page) == (name == "收费员", name != "收费员")


def test_a_stranger_is_led_to_the_login_page(client: FlaskClient) -> None:
    answer = client.get("/room/list/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


def test_queries_are_counted(app: Flask, session: Session, count_queries: Any) -> None:
    with count_queries() as queries:
        session.scalar(select(func.count(Community.id)))
    assert len(queries) == 1
