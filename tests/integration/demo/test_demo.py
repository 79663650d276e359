"""The demo's books are those of a real office, on every database: each figure follows from others kept elsewhere."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, BillingLine, BillingRun, Charge
from app.billing.operations import bill
from app.billing.states import RunState
from app.closing.reports.month_summary import month_summary
from app.collection.models import Allocation, Receipt, ReceiptTender, ReceiptVoid
from app.collection.operations import PaymentRequest, pay
from app.collection.states import ReceiptState, Tender
from app.estate.models import Community, Customer, Room, RoomArea
from app.kernel.chinese_amount import chinese_amount
from app.kernel.money import half_up
from app.kernel.number_rules import document_number
from app.kernel.periods import Period
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.clock import clock_at
from app.lowcode.numbers import Counter
from app.lowcode.unit import unit_of_work
from tests.cases.databases import KINDS
from tests.integration.demo.demos import NOW, demo_on, looking_at

PERIODS = [Period(2025, 11), Period(2025, 12), Period(2026, 1), Period(2026, 2)]


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, app_on: Callable[[str], Flask]) -> Flask:
    """One demo for each kind of database; only the last test writes into it."""
    return demo_on(app_on(request.param))


@pytest.fixture
def books(demo: Flask) -> Iterator[Session]:
    with looking_at(demo) as session:
        yield session


def sums(rows: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for key, amount in rows:
        found[key] += amount
    return found


def test_every_charge_is_price_times_quantity_of_its_days(books: Session) -> None:
    charges = books.scalars(select(Charge).where(Charge.assignment_id.is_not(None))).all()
    areas = dict(books.execute(select(RoomArea.room_id, RoomArea.area)).all())
    assert dict(books.execute(select(Room.id, Room.area)).all()) == areas
    assert len(areas) == 24
    by_area = [one for one in charges if one.basis["method"] == "area"]
    assert by_area and len(by_area) < len(charges)
    for one in charges:
        days = Fraction((one.ends - one.starts).days + 1, one.period.days)
        assert one.quantity == (areas[one.room_id] if one in by_area else 1)
        assert one.gross == half_up(Fraction(one.quantity) * Fraction(one.price) * days)
        assert one.amount == one.gross - one.waived
        assert one.due == one.amount - one.paid


def test_what_is_paid_is_what_receipts_and_allocations_say(books: Session) -> None:
    allocated = sums(books.execute(select(Allocation.charge_id, Allocation.amount)).all())
    assert allocated
    for one in books.scalars(select(Charge)):
        assert one.paid == allocated[one.id]
        assert 0 <= one.paid <= one.amount
    by_receipt = sums(books.execute(select(Allocation.receipt_id, Allocation.amount)).all())
    by_tender = sums(books.execute(select(ReceiptTender.receipt_id, ReceiptTender.amount)).all())
    voided = set(books.scalars(select(ReceiptVoid.receipt_id)))
    receipts = books.scalars(select(Receipt)).all()
    assert voided
    for receipt in receipts:
        void = receipt.state is ReceiptState.VOID
        assert void == (receipt.id in voided)
        assert by_tender[receipt.id] == receipt.total
        assert by_receipt[receipt.id] == (0 if void else receipt.total)
        assert receipt.words == chinese_amount(receipt.total)
        assert receipt.posting_period == Period.of(receipt.day)
    assert {day.year for day in books.scalars(select(Receipt.day))} == {2025, 2026}


def test_an_allocation_is_of_its_charge_and_of_the_receipts_customer(books: Session) -> None:
    rows = books.execute(
        select(Allocation, Charge, Receipt)
        .join(Charge, Charge.id == Allocation.charge_id)
        .join(Receipt, Receipt.id == Allocation.receipt_id)
    ).all()
    for allocation, charge, receipt in rows:
        for name in ("community_id", "building_id", "room_id", "space_id", "fee_item_id", "period"):
            assert getattr(allocation, name) == getattr(charge, name)
        assert (charge.customer_id, charge.community_id) == (receipt.customer_id, receipt.community_id)
        assert (allocation.day, allocation.posting_period) == (receipt.day, receipt.posting_period)


def test_receipt_numbers_have_no_gap_and_rise_with_the_days(books: Session) -> None:
    counters = {
        (one.community_id, one.year): one.value
        for one in books.scalars(select(Counter).where(Counter.kind == "receipt"))
    }
    series: dict[tuple[int, int], list[Receipt]] = defaultdict(list)
    for receipt in books.scalars(select(Receipt).order_by(Receipt.id)):
        series[receipt.community_id, receipt.day.year].append(receipt)
        assert receipt.number == document_number("SJ", receipt.day.year, receipt.serial)
    assert len(series) == 4  # two communities, two years
    for key, receipts in series.items():
        assert [one.serial for one in receipts] == list(range(1, counters[key] + 1))
        for before, after in pairwise(receipts):
            assert before.day <= after.day and before.created_at <= after.created_at
    assert set(counters) == set(series)


def test_the_months_add_up_and_every_run_is_posted(books: Session) -> None:
    communities = books.scalars(select(Community.id)).all()
    for period in PERIODS:
        summary = month_summary(session=books, period=period)
        assert summary.holds
        assert summary.total.values["charged"] > 0
    runs = books.scalars(select(BillingRun)).all()
    assert {(run.community_id, run.period, run.state) for run in runs} == {
        (community, period, RunState.POSTED) for community in communities for period in PERIODS
    }
    for run in runs:
        mine = (Charge.run_id == run.id,)
        assert books.scalar(select(func.count(Charge.id)).where(*mine)) == run.lines > 0
        assert books.scalar(select(func.sum(Charge.amount)).where(*mine)) == run.total
        assert (
            books.scalar(select(func.count(BillingLine.id)).where(BillingLine.run_id == run.id)) == run.lines
        )
        assert run.unbillable == 0
    assert books.scalar(select(func.count(AccountingPeriod.id))) == len(communities) * len(PERIODS)


def test_some_live_in_both_communities_and_all_are_known_by_their_number(books: Session) -> None:
    rows = books.execute(
        select(Customer.identity_hash, func.count(Customer.id))
        .where(Customer.identity_hash.is_not(None))
        .group_by(Customer.identity_hash)
    ).all()
    assert {count for _hash, count in rows} == {1, 2}


def test_the_office_goes_on_where_the_demo_ended(books: Session) -> None:
    community = books.scalar(select(func.min(Community.id))) or 0
    last = books.scalar(
        select(func.max(Receipt.serial)).where(Receipt.community_id == community, Receipt.year == 2026)
    )
    before = books.scalar(select(func.count(Charge.id)).where(Charge.community_id == community)) or 0
    with clock_at(NOW.replace(month=3)), acting_as(SYSTEM):
        with unit_of_work() as session:
            again = bill(session=session, community_id=community, period=PERIODS[-1])
            runs = bill(session=session, community_id=community, period=PERIODS[-1].next)
        with unit_of_work() as session:
            debtor = session.scalar(
                select(func.min(Charge.customer_id)).where(
                    Charge.community_id == community, Charge.due > Decimal(0)
                )
            )
            day = NOW.replace(month=3).date()
            receipts = pay(
                session=session,
                request=PaymentRequest(customer_id=debtor or 0, tenders=[(Tender.CASH, None)], day=day),
            )
            assert receipts[0].serial == (last or 0) + 1
    assert again == []  # nothing of a billed month is left to bill
    assert len(runs) == 1 and runs[0].unbillable == 0
    assert (
        books.scalar(select(func.count(Charge.id)).where(Charge.community_id == community))
        == before + runs[0].lines
    )
    assert runs[0].lines >= before / 4 - 5
    assert month_summary(session=books, period=PERIODS[-1].next).holds
