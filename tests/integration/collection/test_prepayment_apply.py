"""预收抵扣 by itself when charges are posted: whose community wants it, in which order, in which month's books."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.closing.audit.runner import check_books
from app.collection import operations
from app.collection.models import Allocation, Deposit, Prepayment, PrepaymentEntry
from app.collection.states import AllocationKind, PrepaymentKind, Tender
from app.estate.models import Occupancy
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.settings import Setting
from tests.integration.billing.town import Town

D = Decimal
DAY = date(2025, 3, 5)
MARCH = Period(2025, 3)


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    """Three rooms at 240.00 a month, in March; whatever happens, the books hold."""
    with clock.clock_at(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        made = Town(app)
        made.assign(made.standard())
        yield made
        assert made.ask(lambda session: [str(one) for one in check_books(session=session)]) == []


def owners(town: Town) -> list[int]:
    return town.ask(
        lambda session: list(session.scalars(select(Occupancy.customer_id).order_by(Occupancy.room_id)))
    )


def advance(town: Town, customer_id: int, amount: str, **more: Any) -> None:
    def take(session: Session) -> None:
        line = operations.Advance(amount=D(amount), **more)
        operations.pay(
            session=session,
            request=operations.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                advances=[line],
                day=DAY,
                tenders=[(Tender.CASH, None)],
            ),
        )

    town.do(take)


def due(town: Town) -> list[Decimal]:
    return town.ask(
        lambda session: list(session.scalars(select(Charge.due).order_by(Charge.room_id, Charge.id)))
    )


def balances(town: Town) -> list[Decimal]:
    return town.ask(lambda session: list(session.scalars(select(Prepayment.balance).order_by(Prepayment.id))))


@pytest.mark.all_databases
def test_a_run_settles_what_is_prepaid(town: Town) -> None:
    first, second, _third = owners(town)
    fee = town.ask(lambda session: session.scalars(select(FeeItem.id)).one())
    advance(town, first, "100.00")
    advance(town, first, "200.00", fee_item_id=fee, room_id=town.room_ids[0])
    advance(town, second, "300.00")
    town.bill(MARCH)
    assert due(town) == [D("0.00"), D("0.00"), D("240.00")]
    # The fee's own before the general one.
    assert balances(town) == [D("60.00"), D("0.00"), D("60.00")]
    kinds = town.ask(
        lambda session: [
            (one.kind, one.day, one.posting_period, one.receipt_id)
            for one in session.scalars(select(Allocation))
        ]
    )
    assert set(kinds) == {(AllocationKind.PREPAYMENT, date(2025, 3, 20), MARCH, None)}
    entries = town.ask(
        lambda session: [
            (one.kind, one.amount)
            for one in session.scalars(select(PrepaymentEntry).order_by(PrepaymentEntry.id))
        ]
    )
    assert [amount for kind, amount in entries if kind is PrepaymentKind.APPLIED] == [
        D("-200.00"),
        D("-40.00"),
        D("-240.00"),
    ]
    # Billing again posts nothing and applies nothing.
    town.bill(MARCH)
    assert balances(town) == [D("60.00"), D("0.00"), D("60.00")]


def test_older_debts_come_first(town: Town) -> None:
    town.bill(Period(2025, 1))
    first = owners(town)[0]
    advance(town, first, "300.00")
    assert due(town)[0] == D("240.00")  # nothing is posted: it waits
    town.bill(Period(2025, 2))
    town.bill(MARCH)
    assert due(town)[:3] == [D("0.00"), D("180.00"), D("240.00")]


def test_a_community_may_want_it_by_hand(town: Town) -> None:
    town.do(
        lambda session: session.add(
            Setting(key=operations.AUTO_APPLY, community_id=town.community_id, value="no")
        )
    )
    first = owners(town)[0]
    advance(town, first, "300.00")
    town.bill(MARCH)
    assert (due(town)[0], balances(town)) == (D("240.00"), [D("300.00")])
    town.do(lambda session: operations.apply_held(session=session, customer_id=first, day=DAY))
    assert (due(town)[0], balances(town)) == (D("0.00"), [D("60.00")])


def test_a_deposit_pays_nothing(town: Town) -> None:
    first = owners(town)[0]

    def take(session: Session) -> None:
        kept = operations.DepositLine(amount=D("500.00"), item="装修保证金")
        operations.pay(
            session=session,
            request=operations.PaymentRequest(
                customer_id=first, charge_ids=[], deposits=[kept], day=DAY, tenders=[(Tender.CASH, None)]
            ),
        )

    town.do(take)
    town.bill(MARCH)
    assert due(town)[0] == D("240.00")
    assert town.ask(lambda session: session.scalars(select(Deposit.balance)).all()) == [D("500.00")]
