"""Closing against whoever writes in the same month at the same moment: in the kept reports, or refused; never after."""

from collections.abc import Callable
from contextvars import Context
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import FeeItem
from app.billing.operations.periods import lock_period
from app.billing.states import PeriodState
from app.closing import operations as closing
from app.closing.operations.snapshots import written_out
from app.closing.queries.archive import kept_texts
from app.closing.reports.month_summary import SUMMARY
from app.collection import operations as collection
from app.collection.models import Allocation
from app.collection.queries.open_tills import unhanded
from app.collection.states import Tender
from app.kernel.errors import DomainError
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work
from tests.integration.closing.months import FEBRUARY, JANUARY, D, Months

PATIENCE = 60
ROUNDS = 6


def at_once(app: Flask, works: list[Callable[[Session], Any]]) -> list[str]:
    """Run each work in a thread and unit of its own, begun together; "done" or the code of the refusal."""
    barrier, told = Barrier(len(works)), ["lost"] * len(works)

    def run(place: int) -> None:
        with app.app_context(), acting_as(SYSTEM):
            barrier.wait(PATIENCE)
            try:
                in_unit_of_work(lambda: works[place](db.session()))
                told[place] = "done"
            except DomainError as refused:
                told[place] = refused.code
            except Exception as error:  # noqa: BLE001 (a thread's failure is the test's to see)
                told[place] = repr(error)
            finally:
                db.session.remove()

    threads = [Thread(target=Context().run, args=(run, place)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return told


@pytest.mark.all_databases
def test_a_payment_is_in_the_kept_month_or_refused(app: Flask, session: Session, cast: Any) -> None:
    months = Months(cast.ours)
    period = JANUARY

    def close(unit: Session) -> None:
        # Whoever came first has the month; what came in is handed over, and then it is closed.
        lock_period(session=unit, community_id=months.community_id, period=period)
        for cashier, _papers in unhanded(session=unit, community_id=months.community_id, period=period):
            collection.hand_over(
                session=unit, community_id=months.community_id, day=period.last_day, cashier_id=cashier
            )
        closing.close(session=unit, community_id=months.community_id, period=period)

    def pay(day: date, who: int) -> Callable[[Session], Any]:
        return lambda unit: collection.pay(
            session=unit,
            request=collection.PaymentRequest(
                customer_id=months.customer_ids[who], day=day, amount=D("1.00"), tenders=[(Tender.CASH, None)]
            ),
        )

    for turn in range(ROUNDS):
        months.bill(period)
        works: list[Callable[[Session], Any]] = [pay(period.last_day, 0), pay(period.first_day, 1)]
        works.insert(turn % 3, close)
        told = at_once(app, works)
        assert told.pop(turn % 3) == "done" and set(told) <= {"done", "period_closed"}, told
        session.rollback()
        kept = kept_texts(session=session, community_id=months.community_id, period=period)[SUMMARY.name]
        paid = session.scalar(select(func.sum(Allocation.amount)).where(Allocation.posting_period == period))
        assert paid in (None, D(told.count("done")))
        assert f'"net_cash":"{paid or D("0.00")}"'.encode() in kept
        now = written_out(
            session=session, report=SUMMARY, community_id=months.community_id, period=period
        ).text
        assert now.encode() == kept
        session.rollback()
        period = period.next


@pytest.mark.all_databases
def test_a_posting_is_in_the_kept_month_or_refused(app: Flask, session: Session, cast: Any) -> None:
    months = Months(cast.ours)
    months.bill(JANUARY)
    months.bill(FEBRUARY)

    fee = session.scalars(select(FeeItem.id)).first()
    assert fee is not None

    def post(unit: Session) -> None:
        billing.post_charge(
            session=unit,
            community_id=months.community_id,
            customer_id=months.customer_ids[0],
            fee_item_id=fee,
            amount=D("5.00"),
            day=JANUARY.last_day,
            source="repair",
            source_id=1,
            words="换水龙头",
        )

    def close(unit: Session) -> None:
        closing.close(session=unit, community_id=months.community_id, period=JANUARY)

    told = at_once(app, [post, close])
    assert told in (["done", "done"], ["period_closed", "done"]), told
    session.rollback()
    kept = kept_texts(session=session, community_id=months.community_id, period=JANUARY)[SUMMARY.name]
    assert (b'"charged":"205.00"' in kept) is (told[0] == "done")
    now = written_out(session=session, report=SUMMARY, community_id=months.community_id, period=JANUARY).text
    assert now.encode() == kept


@pytest.mark.all_databases
def test_two_who_close_close_once(app: Flask, session: Session, cast: Any) -> None:
    months = Months(cast.ours)
    months.bill(JANUARY)

    def close(unit: Session) -> None:
        closing.close(session=unit, community_id=months.community_id, period=JANUARY)

    assert sorted(at_once(app, [close, close])) == ["done", "period_closed"]


@pytest.mark.all_databases
def test_the_next_month_does_not_close_while_this_one_opens_again(
    app: Flask, session: Session, cast: Any
) -> None:
    from app.closing.models import PeriodReopen
    from app.lowcode.actors import EVERYTHING, Actor
    from app.lowcode.workflow import move

    months = Months(cast.ours)
    months.bill(JANUARY)
    months.bill(FEBRUARY)
    months.close(JANUARY)
    with acting_as(Actor(None, "财务", EVERYTHING)):
        request = in_unit_of_work(
            lambda: (
                closing.request_reopen(
                    session=session,
                    row=PeriodReopen(),
                    community_id=months.community_id,
                    period=JANUARY,
                    reason="漏收",
                ).id
            )
        )

    def reopen(unit: Session) -> None:
        with acting_as(Actor(None, "物业经理", EVERYTHING)):
            move(session=unit, row=unit.get_one(PeriodReopen, request), action="approve", decision=None)

    def close(unit: Session) -> None:
        closing.close(session=unit, community_id=months.community_id, period=FEBRUARY)

    told = at_once(app, [reopen, close])
    assert told in (["done", "previous_period_open"], ["not_latest_period", "done"]), told
    states = (months.state(JANUARY), months.state(FEBRUARY))
    assert states in ((PeriodState.OPEN, PeriodState.OPEN), (PeriodState.CLOSED, PeriodState.CLOSED))
