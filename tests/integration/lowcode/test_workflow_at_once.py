"""Two persons move one row at the same moment, two offices look at one limit: it is done once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lowcode import clock
from app.lowcode.notices import Notice
from app.lowcode.ticker import tick
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import Escalation, StateChange
from tests.integration.service.complaints import MONDAY, complaint, inputs, typed


def together(works: list[Callable[[], Any]]) -> None:
    """Do all of them at the same moment, each in a thread."""
    ready = threading.Barrier(len(works), timeout=20)

    def do(work: Callable[[], Any]) -> None:
        ready.wait()
        work()

    threads = [threading.Thread(target=do, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.all_databases
def test_two_close_the_same_complaint(
    app: Flask, session: Session, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    with unit_of_work() as unit:
        key, told = complaint(unit, cast).id, inputs(unit, cast)
    session.rollback()
    answers: list[Any] = []
    presses = {"answer": client_of("客服"), "file": client_of("物业经理")}

    def press(action: str, client: FlaskClient) -> None:
        answers.append(
            client.post(
                f"/complaint/do/{action}/{key}?seen=received",
                data=typed(told[action]),
                headers={"X-Requested-With": "XMLHttpRequest", "Accept": "text/html"},
            )
        )

    together(
        [lambda action=action, client=client: press(action, client) for action, client in presses.items()]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    moves = select(func.count(StateChange.id)).where(
        StateChange.row_id == key, StateChange.from_state.is_not(None)
    )
    assert session.scalar(moves) == 1


@pytest.mark.all_databases
def test_two_offices_look_at_once(app: Flask, session: Session, cast: Any) -> None:
    with clock.clock_at(MONDAY), unit_of_work() as unit:
        for _one in range(5):
            complaint(unit, cast)
    session.rollback()

    def look() -> None:
        with clock.clock_at(MONDAY + timedelta(hours=25)):
            tick(app)

    together([look, look])
    look()
    assert session.scalar(select(func.count(Escalation.id))) == 5
    assert session.scalar(select(func.count(Notice.id))) == 5
