"""What a receipt says on paper of a part payment, and how many lines go over several pages."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.collection.models import Receipt
from app.collection.queries.receipt_print import receipt_facts
from app.collection.views.desk_payload import AmountMissing, BadAmount, read_payment
from app.kernel.periods import Period
from tests.integration.closing.months import FEBRUARY, JANUARY, Months


@pytest.fixture
def months(session: Session, cast: Any) -> Months:
    return Months(cast.ours)


def parts(session: Session, receipt_id: int) -> list[dict[str, str] | None]:
    session.rollback()
    facts = receipt_facts(session=session, receipt=session.get_one(Receipt, receipt_id))
    return [line["part"] for line in facts["lines"]]


@pytest.mark.all_databases
def test_a_part_payment_says_what_was_asked_paid_and_left(
    session: Session, months: Months, backend: str
) -> None:
    """M5: quantity × price beside another amount is explained: 应收, 此前已收, 本次, 尚欠, as of then."""
    months.bill(JANUARY)
    first = months.pay(date(2025, 1, 10), "70.00")
    rest = months.pay(date(2025, 1, 20))
    months.bill(FEBRUARY)
    whole = months.pay(date(2025, 2, 10))
    assert parts(session, first) == [{"asked": "100.00", "before": "", "paid": "70.00", "left": "30.00"}]
    assert parts(session, rest) == [{"asked": "100.00", "before": "70.00", "paid": "30.00", "left": "0.00"}]
    assert parts(session, whole) == [None]


def test_the_paper_says_so_and_every_page_has_its_number(
    session: Session, months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    """M5: 部分收款 stands under the line; a dozen lines are two pages, each with the receipt's number."""
    months.bill(JANUARY)
    part = months.pay(date(2025, 1, 10), "70.00")
    cashier = client_of("收费员")
    page = cashier.get(f"/desk/receipt/{part}/print").get_data(as_text=True)
    assert "部分收款：应收 100.00，本次 70.00，尚欠 30.00" in page
    for month in range(2, 13):
        months.bill(Period(2025, month))
    many = months.pay(date(2025, 12, 31))
    page = cashier.get(f"/desk/receipt/{many}/print").get_data(as_text=True)
    session.rollback()
    number = session.get_one(Receipt, many).number
    papers = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert len(papers) == 2
    for place, paper in enumerate(papers, 1):
        assert number in paper and f"第 {place} 页，共 2 页" in paper
    assert "合计（大写）" in papers[1] and "合计（大写）" not in papers[0]


def body(amount: object) -> dict[str, Any]:
    return {
        "customer_id": 1,
        "charge_ids": [],
        "tenders": [{"tender": "cash", "amount": None}],
        "key": "k" * 20,
        "deposits": [{"amount": amount, "item": "装修保证金", "room_id": None}],
    }


@pytest.mark.parametrize("amount", ["", "  ", None])
def test_an_empty_amount_is_missing_and_not_badly_written(amount: object) -> None:
    """M6: the message of an empty 押金 says that it is missing."""
    with pytest.raises(AmountMissing) as refused:
        read_payment(body(amount), today=date(2025, 1, 1))
    assert (refused.value.code, refused.value.field) == ("missing_input", "deposits")
    with pytest.raises(BadAmount):
        read_payment(body("1,5"), today=date(2025, 1, 1))
    assert read_payment(body("1.50"), today=date(2025, 1, 1)).deposits[0].amount == Decimal("1.50")
