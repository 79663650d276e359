"""我的通知: the bell counts, the page shows and marks, and nobody sees another's."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.notices import Notice, holders, notify
from app.lowcode.unit import unit_of_work


@pytest.fixture
def told(cast: Any, session: Session) -> dict[str, int]:
    """客服 is told two things, 收费员 one; user ids by name."""
    with unit_of_work() as unit:
        ids = {name: unit.scalars(select(User.id).where(User.username == cast[name])).one() for name in cast}
        for words in ("第一条<b>", "第二条"):
            notify(
                session=unit,
                users=[ids["客服"], ids["客服"]],
                message=words,
                url="/complaint/list/",
                community_id=cast.ours.community_id,
            )
        notify(session=unit, users=[ids["收费员"]], message="别人的", url="/", community_id=None)
    return ids


def test_the_bell_counts_what_is_not_read(
    told: dict[str, int], client_of: Callable[[str], FlaskClient]
) -> None:
    assert "2 条未读通知" in client_of("客服").get("/notices/").text
    assert "1 条未读通知" in client_of("收费员").get("/").text
    assert "条未读通知" not in client_of("财务").get("/").text


def test_one_is_opened_and_the_rest_marked(
    told: dict[str, int], session: Session, client_of: Callable[[str], FlaskClient]
) -> None:
    desk = client_of("客服")
    page = desk.get("/notices/").text
    assert page.index("第二条") < page.index("第一条&lt;b&gt;") and "别人的" not in page
    first = session.scalars(select(Notice.id).where(Notice.message == "第一条<b>")).one()
    opened = desk.post(f"/notices/{first}/open")
    assert (opened.status_code, opened.location) == (302, "/complaint/list/")
    page = desk.get("/notices/").text
    assert "1 条未读通知" in page and page.index("第二条") < page.index("第一条")
    desk.post("/notices/read")
    assert "条未读通知" not in desk.get("/notices/").text
    session.rollback()
    left = session.scalars(select(Notice.message).where(Notice.read_at.is_(None))).all()
    assert left == ["别人的"]


def test_anothers_does_not_exist(
    told: dict[str, int], session: Session, client_of: Callable[[str], FlaskClient]
) -> None:
    theirs = session.scalars(select(Notice.id).where(Notice.message == "别人的")).one()
    assert client_of("客服").post(f"/notices/{theirs}/open").status_code == 404
    assert client_of("客服").post(f"/notices/{2**63}/open").status_code == 404
    session.rollback()
    assert session.get_one(Notice, theirs, populate_existing=True).read_at is None


def test_who_holds_a_right_and_reaches_the_community(cast: Any, session: Session) -> None:
    found = holders(session=session, verb="collect", document="Desk", community_id=cast.ours.community_id)
    names = session.scalars(select(User.username).where(User.id.in_(found))).all()
    assert names == [cast["收费员"]]
    with unit_of_work() as unit:
        unit.get_one(User, found[0]).active = False
    assert (
        holders(session=session, verb="collect", document="Desk", community_id=cast.ours.community_id) == []
    )
    everywhere = holders(session=session, verb="collect", document="Desk", community_id=None)
    names = session.scalars(select(User.username).where(User.id.in_(everywhere))).all()
    assert names == [cast["邻区收费员"]]
