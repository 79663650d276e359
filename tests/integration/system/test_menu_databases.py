"""The menu on every database: kept, met by each person in one statement, and saved by one of two at the same moment."""

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.menu.items import MenuItem, arranged, arranged_for, hidden_for
from app.lowcode.menu.nodes import Arranged, MenuKind
from app.lowcode.unit import unit_of_work
from app.system.operations.menu import MenuChanged, menu_version, reset_menu, save_menu
from app.system.operations.roles import add_role, delete_role

GROUP, LINK, PAGE = MenuKind.GROUP, MenuKind.LINK, MenuKind.PAGE


def save(*entries: Arranged) -> None:
    with acting_as(SYSTEM), unit_of_work() as unit:
        save_menu(session=unit, version=menu_version(arranged(session=unit)), entries=entries)


def key_of(session: Session, model: Any, **wanted: str) -> int:
    key: int = session.scalars(select(model.id).filter_by(**wanted)).one()
    return key


@pytest.mark.all_databases
def test_kept_met_and_forgotten(app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as unit:
            role = add_role(session=unit, name="临时", pairs=[("read", "Room")]).id
            user = unit.get_one(User, key_of(unit, User, username=cast["维修工"]))
            user.roles.append(unit.get_one(Role, role))
        clerk, reader = key_of(db.session(), Role, name="收费员"), key_of(db.session(), Role, name="维修工")
        save(
            Arranged("new-1", GROUP, None, "常用", "star"),
            Arranged("Room", PAGE, "new-1", "房源", hidden_for=frozenset({clerk})),
            Arranged(
                "new-2",
                LINK,
                "new-1",
                "税务局",
                url="https://etax.example.cn/",
                hidden_for=frozenset({reader, role}),
            ),
            Arranged("Pet", PAGE, "estate", hidden=True),
        )
        kept = {one.label or one.name: one for one in arranged(session=db.session())}
        assert (kept["房源"].name, kept["房源"].hidden_for) == ("Room", frozenset({clerk}))
        seen = {
            who: [
                one.label or one.name
                for one in arranged_for(session=db.session(), user_id=user)[0]
                if not one.hidden
            ]
            for who in ("收费员", "维修工", "财务")
            for user in [key_of(db.session(), User, username=cast[who])]
        }
        assert seen == {
            "收费员": ["常用", "税务局"],
            "维修工": ["常用", "房源"],
            "财务": ["常用", "房源", "税务局"],
        }
        db.session.rollback()
    page = client_of("财务").get("/password").get_data(as_text=True)
    assert "常用" in page and "房源" in page and "税务局" in page
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as unit:
            user = unit.get_one(User, key_of(unit, User, username=cast["维修工"]))
            user.roles.remove(unit.get_one(Role, role))
            unit.flush()
            delete_role(session=unit, role_id=role)
        assert db.session.scalar(select(func.count()).select_from(hidden_for)) == 2
        with unit_of_work() as unit:
            reset_menu(session=unit, version=menu_version(arranged(session=unit)))
        assert db.session.scalar(select(func.count()).select_from(hidden_for)) == 0
        assert db.session.scalar(select(func.count(MenuItem.id))) == 0
        db.session.remove()


@pytest.mark.all_databases
def test_one_of_two_at_the_same_moment(app: Flask) -> None:
    with app.app_context(), acting_as(SYSTEM):
        version = menu_version(arranged(session=db.session()))
        db.session.remove()
    start, told = threading.Barrier(2, timeout=20), []

    def go(label: str) -> None:
        with app.app_context(), acting_as(SYSTEM):
            start.wait()
            try:
                with unit_of_work() as unit:
                    entries = [Arranged("new-1", GROUP, None, label), Arranged("Room", PAGE, "new-1", label)]
                    save_menu(session=unit, version=version, entries=entries)
                told.append(label)
            except MenuChanged:
                told.append("refused")
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=lambda label=label: Context().run(go, label)) for label in ("甲", "乙")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "refused" in told and len(told) == 2
    (saved,) = set(told) - {"refused"}
    with app.app_context(), acting_as(SYSTEM):
        assert {one.label for one in arranged(session=db.session())} == {saved}
        db.session.remove()
