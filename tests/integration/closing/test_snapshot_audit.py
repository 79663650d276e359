"""核对账目 of closed months: what was kept of them against the documents, and the reports against themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.closing.audit import check_books
from app.closing.models import PeriodReport
from app.closing.operations import close
from app.collection.operations import hand_over
from app.collection.queries.open_tills import unhanded
from app.kernel.periods import Period
from app.lowcode.unit import unit_of_work
from tests.integration.closing.quarter import Quarter

JANUARY, FEBRUARY = Period(2025, 1), Period(2025, 2)


@pytest.fixture
def closed(session: Session, cast: Any) -> Quarter:
    """The quarter with January and February closed."""
    cashier = session.scalars(select(User.id).where(User.username == cast["收费员"])).one()
    quarter = Quarter(cast.ours, cashier, cast.neighbour)
    for period in (JANUARY, FEBRUARY):
        with unit_of_work() as unit:
            mine = {"session": unit, "community_id": quarter.community_id}
            for whose, _papers in unhanded(**mine, period=period):
                hand_over(**mine, day=period.last_day, cashier_id=whose)
            close(**mine, period=period, by="赵财务")
    return quarter


def found(session: Session, **more: Any) -> list[tuple[str, str, str]]:
    return [(one.code, one.paper, one.message) for one in check_books(session=session, **more)]


@pytest.mark.all_databases
def test_closed_books_hold(session: Session, closed: Quarter) -> None:
    assert session.scalars(select(PeriodReport.report)).all()
    assert found(session) == []
    assert found(session, whole=True) == []


def test_what_was_kept_is_held_against_the_documents(session: Session, closed: Quarter) -> None:
    papers = {
        (row.report, str(row.period)): row.id
        for row in session.execute(select(PeriodReport.report, PeriodReport.period, PeriodReport.id))
    }
    arrears, summary = papers["ArrearsReport", "2025-01"], papers["MonthSummary", "2025-02"]
    broken = [
        (
            f"""UPDATE period_report SET totals = replace(totals, '"due":"90.00"', '"due":"91.00"') WHERE id = {arrears}""",
            "kept_differs",
            "账期 2025-01",
            "“欠费明细”保存的欠费是 91.00，按单据应为 90.00。",
        ),
        (
            f"""UPDATE period_report SET totals = replace(totals, '"opening":"90.00"', '"opening":"89.00"') WHERE id = {summary}""",
            "kept_differs",
            "账期 2025-02",
            "保存的期初欠费是 89.00，按单据应为 90.00",
        ),
        (
            f"""UPDATE period_report SET totals = replace(totals, '"opening":"90.00"', '"opening":"89.00"') WHERE id = {summary}""",
            "kept_follows",
            "账期 2025-02",
            "期初欠费 89.00 不等于上月保存的期末欠费 90.00",
        ),
        (
            f"DELETE FROM period_report_row WHERE report_id = {arrears} AND place = 1",
            "kept_lines",
            "账期 2025-01",
            "保存了 1 行，应有 2 行",
        ),
        (
            f"UPDATE period_report SET report = 'Gone' WHERE id = {arrears}",
            "kept_missing",
            "账期 2025-01",
            "已结账，却没有保存“欠费明细”",
        ),
        (
            f"UPDATE allocation SET amount = amount - 100 WHERE charge_id = {closed.jan_a} AND kind = 'payment'",
            "kept_differs",
            "账期 2025-01",
            "“账龄”保存的合计是 90.00，按单据应为 91.00",
        ),
        (
            "UPDATE receipt SET total = total + 100 WHERE id = (SELECT max(id) FROM receipt)",
            "kept_differs",
            "账期 2025-01",
            "“收款明细表”保存的收款金额是 640.00，按单据应为 641.00",
        ),
        (
            "UPDATE deposit_entry SET amount = amount - 100 WHERE kind = 'in'",
            "kept_differs",
            "账期 2025-02",
            "“预收/押金余额”保存的期末余额是 350.00，按单据应为 349.00",
        ),
        (
            f"UPDATE charge SET paid = paid + 1, due = due - 1 WHERE id = {closed.feb_a}",
            "report_equation",
            "账期 2025-02",
            "“欠费明细”不平：欠费 = 应收 − 核销",
        ),
    ]
    missed = []
    for statement, code, paper, message in broken:
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        session.execute(text(statement))
        told = found(session)
        if not any(one[0] == code and paper in one[1] and message in one[2] for one in told):
            missed.append((statement, message, told))
        session.rollback()
    session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    assert missed == []


def test_arrears_of_every_month_where_the_whole_is_asked_for(
    session: Session, closed: Quarter, monkeypatch: Any
) -> None:
    read: list[tuple[str, str]] = []

    def noting(original: Callable[..., Any]) -> Callable[..., Any]:
        def reading(**given: Any) -> Any:
            read.append((given["report"].name, str(given["scope"].period)))
            return original(**given)

        return reading

    from app.closing.audit import report_equations

    monkeypatch.setattr(report_equations, "read", noting(report_equations.read))
    check_books(session=session, communities=[closed.community_id])
    assert ("ArrearsReport", "2025-02") in read
    assert ("ArrearsReport", "2025-01") not in read
    assert ("MonthSummary", "2025-01") in read
    check_books(session=session, communities=[closed.community_id], whole=True)
    assert ("ArrearsReport", "2025-01") in read
