"""系统管理员 may give every right, and holds none over money: not in its own role, nor by another one."""

from collections.abc import Collection
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import Grants
from app.system.operations.guards import pairs_of
from app.system.operations.roles import add_role, change_role
from app.system.operations.separation import AdministratorInMoneyRole, AdministratorWithoutMoney
from app.system.operations.users import add_user, change_user
from app.system.rights import money_pairs

from .cast import PASSWORD, Browser, working_as

READS = [
    ("read", "Charge"),
    ("void", "Receipt"),
    ("collect", "Desk"),
    ("read", "MonthSummary"),
    ("close", "AccountingPeriod"),
]


def role_id(session: Session, name: str) -> int:
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def user_id(session: Session, username: str) -> int:
    return session.scalars(select(User.id).where(User.username == username)).one()


def change(unit: Session, username: str, roles: Collection[int]) -> None:
    change_user(
        session=unit,
        user_id=user_id(unit, username),
        name="某人",
        email=None,
        password=None,
        role_ids=roles,
        grants=Grants(everything=True),
    )


def test_what_is_a_right_over_money(office: Flask) -> None:
    with office.app_context():
        money = money_pairs()
    assert set(READS) <= money
    assert {("read", "Room"), ("edit", "Role"), ("read", "History")}.isdisjoint(money)
    assert ("edit", "ApprovalLimit") not in money  # who sets the limits does not approve


@pytest.mark.parametrize("pair", READS)
def test_the_administrators_role_gets_none(office: Flask, session: Session, pair: tuple[str, str]) -> None:
    key = role_id(session, "系统管理员")
    before = pairs_of(session=session, role_id=key)
    with pytest.raises(AdministratorWithoutMoney), working_as(office, "guanliyuan") as unit:
        change_role(session=unit, role_id=key, name="系统管理员", pairs=before | {pair})
    session.rollback()
    assert pairs_of(session=session, role_id=key) == before


def test_its_boxes_are_closed_and_a_forged_tick_refused(admin: Browser, session: Session) -> None:
    url = f"/role/edit/{role_id(session, '系统管理员')}"
    page = admin.get(url).text
    assert 'value="Receipt.void" aria-label="收据 作废" disabled' in page
    form = admin.form(url)
    answer = admin.post(url, {**form, "rights": [*form["rights"], "Receipt.void"]})
    assert answer.status_code == 422 and "系统管理员不能有收费、收款、月结和报表的权限：收据" in answer.text


def test_an_administrator_gives_them_to_others(office: Flask, session: Session) -> None:
    with working_as(office, "guanliyuan") as unit:
        made = add_role(session=unit, name="出纳", pairs=READS).id
    session.rollback()
    assert pairs_of(session=session, role_id=made) == set(READS)


def test_nobody_is_both(office: Flask, session: Session) -> None:
    both = [role_id(session, "系统管理员"), role_id(session, "收费员")]
    given: dict[str, Any] = {"name": "两样", "password": PASSWORD, "role_ids": both}
    with pytest.raises(AdministratorInMoneyRole), working_as(office, "guanliyuan") as unit:
        add_user(session=unit, username="liangyang", **given)
    for username in ("guanliyuan", "jingli"):
        with pytest.raises(AdministratorInMoneyRole), working_as(office, "guanliyuan") as unit:
            change(unit, username, both)


def test_a_role_without_money_may_be_an_administrators_too(office: Flask, session: Session) -> None:
    both = [role_id(session, "系统管理员"), role_id(session, "维修工")]
    with working_as(office, "guanliyuan") as unit:
        change(unit, "guanliyuan", both)
    key = both[1]
    before = pairs_of(session=session, role_id=key)
    # … and then gets no right over money either: the administrator would have it.
    with pytest.raises(AdministratorInMoneyRole), working_as(office, "guanliyuan") as unit:
        change_role(session=unit, role_id=key, name="维修工", pairs=before | {("read", "Charge")})


def test_who_was_both_before_the_rule_can_still_be_renamed(office: Flask, session: Session) -> None:
    both = [role_id(session, "系统管理员"), role_id(session, "收费员")]
    with working_as(office, "guanliyuan") as unit:
        user = unit.scalars(select(User).where(User.username == "guanliyuan")).one()
        user.roles = list(unit.scalars(select(Role).where(Role.id.in_(both))))
    with working_as(office, "guanliyuan") as unit:
        change(unit, "guanliyuan", both)
