"""交款 on its page: counted, handed over once, signed by another, by whom it may be."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.closing.audit import check_books
from app.collection import operations
from app.collection.models import CashHandover, Receipt, ReceiptVoid
from app.collection.states import HandoverState
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_charge, add_customer, add_fee

NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)
NEXT = datetime(2025, 2, 11, 4, tzinfo=UTC)
D = Decimal
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(NOON):
        yield


@pytest.fixture
def desk(session: Session, cast: Any, client_of: Browser) -> FlaskClient:
    """收费员, who took 210.72 + 100.00 in cash, 30.00 and 500.00 by WeChat, and voided 33.35."""
    with unit_of_work() as unit:
        fee, water, who = add_fee(unit), add_fee(unit, "水费"), add_customer(unit, cast.ours.community_id)
        ids = [
            add_charge(unit, customer_id=who, fee_id=of, amount=amount)
            for of, amount in ((fee, "210.72"), (water, "30.00"), (water, "33.35"))
        ]
    client = client_of("收费员")
    first = {"charge_ids": [ids[0]], "advances": [{"amount": "100.00"}], "tenders": [{"tender": "cash"}]}
    second = {
        "charge_ids": [ids[1]],
        "deposits": [{"amount": "500.00", "item": "装修保证金"}],
        "tenders": [{"tender": "wechat"}],
    }
    third = {"charge_ids": [ids[2]], "tenders": [{"tender": "cash"}]}
    for turn, body in enumerate((first, second, third)):
        answer = client.post("/desk/pay", json={"customer_id": who, "key": f"press-{turn:04d}", **body})
        assert answer.status_code == 200, answer.get_json()
    last = session.scalars(select(func.max(Receipt.id))).one()
    client.post(f"/receipt/do/void/{last}", data={"reason": "收错了"})
    return client


def hand_over(client: FlaskClient, cast: Any, seen: str, **more: Any) -> str:
    """Press 交款; what is told afterwards."""
    data = {"community_id": cast.ours.community_id, "seen": seen, "counted": "310.72", **more}
    return client.post("/handover/", data=data, follow_redirects=True).get_data(as_text=True)


def test_the_page_counts_what_is_at_the_desk(desk: FlaskClient) -> None:
    page = desk.get("/handover/").get_data(as_text=True)
    for words in ("310.72", "530.00", "840.72", "人民币捌佰肆拾元零柒角贰分", "SJ2025000001", "作废 1 张"):
        assert words in page
    for label, amount in (("物业费", "210.72"), ("水费", "30.00"), ("预收", "100.00"), ("押金", "500.00")):
        assert f'<td>{label}</td><td class="num">{amount}</td>' in page
    assert "33.35" not in page
    # The press is asked about first, with the sum.
    asked = re.search(r'<form method="post"[^>]*data-ask="([^"]*)"', page)
    assert asked
    assert "840.72 元" in asked[1]
    assert "未交款" in desk.get("/home/duties").get_data(as_text=True)


def test_handed_over_once_and_signed_by_another(
    session: Session, cast: Any, desk: FlaskClient, client_of: Browser
) -> None:
    page = hand_over(desk, cast, "840.72")
    assert "已交款" in page
    assert "没有需要交款的收据" in hand_over(desk, cast, "840.72")
    session.rollback()
    row = session.scalars(select(CashHandover)).one()
    assert (row.number, row.receipts, row.voids, row.total) == ("JK2025000001", 3, 1, D("840.72"))
    assert (row.cash, row.wechat, row.cashier) == (D("310.72"), D("530.00"), "收费员")
    assert "没有未交的款" in desk.get("/handover/").get_data(as_text=True)
    assert "未交款" not in desk.get("/home/duties").get_data(as_text=True)
    sheet = desk.get(f"/handover/{row.id}/print").get_data(as_text=True)
    assert "交款表" in sheet
    assert "人民币捌佰肆拾元零柒角贰分" in sheet
    assert "210.72" in desk.get(f"/handover/{row.id}/papers").get_data(as_text=True)
    # Her own money she does not sign for; 财务 does, once.
    assert desk.post(f"/cash_handover/do/sign/{row.id}").status_code == 403
    accountant = client_of("财务")
    assert "交款单待签收" in accountant.get("/home/duties").get_data(as_text=True)
    for _press in range(2):
        accountant.post(f"/cash_handover/do/sign/{row.id}")
    session.rollback()
    session.expire_all()
    row = session.scalars(select(CashHandover)).one()
    assert (row.state, row.signed_by) == (HandoverState.SIGNED, "财务")
    # What was handed over is no longer voided: it is reversed, with a number of its own.
    receipt = session.scalars(select(func.min(Receipt.id))).one()
    desk.post(f"/receipt/do/void/{receipt}", data={"reason": "收错了"})
    accountant.post(f"/receipt/do/reverse/{receipt}", data={"reason": "收错了"})
    session.rollback()
    paper = desk.get(f"/desk/receipt/{receipt}/print").get_data(as_text=True)
    assert "已冲红" in paper
    assert "CH2025000001" in paper
    voided = session.scalars(select(ReceiptVoid.id).where(ReceiptVoid.number.is_not(None))).one()
    red = accountant.get(f"/receipt_void/paper/{voided}").get_data(as_text=True)
    for words in ("冲红单", "CH2025000001", "SJ2025000001", "−310.72", "人民币负叁佰壹拾元零柒角贰分"):
        assert words in red
    # The money given back is the accountant's to hand over, below nothing.
    assert "人民币负叁佰壹拾元零柒角贰分" in accountant.get("/handover/").get_data(as_text=True)


def test_what_changed_since_it_was_counted_is_told(session: Session, cast: Any, desk: FlaskClient) -> None:
    page = hand_over(desk, cast, "800.00")
    assert "未交的款已从 800.00 元变为 840.72 元" in page
    assert session.scalar(select(func.count(CashHandover.id))) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"community_id": "1"},
        {"community_id": "x", "seen": "1"},
        {"community_id": "1", "seen": "NaN"},
        {"community_id": str(2**63), "seen": "1"},
        {"community_id": "-1", "seen": "1"},
    ],
)
def test_a_form_that_is_not_the_pages_is_refused(desk: FlaskClient, data: dict[str, str]) -> None:
    assert desk.post("/handover/", data=data).status_code == 400


def test_the_cash_is_counted_and_what_is_over_or_short_explained(
    session: Session, cast: Any, desk: FlaskClient, client_of: Browser
) -> None:
    """D8: counted by note or in sum, 长短款 with its reason, on the page, the paper and in the books' check."""
    assert "请先清点现金" in hand_over(desk, cast, "840.72", counted="")
    page = hand_over(desk, cast, "840.72", counted="300.00", **{"pieces-100": "x"})
    assert "张数应是" in page
    assert 'value="300.00"' in page  # what was typed is kept
    page = hand_over(desk, cast, "840.72", counted="", **{"pieces-100": "3", "pieces-10": "1"})
    assert "现金短款 0.72 元" in page
    assert 'value="3"' in page
    assert session.scalar(select(func.count(CashHandover.id))) == 0
    hand_over(desk, cast, "840.72", counted="", reason="找错零", **{"pieces-100": "3", "pieces-10": "1"})
    session.rollback()
    row = session.scalars(select(CashHandover)).one()
    assert (row.cash, row.counted, row.over_short) == (D("310.72"), D("310.00"), D("-0.72"))
    assert (row.notes, row.over_short_reason, row.total) == ("100×3 10×1", "找错零", D("840.72"))
    for page in (f"/cash_handover/show/{row.id}", f"/handover/{row.id}/print"):
        text = client_of("财务").get(page).get_data(as_text=True)
        assert "找错零" in text
        assert "100×3 10×1" in text
    assert [one for one in check_books(session=session) if one.code.startswith("handover")] == []


def test_todays_drawer_stands_on_the_desk(desk: FlaskClient, cast: Any, client_of: Browser) -> None:
    """D8: what is in the drawer now, by method, and nothing of it after it was handed over."""
    drawer = desk.get("/desk/drawer").get_json()
    assert drawer == {
        "papers": 3,
        "total": "840.72",
        "today": "840.72",
        "since": "2025-02-10",
        "tenders": [{"label": "现金", "amount": "310.72"}, {"label": "微信", "amount": "530.00"}],
    }
    assert client_of("邻区收费员").get("/desk/drawer").get_json()["papers"] == 0
    with clock.clock_at(NEXT):
        assert desk.get("/desk/drawer").get_json()["today"] == "0.00"
    hand_over(desk, cast, "840.72")
    assert desk.get("/desk/drawer").get_json()["papers"] == 0


def test_the_money_of_somebody_who_left_is_handed_over_for_them(
    session: Session, cast: Any, desk: FlaskClient, client_of: Browser
) -> None:
    cashier = session.scalars(select(Receipt.cashier_id).limit(1)).one()
    manager = client_of("物业经理")
    assert f"/handover/?cashier={cashier}" in manager.get("/handover/").get_data(as_text=True)
    assert "840.72" in manager.get(f"/handover/?cashier={cashier}").get_data(as_text=True)
    assert "已交款" in hand_over(manager, cast, "840.72", cashier=str(cashier))
    session.rollback()
    assert session.scalars(select(CashHandover.cashier)).one() == "收费员"
    # Another cashier may not, and another community's sees nothing.
    other = session.scalars(select(CashHandover.id)).one()
    assert desk.get("/handover/?cashier=1").status_code == 403
    assert manager.get("/handover/?cashier=x").status_code == 404
    assert client_of("邻区收费员").get(f"/handover/{other}/print").status_code == 404


def test_late_from_the_next_day_on(desk: FlaskClient) -> None:
    with clock.clock_at(NEXT):
        assert "bg-red-lt" in desk.get("/home/duties").get_data(as_text=True)


def test_few_queries_whatever_the_number_of_papers(desk: FlaskClient, count_queries: Any) -> None:
    desk.get("/handover/")
    with count_queries() as queries:
        desk.get("/handover/")
    assert len(queries) < 16


def test_the_operation_checks_the_community(session: Session, cast: Any) -> None:
    from app.lowcode.scope import OutOfScope

    with pytest.raises(OutOfScope), unit_of_work() as unit:
        operations.hand_over(session=unit, community_id=10**9, day=clock.today())
