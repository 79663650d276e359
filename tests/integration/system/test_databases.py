"""What is particular to operators and roles works on every database: computed columns, locks, several tables at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import Grants, grants_of
from app.system.operations.guards import LastAdministrator, pairs_of


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The database of this test's kind, not the SQLite office of the tests beside."""
    from app.lowcode.actors import SYSTEM, acting_as
    from app.lowcode.db import db

    with app.app_context(), acting_as(SYSTEM):
        yield db.session()
        db.session.rollback()


@pytest.mark.all_databases
def test_lists_filter_sort_and_export_what_the_database_computes(
    cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    admin = client_of("管理员")
    page = admin.get("/user/list/?f.role_names.has=维修工&order=-last_seen,username").text
    assert "weixiu" in page
    assert "shoufei" not in page
    assert admin.get("/role/list/?f.member_count.ge=2&order=-right_count").text.count("/role/show/") >= 1
    assert admin.get("/user/export").data[:2] == b"PK"
    assert admin.get("/role/print").status_code == 200


@pytest.mark.all_databases
def test_an_operator_and_a_role_come_change_and_go(app: Flask, session: Session, cast: Any) -> None:
    from app.lowcode.unit import unit_of_work
    from app.system.operations.accounts import disable_user
    from app.system.operations.roles import add_role, change_role, delete_role
    from app.system.operations.users import add_user, change_user, delete_user

    with unit_of_work() as unit:
        admin = unit.scalars(select(Role.id).where(Role.name == "系统管理员")).one()
        chief = add_user(
            session=unit,
            username="chief",
            name="主任",
            password="Xin-mi-ma-1",
            role_ids=[admin],
            grants=Grants(everything=True),
        ).id
        role = add_role(session=unit, name="出纳", pairs=[("read", "Room"), ("read", "Charge")]).id
        clerk = add_user(session=unit, username="chuna", name="出纳", role_ids=[role]).id
    with unit_of_work() as unit:
        change_role(
            session=unit, role_id=role, name="现金出纳", pairs=[("read", "Charge"), ("export", "Charge")]
        )
        change_user(
            session=unit,
            user_id=clerk,
            name="老出纳",
            email="chuna@office.example",
            password=None,
            role_ids=[],
            grants=Grants(communities=frozenset({cast.ours.community_id})),
        )
    assert pairs_of(session=session, role_id=role) == {("read", "Charge"), ("export", "Charge")}
    assert grants_of(session=session, user_id=clerk).communities == {cast.ours.community_id}
    with unit_of_work() as unit:
        assert delete_role(session=unit, role_id=role) == "现金出纳"
        assert delete_user(session=unit, user_id=clerk) == "老出纳（chuna）"
    with pytest.raises(LastAdministrator), unit_of_work() as unit:
        disable_user(session=unit, user_id=chief, by=None)
    assert session.get_one(User, chief).active
