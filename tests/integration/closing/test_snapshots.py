"""A closed month is the same page, the same Excel rows and the same print for ever, whatever happens later."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.billing.operations import add_price
from app.closing.operations.snapshots import written_out
from app.closing.queries.archive import kept_texts
from app.closing.reports.arrears import ARREARS
from app.closing.reports.month_summary import SUMMARY, month_summary
from app.collection import operations as collection
from app.estate.models import Building, Community, Customer, Room
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.clock import clock_at, midnight
from app.lowcode.db import db
from app.lowcode.reports import registry, views
from app.lowcode.reports.archive import kept
from app.lowcode.reports.declaration import By, ReportQuery
from app.lowcode.reports.reader import read, stream
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views import lists
from app.lowcode.workflow import move
from tests.integration.closing.months import FEBRUARY, JANUARY, D, Months

URL = "/reports/summary"
NOW = midnight(date(2025, 3, 15)) + timedelta(hours=12)


@pytest.fixture
def months(session: Session, cast: Any) -> Months:
    months = Months(cast.ours)
    months.january()
    return months


def seen(client: FlaskClient, report: Any, asked: str) -> dict[str, Any]:
    """A report's lines as page and print show them, and its Excel rows."""
    found: dict[str, Any] = {}
    for path in ("", "print"):
        answer = client.get(f"{report.url}/{path}?{asked}")
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        # Where there is no line, the sentence that says so.
        begin, end = ("<thead>", "</table>") if "<thead>" in text else ('<p class="list-empty">', "</p>")
        start = text.index(begin)
        found[path or "page"] = text[start : text.index(end, start)]
        found[f"{path} words"] = re.findall(r"已核对:[^<·]+", text)
    answer = client.get(f"{report.url}/export?{asked}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    found["excel"] = list(sheet.iter_rows(values_only=True))
    return found


def rename_everything(months: Months) -> None:
    session = db.session()
    session.get_one(Community, months.community_id).name = "改名苑"
    for row in session.query(Building).filter_by(community_id=months.community_id):
        row.name = f"改名{row.name}"
    for key in months.room_ids:
        room = session.get_one(Room, key)
        room.number, room.code = f"9{room.number}", f"改-{room.code}"
    for key in months.customer_ids:
        customer = session.get_one(Customer, key)
        customer.name, customer.phone = f"改名{customer.name}", "13900001111"
    session.flush()


def work_on(months: Months) -> None:
    """What an office does later: a wrong receipt reversed, a charge adjusted and waived, money taken, a new price."""
    session = db.session()
    receipt = months.pay(date(2025, 2, 3), "10.00")
    months.bill(FEBRUARY)
    with clock_at(NOW):
        in_unit_of_work(
            lambda: collection.void_or_reverse(
                session=session, receipt_id=receipt, day=date(2025, 2, 5), reason="金额有误"
            )
        )
        charge = months.charge(JANUARY, who=1)
        for ask, amount in (
            (collection.request_adjustment, D("-3.00")),
            (collection.request_waiver, D("2.00")),
        ):
            request = in_unit_of_work(
                lambda ask=ask, amount=amount: ask(
                    session=session, charge_id=charge, amount=amount, reason="更正"
                )
            )
            with acting_as(Actor(None, "物业经理", EVERYTHING)):
                in_unit_of_work(
                    lambda request=request: move(
                        session=session, row=request, action="approve", decision=None
                    )
                )
    months.pay(date(2025, 3, 2), who=1)
    in_unit_of_work(
        lambda: add_price(
            session=session, standard_id=months.standard_id, starts=date(2025, 3, 1), price=D("250.00")
        )
    )


@pytest.mark.all_databases
def test_renamed_repriced_and_worked_on_it_is_byte_for_byte_the_same(
    session: Session, months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    finance = client_of("财务")
    asked = {report.name: _asked(report) for report in registry.frozen()}
    before = {report.name: seen(finance, report, asked[report.name]) for report in registry.frozen()}
    kept = kept_texts(session=session, community_id=months.community_id, period=JANUARY)
    session.rollback()
    work_on(months)
    in_unit_of_work(lambda: rename_everything(months))
    after = {report.name: seen(finance, report, asked[report.name]) for report in registry.frozen()}
    for name, found in before.items():
        for part, text in found.items():
            assert after[name][part] == text, (name, part)
    assert kept_texts(session=session, community_id=months.community_id, period=JANUARY) == kept
    assert "锦绣园" in before["MonthSummary"]["page"]
    # The open month is as it is now.
    assert "改名苑" in finance.get(f"{URL}/?period=2025-02").get_data(as_text=True)


def _asked(report: Any) -> str:
    return f"period={JANUARY}" if report.by.value == "period" else f"day={JANUARY.last_day}"


@pytest.mark.all_databases
def test_the_documents_of_a_closed_month_give_the_same_figures_for_ever(
    session: Session, months: Months
) -> None:
    kept = kept_texts(session=session, community_id=months.community_id, period=JANUARY)
    session.rollback()
    work_on(months)
    for report in registry.frozen():
        again = written_out(session=session, report=report, community_id=months.community_id, period=JANUARY)
        assert again.text.encode() == kept[report.name], report.name


def test_what_is_kept_says_so_and_holds_by_itself(
    months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    page = client_of("财务").get(f"{URL}/?period=2025-01").get_data(as_text=True)
    assert "2025-01 已结账，数字是结账时保存的" in page
    assert page.count("已核对") == 1 and page.count(" = ") >= 5 and "不平" not in page
    sheet = openpyxl.load_workbook(BytesIO(client_of("财务").get(f"{URL}/export?period=2025-01").data)).active
    assert "已结账" in sheet["A2"].value


def choose(client: FlaskClient, key: str) -> None:
    assert client.post("/tree/scope", data={"key": key}).status_code == 200


@pytest.mark.all_databases
def test_what_is_kept_is_narrowed_by_the_tree(
    session: Session, cast: Any, months: Months, client_of: Callable[[str], FlaskClient]
) -> None:
    def add() -> int:
        empty = Building(community_id=months.community_id, name="2号楼")
        db.session().add(empty)
        db.session().flush()
        return empty.id

    empty = in_unit_of_work(add)
    finance = client_of("财务")
    choose(finance, f"building:{cast.ours.building_id}")
    page = finance.get(f"{URL}/?period=2025-01").get_data(as_text=True)
    assert "200.00" in page and "已结账，数字是结账时保存的" in page
    # 押金, 预收 and cash are a community's.
    assert "期末押金" not in page
    choose(finance, f"building:{empty}")
    assert "200.00" not in finance.get(f"{URL}/?period=2025-01").get_data(as_text=True)
    choose(finance, f"community:{months.community_id}")
    assert "期末押金" in finance.get(f"{URL}/?period=2025-01").get_data(as_text=True)
    # A room is finer than what was kept: added up from its documents, which never change.
    choose(finance, f"room:{months.room_ids[0]}")
    page = finance.get(f"{URL}/?period=2025-01").get_data(as_text=True)
    assert "按单据重新汇总" in page
    assert ">100.00<" in page and "200.00" not in page


def test_closed_and_open_communities_stand_side_by_side(session: Session, cast: Any, months: Months) -> None:
    other = Months(cast.neighbour, owners=("钱三", "孙四"))
    other.bill(JANUARY)
    in_unit_of_work(lambda: rename_everything(months))
    found = month_summary(session=session, period=JANUARY)
    assert [one.values["community"] for one in found.lines if one.level == "line"] == ["邻里苑", "锦绣园"]
    assert found.total.values["charged"] == D("400.00")
    assert found.total.figures["net_cash"] == D("70.00")
    assert found.notes == ["1 个小区的 2025-01 已结账，数字是结账时保存的；其余 1 个未结，数字还会变动。"]
    assert found.holds


def test_before_it_is_closed_it_is_read_from_the_documents(session: Session, cast: Any) -> None:
    other = Months(cast.neighbour, owners=("钱三", "孙四"))
    other.bill(JANUARY)
    text = written_out(session=session, report=SUMMARY, community_id=other.community_id, period=JANUARY).text
    session.rollback()
    other.close(JANUARY)
    assert (
        kept_texts(session=session, community_id=other.community_id, period=JANUARY)[SUMMARY.name]
        == text.encode()
    )


@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_pages_of_a_kept_detail_report_go_over_its_communities(
    session: Session, cast: Any, months: Months, size: int
) -> None:
    other = Months(cast.neighbour, owners=("钱三", "孙四"))
    other.january()
    scope = ReportQuery.of_month(JANUARY)
    scope = replace(scope, by=By.AS_OF, first=JANUARY.last_day)
    assert kept(session=session, report=ARREARS, scope=scope) is not None
    whole = list(stream(session=session, report=ARREARS, scope=scope))
    assert [one.values["customer"] for one in whole] == ["王一", "赵二", "钱三", "孙四"]
    seen: list[Any] = []
    for offset in range(0, 8, size):
        found = read(session=session, report=ARREARS, scope=scope, limit=size, offset=offset)
        assert (found.total.count, found.total.values["due"]) == (4, D("260.00"))
        seen += found.lines
    assert seen == whole


def test_a_long_report_is_exported_by_a_job(
    months: Months, client_of: Callable[[str], FlaskClient], run_jobs: Callable[[], int], monkeypatch: Any
) -> None:
    finance = client_of("财务")
    at_once = finance.get(f"{URL}/export?period=2025-01").data
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", 0)
    assert finance.get(f"{URL}/export?period=2025-01").status_code == 400
    answer = finance.post(f"{URL}/export?period=2025-01")
    assert "/jobs/" in answer.headers["Location"]
    run_jobs()
    later = finance.get(f"{answer.headers['Location']}/result").data

    def rows(data: bytes) -> list[tuple[Any, ...]]:
        return list(openpyxl.load_workbook(BytesIO(data)).active.iter_rows(values_only=True))

    assert rows(later) == rows(at_once)
    assert client_of("收费员").get(f"{answer.headers['Location']}/result").status_code == 404


def test_too_many_lines_are_not_printed(
    months: Months, client_of: Callable[[str], FlaskClient], monkeypatch: Any
) -> None:
    monkeypatch.setattr(views, "PRINT_ROWS", 1)
    answer = client_of("财务").get(f"{ARREARS.url}/print?day=2025-01-31")
    assert answer.status_code == 400
    assert "超过一次打印的 1 行" in answer.get_data(as_text=True)


def test_a_long_grouped_report_is_turned_page_by_page_and_ends_with_its_total(
    months: Months, client_of: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    finance = client_of("财务")
    whole = finance.get(f"{URL}/?period=2025-01").text
    lines = re.findall(r"<tr data-level=.*?</tr>", whole, re.DOTALL)
    assert len(lines) > 2 and "合计" in lines[-1] and "?period=2025-01&amp;size=1&amp;page" not in whole
    monkeypatch.setattr(views, "SIZES", (1, *views.SIZES))
    found = []
    for page in range(1, len(lines)):
        text = finance.get(f"{URL}/?period=2025-01&size=1&page={page}").text
        one, total = re.findall(r"<tr data-level=.*?</tr>", text, re.DOTALL)
        assert total == lines[-1]
        found.append(one)
    assert found == lines[:-1]
    assert re.search(r'href="[^"]*page=2"', finance.get(f"{URL}/?period=2025-01&size=1").text)
