"""On every database: a paid repair is charged once, however often and by however many it is closed."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.billing.models import Charge
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import StateChange, escalate_all
from app.service.models import RepairOrder
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import RepairOffice

CLOSERS = 4


@pytest.fixture
def signed(repairs: RepairOffice) -> int:
    """A paid repair that waits to be checked."""
    pk = repairs.order_in(RepairState.WAITING)
    with unit_of_work() as session:
        row = repairs.lead(session, session.get_one(RepairOrder, pk), "issue", "complete", chargeable=True)
        repairs.lead(session, row, "sign")
    return pk


@pytest.mark.all_databases
def test_pressed_twice_it_is_closed_and_charged_once(
    repairs: RepairOffice, signed: int, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("工程主管")
    url, given = f"/repair_order/do/check/{signed}?seen=to_check", {"fee_item_id": str(repairs.fee_item_id)}
    answers = [client.post(url, data=given, headers={"Accept": "application/json"}) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 400]
    assert answers[1].get_json()["code"] in ("moved_on", "transition_refused")
    assert_charged_once(signed)


@pytest.mark.all_databases
def test_closed_by_several_at_once_it_is_charged_once(
    app: Flask, repairs: RepairOffice, signed: int, client_of: Callable[[str], FlaskClient]
) -> None:
    db.session.remove()  # a reader here would only be in the way of SQLite
    clients = [client_of("工程主管") for _one in range(CLOSERS)]
    ready, answers = threading.Barrier(CLOSERS, timeout=30), []

    def close(client: FlaskClient) -> None:
        ready.wait()
        answer: Any = client.post(
            f"/repair_order/do/check/{signed}?seen=to_check",
            data={"fee_item_id": str(repairs.fee_item_id)},
            headers={"Accept": "application/json"},
        )
        answers.append(answer.status_code)

    threads = [threading.Thread(target=close, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, *[400] * (CLOSERS - 1)]
    with app.app_context(), acting_as(SYSTEM):
        assert_charged_once(signed)


@pytest.mark.all_databases
def test_the_whole_way_and_its_limits_work(repairs: RepairOffice) -> None:
    for state in RepairState:
        repairs.order_in(state)
    assert escalate_all() >= 0


def assert_charged_once(pk: int) -> None:
    db.session.rollback()
    charge = db.session.scalars(select(Charge)).one()
    assert (charge.source_id, charge.amount) == (pk, Decimal("75.00"))
    closings = db.session.scalars(
        select(StateChange).where(StateChange.action == "check", StateChange.row_id == pk)
    )
    assert len(closings.all()) == 1
    assert db.session.get_one(RepairOrder, pk).state is RepairState.CLOSED
