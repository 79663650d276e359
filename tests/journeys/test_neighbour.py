"""邻区: a person of another community goes to every URL of the office with ids of ours, and comes away with nothing.

Each URL is first proved to work for a person of ours. The neighbour holds the same permissions, all there are, so
that only the reach stands between; the plain 邻区收费员 goes the same way after.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.lookups import MISSED
from tests.cases.snapshot import changes, rows_of_every_table
from tests.journeys.form_values import fill, rules, unmarked
from tests.journeys.full_office import FullOffice
from tests.journeys.ours import ASKED, HIDDEN, World
from tests.journeys.visits import Unfilled, Visit, is_scoped
from tests.offices import PreparedOffice

OUR_ID = re.compile(r"\b7000\d{3}\b")
STRANGERS = ("neighbour", "邻区收费员")


@dataclass
class Answer:
    """What came back, as text: spreadsheets unpacked, escapes undone."""

    status: int
    text: str


@dataclass
class Walk:
    """The office with our community in it, and who walks through."""

    office: PreparedOffice
    world: World
    people: dict[str, FlaskClient]
    kept: Path
    visits: Sequence[tuple[str, bool, Visit]]  # (rule, whether of a document of the whole office, visit)

    @property
    def url(self) -> str:
        return str(self.office.app.config["SQLALCHEMY_DATABASE_URI"])

    def go(self, who: str, visit: Visit, *, follow: bool = False) -> Answer:
        """Send a visit; a preview's second press included."""
        answer = self._send(who, visit, follow)
        hidden = dict(re.findall(r'name="(seen|row_version)"[^>]*value="([^"]*)"', answer.text))
        if visit.twice and hidden:
            answer = self._send(who, replace(visit, data={**visit.data, **hidden}), follow)
        return answer

    def _send(self, who: str, visit: Visit, follow: bool) -> Answer:
        with self.people[who].open(
            visit.url,
            method=visit.method,
            data=visit.data() if callable(visit.data) else visit.data,
            json=visit.json,
            follow_redirects=follow,
        ) as response:
            return Answer(response.status_code, _text(response))

    def tells(self, answer: Answer) -> bool:
        """Whether an answer shows a word or number of ours."""
        return any(word in answer.text for word in self.world.secrets - {ASKED})

    def traces(self, visit: Visit, answer: Answer) -> list[str]:
        """What of ours an answer tells, beyond what was asked with."""
        asked = unquote(f"{visit.url} {visit.data} {visit.json}")
        words = [
            word
            for word in self.world.secrets
            if word in answer.text and (word not in asked or word == HIDDEN)
        ]
        return sorted({*words, *OUR_ID.findall(answer.text)} - set(OUR_ID.findall(asked)) - _typed(asked))


def _typed(asked: str) -> set[str]:
    # A search for a whole name of ours is shown again in the search box.
    return {HIDDEN} if HIDDEN in asked else set()


def _text(response: Any) -> str:
    data = response.get_data()
    if response.mimetype.startswith("image/"):
        return HIDDEN  # all pictures are ours
    if data[:2] == b"PK":
        with ZipFile(BytesIO(data)) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist())
    if response.is_json:
        return json.dumps(response.get_json(), ensure_ascii=False)
    where = unquote(response.headers.get("Location", ""))
    return f"{where}\n{unquote(data.decode())}"


@pytest.fixture
def walk(full_office: FullOffice, login: Callable[..., FlaskClient], tmp_path: Path) -> Walk:
    office, world = full_office.open(), full_office.world
    app = office.app
    with app.app_context(), acting_as(SYSTEM):
        people = {name: login(app.test_client(), name) for name in ("owner", "colleague", *STRANGERS)}
        visits, unfilled = _visits(app, db.session(), world)
        db.session.rollback()
    assert not unfilled, "\n".join(unfilled)
    kept = tmp_path / "kept.db"
    office.keep(kept)
    return Walk(office, world, people, kept, visits)


def _visits(app: Flask, session: Session, world: World) -> tuple[list[tuple[str, bool, Visit]], list[str]]:
    visits, unfilled = [], []
    for rule, method in rules(app):
        spec = getattr(getattr(app.view_functions[rule.endpoint], "__self__", None), "spec", None)
        try:
            visits += [
                (rule.rule, spec is not None and not is_scoped(spec.model), visit)
                for visit in fill(app, session, world, rule, method)
            ]
        except Unfilled as error:
            unfilled.append(str(error))
    return visits, unfilled


def test_nothing_of_ours_is_shown(walk: Walk) -> None:
    reads = [one for one in walk.visits if one[2].method == "GET"]
    wrong = []
    for _rule, _wide, visit in reads:
        # The search opens what it alone finds.
        answer = walk.go("owner", visit, follow=visit.url.startswith("/search"))
        if answer.status != 200 or (visit.told and not walk.tells(answer)):
            wrong.append(f"does not work for its owner: {visit.url} {answer.status}")
    walk.office.put_back(walk.kept)
    before = rows_of_every_table(url=walk.url)
    for who in STRANGERS:
        # The plain cashier next door is refused most of it anyway: each rule once.
        for _rule, _wide, visit in reads if who == STRANGERS[0] else _once(reads):
            answer = walk.go(who, visit, follow=True)
            if answer.status >= 500 or (told := walk.traces(visit, answer)):
                wrong.append(f"{who}: {visit.url} {answer.status} {told}")
    # A number that was asked for and not found stands in the asker's own history: it limits guessing.
    wrong += [line for line in changes(before, rows_of_every_table(url=walk.url)) if MISSED not in line]
    assert not wrong, "\n".join(wrong)


def _once(visits: Sequence[tuple[str, bool, Visit]]) -> list[tuple[str, bool, Visit]]:
    """The first visit of each rule."""
    return list({rule: (rule, wide, visit) for rule, wide, visit in reversed(visits)}.values())


def test_nothing_of_ours_is_changed(walk: Walk) -> None:
    """X3: nor what holds for the whole office, by people of one community with every right there is."""
    wrong = []
    writes = [one for one in walk.visits if one[2].method != "GET"]
    before = rows_of_every_table(url=walk.url)
    for _rule, _wide, visit in writes:
        if visit.works:
            answer = walk.go("owner", visit)
            done = not visit.writes or changes(before, rows_of_every_table(url=walk.url))
            if answer.status not in (200, 302, 303) or not done:
                wrong.append(
                    f"does not work for its owner: {visit.url} {visit.data} {answer.status} {_why(answer)}"
                )
            walk.office.put_back(walk.kept)
        for who in STRANGERS:
            answer = walk.go(who, visit, follow=True)
            found = changes(before, rows_of_every_table(url=walk.url))
            done = [line for line in found if not (visit.adds and line.startswith(visit.adds))]
            own = {key for line in found if line not in done for key in OUR_ID.findall(line)}
            told = [trace for trace in walk.traces(visit, answer) if trace not in own]
            if answer.status >= 500 or told or done:
                wrong.append(f"{who}: {visit.url} {visit.data or visit.json} {answer.status} {told} {done}")
            if found:
                walk.office.put_back(walk.kept)
    assert not wrong, "\n".join(wrong)


def test_a_job_is_its_starters_alone(walk: Walk) -> None:
    """Not even one of ours with the same rights and reach sees how another's job goes, or takes what it made."""
    visits = [visit for rule, _wide, visit in walk.visits if rule.startswith("/jobs/")]
    assert len(visits) >= 5
    before = rows_of_every_table(url=walk.url)
    for visit in visits:
        answer = walk.go("colleague", visit)
        assert answer.status == (200 if visit.url == "/jobs/mine.json" else 404), visit.url
        assert not walk.traces(visit, answer)
    assert not changes(before, rows_of_every_table(url=walk.url))


def test_what_has_no_mark_does_not_exist(walk: Walk) -> None:
    for url in unmarked(walk.office.app):
        assert "<" not in url
        assert walk.go("owner", Visit(url)).status == 404, url


def _why(answer: Answer) -> str:
    return " ".join(re.findall(r"(?:invalid-feedback|alert)[^>]*>\s*([^<]+)", answer.text))[:300]
