"""Each role of the cast goes to every URL of the office: what it may works, what it may not is refused and changes nothing.

What a URL asks for and what a role may are both written by hand (tests/journeys/rights.py): neither is taken from the
product, so that a wrong mark on a view and a wrong line in the roles' table are both seen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import ScopeGrant
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from tests.cases.snapshot import changes, rows_of_every_table
from tests.journeys.form_values import Unfilled, fill, rules
from tests.journeys.full_office import FullOffice
from tests.journeys.ours import World
from tests.journeys.rights import ANYBODY, RIGHTS, asked_by, refusals_of_others
from tests.journeys.visits import Visit
from tests.offices import PreparedOffice

GOOD, REFUSED = {200, 302}, {403, 404}


@dataclass
class Crawl:
    """The office with our community in it, somebody of each role, and where to go: (rule, what it asks for, visit)."""

    office: PreparedOffice
    people: dict[str, FlaskClient]
    kept: Any
    visits: list[tuple[str, Any, Visit]]

    @property
    def url(self) -> str:
        return str(self.office.app.config["SQLALCHEMY_DATABASE_URI"])

    def go(self, role: str, visit: Visit) -> tuple[int, str]:
        """Send a visit; a preview's second press included."""
        status, text = self._send(role, visit)
        hidden = dict(re.findall(r'name="(seen|row_version)"[^>]*value="([^"]*)"', text))
        if visit.twice and hidden:
            status, text = self._send(role, replace(visit, data={**visit.data, **hidden}))
        return status, text

    def _send(self, role: str, visit: Visit) -> tuple[int, str]:
        data = visit.data() if callable(visit.data) else visit.data
        with self.people[role].open(visit.url, method=visit.method, data=data, json=visit.json) as answer:
            return answer.status_code, answer.get_data().decode(errors="replace")


@pytest.fixture
def crawl(full_office: FullOffice, login: Callable[..., FlaskClient], tmp_path: Path) -> Crawl:
    office, world = full_office.open(), full_office.world
    app = office.app
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            names = _people(session, world, full_office.cast)
        visits = _visits(app, db.session(), world)
        db.session.rollback()
    people = {role: login(app.test_client(), name) for role, name in names.items()}
    kept = tmp_path / "kept.db"
    office.keep(kept)
    return Crawl(office, people, kept, visits)


def _people(session: Session, world: World, cast: Any) -> dict[str, str]:
    """Somebody of each role who reaches the whole office; role → login name."""
    like = session.scalars(select(User).where(User.username == cast["收费员"])).one()
    names = {}
    for place, role in enumerate(RIGHTS):
        row = session.scalars(select(Role).where(Role.name == role)).one()
        user = User(
            first_name="",
            last_name=role,
            username=f"crawler{place}",
            active=True,
            password=like.password,
            email=f"crawler{place}@office.invalid",
            roles=[row],
        )
        session.add(user)
        session.flush()
        session.add(ScopeGrant(user_id=user.id))
        names[role] = user.username
    return names


def _visits(app: Flask, session: Session, world: World) -> list[tuple[str, Any, Visit]]:
    found_visits = []
    for rule, method in rules(app):
        try:
            visits = fill(app, session, world, rule, method)
        except Unfilled:
            continue  # the neighbour's walk fails for it
        if method == "GET":
            visits = visits[:1]
        found_visits += [(rule.rule, asked_by(rule.rule, method, visit.url), visit) for visit in visits]
    return found_visits


def test_every_url_is_known_to_the_hand_written_table(crawl: Crawl) -> None:
    assert [f"{visit.method} {rule}" for rule, asked, visit in crawl.visits if asked is None] == []


def test_the_table_names_only_what_some_url_asks_for(crawl: Crawl) -> None:
    """A right that no URL asks for is a slip of the pen in the table."""
    asked = {one for _rule, one, _visit in crawl.visits if one not in (None, ANYBODY)}
    documents = {document for _verb, document in asked}
    wrong = {
        f"{role}: {document}"
        for role, rights in RIGHTS.items()
        for _verb, document in rights
        if document not in documents
    }
    assert wrong == set()


def test_what_a_role_may_see_it_sees_and_nothing_else(crawl: Crawl) -> None:
    wrong = [line for role in RIGHTS for line in _seen_wrongly(crawl, role)]
    assert not wrong, "\n".join(wrong)


def _seen_wrongly(crawl: Crawl, role: str) -> Iterator[str]:
    for rule, asked, visit in crawl.visits:
        if visit.method != "GET":
            continue
        status, _text = crawl.go(role, visit)
        allowed = asked == ANYBODY or asked in RIGHTS[role]
        if allowed and status not in GOOD | refusals_of_others(role, rule):
            yield f"{role} may {asked}, but {visit.url} answers {status}"
        if not allowed and status not in REFUSED:
            yield f"{role} may not {asked}, but {visit.url} answers {status}"


def test_what_a_role_may_do_is_done_and_nothing_else(crawl: Crawl) -> None:
    wrong = []
    for role in RIGHTS:
        wrong += [*_done_wrongly(crawl, role), *_not_done(crawl, role)]
    assert not wrong, "\n".join(wrong)


def _done_wrongly(crawl: Crawl, role: str) -> list[str]:
    """Everything that the role may not do, one after the other: each refused, and nothing changed by all of it."""
    before = rows_of_every_table(url=crawl.url)
    found = []
    for _rule, asked, visit in crawl.visits:
        if visit.method == "GET" or asked == ANYBODY or asked in RIGHTS[role]:
            continue
        status, _text = crawl.go(role, visit)
        if status not in REFUSED:
            found.append(f"{role} may not {asked}, but {visit.method} {visit.url} answers {status}")
    return found + [f"{role}: {line}" for line in changes(before, rows_of_every_table(url=crawl.url))]


def _not_done(crawl: Crawl, role: str) -> Iterator[str]:
    """Everything that the role may do, each in the office as it was."""
    before = rows_of_every_table(url=crawl.url)
    for rule, asked, visit in crawl.visits:
        if visit.method == "GET" or asked not in RIGHTS[role] or not visit.works:
            continue
        status, text = crawl.go(role, visit)
        if status == 303 and changes(before, rows_of_every_table(url=crawl.url)):
            status = 302  # a refused delete leads on by 303 too, but changes nothing
        if status not in GOOD | refusals_of_others(role, rule):
            why = re.findall(r"(?:invalid-feedback|alert-text)[^>]*>\s*([^<]+)", text)
            yield f"{role} may {asked}, but {visit.url} {visit.data or visit.json} answers {status} {why[:2]}"
        crawl.office.put_back(crawl.kept)
