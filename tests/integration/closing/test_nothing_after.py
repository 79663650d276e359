"""Nothing is dated in a closed month: no operation, page or job writes it, and a net under them catches who forgets."""

import ast
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import BillingRun, Meter, Vacancy
from app.billing.operations.closed_period_guard import column_of
from app.billing.states import MeterKind, RunState
from app.collection import operations as collection
from app.collection.models import Allocation, PrepaymentEntry, Receipt, Waiver
from app.collection.states import AllocationKind, PrepaymentKind, Tender
from app.estate.models import Customer
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.clock import clock_at, midnight
from app.lowcode.db import db
from app.lowcode.document import MoneyDocument, documents
from app.lowcode.unit import in_unit_of_work
from app.lowcode.workflow import move
from tests.cases.snapshot import changes, rows_of_every_table
from tests.integration.closing.months import FEBRUARY, JANUARY, D, Months

ROOT = Path(__file__).resolve().parents[3]
INSIDE = date(2025, 1, 25)


@pytest.fixture
def months(session: Session, cast: Any) -> Months:
    """January closed with money held and a receipt that may not be taken back in it."""
    months = Months(cast.ours)
    months.bill(JANUARY)
    months.pay(date(2025, 1, 20), "70.00")
    in_unit_of_work(
        lambda: collection.pay(
            session=session,
            request=collection.PaymentRequest(
                customer_id=months.customer_ids[1],
                day=date(2025, 1, 21),
                charge_ids=[],
                tenders=[(Tender.CASH, None)],
                advances=[collection.Advance(amount=D("50.00"), room_id=months.room_ids[1])],
                deposits=[
                    collection.DepositLine(amount=D("80.00"), item="装修保证金", room_id=months.room_ids[1])
                ],
            ),
        )
    )
    in_unit_of_work(
        lambda: session.add(
            Meter(
                community_id=months.community_id,
                number="W-1",
                kind=MeterKind.WATER,
                room_id=months.room_ids[0],
            )
        )
    )
    months.hand_over(JANUARY)
    months.close(JANUARY)
    return months


Work = Callable[[Months, Session], Any]


def _receipt(session: Session) -> int:
    return session.scalars(select(Receipt.id).order_by(Receipt.id)).first() or 0


def _deposit(session: Session) -> int:
    from app.collection.models import Deposit

    return session.scalars(select(Deposit.id)).one()


def _meter(session: Session) -> int:
    return session.scalars(select(Meter.id)).one()


OPERATIONS: dict[str, Work] = {
    "bill": lambda months, session: billing.bill(
        session=session, community_id=months.community_id, period=JANUARY
    ),
    "start_run": lambda months, session: billing.start_run(
        session=session, community_id=months.community_id, period=JANUARY
    ),
    "post_charge": lambda months, session: billing.post_charge(
        session=session,
        community_id=months.community_id,
        customer_id=months.customer_ids[0],
        fee_item_id=months.fee_item_id,
        amount=D("5.00"),
        day=INSIDE,
        source="repair",
        source_id=1,
        words="换水龙头",
    ),
    "request_vacancy": lambda months, session: billing.request_vacancy(
        session=session,
        row=Vacancy(),
        community_id=months.community_id,
        room_id=months.room_ids[0],
        starts=INSIDE,
        ends=date(2025, 3, 31),
        factor=D("0.5"),
        reason="空置",
    ),
    "pay": lambda months, session: collection.pay(
        session=session,
        request=collection.PaymentRequest(
            customer_id=months.customer_ids[0], day=INSIDE, tenders=[(Tender.CASH, None)]
        ),
    ),
    "prepay": lambda months, session: collection.pay(
        session=session,
        request=collection.PaymentRequest(
            customer_id=months.customer_ids[0],
            day=INSIDE,
            charge_ids=[],
            tenders=[(Tender.CASH, None)],
            advances=[collection.Advance(amount=D("1.00"))],
        ),
    ),
    "void": lambda _months, session: collection.void(
        session=session, receipt_id=_receipt(session), day=date(2025, 1, 20), reason="错"
    ),
    "reverse": lambda _months, session: collection.reverse(
        session=session, receipt_id=_receipt(session), day=INSIDE, reason="错"
    ),
    "void_or_reverse": lambda _months, session: collection.void_or_reverse(
        session=session, receipt_id=_receipt(session), day=INSIDE, reason="错"
    ),
    "deduct": lambda _months, session: collection.deduct(
        session=session, deposit_id=_deposit(session), amount=D("1.00"), reason="损坏", day=INSIDE
    ),
    "record_readings": lambda months, session: billing.record_readings(
        session=session,
        community_id=months.community_id,
        wanted=[billing.NewReading(meter_id=_meter(session), day=INSIDE, value=D("5"))],
    ),
    "change_meter": lambda _months, session: billing.change_meter(
        session=session, meter_id=_meter(session), day=INSIDE, old_value=D("5"), onward=D(0), reason="换表"
    ),
    "hand_over": lambda months, session: collection.hand_over(
        session=session, community_id=months.community_id, day=INSIDE
    ),
}


@pytest.mark.all_databases
def test_every_operation_refuses_a_day_of_a_closed_month_and_changes_nothing(
    app: Any, session: Session, months: Months
) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    before = rows_of_every_table(url=url)
    for name, work in OPERATIONS.items():
        with pytest.raises(DomainError) as refused:
            in_unit_of_work(lambda work=work: work(months, session))
        assert refused.value.code == "period_closed", name
    assert changes(before, rows_of_every_table(url=url)) == []


def test_what_is_decided_later_posts_in_the_open_month(session: Session, months: Months) -> None:
    charge = months.charge(JANUARY, who=1)
    request = in_unit_of_work(
        lambda: collection.request_waiver(session=session, charge_id=charge, amount=D("2.00"), reason="漏水")
    )
    with acting_as(Actor(None, "物业经理", EVERYTHING)), clock_at(midnight(INSIDE) + timedelta(hours=12)):
        in_unit_of_work(lambda: move(session=session, row=request, action="approve", decision=None))
    session.rollback()
    row = session.scalars(select(Waiver)).one()
    assert (row.posting_period, row.period) == (FEBRUARY, JANUARY)
    assert session.scalars(
        select(Allocation.posting_period).where(Allocation.kind == AllocationKind.WAIVER)
    ).all() == [FEBRUARY]


def test_a_run_computed_before_posts_nothing_after(
    session: Session, cast: Any, run_jobs: Callable[[], int]
) -> None:
    """Its job waited in the queue while the month was closed."""
    months = Months(cast.ours)
    months.bill(JANUARY)
    months.close(JANUARY)
    months.bill(FEBRUARY)
    run = in_unit_of_work(
        lambda: billing.start_run(session=session, community_id=months.community_id, period=FEBRUARY)[0].id
    )
    run_jobs()
    in_unit_of_work(lambda: billing.cancel_run(session=session, run_id=run))
    months.close(FEBRUARY)
    session.rollback()
    assert session.get_one(BillingRun, run).state is RunState.CANCELLED
    with pytest.raises(DomainError) as refused:
        in_unit_of_work(lambda: billing.start_posting(session=session, run_id=run))
    assert refused.value.code == "period_closed"


def test_the_desk_refuses_a_closed_day(
    session: Session, months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    with clock_at(midnight(INSIDE) + timedelta(hours=12)):
        cashier = client_of("收费员")
        body = {
            "customer_id": months.customer_ids[0],
            "charge_ids": None,
            "amount": "5.00",
            "tendered": None,
            "tenders": [{"tender": "cash", "amount": None}],
            "key": "closed-0001",
        }
        answer = cashier.post("/desk/pay", json=body)
        assert answer.status_code in (400, 409)
        assert answer.get_json()["code"] == "period_closed"
        void = cashier.post(
            f"/receipt/do/void/{_receipt(session)}", data={"reason": "错"}, follow_redirects=True
        )
        assert "2025-01 已结账" in void.get_data(as_text=True) or "不能" in void.get_data(as_text=True)
    run = client_of("物业经理").post(
        "/billing/start/", data={"community_id": months.community_id, "period": "2025-01"}
    )
    assert "2025-01 已结账" in run.get_data(as_text=True)


def forgetful(months: Months, when: date) -> list[tuple[str, Callable[[Session], Any]]]:
    """What an operation would do that forgets to ask: rows by the session, rows by a statement, a changed row."""
    period = Period.of(when)
    mine = {"community_id": months.community_id, "day": when, "posting_period": period}

    def receipt(session: Session) -> None:
        session.add(
            Receipt(
                **mine,
                number="X1",
                customer_id=months.customer_ids[0],
                total=D("1.00"),
                settled=D("1.00"),
                tendered=D("1.00"),
                words="壹元整",
                year=when.year,
                serial=900,
            )
        )
        session.flush()

    def statement(session: Session) -> None:
        row = {
            **mine,
            "fee_item_id": months.fee_item_id,
            "period": period,
            "kind": AllocationKind.PAYMENT,
            "amount": D("1.00"),
            "charge_id": months.charge(JANUARY),
        }
        session.execute(insert(Allocation.__table__), [row])

    def entry(session: Session) -> None:
        held = session.scalars(select(PrepaymentEntry)).first()
        assert held is not None
        session.add(
            PrepaymentEntry(
                **mine,
                prepayment_id=held.prepayment_id,
                customer_id=held.customer_id,
                kind=PrepaymentKind.IN,
                amount=D("1.00"),
            )
        )
        session.flush()

    return [("receipt", receipt), ("statement", statement), ("entry", entry)]


@pytest.mark.all_databases
def test_who_forgets_to_ask_is_caught_by_the_net(session: Session, months: Months) -> None:
    for when in (INSIDE, date(2024, 12, 31)):  # a month before the closed one is closed with it
        for name, work in forgetful(months, when):
            with pytest.raises(DomainError) as refused:
                in_unit_of_work(lambda work=work: work(session))
            assert refused.value.code == "period_closed", (name, when)
    for _name, work in forgetful(months, date(2025, 2, 1)):
        with pytest.raises(RuntimeError):  # it goes through where the month is open: nothing of it is kept

            def tried(work: Any = work) -> None:
                work(session)
                raise RuntimeError

            in_unit_of_work(tried)


def test_moving_or_deleting_what_stands_in_a_closed_month_is_caught(session: Session, months: Months) -> None:
    def moved() -> None:
        row = session.scalars(select(Receipt)).first()
        assert row is not None
        row.posting_period, row.day = FEBRUARY, date(2025, 2, 1)
        session.flush()

    def deleted() -> None:
        session.delete(session.scalars(select(PrepaymentEntry)).first())
        session.flush()

    for work in (moved, deleted):
        with pytest.raises(DomainError) as refused:
            in_unit_of_work(work)
        assert refused.value.code == "period_closed"


def test_the_net_hangs_under_every_money_document() -> None:
    """A new one names its month or its day, or stands here with its reason."""
    without = {
        "BillingLine": "",
        "Prepayment": "an account, not a movement",
        "Deposit": "an account, not a movement",
        "ReceiptTender": "part of a receipt, which has the month",
        "PeriodReport": "what is kept of a month that closes",
    }
    money = {name: model for name, model in documents.items() if issubclass(model, MoneyDocument)}
    assert {name for name, model in money.items() if column_of(model) is None} <= set(without)
    for name in (
        "Charge",
        "Receipt",
        "ReceiptVoid",
        "Allocation",
        "PrepaymentEntry",
        "DepositEntry",
        "Waiver",
        "Adjustment",
        "Refund",
        "CashHandover",
        "MeterReading",
    ):
        assert column_of(documents[name]) is not None, name


def test_statements_that_the_net_does_not_see_stand_in_known_places() -> None:
    """INSERT … SELECT and the driver's own statements: each behind a lock of its month."""
    found = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                (".from_select", ".exec_driver_sql")
            ):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == {
        "app/billing/operations/run_post.py",  # after lock_period
        "app/billing/operations/run_computation.py",  # a run's own lines
        "app/lowcode/db.py",  # BEGIN
        "app/demo/bulk_insert.py",  # an empty database
        "app/demo/payments.py",
    }


def test_customers_of_a_closed_month_stay_what_they_are(session: Session, months: Months) -> None:
    """Only the books are closed: names may change, and what is kept does not."""
    in_unit_of_work(lambda: setattr(session.get_one(Customer, months.customer_ids[0]), "name", "新名"))
    assert db.session().get_one(Customer, months.customer_ids[0]).name == "新名"
