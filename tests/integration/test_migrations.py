"""Migrations that fill what they add, on an office that has been at work."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from app.billing.models import MonthSum
from app.closing.audit import check_books
from app.lowcode import permissions
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.system.operations.guards import pairs_of
from app.system.operations.roles import change_role
from app.system.roles import declared_pairs
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


@pytest.mark.all_databases
def test_what_goes_down_and_up_goes_down_again(app: Flask) -> None:
    """MariaDB keeps an index that was made by the way down and would refuse it the second time."""
    with app.app_context():
        for _turn in range(2):
            downgrade(revision=BEFORE_SUMS)
            upgrade()
        assert "offered_right" in inspect(db.engine).get_table_names()


BEFORE_OFFERS = "5f0c1a7b9d24"


@pytest.mark.all_databases
def test_what_the_office_changed_on_a_role_counts_as_offered(app: Flask) -> None:
    """E2: after the migration a role gets what is new, and not what the office took from it before."""
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            role = session.scalars(select(Role).where(Role.name == "客服")).one()
            role_id, pairs = role.id, pairs_of(session=session, role_id=role.id)
            kept = [pair for pair in pairs if pair != ("alert", "RepairOrder")]
            change_role(session=session, role_id=role_id, name="客服", pairs=kept)
            forget(session, role_id, ("cancel", "Complaint"))
        db.session.remove()
        downgrade(revision=BEFORE_OFFERS)
        upgrade()
        with unit_of_work() as session:
            permissions.synchronise(
                session=session, pairs=permissions.known_pairs(app), roles=declared_pairs()
            )
        with unit_of_work() as session:
            assert pairs_of(session=session, role_id=role_id) == pairs - {("alert", "RepairOrder")}


def forget(session: Session, role_id: int, pair: tuple[str, str]) -> None:
    """Take a grant without a line of history, as it is of a right that the table gave later."""
    key = (
        select(PermissionView.id)
        .join(Permission, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
        .where(Permission.name == f"can_{pair[0]}", ViewMenu.name == pair[1])
    )
    grants = assoc_permissionview_role.c
    session.execute(
        delete(assoc_permissionview_role).where(
            grants.role_id == role_id, grants.permission_view_id == session.scalar(key)
        )
    )
