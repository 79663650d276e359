"""Two people at the same account, deposit, charge or receipt: what is held is given out once, and the books hold."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.closing.audit.runner import check_books
from app.collection import operations
from app.collection.models import (
    Allocation,
    CashHandover,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Receipt,
    ReceiptVoid,
    Refund,
    Waiver,
)
from app.collection.states import AllocationKind, DepositKind, ReceiptState, Tender
from app.lowcode import clock
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import move

from .at_once import Operation, as_one, at_once
from .ledger import add_charge, add_customer, add_fee, figures

pytestmark = pytest.mark.all_databases
D = Decimal
ROUNDS = 6
CASH = [(Tender.CASH, None)]


@pytest.fixture
def who(session: Session, cast: Any) -> Iterator[tuple[int, int]]:
    """(customer, fee); whatever was done at once, the books hold afterwards."""
    with unit_of_work() as unit:
        found = add_customer(unit, cast.ours.community_id), add_fee(unit)
    yield found
    session.rollback()
    session.expire_all()
    assert [str(one) for one in check_books(session=session)] == []


def today() -> date:
    return clock.today()


def approving(model: Any, request_id: int) -> Operation:
    """Approve a request."""
    return lambda unit: move(session=unit, row=unit.get_one(model, request_id), action="approve")


def charge(who: tuple[int, int], amount: str = "100.00") -> int:
    month = str(today())[:7]
    with unit_of_work() as unit:
        return add_charge(unit, customer_id=who[0], fee_id=who[1], amount=amount, period=month)


def take(who: tuple[int, int], **more: Any) -> int:
    """A payment by somebody else before; the id of its receipt."""
    with as_one("前台"), unit_of_work() as unit:
        given = {"tenders": CASH, "day": today(), "charge_ids": [], **more}
        [receipt] = operations.pay(
            session=unit, request=operations.PaymentRequest(customer_id=who[0], **given)
        )
        return receipt.id


def test_two_desks_take_money_in_advance(app: Flask, session: Session, who: Any) -> None:
    """Also the very first time, when neither finds the account."""
    asked = {"tenders": CASH, "day": today(), "charge_ids": []}
    line = operations.Advance(amount=D("30.00"))
    kept = operations.DepositLine(amount=D("7.00"), item="装修保证金")
    for turn in range(ROUNDS):
        answers = at_once(
            app,
            [
                lambda unit: operations.pay(
                    session=unit,
                    request=operations.PaymentRequest(
                        customer_id=who[0], advances=[line], deposits=[kept], **asked
                    ),
                )
            ]
            * 2,
        )
        assert answers == ["", ""]
        session.rollback()
        session.expire_all()
        assert session.scalars(select(Prepayment.balance)).all() == [D("60.00") * (turn + 1)]
        assert session.scalars(select(Deposit.balance)).all() == [D("14.00") * (turn + 1)]


def test_the_same_press_twice_with_nothing_but_an_advance(app: Flask, session: Session, who: Any) -> None:
    for turn in range(ROUNDS):
        answers = at_once(
            app,
            [
                lambda unit, key=f"press-{turn:06d}": operations.pay(
                    session=unit,
                    request=operations.PaymentRequest(
                        customer_id=who[0],
                        tenders=CASH,
                        day=today(),
                        charge_ids=[],
                        key=key,
                        advances=[operations.Advance(amount=D("5.00"))],
                    ),
                )
            ]
            * 2,
        )
        assert answers == ["", ""]
    session.rollback()
    assert session.scalar(select(func.count(Receipt.id))) == ROUNDS
    assert session.scalars(select(Prepayment.balance)).all() == [D("5.00") * ROUNDS]


def test_what_is_held_is_applied_once(app: Flask, session: Session, who: Any) -> None:
    """Two charges of 100.00, 150.00 held: two desks apply it to one each."""
    for _turn in range(ROUNDS):
        pair = [charge(who), charge(who)]
        take(who, advances=[operations.Advance(amount=D("150.00"))])
        answers = at_once(
            app,
            [
                lambda unit, one=one: operations.apply_held(
                    session=unit, customer_id=who[0], day=today(), charge_ids=[one]
                )
                for one in pair
            ],
        )
        assert answers == ["", ""]
        assert sorted(figures(session, one)[0] for one in pair) == [D("50.00"), D("100.00")]
        take(who, charge_ids=None)
    assert session.scalars(select(Prepayment.balance)).all() == [D("0.00")]
    assert session.scalar(select(func.sum(PrepaymentEntry.amount))) == 0


def test_applied_against_paid(app: Flask, session: Session, who: Any) -> None:
    """One desk applies what is held to a charge that the other collects in cash."""
    for _turn in range(ROUNDS):
        one = charge(who)
        take(who, advances=[operations.Advance(amount=D("100.00"))])
        answers = at_once(
            app,
            [
                lambda unit, one=one: operations.apply_held(
                    session=unit, customer_id=who[0], day=today(), charge_ids=[one]
                ),
                lambda unit, one=one: operations.pay(
                    session=unit,
                    request=operations.PaymentRequest(
                        customer_id=who[0], day=today(), charge_ids=[one], tenders=CASH
                    ),
                ),
            ],
        )
        assert answers in (["", "already_settled"], ["nothing_held", ""]), answers
        assert figures(session, one) == (D("100.00"), D("0.00"))
        with unit_of_work() as unit:  # what was not used goes before the next round
            if answers[0]:
                other = add_charge(
                    unit, customer_id=who[0], fee_id=who[1], amount="100.00", period=str(today())[:7]
                )
                operations.apply_held(session=unit, customer_id=who[0], day=today(), charge_ids=[other])
    assert session.scalar(select(func.min(Prepayment.balance))) == 0


def test_a_deposit_is_deducted_returned_and_taken_back_once(app: Flask, session: Session, who: Any) -> None:
    for turn in range(ROUNDS):
        receipt = take(who, deposits=[operations.DepositLine(amount=D("1000.00"), item="装修保证金")])
        session.rollback()
        account = session.scalars(select(Deposit)).one().id
        with as_one("前台"), unit_of_work() as unit:
            asked = operations.request_refund(
                session=unit, deposit_id=account, amount=D("600.00"), tender=Tender.CASH, reason="完工"
            ).id
        give_back = approving(Refund, asked)

        def deduct(unit: Session, key: int = account) -> None:
            operations.deduct(session=unit, deposit_id=key, amount=D("600.00"), reason="损坏", day=today())

        def void(unit: Session, key: int = receipt) -> None:
            operations.void(session=unit, receipt_id=key, day=today(), reason="收错")

        one, other = [(deduct, give_back), (give_back, void), (void, deduct)][turn % 3]
        answers = at_once(app, [one, other])
        assert sorted(answers) == ["", "over_balance"], answers
        session.rollback()
        session.expire_all()
        left = session.get_one(Deposit, account).balance
        assert left in (D("400.00"), D("0.00"))
        if left:
            with unit_of_work() as unit:
                operations.deduct(session=unit, deposit_id=account, amount=left, reason="清空", day=today())
    kinds = set(session.scalars(select(DepositEntry.kind)))
    assert {DepositKind.IN, DepositKind.DEDUCTED} < kinds


def test_a_waiver_against_a_payment(app: Flask, session: Session, who: Any) -> None:
    """60.00 of 100.00 are waived while all that is open is collected: never more than the charge asks for."""
    for _turn in range(ROUNDS):
        one = charge(who)
        with as_one("前台"), unit_of_work() as unit:
            asked = operations.request_waiver(
                session=unit, charge_id=one, amount=D("60.00"), reason="瑕疵"
            ).id
        answers = at_once(
            app,
            [
                approving(Waiver, asked),
                lambda unit, one=one: operations.pay(
                    session=unit,
                    request=operations.PaymentRequest(
                        customer_id=who[0], day=today(), charge_ids=[one], tenders=CASH
                    ),
                ),
            ],
        )
        assert answers in (["", ""], ["over_balance", ""]), answers
        paid, due = figures(session, one)
        assert (paid, due) == (D("40.00") if answers == ["", ""] else D("100.00"), D("0.00"))


def test_a_receipt_is_taken_back_once(app: Flask, session: Session, who: Any) -> None:
    for _turn in range(ROUNDS):
        one = charge(who)
        receipt = take(who, charge_ids=[one])

        def void(unit: Session, key: int = receipt) -> None:
            operations.void(session=unit, receipt_id=key, day=today(), reason="收错")

        assert sorted(at_once(app, [void, void])) == ["", "transition_refused"]
        assert figures(session, one) == (D("0.00"), D("100.00"))


def test_taken_back_against_handed_over(app: Flask, session: Session, who: Any, cast: Any) -> None:
    """A receipt of today is voided before the hand-over, or cannot be any more; its money is handed over once."""
    for _turn in range(ROUNDS):
        one = charge(who)
        receipt = take(who, charge_ids=[one])
        answers = at_once(
            app,
            [
                lambda unit, key=receipt: operations.void(
                    session=unit, receipt_id=key, day=today(), reason="收错"
                ),
                lambda unit: operations.hand_over(
                    session=unit, community_id=cast.ours.community_id, day=today()
                ),
            ],
        )
        assert answers in (["", ""], ["too_late_to_void", ""]), answers
        session.rollback()
        session.expire_all()
        row = session.get_one(Receipt, receipt)
        handed = session.get_one(CashHandover, row.handover_id)
        assert (handed.total, handed.receipts) == (
            D("0.00") if row.state is ReceiptState.VOID else D("100.00"),
            1,
        )


def test_two_hand_over_once(app: Flask, session: Session, who: Any, cast: Any) -> None:
    for _turn in range(ROUNDS):
        take(who, charge_ids=[charge(who)])
        answers = at_once(
            app,
            [
                lambda unit: operations.hand_over(
                    session=unit, community_id=cast.ours.community_id, day=today()
                )
            ]
            * 2,
        )
        assert sorted(answers) == ["", "nothing_to_hand_over"], answers
    session.rollback()
    assert session.scalar(select(func.sum(CashHandover.total))) == D("100.00") * ROUNDS


def test_reversed_by_two_after_the_hand_over(app: Flask, session: Session, who: Any, cast: Any) -> None:
    for _turn in range(ROUNDS):
        one = charge(who)
        receipt = take(who, charge_ids=[one])
        with unit_of_work() as unit:
            operations.hand_over(session=unit, community_id=cast.ours.community_id, day=today())

        def reverse(unit: Session, key: int = receipt) -> None:
            operations.reverse(session=unit, receipt_id=key, day=today(), reason="金额有误")

        assert sorted(at_once(app, [reverse, reverse])) == ["", "transition_refused"]
        assert figures(session, one) == (D("0.00"), D("100.00"))
    numbers = session.scalars(select(ReceiptVoid.number).order_by(ReceiptVoid.id)).all()
    assert [int(str(number)[-6:]) for number in numbers] == list(range(1, ROUNDS + 1))
    taken = session.scalar(
        select(func.sum(Allocation.amount)).where(Allocation.kind != AllocationKind.PREPAYMENT)
    )
    assert taken == 0
