"""The roles of the table become rows, once."""

from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import Role, assoc_permissionview_role
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.lowcode import permissions
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.unit import unit_of_work
from app.system.operations.guards import pairs_of
from app.system.operations.roles import change_role
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
    role = session.scalars(select(Role).where(Role.name == "只读")).one()
    role_id, name = role.id, role.name
    with unit_of_work() as unit:
        change_role(session=unit, role_id=role_id, name=name, pairs=[("read", "Room")])
    office.test_cli_runner().invoke(args=["sync"], catch_exceptions=False)
    assert pairs_of(session=session, role_id=role_id) == {("read", "Room")}


def roles_of(*, drop: tuple[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The declared roles as they were before a right was declared."""
    return {name: [pair for pair in pairs if pair != drop] for name, pairs in declared_pairs().items()}


def synchronised(app: Flask, roles: Any = None, pairs: Any = None) -> int:
    with acting_as(SYSTEM), unit_of_work() as session:
        return permissions.synchronise(
            session=session, pairs=pairs or permissions.known_pairs(app), roles=roles or declared_pairs()
        )


def held(session: Session, role: str) -> frozenset[tuple[str, str]]:
    session.rollback()
    found = session.scalars(select(Role.id).where(Role.name == role)).one()
    return pairs_of(session=session, role_id=found)


def test_a_right_that_is_declared_later_is_given_to_a_role_that_exists(
    office: Flask, session: Session
) -> None:
    """E2: the pair existed before, and so did the role."""
    right = ("alert", "RepairOrder")
    role_id = session.scalars(select(Role.id).where(Role.name == "客服")).one()
    with office.app_context(), unit_of_work() as unit:
        unit.execute(
            delete(permissions.offered_rights).where(permissions.offered_rights.c.role_id == role_id)
        )
        unit.execute(delete(assoc_permissionview_role).where(assoc_permissionview_role.c.role_id == role_id))
    with office.app_context():
        synchronised(office, roles=roles_of(drop=right))
        assert right not in held(session, "客服")
        assert synchronised(office) == 1
        assert right in held(session, "客服")
        assert synchronised(office) == 0


def test_a_right_that_the_office_took_away_is_not_given_again(office: Flask, session: Session) -> None:
    """E2: however often the office starts, and whatever else is declared."""
    role = session.scalars(select(Role).where(Role.name == "客服")).one()
    with unit_of_work() as unit:
        change_role(session=unit, role_id=role.id, name="客服", pairs=[("read", "Room")])
    with office.app_context():
        assert synchronised(office) == 0
    assert held(session, "客服") == {("read", "Room")}


def test_grants_of_a_document_that_is_not_known_stay(office: Flask, session: Session) -> None:
    """E2: a module that is not installed for a day loses nothing; a verb that a document has lost goes."""
    with office.app_context():
        pairs = permissions.known_pairs(office)
        synchronised(office, pairs=[pair for pair in pairs if pair[1] != "Complaint"])
        assert ("read", "Complaint") in held(session, "客服")
        synchronised(office, pairs=[pair for pair in pairs if pair != ("cancel", "Complaint")])
        assert ("cancel", "Complaint") not in held(session, "客服")
        assert ("read", "Complaint") in held(session, "客服")
        synchronised(office)
        assert ("cancel", "Complaint") in held(session, "客服")


def test_saving_a_role_keeps_the_rights_that_its_page_does_not_show(office: Flask, session: Session) -> None:
    """E2: those of documents that no installed module knows."""
    unknown = ("read", "Visitor")
    with office.app_context():
        synchronised(
            office,
            pairs=[*permissions.known_pairs(office), unknown],
            roles={**declared_pairs(), "客服": [*declared_pairs()["客服"], unknown]},
        )
        role = session.scalars(select(Role).where(Role.name == "客服")).one()
        with unit_of_work() as unit:
            change_role(session=unit, role_id=role.id, name="客服", pairs=[("read", "Room")])
    assert held(session, "客服") == {("read", "Room"), unknown}


def test_who_is_told_of_a_passed_limit_is_somebody(office: Flask) -> None:
    """E2: every verb that a limit's level is told to is held by a role from the start."""
    given = {pair for pairs in declared_pairs().values() for pair in pairs}
    told_to = {
        (level.to, name)
        for name, flow in engine_of(office).workflows.items()
        for limit in flow.limits
        for level in limit.levels
    }
    assert ("alert", "Complaint") in told_to
    assert told_to - given == set()


def test_the_administrators_role_is_the_one_of_the_settings(office: Flask) -> None:
    assert office.config["AUTH_ROLE_ADMIN"] == ADMINISTRATOR
