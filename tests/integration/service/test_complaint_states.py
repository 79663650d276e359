"""Every state, action and role of the complaint against a table written by hand: the rest is refused and changes nothing."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.errors import DomainError
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import move
from app.service.models import Complaint
from app.service.states.complaints import ComplaintChannel, ComplaintState
from tests.cases.snapshot import changes, rows_of_every_table
from tests.offices import Offices, PreparedOffice
from tests.people import CAST

from .complaints import STATES, actor, complaint, inputs, typed

MANAGER, DESK, ENGINEER = "物业经理", "客服", "工程主管"
BOTH, ALL = {MANAGER, DESK}, {MANAGER, DESK, ENGINEER}
# state → action → (the state that it leads to, who may)
TABLE: dict[str, dict[str, tuple[str, set[str]]]] = {
    "received": {
        "pass_on": ("processing", BOTH),
        "answer": ("answered", ALL),
        "file": ("closed", BOTH),
        "cancel": ("cancelled", BOTH),
    },
    "processing": {
        "pass_again": ("processing", BOTH),
        "answer": ("answered", ALL),
        "cancel": ("cancelled", BOTH),
    },
    "answered": {"redo": ("processing", BOTH), "follow_up": ("closed", BOTH)},
    "closed": {"reopen": ("processing", {MANAGER})},
    "cancelled": {},
}
ACTIONS = ("pass_on", "pass_again", "answer", "redo", "follow_up", "file", "reopen", "cancel")
ROLES = [person.name for person in CAST if person.ours]


class _Back(Exception):
    """Takes a unit of work back that was only tried."""


@dataclass
class Desk:
    """The office with a complaint in each state, and where it is kept."""

    office: PreparedOffice
    kept: Path
    rows: dict[str, int]
    told: dict[str, dict[str, Any]]

    @property
    def url(self) -> str:
        return str(self.office.app.config["SQLALCHEMY_DATABASE_URI"])

    def state(self, key: int) -> str:
        db.session.rollback()
        state: ComplaintState = db.session.get_one(Complaint, key, populate_existing=True).state
        db.session.rollback()  # no connection stays behind when the database is put back
        return state.value


@pytest.fixture
def desk(app: Flask, session: Session, cast: Any, offices: Offices, tmp_path: Path) -> Desk:
    with unit_of_work() as unit:
        rows = {state.value: complaint(unit, cast, state).id for state in STATES}
        told = inputs(unit, cast)
    return Desk(offices.made("sqlite"), tmp_path / "kept.db", rows, told)


def expected(state: str, action: str, role: str) -> str | None:
    """Where it leads, None where it is refused."""
    target, roles = TABLE[state].get(action, ("", set()))
    return target if role in roles else None


@pytest.mark.parametrize("role", ROLES)
def test_by_the_operation(desk: Desk, cast: Any, session: Session, role: str) -> None:
    person, wrong = actor(session, cast, role), []
    before = rows_of_every_table(url=desk.url)
    for state, key in desk.rows.items():
        for action in ACTIONS:
            reached: str | None = None
            try:
                with acting_as(person), unit_of_work() as unit:
                    row = move(
                        session=unit, row=unit.get_one(Complaint, key), action=action, **desk.told[action]
                    )
                    reached = row.state.value
                    raise _Back
            except (_Back, DomainError):
                pass
            if reached != expected(state, action, role):
                wrong.append(f"{state} {action}: {reached}")
            wrong += [
                f"{state} {action}: {line}" for line in changes(before, rows_of_every_table(url=desk.url))
            ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_by_its_address(
    desk: Desk, session: Session, client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client, wrong = client_of(role), []
    desk.office.keep(desk.kept)
    before = rows_of_every_table(url=desk.url)
    for state, key in desk.rows.items():
        for action in ACTIONS:
            answer = client.post(f"/complaint/do/{action}/{key}", data=typed(desk.told[action]))
            target = expected(state, action, role)
            now = desk.state(key)
            if answer.status_code >= 500 or now != (target or state):
                wrong.append(f"{state} {action}: {answer.status_code} {now}")
            if target is None:
                wrong += [
                    f"{state} {action}: {line}" for line in changes(before, rows_of_every_table(url=desk.url))
                ]
            else:
                desk.office.put_back(desk.kept)
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_page_offers_what_the_table_says(
    desk: Desk, client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client = client_of(role)
    for state, key in desk.rows.items():
        page = client.get(f"/complaint/show/{key}")
        if role == "管理员":
            assert page.status_code == 403
            continue
        offered = {action for action in ACTIONS if f"/complaint/do/{action}/{key}?" in page.text}
        assert offered == {action for action in ACTIONS if expected(state, action, role) is not None}, state


def test_every_action_and_state_is_in_the_table() -> None:
    from app.service.states.complaints import COMPLAINT_MACHINE

    assert {one.action for one in COMPLAINT_MACHINE.transitions} == set(ACTIONS)
    assert set(TABLE) == {state.value for state in STATES}


@pytest.mark.parametrize("channel", [ComplaintChannel.COMPANY, ComplaintChannel.GOVERNMENT])
@pytest.mark.parametrize(("role", "may"), [(MANAGER, True), (DESK, False), (ENGINEER, False)])
def test_what_came_by_the_company_or_the_authorities_is_answered_by_the_manager(
    session: Session, cast: Any, channel: ComplaintChannel, role: str, may: bool
) -> None:
    with unit_of_work() as unit:
        row, told = complaint(unit, cast, channel=channel), inputs(unit, cast)
        key = row.id
    person = actor(session, cast, role)
    refused = (
        nullcontext() if may else pytest.raises(DomainError, check=lambda error: error.code == "not_yours")
    )
    with refused, acting_as(person), unit_of_work() as unit:
        move(session=unit, row=unit.get_one(Complaint, key), action="answer", **told["answer"])
    with acting_as(SYSTEM):
        assert session.get_one(Complaint, key, populate_existing=True).state is (
            ComplaintState.ANSWERED if may else ComplaintState.RECEIVED
        )


def test_a_neighbour_moves_nothing(desk: Desk, session: Session, cast: Any) -> None:
    person = actor(session, cast, "邻区收费员")
    before = rows_of_every_table(url=desk.url)
    for key in desk.rows.values():
        for action in ACTIONS:
            with pytest.raises(DomainError), acting_as(SYSTEM), unit_of_work() as unit:
                row = unit.get_one(Complaint, key)
                with acting_as(person):
                    move(session=unit, row=row, action=action, **desk.told[action])
    assert changes(before, rows_of_every_table(url=desk.url)) == []
