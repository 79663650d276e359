"""Two desks at one counter: over HTTP, on a server with threads, pressing at the same moment.

One charge is settled once: one receipt and one clear refusal, never a lock error; parts never exceed what is open.
"""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, MonthSum
from app.billing.states import MovementKind
from app.collection.models import Allocation, Receipt
from app.collection.queries import serials
from app.lowcode.unit import unit_of_work
from tests.http_server import PATIENCE, served
from tests.people import PASSWORD

from .browsers import Browser
from .ledger import add_charge, add_customer, add_fee

D = Decimal
ROUNDS = 50


def press(browsers: list[Browser], bodies: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Send each body from its desk at the same moment."""
    barrier = Barrier(len(browsers))
    answers: list[Any] = [None] * len(browsers)

    def send(place: int) -> None:
        barrier.wait(PATIENCE)
        answers[place] = browsers[place].post("/desk/pay", bodies[place])

    threads = [Thread(target=send, args=(place,)) for place in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return answers


@pytest.fixture
def desks(app: Flask, cast: Any) -> Iterator[list[Browser]]:
    """Two cashiers' browsers, logged in."""
    with served(app) as port, closing(Browser(port)) as left, closing(Browser(port)) as right:
        for browser in (left, right):
            browser.log_in("shoufei", PASSWORD)
        yield [left, right]


def body(who: int, charges: list[int], key: str, **more: Any) -> dict[str, Any]:
    asked = {"customer_id": who, "charge_ids": charges, "amount": None, "key": key, "tendered": None}
    return {**asked, "tenders": [{"tender": "cash", "amount": None}], **more}


@pytest.mark.all_databases
def test_one_charge_one_receipt_one_refusal(session: Session, cast: Any, desks: list[Browser]) -> None:
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        charges = [
            add_charge(unit, customer_id=who, fee_id=fee, amount="88.88", room_id=cast.ours.room_ids[0])
            for _ in range(ROUNDS)
        ]
    for turn, charge in enumerate(charges):
        answers = press(desks, [body(who, [charge], f"whole-{turn}-{desk}") for desk in (1, 2)])
        assert sorted(status for status, _told in answers) == [200, 409], answers
        told = next(told for status, told in answers if status == 409)
        assert told["code"] == "already_settled"
        assert "已被收款" in told["error"]
    assert session.scalar(select(func.sum(Allocation.amount))) == D("88.88") * ROUNDS
    assert session.scalar(select(func.sum(Charge.due))) == 0
    assert serials(session=session) == {(cast.ours.community_id, _year(session)): list(range(1, ROUNDS + 1))}


@pytest.mark.all_databases
def test_charges_of_one_building_are_added_up_together(
    session: Session, cast: Any, desks: list[Browser]
) -> None:
    """Both begin a month's sum, or add to it, at the same moment: neither is lost, neither waits in a ring."""
    turns = []
    with unit_of_work() as unit:
        people = [add_customer(unit, cast.ours.community_id, name) for name in ("王一", "李二")]
        for turn in range(ROUNDS // 2):
            fees = [add_fee(unit, f"费{turn}-{place}") for place in range(2)]
            turns.append(
                [
                    [
                        add_charge(unit, customer_id=who, fee_id=fee, amount="10.01", room_id=room)
                        for fee in fees
                        for room in cast.ours.room_ids[:2]
                    ]
                    for who in people
                ]
            )
    for turn, charges in enumerate(turns):
        both = [body(who, ids, f"together-{turn}-{who}") for who, ids in zip(people, charges, strict=True)]
        assert [status for status, _told in press(desks, both)] == [200, 200]
    cash = select(func.count(), func.sum(MonthSum.amount)).where(MonthSum.kind == MovementKind.CASH)
    assert session.execute(cash).one() == (2 * len(turns), D("-10.01") * 8 * len(turns))


@pytest.mark.all_databases
def test_parts_of_one_charge(session: Session, cast: Any, desks: list[Browser]) -> None:
    """Of 100.00 both want 60.00: one receipt, one refusal that says what is open. 60.00 and 40.00: both receipts."""
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        charges = [add_charge(unit, customer_id=who, fee_id=fee, amount="100.00") for _ in range(ROUNDS)]
    for turn, charge in enumerate(charges):
        wanted = ("60.00", "40.00" if turn % 2 else "60.00")
        answers = press(
            desks, [body(who, [charge], f"single-{turn}-{desk}", amount=wanted[desk]) for desk in (0, 1)]
        )
        statuses = sorted(status for status, _told in answers)
        assert statuses == ([200, 200] if turn % 2 else [200, 400]), answers
        if not turn % 2:
            told = next(told for status, told in answers if status == 400)
            assert told["code"] == "over_balance"
            assert "40.00" in told["error"]
    assert session.scalar(select(func.count(Receipt.id))) == ROUNDS + ROUNDS // 2
    settled = D("60.00") * (ROUNDS // 2) + D("100.00") * (ROUNDS // 2)
    assert session.scalar(select(func.sum(Allocation.amount))) == settled
    assert session.scalar(select(func.sum(Charge.due))) == D("100.00") * ROUNDS - settled


@pytest.mark.all_databases
def test_parts_never_exceed_what_is_open(session: Session, cast: Any, desks: list[Browser]) -> None:
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        rounds = [
            [add_charge(unit, customer_id=who, fee_id=fee, amount="50.00") for _ in range(2)]
            for _ in range(ROUNDS)
        ]
    for turn, pair in enumerate(rounds):
        # Of 100.00 both want 60.00; in every other round 40.00 and 60.00, which is both.
        wanted = ("60.00", "40.00" if turn % 2 else "60.00")
        # One desk names the charges the other way round: locks are taken in order all the same.
        named = (pair, pair[::-1])
        answers = press(
            desks,
            [body(who, named[desk], f"part-{turn}-{desk}", amount=wanted[desk]) for desk in (0, 1)],
        )
        codes = sorted((status, told.get("code", "")) for status, told in answers)
        if turn % 2:
            # The first may settle a charge that the second names: that is said, and nothing is taken.
            assert codes[0][0] == 200, answers
            assert codes[1] in ((200, ""), (409, "already_settled")), answers
        else:
            assert codes[0][0] == 200, answers
            assert codes[1][1] in ("over_balance", "already_settled"), answers
    taken = session.scalar(select(func.sum(Receipt.total)))
    assert taken == session.scalar(select(func.sum(Allocation.amount)))
    assert session.scalar(select(func.min(Charge.due))) >= 0
    assert session.scalar(select(func.sum(Charge.paid))) == taken


@pytest.mark.all_databases
def test_the_same_press_twice_is_one_receipt(session: Session, cast: Any, desks: list[Browser]) -> None:
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        charges = [add_charge(unit, customer_id=who, fee_id=fee, amount="10.00") for _ in range(10)]
    for turn, charge in enumerate(charges):
        answers = press(desks, [body(who, [charge], f"double-{turn}")] * 2)
        assert [status for status, _told in answers] == [200, 200], answers
        assert answers[0] == answers[1]
    assert session.scalar(select(func.count(Receipt.id))) == len(charges)


@pytest.mark.all_databases
def test_the_first_money_of_a_month_may_come_twice(session: Session, cast: Any, desks: list[Browser]) -> None:
    """Both open the month's books and begin the book of receipts: one waits for the other, nobody is refused."""
    with unit_of_work() as unit:
        fee = add_fee(unit)
        people = [add_customer(unit, cast.ours.community_id, name=name) for name in ("王一", "赵二")]
        bodies = [
            body(who, [add_charge(unit, customer_id=who, fee_id=fee, amount="10.00")], f"first-{who:06d}")
            for who in people
        ]
    answers = press(desks, bodies)
    assert [status for status, _told in answers] == [200, 200], answers
    assert serials(session=session) == {(cast.ours.community_id, _year(session)): [1, 2]}


def _year(session: Session) -> int:
    return int(session.scalars(select(Receipt.year).limit(1)).one())
