"""The demo's dealings beside paying: there is something of each, the books hold, and the months before are closed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, Charge, MeterReading, ReadingExemption, Vacancy
from app.billing.states import ApprovalState, PeriodState
from app.closing.audit import check_books
from app.closing.models import PeriodReport
from app.collection.models import (
    Adjustment,
    Allocation,
    CashHandover,
    DepositEntry,
    PrepaymentEntry,
    Receipt,
    ReceiptVoid,
    Refund,
    Waiver,
)
from app.collection.states import AllocationKind, DepositKind, HandoverState, PrepaymentKind, VoidKind
from app.demo import generate
from app.estate.models import Community
from app.kernel.periods import Period
from tests.cases.databases import KINDS
from tests.integration.demo.demos import NOW, demo_on, forget, looking_at, small_demo

CLOSED = [Period(2025, month) for month in range(9, 13)]
MONTHS = 6


@pytest.fixture(scope="module", params=KINDS)
def dealt(request: pytest.FixtureRequest, app_on: Callable[[str], Flask]) -> Flask:
    """One demo with dealings for each kind of database, to look at."""
    return demo_on(app_on(request.param), rooms=60, months=MONTHS, dealings=True)


@pytest.fixture
def office(dealt: Flask) -> Iterator[Session]:
    with looking_at(dealt) as session:
        yield session


def test_the_books_hold_and_everything_is_there(office: Session) -> None:
    assert [str(one) for one in check_books(session=office, whole=True)] == []
    here = office.scalars(select(Community.id).order_by(Community.id)).first()

    def kinds(model: Any, column: Any) -> set[Any]:
        return set(office.scalars(select(column).where(model.community_id == here).distinct()))

    assert kinds(Allocation, Allocation.kind) == set(AllocationKind)
    assert kinds(ReceiptVoid, ReceiptVoid.kind) == set(VoidKind)
    assert kinds(PrepaymentEntry, PrepaymentEntry.kind) >= {PrepaymentKind.IN, PrepaymentKind.APPLIED}
    assert kinds(DepositEntry, DepositEntry.kind) == set(DepositKind) - {DepositKind.TAKEN_BACK}
    for model in (Vacancy, ReadingExemption, Waiver, Adjustment, Refund):
        assert kinds(model, model.state) == {ApprovalState.APPROVED}
        # Nobody approves what they asked for.
        assert not office.scalars(select(model).where(model.requested_by_id == model.decided_by_id)).all()
    assert office.scalar(select(func.sum(Charge.waived)).where(Charge.community_id == here))
    read = office.execute(select(MeterReading.period, func.count()).group_by(MeterReading.period)).all()
    assert len(read) == MONTHS
    # In some months one meter was not read, and somebody said why.
    counts = {count for _period, count in read}
    assert max(counts) - min(counts) == 1


def test_months_are_closed_up_to_the_month_before_last(office: Session) -> None:
    here, _next_door = office.scalars(select(Community.id).order_by(Community.id))
    states = {
        (row.community_id, row.period): row.state
        for row in office.execute(
            select(AccountingPeriod.community_id, AccountingPeriod.period, AccountingPeriod.state)
        )
    }
    closed = [period for (community, period), state in states.items() if state is PeriodState.CLOSED]
    assert sorted(closed) == CLOSED
    assert {key[0] for key, state in states.items() if state is PeriodState.CLOSED} == {here}
    assert set(office.scalars(select(PeriodReport.period).distinct())) == set(CLOSED)
    # What was taken in the months that are over is handed over and signed for; of this month a part waits.
    assert not office.scalars(
        select(Receipt.id).where(
            Receipt.community_id == here,
            Receipt.handover_id.is_(None),
            Receipt.day < NOW.date().replace(day=1),
        )
    ).all()
    papers = office.execute(select(CashHandover.state, CashHandover.day).order_by(CashHandover.id)).all()
    assert {row.state for row in papers} == {HandoverState.SIGNED, HandoverState.HANDED}
    assert {row.state for row in papers if Period.of(row.day) < Period.of(NOW.date())} == {
        HandoverState.SIGNED
    }


def test_a_large_demo_closes_nothing(session: Session, monkeypatch: Any) -> None:
    monkeypatch.setattr(generate, "MOST_CLOSED", 10)
    small_demo(rooms=12, months=4, dealings=True)
    forget(session)
    assert not session.scalars(select(PeriodReport.id)).all()
    assert [str(one) for one in check_books(session=session)] == []


@pytest.mark.parametrize(("rooms", "months"), [(2, 1), (3, 3)])
def test_the_smallest_demos_have_what_fits(session: Session, rooms: int, months: int) -> None:
    small_demo(rooms=rooms, months=months, dealings=True)
    forget(session)
    assert [str(one) for one in check_books(session=session, whole=True)] == []
