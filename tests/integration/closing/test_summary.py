"""应收实收欠费汇总: figures worked out by hand, on every database; page, Excel and print say the same."""

import html
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.reports.month_summary import month_summary
from app.collection.operations import PaymentRequest, pay, void
from app.collection.states import Tender
from app.kernel.periods import Period
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work, unit_of_work
from tests.integration.collection.ledger import add_charge, add_customer, add_fee

D = Decimal
FEBRUARY = Period(2025, 2)


def take(who: int, charge: int, amount: str, day: date) -> int:
    return in_unit_of_work(
        lambda: (
            pay(
                session=db.session(),
                request=PaymentRequest(
                    customer_id=who,
                    charge_ids=[charge],
                    amount=D(amount),
                    tenders=[(Tender.CASH, None)],
                    day=day,
                ),
            )[0].id
        )
    )


@pytest.fixture
def history(session: Session, cast: Any) -> dict[str, int]:
    """January and February of one community with two rooms and a space's fee; a charge in the other one."""
    ours = cast.ours
    with unit_of_work() as unit:
        fee, parking = add_fee(unit, "物业费"), add_fee(unit, "车位费")
        a, b = (add_customer(unit, ours.community_id, name=name) for name in ("王一", "赵二"))
        other = add_customer(unit, cast.neighbour.community_id, name="钱三")
        room_a, room_b = ours.room_ids
        jan_a = add_charge(unit, customer_id=a, fee_id=fee, amount="100.00", period="2025-01", room_id=room_a)
        add_charge(unit, customer_id=b, fee_id=fee, amount="80.00", period="2025-01", room_id=room_b)
        feb_a = add_charge(unit, customer_id=a, fee_id=fee, amount="100.00", period="2025-02", room_id=room_a)
        feb_b = add_charge(
            unit, customer_id=b, fee_id=fee, amount="60.00", waived="20.00", period="2025-02", room_id=room_b
        )
        # December's, posted late, in February.
        late = add_charge(
            unit, customer_id=a, fee_id=fee, amount="5.05", period="2024-12", posted="2025-02", room_id=room_a
        )
        space = add_charge(unit, customer_id=b, fee_id=parking, amount="300.00", period="2025-02")
        add_charge(
            unit,
            customer_id=other,
            fee_id=fee,
            amount="999.00",
            period="2025-02",
            room_id=cast.neighbour.room_ids[0],
        )
    take(a, jan_a, "30.00", date(2025, 1, 20))
    take(a, jan_a, "50.00", date(2025, 2, 3))  # past
    take(a, feb_a, "100.00", date(2025, 2, 4))  # current
    take(a, late, "5.05", date(2025, 2, 4))  # past: December's
    take(b, space, "120.10", date(2025, 2, 5))  # current
    gone = take(b, feb_b, "60.00", date(2025, 2, 6))
    in_unit_of_work(lambda: void(session=db.session(), receipt_id=gone, day=date(2025, 2, 6), reason="错").id)
    return {"fee": fee, "parking": parking, "community": ours.community_id, "building": ours.building_id}


FIGURES = ("opening", "charged", "waived", "cash_past", "cash_current", "closing")


def told(summary: Any, level: str) -> list[tuple[str, ...]]:
    return [
        tuple(str(line.values[name] or "") for name in ("community", "building", "fee"))
        + tuple(str(line.values[name]) for name in ("households", *FIGURES))
        for line in summary.lines
        if line.level == level
    ]


@pytest.mark.all_databases
def test_february_by_hand(session: Session, history: Any) -> None:
    summary = month_summary(session=session, period=FEBRUARY)
    # 期初 = 180.00 − 30.00; 应收 = 100 + 80 + 5.05; 现收-往期 = 50.00 + 5.05; 期末 = 150 + 185.05 − 20 − 55.05 − 100
    assert told(summary, "line") == [
        ("邻里苑", "1号楼", "物业费", "1", "0.00", "999.00", "0.00", "0.00", "0.00", "999.00"),
        ("锦绣园", "1号楼", "物业费", "2", "150.00", "185.05", "20.00", "55.05", "100.00", "160.00"),
        ("锦绣园", "车位及其他", "车位费", "0", "0.00", "300.00", "0.00", "0.00", "120.10", "179.90"),
    ]
    assert told(summary, "community")[1] == (
        "锦绣园",
        "小计",
        "",
        "2",
        "150.00",
        "485.05",
        "20.00",
        "55.05",
        "220.10",
        "339.90",
    )
    assert told(summary, "total") == [
        ("合计", "", "", "3", "150.00", "1484.05", "20.00", "55.05", "220.10", "1338.90")
    ]
    ours = next(
        one.values
        for one in summary.lines
        if (one.values["fee"], one.values["community"]) == ("物业费", "锦绣园")
    )
    # 100.00 ÷ 165.05, 55.05 ÷ 150.00
    assert (ours["current_rate"], ours["past_rate"]) == (D("60.59"), D("36.70"))
    assert summary.holds
    # The latest month is also compared with the charges' own checked copies.
    assert (summary.equations[-1].left, summary.equations[-1].right) == (D("1338.90"), D("1338.90"))
    assert summary.total.figures["net_cash"] == D("275.15")


@pytest.mark.all_databases
def test_january_stays_as_it_was(session: Session, history: Any) -> None:
    summary = month_summary(session=session, period=Period(2025, 1))
    assert told(summary, "total") == [
        ("合计", "", "", "2", "0.00", "180.00", "0.00", "0.00", "30.00", "150.00")
    ]
    assert summary.holds
    assert all("应收单" not in one.label for one in summary.equations)


def test_a_checked_copy_that_lies_is_found(session: Session, history: Any) -> None:
    with unit_of_work() as unit:
        unit.execute(
            update(Charge).where(Charge.amount == D("999.00")).values(paid=D("9.00"), due=D("990.00"))
        )
    assert not month_summary(session=session, period=FEBRUARY).holds


def test_a_month_without_anything(session: Session, cast: Any) -> None:
    summary = month_summary(session=session, period=FEBRUARY)
    assert told(summary, "total") == [("合计", "", "", "0", *["0.00"] * 6)]
    assert summary.holds


def test_the_page_shows_ones_own_reach_and_leads_to_the_documents(
    session: Session, history: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    manager = client_of("物业经理")
    page = manager.get("/reports/summary/?period=2025-02").get_data(as_text=True)
    assert "锦绣园" in page
    assert "邻里苑" not in page
    assert "已核对" in page
    for figure in ("150.00", "185.05", "20.00", "55.05", "160.00", "60.59", "36.70", "339.90"):
        assert f">{figure}<" in page
    place = f"k.community_id={history['community']}&amp;k.building_id={history['building']}"
    for url, told in (
        (f"field=charged&amp;{place}&amp;k.fee_item_id={history['fee']}", ""),
        (
            f"field=charged&amp;k.community_id={history['community']}&amp;k.building_id=&amp;k.fee_item_id={history['parking']}",
            "",
        ),
        (f"field=cash_past&amp;{place}&amp;k.fee_item_id={history['fee']}", "55.05"),
    ):
        whole = f"/reports/summary/rows?period=2025-02&amp;{url}"
        assert whole in page
        answer = manager.get(whole.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert told in answer.get_data(as_text=True)


def test_excel_holds_what_the_page_shows(
    session: Session, history: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    answer = client_of("财务").get("/reports/summary/export?period=2025-02")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "应收实收欠费汇总 2025-02"
    assert "已核对" in rows[1][0]
    assert rows[2][:5] == ["小区", "楼宇", "收费项目", "户数", "期初欠费"]
    assert rows[3] == [
        "锦绣园",
        "1号楼",
        "物业费",
        2,
        150,
        185.05,
        0,
        20,
        55.05,
        100,
        0,
        0,
        160,
        60.59,
        36.7,
        49.21,
    ]
    assert rows[-1] == [
        "合计",
        None,
        None,
        2,
        150,
        485.05,
        0,
        20,
        55.05,
        220.1,
        0,
        0,
        339.9,
        47.33,
        36.7,
        44.74,
    ]
    assert len(rows) == 3 + 5 + 1


def test_print(session: Session, history: Any, client_of: Callable[[str], FlaskClient]) -> None:
    page = client_of("财务").get("/reports/summary/print?period=2025-02").get_data(as_text=True)
    assert "339.90" in page
    assert 'href="/charge' not in page


def test_rights_and_bad_months(session: Session, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    assert client_of("收费员").get("/reports/summary/").status_code == 403
    manager = client_of("物业经理")
    for bad in ("2025-13", "x", "0000-01"):
        assert manager.get("/reports/summary/", query_string={"period": bad}).status_code == 400
    for edge in ("0001-01", "9999-12", ""):
        assert manager.get("/reports/summary/", query_string={"period": edge}).status_code == 200


def test_queries_do_not_grow_with_the_lines(session: Session, history: Any, count_queries: Any) -> None:
    with count_queries() as queries:
        month_summary(session=session, period=FEBRUARY)
    assert len(queries) == 19


def test_arrears_on_the_home_page(
    session: Session, history: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    card = client_of("收费员").get("/reports/cards/arrears").get_data(as_text=True)
    assert "339.90" in card


def test_what_was_owed_leads_to_the_arrears_that_add_up_to_it(
    session: Session, history: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    """期初 and 期末 of every line, by place and fee, as of the month's end, whatever was settled since."""
    finance = client_of("财务")
    page = finance.get("/reports/summary/?period=2025-02").get_data(as_text=True)
    links = {
        (html.unescape(url), amount)
        for url, amount in re.findall(r'<a href="(/reports/arrears/[^"]*)">([\d,.]+)</a>', page)
    }
    # A building's, one of spaces, the community's and the total.
    assert len(links) >= 4 and any("place=o" in url for url, _amount in links)
    for url, amount in links:
        arrears = finance.get(url).get_data(as_text=True)
        told = re.search(r"<tfoot>.*</tfoot>", arrears, re.DOTALL)
        assert told is not None and f">{amount}<" in told[0], (url, amount)
    assert client_of("财务").get("/reports/arrears/?place=b999999").status_code == 400
