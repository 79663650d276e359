"""Who reaches a part of the office may not change what holds for all of it: guarded in the session, denied by default."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import (
    Permission,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.estate.models import Community, Company, Department
from app.estate.reach import grant_everything
from app.lowcode.actors import SYSTEM, Actor, Reach, acting_as
from app.lowcode.db import db
from app.lowcode.dictionary import DictionaryEntry
from app.lowcode.document import OfficeOrCommunityScoped, documents
from app.lowcode.numbers import NumberRule
from app.lowcode.scope import WholeCompanyRow, WholeOfficeRow, holds_for_all
from app.lowcode.settings import Setting
from app.lowcode.unit import unit_of_work

# Rows of no community that people of a part write all the same; the class says why.
WRITTEN_BY_PARTS = {"Account", "Job", "LoginRecord", "LoginSession", "Notice", "NumberPrefix", "ScopeGrant"}


@pytest.fixture
def local(session: Session) -> Iterator[Actor]:
    """Somebody who reaches one community, and sees its company."""
    community, company = session.execute(
        select(Community.id, Community.company_id).order_by(Community.id).limit(1)
    ).one()
    actor = Actor(4711, "一区经理", Reach(frozenset({community}), frozenset({company})))
    session.rollback()
    with acting_as(actor):
        yield actor


def shared() -> list[str]:
    return sorted(
        name
        for name, model in documents.items()
        if holds_for_all(model)
        or (issubclass(model, OfficeOrCommunityScoped) and not model.__written_by_parts__)
    )


def test_the_walk_below_meets_what_was_found_open(session: Session) -> None:
    """X3: roles, menu, dictionary, approval limits, fee items hold for the whole office by default."""
    assert {
        "Role",
        "MenuItem",
        "DictionaryEntry",
        "ApprovalLimit",
        "FeeItem",
        "NumberRule",
        "Setting",
    } <= set(shared())


def test_every_exception_says_why(session: Session) -> None:
    """X3: a document that people of a part write although it is of no community gives its reason in the class."""
    excepted = {
        name
        for name, model in documents.items()
        if getattr(model, "__written_by_parts__", "") and name in WRITTEN_BY_PARTS
    }
    every = {name for name, model in documents.items() if getattr(model, "__written_by_parts__", "")}
    assert (excepted, every - WRITTEN_BY_PARTS) == (WRITTEN_BY_PARTS, set())


def test_no_row_of_the_whole_office_is_added_by_a_part(session: Session, local: Actor) -> None:
    """X3: whatever document is declared next is denied too."""
    for name in shared():
        with pytest.raises(WholeOfficeRow, match="管辖范围是“全公司”的人"), unit_of_work() as unit:
            unit.add(documents[name]())
            unit.flush()
        session.expunge_all()


def test_rows_of_flask_appbuilder_are_guarded_alike(session: Session, local: Actor) -> None:
    """X3: roles and what they give, as rows and as statements that pass the rows by."""
    role_id = session.scalars(select(Role.id)).first()
    rows: list[Any] = [Role(name="新角色"), Permission(name="can_all"), ViewMenu(name="Everything")]
    for row in rows:
        with pytest.raises(WholeOfficeRow), unit_of_work() as unit:
            unit.add(row)
            unit.flush()
        session.expunge_all()
    for statement in (
        insert(assoc_permissionview_role).values(permission_view_id=1, role_id=role_id),
        delete(assoc_permissionview_role).where(assoc_permissionview_role.c.role_id == role_id),
        update(Role).where(Role.id == role_id).values(name="别的"),
        update(FeeItem).values(name="别的"),
        delete(DictionaryEntry),
    ):
        with pytest.raises(WholeOfficeRow), unit_of_work() as unit:
            unit.execute(statement)


def test_what_holds_for_all_is_neither_changed_nor_deleted_nor_taken_for_oneself(
    session: Session, local: Actor
) -> None:
    """X3: a rule of the whole office does not become a community's own either."""
    rule = session.scalars(select(NumberRule.id).where(NumberRule.community_id.is_(None))).first()
    community = next(iter(local.reach.communities or ()))
    for values in ({"prefix": "ZZ"}, {"community_id": community}):
        with pytest.raises(WholeOfficeRow), unit_of_work() as unit:
            row = unit.get_one(NumberRule, rule)
            for name, value in values.items():
                setattr(row, name, value)
            unit.flush()
        session.expunge_all()
    with pytest.raises(WholeOfficeRow), unit_of_work() as unit:
        unit.delete(unit.get_one(NumberRule, rule))
        unit.flush()
    session.expunge_all()
    with unit_of_work() as unit:
        unit.add(Setting(key="billing.proration", community_id=community, value="thirty"))


def test_what_holds_for_a_company_is_written_by_who_is_given_the_company(
    session: Session, local: Actor
) -> None:
    """X3: departments, employees and technicians' trades hold for all communities of their company."""
    company = next(iter(local.reach.companies or ()))
    with pytest.raises(WholeCompanyRow), unit_of_work() as unit:
        unit.add(Department(company_id=company, name="工程部"))
        unit.flush()
    session.expunge_all()
    held = Reach(local.reach.communities, local.reach.companies, frozenset({company}))
    with acting_as(Actor(4712, "公司经理", held)), unit_of_work() as unit:
        unit.add(Department(company_id=company, name="工程部"))
        unit.flush()
        unit.get_one(Company, company).name = "锦东物业"


@pytest.mark.parametrize("path", ["/role/list/", "/role/show/{}", "/dictionary_entry/list/"])
def test_what_would_be_refused_is_not_offered(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient], path: str
) -> None:
    """X3: who has the right but reaches a part sees no button; with the whole office in reach it is there."""
    with app.app_context(), acting_as(SYSTEM):
        url = path.format(db.session.scalar(select(func.max(Role.id))))
        admin = db.session.scalars(select(User).where(User.username == cast["管理员"])).one().id
        db.session.remove()
    buttons = re.compile(r'/(?:add|edit|copy|delete)(?:/[^"]*)?"')
    client = client_of("管理员")
    assert buttons.findall(client.get(url).text) == []
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        grant_everything(session=session, user_id=admin)
    assert len(buttons.findall(client.get(url).text)) >= 2
