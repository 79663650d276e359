"""A demo made at any hour of any day holds nothing that happens later: what waits would look stale, or be refused."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.demo.generate import make_demo
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.clock import clock_at
from app.lowcode.db import db
from app.lowcode.types import Moment
from app.lowcode.unit import unit_of_work

AHEAD = {
    ("repair_order", "due_at"),
}
"""Columns that say until when; every other moment has been."""


@pytest.mark.parametrize(
    "now",
    # Later than what the prepared office wrote when this test began.
    [
        datetime(2097, 2, 28, 16, 5, tzinfo=UTC),  # five past midnight of the 1st in the office
        datetime(2097, 3, 9, 22, tzinfo=UTC),  # before the office opens on the 10th
        datetime(2097, 3, 31, 15, 55, tzinfo=UTC),  # the last minutes of a month
    ],
    ids=str,
)
def test_nothing_happens_later_than_now(app: Flask, now: datetime) -> None:
    with app.app_context(), acting_as(SYSTEM):
        with clock_at(now), unit_of_work() as session:
            make_demo(
                session=session, rooms=80, months=2, password=None, say=lambda _text: None, dealings=True
            )
        moments = {
            (table.name, column.name): db.session.scalar(select(func.max(column)))
            for table in db.metadata.tables.values()
            for column in table.columns
            if isinstance(column.type, Moment)
        }
    held = {place for place, moment in moments.items() if moment is not None}
    assert len(held) > 10
    later = {place: str(moments[place]) for place in held if moments[place] > now}
    assert later.keys() - AHEAD == set(), later
