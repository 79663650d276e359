"""Small demos for the tests."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.clock import clock_at
from app.lowcode.unit import unit_of_work
from app.reports.demo.making import make_demo
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
            session=session, rooms=rooms, months=months, password=password, say=say or said.append, dealings=dealings
        )  # fmt: skip
    return said


def forget(session: Session) -> None:
    """See the database as it is now."""
    session.rollback()
    session.expire_all()
