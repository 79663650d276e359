"""收费日报/交款表 and 物业费台账 of the quarter, worked out by hand; page, Excel and print of every report."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.closing.reports.columns import COMMUNITY
from app.collection.operations import hand_over, sign
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.clock import clock_at
from app.lowcode.engine import KEY, engine_of
from app.lowcode.reports.declaration import TOTAL, By, ReportQuery
from app.lowcode.reports.reader import Reading, read
from app.lowcode.unit import unit_of_work
from app.reports.daily import DAILY
from app.reports.ledger import LEDGER, name_of
from tests.integration.closing.quarter import Quarter

MARCH = datetime(2025, 3, 10, 4, tzinfo=UTC)


def daily(session: Session, first: str, last: str) -> Reading:
    session.rollback()
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    return read(session=session, report=DAILY, scope=ReportQuery(by=By.DAYS, narrowed=False, **days))


def told(found: Reading, *names: str) -> list[tuple[str, ...]]:
    assert found.holds
    return [
        tuple(str(line.values.get(name, "")) for name in names) for line in found.lines if line.level != TOTAL
    ]


@pytest.mark.all_databases
def test_the_days_of_a_desk(session: Session, quarter: Quarter) -> None:
    fee = f"fee_{quarter.fee}"
    found = daily(session, "2025-01-01", "2025-01-31")
    names = ("day", "cashier", "receipts", "voids", fee, "cash", "wechat", "prepaid", "deposited", "total")
    assert told(found, *names) == [
        ("2025-01-10", "收费员", "1", "0", "60.00", "60.00", "0.00", "0.00", "0.00", "60.00"),
        ("2025-01-12", "收费员", "1", "0", "", "0.00", "50.00", "50.00", "0.00", "50.00"),
        ("2025-01-13", "收费员", "1", "0", "30.00", "530.00", "0.00", "0.00", "500.00", "530.00"),
        # Voided on its day: it keeps its number, and no money is left of it.
        ("2025-01-15", "收费员", "1", "1", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"),
    ]
    assert told(found, "numbers", "words")[0] == ("SJ2025000001", "人民币陆拾元整")
    total = found.lines[-1].values
    assert (str(total["total"]), total["words"], total["receipts"]) == ("640.00", "人民币陆佰肆拾元整", 4)
    assert [one.label for one in found.report.columns if one.name == fee] == ["物业费"]


@pytest.mark.all_databases
def test_money_out_of_a_desk(session: Session, quarter: Quarter) -> None:
    found = daily(session, "2025-02-01", "2025-02-28")
    names = ("day", "receipts", f"fee_{quarter.fee}", "cash", "refunded", "total", "words")
    # The refund was paid out by who approved it: nobody's desk in this quarter.
    assert told(found, *names) == [
        ("2025-02-03", "0", "-60.00", "-60.00", "0.00", "-60.00", "人民币负陆拾元整"),
        ("2025-02-06", "0", "", "-100.00", "100.00", "-100.00", "人民币负壹佰元整"),
    ]


def test_who_handed_over_and_who_signed(session: Session, quarter: Quarter, cast: Any) -> None:
    cashier = session.scalars(select(User.id).where(User.username == cast["收费员"])).one()
    with acting_as(Actor(cashier, "李收费", EVERYTHING)), unit_of_work() as unit:
        paper = hand_over(
            session=unit, community_id=quarter.community_id, day=date(2025, 1, 12), cashier_id=cashier
        ).id
    assert told(daily(session, "2025-01-01", "2025-01-31"), "handed", "signed")[0] == ("李收费", "")
    with acting_as(Actor(None, "赵财务", EVERYTHING)), unit_of_work() as unit:
        sign(session=unit, handover_id=paper)
    found = told(daily(session, "2025-01-01", "2025-01-31"), "day", "handed", "signed")
    assert found == [
        ("2025-01-10", "李收费", "赵财务"),
        ("2025-01-12", "李收费", "赵财务"),
        ("2025-01-13", "", ""),
        ("2025-01-15", "", ""),
    ]


@pytest.mark.all_databases
def test_a_year_of_rooms(session: Session, quarter: Quarter) -> None:
    session.rollback()
    scope = ReportQuery(
        by=By.YEAR,
        first=date(2025, 1, 1),
        last=date(2025, 12, 31),
        narrowed=False,
        only=frozenset([quarter.community_id]),
    )
    found = read(session=session, report=LEDGER, scope=scope, limit=50)
    names = [
        "place",
        "customer",
        *(name_of(one, month) for month in (1, 2, 0) for one in ("asked", "paid", "due")),
    ]
    assert told(found, *names) == [
        (
            "1-1-101",
            "王一",
            "92.00",
            "50.00",
            "42.00",
            "100.00",
            "0.00",
            "100.00",
            "192.00",
            "50.00",
            "142.00",
        ),
        ("1-1-201", "赵二", "75.00", "30.00", "45.00", "0.00", "0.00", "0.00", "75.00", "30.00", "45.00"),
    ]
    assert [str(found.total.values[name_of(one, 0)]) for one in ("asked", "paid", "due")] == [
        "267.00",
        "80.00",
        "187.00",
    ]
    assert found.total.count == 2
    second = read(session=session, report=LEDGER, scope=scope, limit=1, offset=1)
    assert [line.values["place"] for line in second.lines] == ["1-1-201"]


def test_one_column_a_month_where_one_measure_is_picked(session: Session, quarter: Quarter) -> None:
    scope = ReportQuery(
        by=By.YEAR, first=date(2025, 1, 1), last=date(2025, 12, 31), picks={"measure": "due"}, narrowed=False
    )
    found = read(session=session, report=LEDGER, scope=scope, limit=50)
    assert [one.label for one in found.report.columns][4:] == [
        *(f"{month} 月" for month in range(1, 13)),
        "全年",
    ]
    assert found.holds


URLS = {
    "DailyReport": "/reports/daily/{}?from=2025-01-01&to=2025-01-31",
    "TakingsReport": "/reports/takings/{}?period=2025-01",
    "ArrearsReport": "/reports/arrears/{}?day=2025-01-31",
    "AgeingReport": "/reports/ageing/{}?day=2025-01-31",
    "BalanceReport": "/reports/balances/{}?period=2025-01",
    "VacancyReport": "/reports/vacancies/{}?period=2025-01",
    "LedgerReport": "/reports/ledger/{}?year=2025",
}


def test_page_excel_and_print(
    session: Session, quarter: Quarter, client_of: Callable[[str], FlaskClient], count_queries: Any
) -> None:
    manager, cashier, reader = client_of("物业经理"), client_of("收费员"), client_of("只读")
    with clock_at(MARCH):
        for name, url in URLS.items():
            report = engine_of(manager.application).reports[name]
            manager.get(url.format(""))
            with count_queries() as queries:
                page = manager.get(url.format("")).get_data(as_text=True)
            # The frame's are among them; none is asked once a line.
            assert len(queries) < 40, name
            assert "邻里苑" not in page, name
            assert "不平" not in page, name
            if name != "VacancyReport":
                assert COMMUNITY.label in page
                assert "锦绣园" in page, name
            printed = manager.get(url.format("print")).get_data(as_text=True)
            assert 'href="/charge' not in printed, name
            answer = manager.get(url.format("export"))
            rows = [list(row) for row in openpyxl.load_workbook(BytesIO(answer.data)).active.values]
            assert rows[0][0].startswith(report.label), name
            assert reader.get(url.format("")).status_code == 403, name
            assert cashier.get(url.format("")).status_code == (403 if name == "VacancyReport" else 200), name


def test_drill_down_leads_to_documents_that_add_up(
    session: Session, quarter: Quarter, client_of: Callable[[str], FlaskClient]
) -> None:
    manager = client_of("物业经理")
    with clock_at(MARCH):
        page = manager.get(URLS["DailyReport"].format("")).get_data(as_text=True)
        url = f"/reports/daily/rows?from=2025-01-10&amp;to=2025-01-10&amp;field=fee_{quarter.fee}"
        assert url in page
        link = re.search(rf'{re.escape(url)}[^"]*', page)
        assert link is not None
        assert "60.00" in manager.get(html.unescape(link[0])).get_data(as_text=True)
        page = manager.get("/reports/ageing/?day=2025-03-10").get_data(as_text=True)
        assert "/reports/ageing/rows?day=2025-03-10&amp;field=d31_90" in page
        assert manager.get("/reports/ageing/rows?day=2025-03-10&field=nothing").status_code == 404
        assert manager.get("/reports/ageing/rows?day=2025-03-10&field=due&k.room_id=x").status_code == 404


def test_arrears_by_building_on_the_home_page(
    session: Session, quarter: Quarter, client_of: Callable[[str], FlaskClient]
) -> None:
    with clock_at(MARCH):
        card = client_of("财务").get("/reports/cards/owing/buildings").get_data(as_text=True)
    assert '<th class="num" data-tone="yellow">31–90 天</th>' in card
    assert "f.building_id.eq" in card
    assert 'data-value="100.00">100.00<' in card
    assert 'data-value="87.00">87.00<' in card
    assert "999" not in card


def test_every_workbook_is_set_up_for_paper(
    app: Any, session: Session, quarter: Quarter, client_of: Callable[[str], FlaskClient]
) -> None:
    """M9: landscape, as wide as the paper, the heading row on each page; every report's and a list's."""
    manager = client_of("物业经理")
    urls = [f"{one.url}/export" for one in app.extensions[KEY].reports.values()]
    with clock_at(MARCH):
        for url in [*urls, "/charge/export", "/room/export"]:
            answer = manager.get(url)
            assert answer.status_code == 200, url
            sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
            assert sheet.page_setup.orientation == "landscape", url
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, url
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((None, 0), (1, 0)), url
            assert sheet.print_title_rows == "$3:$3", url


def test_the_papers_of_the_desk_and_the_year(
    session: Session, quarter: Quarter, client_of: Callable[[str], FlaskClient]
) -> None:
    """M9: the ledger in two halves with the room in each; the daily with whole dates, the company and room to sign."""
    manager = client_of("物业经理")
    with clock_at(MARCH):
        year = manager.get("/reports/ledger/print?year=2025").get_data(as_text=True)
        day = manager.get("/reports/daily/print?from=2025-01-01&to=2025-03-10").get_data(as_text=True)
    tables = re.findall(r"<table.*?</table>", year, re.DOTALL)
    assert len(tables) == 2
    for table, inside, outside in ((tables[0], "6 月应收", "7 月应收"), (tables[1], "全年应收", "1 月应收<")):
        head = re.findall(r"<thead>.*?</thead>", table, re.DOTALL)[0]
        assert "房号" in head and inside in head and f">{outside}" not in head
        assert len(re.findall("<th ", head)) <= 26
    assert 'class="denser"' not in year and "锦东置业" in year
    assert re.search(r'<td class="whole">2025-01-10</td>', day)
    for words in ("锦东置业", "制表人", "财务签收"):
        assert words in day
