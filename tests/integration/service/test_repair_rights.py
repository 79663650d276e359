"""Who may do what to a repair order in which state: the table is written by hand; what is not in it changes nothing."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.errors import DomainError
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.scope import OutOfScope, find
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import move
from app.service.models import RepairOrder
from app.service.states.repairs import REPAIR_MACHINE, RepairState, Stars
from tests.cases.snapshot import changes, rows_of_every_table
from tests.integration.service.repair_office import OTHER, PEOPLE, RepairOffice

LEADS = ("工程主管", "物业经理")
FRONT = ("客服",)
OWN = ("维修工",)  # to whom the order was dispatched; 另一维修工 is nowhere in the table

# state → action → (who may, the state after)
TABLE: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "registered": {
        "pass_on": (FRONT, "passed"),
        "cancel": (FRONT, "cancelled"),
    },
    "passed": {
        "dispatch": (LEADS, "dispatched"),
        "send_back": (LEADS, "registered"),
        "cancel": (FRONT, "cancelled"),
    },
    "dispatched": {
        "take": (OWN + LEADS, "working"),
        "decline": (OWN + LEADS, "passed"),
        "delay": (OWN + LEADS, "delayed"),
        "pause": (LEADS, "delayed"),
        "reassign": (LEADS, "dispatched"),
        "cancel": (FRONT, "cancelled"),
    },
    "working": {
        "complete": (OWN + LEADS, "to_sign"),
        "ask_material": (OWN + LEADS, "waiting"),
        "delay": (OWN + LEADS, "delayed"),
        "pause": (LEADS, "delayed"),
        "reassign": (LEADS, "dispatched"),
        "cancel": (FRONT, "cancelled"),
    },
    "waiting": {
        "issue": (LEADS, "working"),
        "delay": (OWN + LEADS, "delayed"),
        "pause": (LEADS, "delayed"),
        "reassign": (LEADS, "dispatched"),
        "cancel": (FRONT, "cancelled"),
    },
    "delayed": {
        "resume": (OWN + LEADS, "working"),
        "delay": (OWN + LEADS, "delayed"),
        "reassign": (LEADS, "dispatched"),
        "cancel": (FRONT, "cancelled"),
    },
    "to_sign": {
        "sign": (OWN + FRONT + LEADS, "to_check"),
        "rework": (OWN + FRONT + LEADS, "working"),
    },
    "to_check": {
        "check": (LEADS, "closed"),
        "redo": (LEADS, "working"),
    },
    "closed": {"rate": (FRONT, "closed")},
    "cancelled": {},
}
# What an emergency allows beside, and what an order that waits for material or was paused allows when it is delayed.
URGENT = {"registered": {"rush": (FRONT + LEADS, "dispatched")}}
AWAITING = {"delayed": {"issue": (LEADS, "working")}}

REFUSED = ("transition_refused", "not_yours", "out_of_scope", "no_material_listed")
ACTIONS = sorted({one.action for one in REPAIR_MACHINE.transitions})


def allowed(state: RepairState, action: str) -> tuple[tuple[str, ...], str | None]:
    return TABLE[state.value].get(action, ((), None))


def order(repairs: RepairOffice, state: RepairState, action: str) -> int:
    """An order in the state; with a line that waits for 工程主管 where the action is about material."""
    pk = repairs.order_in(state)
    if action == "ask_material" and state is RepairState.WORKING:
        with unit_of_work() as session:
            repairs.material(session, session.get_one(RepairOrder, pk))
    return pk


class Undone(Exception):
    """Nothing of what was tried stays."""


@contextmanager
def undone() -> Iterator[Any]:
    try:
        with unit_of_work() as session:
            yield session
            raise Undone
    except Undone:
        pass


def test_the_table_knows_every_state_action_and_role() -> None:
    assert set(TABLE) == {state.value for state in RepairState}
    named = {action for row in (*TABLE.values(), *URGENT.values(), *AWAITING.values()) for action in row}
    assert named == set(ACTIONS)


@pytest.mark.parametrize("state", list(RepairState), ids=lambda state: state.value)
def test_what_the_table_says_is_done_and_nothing_else(
    app: Flask, repairs: RepairOffice, state: RepairState
) -> None:
    pk, with_line = repairs.order_in(state), order(repairs, state, "ask_material")
    before = rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])
    for action in ACTIONS:
        who, after = allowed(state, action)
        for name in PEOPLE:
            with repairs.acting(name), undone() as session:
                row = find(session, RepairOrder, with_line if action == "ask_material" else pk)
                reached = tried(session, row, action, repairs.inputs(action))
                if name in who:
                    assert reached == after, f"{name} was refused {action} what is {state.label}: {reached}"
                else:
                    assert reached in REFUSED, f"{name} was let {action} what is {state.label}: {reached}"
    db.session.rollback()
    assert changes(before, rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])) == []


@pytest.mark.parametrize("state", list(RepairState), ids=lambda state: state.value)
def test_what_the_table_refuses_is_refused_by_url_and_changes_nothing(
    app: Flask, repairs: RepairOffice, client_of: Any, login: Any, state: RepairState
) -> None:
    pk = order(repairs, state, "ask_material")
    clients = {name: person(app, client_of, login, name) for name in PEOPLE}
    before = rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])
    for action in ACTIONS:
        who, _after = allowed(state, action)
        for name in PEOPLE:
            if name in who:
                continue
            answer = clients[name].post(
                f"/repair_order/do/{action}/{pk}",
                data=typed(repairs, action),
                headers={"Accept": "application/json"},
            )
            assert answer.status_code in (400, 403, 404, 422), (name, action, answer.status_code)
    assert changes(before, rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])) == []


@pytest.mark.parametrize("state", [one for one in RepairState if TABLE[one.value]], ids=lambda one: one.value)
def test_what_the_table_says_is_done_by_url(
    app: Flask, repairs: RepairOffice, client_of: Any, login: Any, state: RepairState
) -> None:
    for action in TABLE[state.value]:
        who, after = allowed(state, action)
        for name in who:
            pk = order(repairs, state, action)
            client = person(app, client_of, login, name)
            page = client.get(f"/repair_order/show/{pk}").get_data(as_text=True)
            assert f"/repair_order/do/{action}/{pk}" in page, (name, action)
            answer = client.post(
                f"/repair_order/do/{action}/{pk}?seen={state.value}", data=typed(repairs, action)
            )
            assert answer.status_code == 302, (name, action, answer.get_data(as_text=True))
            db.session.rollback()
            assert db.session.get_one(RepairOrder, pk, populate_existing=True).state.value == after


def tried(session: Session, row: RepairOrder | None, action: str, told: dict[str, Any]) -> str:
    """The state that a step leads to, or the code by which it is refused."""
    try:
        if row is None:
            raise OutOfScope
        return move(session=session, row=row, action=action, **told).state.value
    except DomainError as error:
        return error.code


def try_all(repairs: RepairOffice, pk: int, action: str, who: tuple[str, ...], after: str) -> None:
    """Let everybody try a step; those of the table succeed, and nothing of it stays."""
    for name in PEOPLE:
        with repairs.acting(name), undone() as session:
            row = find(session, RepairOrder, pk)
            reached = tried(session, row, action, repairs.inputs(action))
            assert reached == after if name in who else reached in REFUSED, (name, reached)


def test_only_an_emergency_is_dispatched_at_once(repairs: RepairOffice) -> None:
    try_all(
        repairs, repairs.order_in(RepairState.REGISTERED, urgent=True), "rush", *URGENT["registered"]["rush"]
    )


def test_only_who_leads_issues_what_a_delayed_order_waits_for(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WAITING)
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "delay")
    try_all(repairs, pk, "issue", *AWAITING["delayed"]["issue"])


def test_only_who_leads_resumes_what_was_paused(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "pause")
    try_all(repairs, pk, "resume", LEADS, "working")


def person(app: Flask, client_of: Any, login: Any, name: str) -> FlaskClient:
    beside = {OTHER: "weixiu2", "邻区工程主管": "linqugc"}
    if name in beside:
        client: FlaskClient = login(app.test_client(), beside[name])
        return client
    found: FlaskClient = client_of(name)
    return found


def typed(repairs: RepairOffice, action: str) -> dict[str, str]:
    """The inputs of an action as a form sends them."""
    found = {}
    for name, value in repairs.inputs(action).items():
        if isinstance(value, bytes):
            found[name] = "data:image/png;base64," + base64.b64encode(value).decode()
        elif isinstance(value, datetime):
            found[name] = value.astimezone(clock.timezone()).strftime("%Y-%m-%d %H:%M")
        elif isinstance(value, Stars):
            found[name] = value.value
        elif value is not None and value is not False:
            found[name] = str(value)
    return found
