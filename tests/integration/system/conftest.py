"""An office of two communities with its operators, restored before every test; and a browser without a window."""

import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from .cast import PASSWORD, Browser


@pytest.fixture(scope="session")
def office_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app on a SQLite database that holds the office below."""
    from app import create_app
    from app.lowcode.db import db

    folder = tmp_path_factory.mktemp("office")
    app = create_app({"ENVIRON": {"INSTANCE_DIR": str(folder)}, "TESTING": True})
    with app.app_context():
        Model.metadata.create_all(db.engine)
        app.test_cli_runner().invoke(args=["sync"], catch_exceptions=False)
        _furnish()
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(folder / "template.db") as kept, sqlite3.connect(folder / "office.db") as made:
        made.backup(kept)
    return app


def _furnish() -> None:
    from app.estate.grants import Grants
    from app.estate.models import Community, Company
    from app.lowcode.actors import SYSTEM, acting_as
    from app.lowcode.unit import unit_of_work
    from app.system.operations.users import add_user

    with acting_as(SYSTEM), unit_of_work() as session:
        top = Company(name="锦东置业")
        session.add(top)
        session.flush()
        east, west = Company(name="东区公司", parent_id=top.id), Company(name="西区公司", parent_id=top.id)
        session.add_all([east, west])
        session.flush()
        ours, theirs = (
            Community(name="锦绣花园", company_id=east.id),
            Community(name="邻里家园", company_id=west.id),
        )
        session.add_all([ours, theirs])
        session.flush()
        roles: dict[str, int] = dict(session.execute(select(Role.name, Role.id)).all())
        for username, name, role, grants in (
            ("guanliyuan", "管理员", "系统管理员", Grants(everything=True)),
            ("jingli", "经理", "物业经理", Grants(everything=True)),
            ("shoufei", "收费员", "收费员", Grants(communities=frozenset({ours.id}))),
            ("linqu", "邻区收费员", "收费员", Grants(communities=frozenset({theirs.id}))),
            ("wuquan", "无范围", "物业经理", Grants()),
        ):
            add_user(
                session=session,
                username=username,
                name=name,
                password=PASSWORD,
                role_ids=[roles[role]],
                grants=grants,
            )


@pytest.fixture
def office(office_app: Flask) -> Flask:
    """The app, its database as furnished."""
    from app.lowcode.db import db

    folder = office_app.config["INSTANCE_DIR"]
    with office_app.app_context():
        db.session.remove()
        db.engine.dispose()
        with sqlite3.connect(f"{folder}/template.db") as kept, sqlite3.connect(f"{folder}/office.db") as live:
            kept.backup(live)
    return office_app


@pytest.fixture
def browser(office: Flask) -> Browser:
    """Nobody in particular, at the login page."""
    return Browser(office)


@pytest.fixture
def admin(office: Flask) -> Browser:
    """管理员, logged in."""
    browser = Browser(office)
    assert browser.log_in("guanliyuan").status_code == 302
    return browser


@pytest.fixture
def session(office: Flask) -> Iterator[Session]:
    """The database as the system sees it, to look with."""
    from app.lowcode.actors import SYSTEM, acting_as
    from app.lowcode.db import db

    with office.app_context(), acting_as(SYSTEM):
        yield db.session()
        db.session.remove()
