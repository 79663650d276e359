"""管辖范围: a grant on a node holds for what is below it, today's and tomorrow's."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import Grants, descendants, grants_of, set_grants
from app.estate.models import Community, Company
from app.estate.reach import resolve_reach
from app.lowcode.actors import EVERYTHING, NOTHING
from app.lowcode.unit import unit_of_work

USER = 999


def ids(session: Session, model: type) -> dict[str, int]:
    return dict(session.execute(select(model.name, model.id)).all())  # type: ignore[attr-defined]


def give(wanted: Grants) -> None:
    with unit_of_work() as unit:
        set_grants(session=unit, user_id=USER, wanted=wanted)


def test_nothing_until_something_is_given(session: Session) -> None:
    assert resolve_reach(USER) == NOTHING


def test_everything(session: Session) -> None:
    give(Grants(everything=True, communities=frozenset(ids(session, Community).values())))
    assert resolve_reach(USER) == EVERYTHING
    assert grants_of(session=session, user_id=USER) == Grants(everything=True)


def test_a_company_with_all_below_it_and_what_comes_later(session: Session) -> None:
    companies, communities = ids(session, Company), ids(session, Community)
    give(Grants(companies=frozenset({companies["东区公司"]})))
    reach = resolve_reach(USER)
    assert reach.communities == {communities["锦绣花园"]}
    # the trunk of the tree is seen, the neighbour's branch is not
    assert reach.companies == {companies["东区公司"], companies["锦东置业"]}
    with unit_of_work() as unit:
        below = Company(name="东区一部", parent_id=companies["东区公司"])
        unit.add(below)
        unit.flush()
        later = Community(name="后建小区", company_id=below.id)
        unit.add(later)
        unit.flush()
        later_id = later.id
    assert resolve_reach(USER).communities == {communities["锦绣花园"], later_id}


def test_a_community_alone(session: Session) -> None:
    companies, communities = ids(session, Company), ids(session, Community)
    give(Grants(communities=frozenset({communities["邻里家园"]})))
    reach = resolve_reach(USER)
    assert reach.communities == {communities["邻里家园"]}
    assert reach.companies == {companies["西区公司"], companies["锦东置业"]}


def test_what_is_taken_back_is_gone(session: Session) -> None:
    give(Grants(communities=frozenset(ids(session, Community).values())))
    give(Grants())
    assert resolve_reach(USER) == NOTHING


def test_a_circle_of_companies_ends() -> None:
    assert descendants(parents={1: 2, 2: 1, 3: None}, roots=[1]) == {1, 2}


def test_an_administrator_made_at_the_first_start_reaches_everything(office: Flask, session: Session) -> None:
    from flask_appbuilder.security.sqla.models import User

    from app.lowcode.commands import first_administrator

    assert first_administrator() is None, "there are operators already"
    key = session.scalars(select(User.id).where(User.username == "guanliyuan")).one()
    assert resolve_reach(key) == EVERYTHING
