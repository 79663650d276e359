"""The roles of the table become rows, once."""

from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.system.operations.guards import pairs_of
from app.system.roles import ADMINISTRATOR, ROLES, declared_pairs

MONEY = {
    "Charge",
    "Receipt",
    "ReceiptTender",
    "ReceiptVoid",
    "Allocation",
    "Desk",
    "BillingRun",
    "MonthSummary",
}


def test_a_second_sync_writes_nothing(office: Flask) -> None:
    result = office.test_cli_runner().invoke(args=["sync"], catch_exceptions=False)
    assert "写入 0 项" in result.output


def test_every_role_holds_exactly_what_the_table_gives(office: Flask, session: Session) -> None:
    declared = declared_pairs()
    found = dict(session.execute(select(Role.name, Role.id)).all())
    assert set(declared) == set(ROLES) <= set(found)
    for name, pairs in declared.items():
        assert pairs, name
        assert pairs_of(session=session, role_id=found[name]) == frozenset(pairs), name


def test_the_administrator_holds_no_right_over_money() -> None:
    assert not MONEY & set(ROLES["系统管理员"])


def test_reading_only_is_reading_only() -> None:
    assert set(" ".join(ROLES["只读"].values()).split()) == {"read"}


def test_what_the_office_changed_survives_a_sync(office: Flask, session: Session) -> None:
    from app.lowcode.unit import unit_of_work
    from app.system.operations.roles import change_role

    role = session.scalars(select(Role).where(Role.name == "只读")).one()
    role_id, name = role.id, role.name
    with unit_of_work() as unit:
        change_role(session=unit, role_id=role_id, name=name, pairs=[("read", "Room")])
    office.test_cli_runner().invoke(args=["sync"], catch_exceptions=False)
    assert pairs_of(session=session, role_id=role_id) == {("read", "Room")}


def test_the_administrators_role_is_the_one_of_the_settings(office: Flask) -> None:
    assert office.config["AUTH_ROLE_ADMIN"] == ADMINISTRATOR
