"""Billing a month at once: idempotent, cut where something changes, and nobody charged for the wrong days."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.billing import operations
from app.billing.models import AccountingPeriod, BillingRun, Charge, FeeStandardVersion
from app.billing.operations.periods import PeriodClosed
from app.billing.operations.prices import PriceIsBilled
from app.billing.states import Oddity, RunState
from app.estate.models import Occupancy, Room, RoomArea
from app.estate.states import RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.save import AlreadyThere
from tests.integration.billing.town import APRIL, MARCH, Town


@pytest.fixture
def town(app) -> Town:
    return Town(app)


def count(town: Town, model) -> int:
    return town.ask(lambda session: session.scalar(select(func.count(model.id))))


@pytest.mark.all_databases
def test_a_month_is_charged_once_however_often_it_is_billed(town):
    town.assign(town.standard())
    town.bill()
    first = town.charges()
    assert first == [(f"1-1-000{n}", "2025-03-01", "2025-03-31", f"业主{n}", "240.00") for n in (1, 2, 3)]
    assert town.bill() == []
    assert town.charges() == first
    assert town.bill(APRIL) != []
    assert len(town.charges()) == 6


@pytest.mark.all_databases
def test_a_charge_carries_what_collecting_needs(town):
    town.assign(town.standard(title="物业费标准"))
    (run_id,) = town.bill()
    charge = town.ask(lambda session: session.scalars(select(Charge)).first())
    run = town.run(run_id)
    assert (run.state, run.lines, run.total, run.unbillable) == (RunState.POSTED, 3, Decimal("720.00"), 0)
    assert run.posted_at is not None
    assert (charge.run_id, charge.period, charge.posting_period) == (run_id, MARCH, MARCH)
    assert (charge.gross, charge.waived, charge.paid, charge.due) == (
        Decimal("240.00"),
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("240.00"),
    )
    assert (charge.due_date, charge.created_by) == (date(2025, 3, 31), "系统")
    assert charge.basis == {"method": "area", "days": 31, "of_days": 31, "share": "1"}
    assert (charge.quantity, charge.price) == (Decimal("100.0000"), Decimal("2.400000"))


def test_a_new_price_leaves_what_is_billed_alone(town):
    standard = town.standard()
    town.assign(standard)
    town.bill()
    before = town.charges()
    town.do(
        lambda session: operations.add_price(
            session=session, standard_id=standard, starts=date(2025, 3, 16), price=Decimal("9.99")
        )
    )
    assert town.bill() == []
    assert town.charges() == before
    town.bill(APRIL)
    assert {row[4] for row in town.charges()} == {"240.00", "999.00"}


def test_a_price_that_is_billed_is_not_edited(town):
    standard = town.standard()
    town.assign(standard)

    def change(session) -> None:
        row = session.scalars(select(FeeStandardVersion)).one()
        operations.save_price(session=session, row=row, price=Decimal("3.00"))

    town.do(change)
    town.bill()
    assert {row[4] for row in town.charges()} == {"300.00"}
    with pytest.raises(PriceIsBilled):
        town.do(lambda session: (change(session), change_again(session)))
    assert town.ask(lambda session: session.scalars(select(FeeStandardVersion.price)).one()) == Decimal(3)


def change_again(session) -> None:
    row = session.scalars(select(FeeStandardVersion)).one()
    operations.save_price(session=session, row=row, price=Decimal("4.00"))


def test_two_prices_for_one_day_are_refused(town):
    standard = town.standard(starts="2025-01-01")
    with pytest.raises(AlreadyThere):
        town.do(
            lambda session: operations.add_price(
                session=session, standard_id=standard, starts=date(2025, 1, 1), price=Decimal(1)
            )
        )


def test_the_developer_pays_until_the_hand_over_and_for_what_is_unsold(town):
    town.assign(town.standard())

    def set_rooms(session) -> None:
        first, second, _third = (session.get_one(Room, key) for key in town.room_ids)
        first.handed_over = date(2025, 3, 10)
        second.state = RoomState.UNSOLD
        session.delete(session.scalars(select(Occupancy).where(Occupancy.room_id == second.id)).one())

    town.do(set_rooms)
    town.bill()
    assert town.charges() == [
        ("1-1-0001", "2025-03-01", "2025-03-09", "锦东开发", "69.68"),
        ("1-1-0001", "2025-03-10", "2025-03-31", "业主1", "170.32"),
        ("1-1-0002", "2025-03-01", "2025-03-31", "锦东开发", "240.00"),
        ("1-1-0003", "2025-03-01", "2025-03-31", "业主3", "240.00"),
    ]


def test_an_area_surveyed_again_cuts_the_month(town):
    town.assign(town.standard(), room_ids=town.room_ids[:1])

    def survey(session) -> None:
        for starts, area in ((date(2024, 1, 1), 100), (date(2025, 3, 11), 110)):
            session.add(
                RoomArea(
                    community_id=town.community_id,
                    room_id=town.room_ids[0],
                    starts=starts,
                    area=Decimal(area),
                )
            )

    town.do(survey)
    town.bill()
    assert [row[1:] for row in town.charges()] == [
        ("2025-03-01", "2025-03-10", "业主1", "77.42"),
        ("2025-03-11", "2025-03-31", "业主1", "178.84"),
    ]


def test_a_space_is_paid_for_by_its_own_customer(town):
    owner = town.ask(lambda session: session.scalars(select(Occupancy.customer_id)).first())
    mine = town.space("A-001", customer_id=owner)
    nobodys = town.space("A-002")
    town.assign(town.standard("停车费", price="300", method=Method.FIXED), space_ids=[mine, nobodys])
    town.bill()
    assert sorted(row[3:] for row in town.charges()) == [("业主1", "300.00"), ("锦东开发", "300.00")]


def test_days_nobody_pays_for_are_told_and_not_posted(town):
    town.assign(town.standard(starts="2025-03-11"))
    (run_id,) = town.bill()
    run = town.run(run_id)
    assert (run.lines, run.unbillable, run.total) == (3, 3, Decimal("487.74"))
    told = [row for row in town.lines() if row[5] is Oddity.NO_PRICE]
    assert [row[:3] for row in told] == [(f"1-1-000{n}", "2025-03-01", "2025-03-10") for n in (1, 2, 3)]
    assert len(town.charges()) == 3
    # Once the price is there, the days are charged: nothing is lost by posting the rest first.
    standard = town.ask(lambda session: session.scalars(select(FeeStandardVersion.standard_id)).one())
    town.do(
        lambda session: operations.add_price(
            session=session, standard_id=standard, starts=date(2025, 1, 1), price=Decimal("2.40")
        )
    )
    town.bill()
    assert [row[1:3] for row in town.charges()][:2] == [
        ("2025-03-01", "2025-03-10"),
        ("2025-03-11", "2025-03-31"),
    ]


def test_a_month_with_nothing_to_charge_opens_no_period(town):
    town.assign(town.standard(), "2025-05-01")
    assert town.bill() == []
    assert count(town, BillingRun) == 0
    assert count(town, AccountingPeriod) == 0


@pytest.mark.parametrize("closed", [MARCH, Period(2025, 5)])
def test_a_closed_month_is_not_billed(town, closed):
    """Neither the closed one, nor one before it that nothing was ever dated in: months close in order."""
    town.assign(town.standard())
    town.closed(closed)
    with pytest.raises(PeriodClosed):
        town.bill()
    assert count(town, BillingRun) == 0
