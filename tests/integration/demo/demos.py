"""Small demos for the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.demo.generate import make_demo
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.clock import clock_at
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from tests.people import PASSWORD

NOW = datetime(2026, 2, 20, 4, tzinfo=UTC)  # 12:00 in the office


def small_demo(
    *,
    rooms: int = 24,
    months: int = 4,
    password: str | None = PASSWORD,
    say: Callable[[str], None] | None = None,
    dealings: bool = False,
) -> list[str]:
    """A demo on the 20th of February 2026 in a unit of its own; returns what it said."""
    said: list[str] = []
    with clock_at(NOW), acting_as(SYSTEM), unit_of_work() as session:
        make_demo(
            session=session,
            rooms=rooms,
            months=months,
            password=password,
            say=say or said.append,
            dealings=dealings,
        )
    return said


def demo_on(app: Flask, **size: Any) -> Flask:
    """The app with a demo in its database (`small_demo`), for a module's tests to look at."""
    with app.app_context():
        small_demo(**size)
        db.session.remove()
    return app


@contextmanager
def looking_at(app: Flask) -> Iterator[Session]:
    """A session of the house itself; what is written in it is taken back."""
    with app.app_context(), acting_as(SYSTEM):
        yield db.session()
        db.session.rollback()


def forget(session: Session) -> None:
    """See the database as it is now."""
    session.rollback()
    session.expire_all()
