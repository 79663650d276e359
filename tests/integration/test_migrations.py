"""Migrations that fill what they add, on an office that has been at work."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from app.billing.models import MonthSum
from app.closing.audit import check_books
from app.lowcode.db import db
from tests.cases.databases import KINDS
from tests.integration.demo.demos import demo_on, looking_at

BEFORE_SUMS = "309239370d3c"


@pytest.mark.parametrize("kind", KINDS)
def test_the_sums_of_the_months_are_made_of_what_was_posted(
    app_on: Callable[[str], Flask], kind: str
) -> None:
    app = demo_on(app_on(kind), rooms=30, months=3, dealings=True)
    with looking_at(app) as session:
        before = session.execute(select(func.count(MonthSum.id), func.sum(MonthSum.amount))).one()
    with app.app_context():
        db.session.remove()
        downgrade(revision=BEFORE_SUMS)
        upgrade()
    with looking_at(app) as session:
        after = session.execute(select(func.count(MonthSum.id), func.sum(MonthSum.amount))).one()
        assert check_books(session=session) == []
    assert before == after and before[0] > 10
