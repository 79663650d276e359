"""The laws of a workflow: a state changes in `move` alone, what is asked is checked, and two do not move one row."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.billing.models import BillingRun
from app.billing.operations.runs import begin_run
from app.billing.states import RunState
from app.kernel.machines import Machine, Transition, TransitionRefused
from app.kernel.periods import Period
from app.lowcode import permissions
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.declaration_error import DeclarationError
from app.lowcode.engine import engine_of
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import Limit, StateChange, Step, Workflow, move
from app.lowcode.workflow.inputs import InputMissing, InputWrong
from app.lowcode.workflow.transitions import NotYours, StateChangedOutside
from app.service.models import Complaint
from app.service.states.complaints import COMPLAINT_MACHINE, ComplaintState, ReplyWay
from app.service.states.repairs import REPAIR_MACHINE
from tests.integration.service.complaints import ANSWER, actor, complaint, department


@pytest.fixture
def row(session: Session, cast: Any) -> int:
    with unit_of_work() as unit:
        return complaint(unit, cast).id


def state(session: Session, key: int) -> ComplaintState:
    session.rollback()
    found: ComplaintState = session.get_one(Complaint, key, populate_existing=True).state
    return found


def test_a_state_set_by_hand_is_refused(session: Session, row: int) -> None:
    with pytest.raises(StateChangedOutside), unit_of_work() as unit:
        unit.get_one(Complaint, row).state = ComplaintState.CLOSED
    assert state(session, row) is ComplaintState.RECEIVED


def test_even_where_the_table_would_allow_it_and_beside_a_move(session: Session, cast: Any, row: int) -> None:
    with pytest.raises(StateChangedOutside), unit_of_work() as unit:
        other = complaint(unit, cast)
        other.state = ComplaintState.ANSWERED
        move(session=unit, row=unit.get_one(Complaint, row), action="answer", **ANSWER)
    assert state(session, row) is ComplaintState.RECEIVED


def test_a_row_begins_at_the_beginning(session: Session, cast: Any) -> None:
    with pytest.raises(StateChangedOutside), unit_of_work() as unit:
        complaint(unit, cast, state=ComplaintState.RECEIVED)
        unit.add(
            Complaint(
                community_id=cast.ours.community_id,
                number="TS0",
                complainer="甲",
                content="乙",
                state=ComplaintState.CLOSED,
            )
        )


def test_documents_with_operations_of_their_own_are_guarded_too(session: Session, cast: Any) -> None:
    with unit_of_work() as unit:
        run = begin_run(session=unit, community_id=cast.ours.community_id, period=Period.parse("2026-03")).id
    with pytest.raises(StateChangedOutside), unit_of_work() as unit:
        unit.get_one(BillingRun, run).state = RunState.POSTED


def test_nobody_moves_what_an_operation_alone_may(session: Session, cast: Any, row: int) -> None:
    """A transition without a permission is no person's."""
    with acting_as(actor(session, cast, "管理员")), pytest.raises(NotYours), unit_of_work() as unit:
        found = unit.scalars(select(Complaint).where(Complaint.id == row)).one()
        move(session=unit, row=found, action="cancel", reason="试")
    with acting_as(SYSTEM), unit_of_work() as unit:
        move(session=unit, row=unit.get_one(Complaint, row), action="cancel", reason="试")
    assert state(session, row) is ComplaintState.CANCELLED


@pytest.mark.parametrize(
    ("action", "inputs", "refusal"),
    [
        ("answer", {**ANSWER, "measures": None}, InputMissing),
        ("answer", {**ANSWER, "measures": "  "}, InputMissing),
        ("answer", {**ANSWER, "measures": "长" * 4001}, InputWrong),
        ("answer", {**ANSWER, "reply_way": "phone"}, InputWrong),
        ("answer", {"measures": "上门。", "reply_way": ReplyWay.PHONE}, InputMissing),
        ("pass_on", {"department_id": 424242}, InputWrong),
        ("cancel", {}, InputMissing),
        ("cancel", {"reason": "\n"}, InputMissing),
        ("cancel", {"reason": "长" * 1001}, InputWrong),
        ("cancel", {"reason": "试", "finished_on": None}, TypeError),
        ("dance", {}, TransitionRefused),
    ],
)
def test_what_is_asked_is_checked_in_the_operation_too(
    session: Session, row: int, action: str, inputs: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), unit_of_work() as unit:
        move(session=unit, row=unit.get_one(Complaint, row), action=action, **inputs)
    assert state(session, row) is ComplaintState.RECEIVED
    moves = select(StateChange).where(StateChange.row_id == row, StateChange.from_state.is_not(None))
    assert session.scalars(moves).all() == []


@pytest.mark.all_databases
def test_the_row_is_judged_as_it_stands_under_the_lock(session: Session, cast: Any) -> None:
    """What the session read before is not believed."""
    with unit_of_work() as unit:
        key, to = complaint(unit, cast).id, department(unit, cast)
    with pytest.raises(TransitionRefused), unit_of_work() as unit:
        stale = unit.get_one(Complaint, key)
        unit.execute(
            update(Complaint.__table__)
            .where(Complaint.__table__.c.id == key)
            .values({"state": ComplaintState.CANCELLED})
        )
        assert stale.state is ComplaintState.RECEIVED
        move(session=unit, row=stale, action="pass_on", department_id=to)
    assert state(session, key) is ComplaintState.RECEIVED


def test_a_refused_condition_leaves_nothing(session: Session, row: int, cast: Any) -> None:
    with unit_of_work() as unit:
        same = department(unit, cast)
        move(session=unit, row=unit.get_one(Complaint, row), action="pass_on", department_id=same)
    before = session.get_one(Complaint, row, populate_existing=True).row_version
    with pytest.raises(Exception, match="请选择另一个部门"), unit_of_work() as unit:
        move(
            session=unit,
            row=unit.get_one(Complaint, row),
            action="pass_again",
            department_id=same,
            reason="试",
        )
    session.rollback()
    assert session.get_one(Complaint, row, populate_existing=True).row_version == before


def test_the_permissions_of_every_transition_are_known(app: Flask) -> None:
    known = set(permissions.known_pairs(app))
    for flow in engine_of(app).workflows.values():
        verbs = {one.permission for one in flow.machine.transitions} - {None} | set(flow.further_verbs)
        assert {(verb, flow.document.__name__) for verb in verbs} <= known


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": {"dance": Step()}},
        {"machine": Machine[Any]([])},
        {"limits": [Limit("one", "一", ()), Limit("one", "二", ())]},
        {"machine": REPAIR_MACHINE},
    ],
)
def test_a_declaration_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, DeclarationError)):
        Workflow(**{"document": Complaint, "machine": COMPLAINT_MACHINE, **wrong})


def test_transitions_of_one_name_ask_the_same(app: Flask) -> None:
    """The first of them says what the dialog asks: a reason that only the second demands would be forgotten."""
    for flow in engine_of(app).workflows.values():
        found: dict[str, Transition[Any]] = {}
        for one in flow.machine.transitions:
            first = found.setdefault(one.action, one)
            assert (one.reason, one.permission, one.label) == (first.reason, first.permission, first.label)
