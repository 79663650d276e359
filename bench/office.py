"""An office to measure: a fresh instance with a demo in it, and the app over the same database in this process."""

import os
import time
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.demo.bulk_insert import wide_cache
from app.demo.generate import make_demo
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.sync import synchronise
from app.lowcode.unit import unit_of_work

PASSWORD = "Xiaoqu-2025"  # noqa: S105 (of nobody: the office is thrown away)
FEE = 1
"""The demo's fee by area: it is billed for any month, while a metered one waits for readings."""


def app_of(*, folder: Path, url: str = "") -> Flask:
    """Return the product's app on the instance in `folder`; forms need no token in this process."""
    environ = {name: os.environ[name] for name in ("TIMEZONE",) if name in os.environ}
    environ["INSTANCE_DIR"] = str(folder)
    if url:
        environ["DATABASE_URL"] = url
    return create_app({"ENVIRON": environ, "WTF_CSRF_ENABLED": False})


def prepare(app: Flask) -> None:
    """Make the database, its permissions and roles."""
    with app.app_context(), acting_as(SYSTEM):
        upgrade()
        with unit_of_work() as session:
            synchronise(session=session, app=app)
        db.session.remove()


def furnish(app: Flask, *, rooms: int, months: int) -> float:
    """Make the database and the demo; returns the seconds that the demo took."""
    prepare(app)
    with app.app_context(), acting_as(SYSTEM):
        started = time.perf_counter()
        with unit_of_work() as session, wide_cache(session):
            make_demo(session=session, rooms=rooms, months=months, password=PASSWORD, say=lambda _line: None)
        took = time.perf_counter() - started
        db.session.remove()
        return took


def rows_in(app: Flask) -> int:
    """How many rows the database holds."""
    with app.app_context(), db.engine.connect() as connection:
        found = 0
        for table in db.metadata.sorted_tables:
            quoted = db.engine.dialect.identifier_preparer.format_table(table)
            found += connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}").scalar_one()
        return found
