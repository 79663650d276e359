"""Taking a receipt back on its own day, and counting its prints."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.collection.models import Allocation, Receipt, ReceiptVoid
from app.collection.operations import PaymentRequest, pay, void
from app.collection.queries import serials
from app.collection.states import AllocationKind, ReceiptState, Tender
from app.kernel.errors import DomainError
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.history import History
from app.lowcode.unit import in_unit_of_work, unit_of_work

from .ledger import DAY, add_charge, add_customer, add_fee, figures

D = Decimal
NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)


@pytest.fixture
def taken(session: Session, cast: Any) -> tuple[int, int, int]:
    """(receipt, a charge settled whole, a charge settled in part)."""
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        one = add_charge(unit, customer_id=who, fee_id=fee, amount="100.00", period="2025-01")
        two = add_charge(unit, customer_id=who, fee_id=fee, amount="100.00", period="2025-02")
    return collect(who, "150.00"), one, two


def collect(who: int, amount: str) -> int:
    return in_unit_of_work(
        lambda: (
            pay(
                session=db.session(),
                request=PaymentRequest(
                    customer_id=who, amount=D(amount), tenders=[(Tender.CASH, None)], day=DAY
                ),
            )[0].id
        )
    )


def void_or_reverse(receipt: int, day: date = DAY, reason: str = "收错了") -> int:
    return in_unit_of_work(lambda: void(session=db.session(), receipt_id=receipt, day=day, reason=reason).id)


@pytest.mark.all_databases
def test_the_charges_open_again_and_the_number_stays(session: Session, cast: Any, taken: Any) -> None:
    receipt, one, two = taken
    void_or_reverse(receipt)
    assert figures(session, one) == (D("0.00"), D("100.00"))
    assert figures(session, two) == (D("0.00"), D("100.00"))
    row = session.get_one(Receipt, receipt)
    assert (row.state, row.number) == (ReceiptState.VOID, "SJ2025000001")
    undone = session.scalars(select(Allocation.amount).where(Allocation.kind == AllocationKind.VOID))
    assert sorted(undone) == [D("-100.00"), D("-50.00")]
    assert session.scalars(select(ReceiptVoid.reason)).all() == ["收错了"]
    deed = session.scalars(select(History).where(History.document == "Receipt")).one()
    assert (deed.label, deed.new, deed.row_id) == ("作废", "收错了", receipt)
    again = collect(row.customer_id, "200.00")
    assert session.get_one(Receipt, again).number == "SJ2025000002"
    assert serials(session=session) == {(cast.ours.community_id, 2025): [1, 2]}


@pytest.mark.parametrize(
    ("day", "reason", "code"),
    [
        (date(2025, 2, 11), "收错了", "too_late_to_void"),
        (date(2025, 2, 9), "收错了", "too_late_to_void"),
        (DAY, "  ", "reason_missing"),
    ],
)
def test_refused(session: Session, taken: Any, day: date, reason: str, code: str) -> None:
    receipt, one, _two = taken
    with pytest.raises(DomainError) as caught:
        void_or_reverse(receipt, day, reason)
    assert caught.value.code == code
    assert figures(session, one) == (D("100.00"), D("0.00"))


def test_voided_once_only(session: Session, taken: Any) -> None:
    void_or_reverse(taken[0])
    with pytest.raises(DomainError) as caught:
        void_or_reverse(taken[0])
    assert caught.value.code == "transition_refused"
    assert len(session.scalars(select(ReceiptVoid)).all()) == 1


def test_a_closed_month_stays_as_it_is(session: Session, taken: Any) -> None:
    with unit_of_work() as unit:
        unit.execute(update(AccountingPeriod.__table__).values(state=PeriodState.CLOSED))
    with pytest.raises(DomainError) as caught:
        void_or_reverse(taken[0])
    assert caught.value.code == "period_closed"


def test_by_the_button_on_the_receipts_page(
    session: Session, taken: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    receipt, one, _two = taken
    with clock.clock_at(NOON):
        desk = client_of("收费员")
        page = desk.get(f"/receipt/show/{receipt}").get_data(as_text=True)
        assert f"/receipt/do/void/{receipt}" in page
        assert f"/desk/receipt/{receipt}/print" in page
        assert desk.post(f"/receipt/do/void/{receipt}", data={"reason": "重复收款"}).status_code == 302
        assert figures(session, one)[1] == D("100.00")
        assert f"/receipt/do/void/{receipt}" not in desk.get(f"/receipt/show/{receipt}").get_data(
            as_text=True
        )


def test_prints_are_counted_and_marked(
    session: Session, taken: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    """M7: looking counts for nothing and prints nothing; the first paper is never 补打, every other is."""
    desk, url = client_of("收费员"), f"/desk/receipt/{taken[0]}/print"
    for _again in range(3):
        seen = desk.get(url).get_data(as_text=True)
        assert 'class="is-preview"' in seen
        assert "data-print-now" not in seen
        assert "补打" not in seen
    assert session.get_one(Receipt, taken[0]).prints == 0
    first = desk.post(url).get_data(as_text=True)
    assert "补打" not in first
    assert "is-preview" not in first
    assert "data-print-now" in first
    for word in (
        "SJ2025000001",
        "人民币壹佰伍拾元整",
        "150.00",
        "现金",
        "锦东置业",
        "王一",
        "物业费",
        "2025-01",
    ):
        assert word in first
    assert "补打" in desk.get(url).get_data(as_text=True)
    # The desk prints by a script of its own, from a frame.
    again = desk.post(url, headers={"X-Requested-With": "XMLHttpRequest"}).get_data(as_text=True)
    assert "补打" in again
    assert "data-print-now" not in again
    session.rollback()
    assert session.get_one(Receipt, taken[0]).prints == 2
    void_or_reverse(taken[0])
    assert "作废" in desk.get(f"/desk/receipt/{taken[0]}/print").get_data(as_text=True)
