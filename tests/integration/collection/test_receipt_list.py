"""The list of receipts adds up what counts: on the page, in Excel, on paper and in a tab; its page begins with what was paid."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.collection.operations import PaymentRequest, pay, void
from app.collection.states import Tender
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work, unit_of_work

from .ledger import DAY, add_charge, add_customer, add_fee

LABEL = "合计（不含作废和冲红）"
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(datetime(2025, 2, 10, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def receipts(session: Session, cast: Any) -> tuple[int, int, int]:
    """(their customer, a receipt of 100.25 that stands, one of 33.50 that was voided)."""
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        for amount in ("100.25", "33.50"):
            add_charge(unit, customer_id=who, fee_id=fee, amount=amount)

    def collect(amount: str) -> int:
        tenders = [(Tender.CASH, None)]
        made = pay(
            session=db.session(),
            request=PaymentRequest(customer_id=who, amount=Decimal(amount), tenders=tenders, day=DAY),
        )
        return made[0].id

    kept = in_unit_of_work(lambda: collect("100.25"))
    taken_back = in_unit_of_work(lambda: collect("33.50"))
    in_unit_of_work(lambda: void(session=db.session(), receipt_id=taken_back, day=DAY, reason="收错了").id)
    return who, kept, taken_back


def footer(page: str) -> str:
    """The totals under a list, without its markup."""
    found = re.search(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.mark.all_databases
@pytest.mark.parametrize("document", ["receipt", "receipt_tender"])
def test_what_was_taken_back_is_listed_and_not_added_up(
    receipts: Any, client_of: Browser, document: str
) -> None:
    client = client_of("财务")
    page = client.get(f"/{document}/list/").get_data(as_text=True)
    assert "33.50" in page
    assert "共 2 条" in page
    assert LABEL in footer(page)
    assert "100.25" in footer(page)
    assert "133.75" not in page
    file = openpyxl.load_workbook(BytesIO(client.get(f"/{document}/export").get_data())).active
    assert file is not None
    *body, totals = list(file.iter_rows(min_row=4, values_only=True))
    assert len(body) == 2
    assert totals[0] == LABEL
    assert 100.25 in totals
    paper = client.get(f"/{document}/print").get_data(as_text=True)
    assert LABEL in paper
    assert "133.75" not in paper


def test_a_tab_of_receipts_adds_up_the_same(receipts: Any, client_of: Browser) -> None:
    who, *_rest = receipts
    tab = client_of("财务").get(f"/receipt/list/?embedded=1&held=customer_id&f.customer_id.eq={who}")
    assert "100.25" in footer(tab.get_data(as_text=True))
    only_void = client_of("财务").get("/receipt/list/?f.state.eq=void").get_data(as_text=True)
    assert "0.00" in footer(only_void)


def test_the_page_of_a_receipt_begins_with_what_was_paid(receipts: Any, client_of: Browser) -> None:
    page = client_of("财务").get(f"/receipt/show/{receipts[1]}").get_data(as_text=True)
    urls = re.findall(r"/(\w+)/list/\?embedded=1&amp;held=receipt_id", page)
    assert urls == [
        "allocation",
        "receipt_tender",
        "prepayment_entry",
        "deposit_entry",
        "waiver",
        "receipt_void",
    ]
