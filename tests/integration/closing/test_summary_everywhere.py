"""应收实收欠费汇总 of a demo's months: page, Excel and print say the same, and what the tables add up to."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Allocation
from app.estate.models import Community
from app.kernel.periods import Period
from tests.integration.demo.demos import small_demo

JANUARY, FEBRUARY = Period(2026, 1), Period(2026, 2)
Row = tuple[str, ...]


@pytest.fixture
def manager(app: Flask, session: Session, login: Callable[..., FlaskClient]) -> FlaskClient:
    small_demo()
    return login(app.test_client(), "jingli")


def of_html(page: str) -> list[Row]:
    """The lines of the table as they are read: figures without their commas."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [
        tuple(
            plain(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)
        )
        for line in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    ]


def plain(text: str) -> str:
    text = text.strip()
    return figure(text.replace(",", "")) if re.fullmatch(r"-?[\d,]+(\.\d+)?", text) else text


def figure(value: Any) -> str:
    return format(Decimal(str(value)).quantize(Decimal("0.01")), "f")


def of_excel(data: bytes) -> list[Row]:
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    return [
        tuple("" if one is None else figure(one) if isinstance(one, int | float) else str(one) for one in row)
        for row in rows
    ]


@pytest.mark.parametrize("period", [JANUARY, FEBRUARY])
def test_three_ways_to_read_one_summary(manager: FlaskClient, period: Period) -> None:
    def get(path: str) -> bytes:
        answer = manager.get(f"/reports/summary/{path}?period={period}")
        assert answer.status_code == 200
        return answer.data

    page, print_ = of_html(get("").decode()), of_html(get("print").decode())
    excel = of_excel(get("export"))
    assert len(page) > 5
    assert page == print_
    # A rate that has nothing to be a share of is a dash on paper and an empty cell in Excel.
    assert [tuple("" if one == "—" else one for one in line) for line in page] == excel


@pytest.mark.parametrize("period", [JANUARY, FEBRUARY])
def test_the_total_is_what_the_tables_add_up_to(
    manager: FlaskClient, session: Session, period: Period
) -> None:
    page = of_html(manager.get(f"/reports/summary/?period={period}").get_data(as_text=True))
    session.rollback()

    def total(column: Any, *conditions: Any) -> Decimal:
        # 物业经理 of the demo works in its first community.
        ours = column.class_.community_id == session.scalar(select(func.min(Community.id)))
        found: Decimal | None = session.scalar(select(func.sum(column)).where(ours, *conditions))
        return found or Decimal(0)

    charged = total(Charge.gross, Charge.posting_period == period)
    waived = total(Charge.waived, Charge.posting_period == period)
    mine = Allocation.posting_period == period
    current = total(Allocation.amount, mine, Allocation.period == period)
    past = total(Allocation.amount, mine, Allocation.period != period)
    closing = total(Charge.amount, Charge.posting_period <= period) - total(
        Allocation.amount, Allocation.posting_period <= period
    )
    opening = total(Charge.amount, Charge.posting_period < period) - total(
        Allocation.amount, Allocation.posting_period < period
    )
    assert min(charged, current, closing) > 0
    nothing = Decimal(0)  # adjusted, prepayment applied, late fees
    figures = (opening, charged, nothing, waived, past, current, nothing, nothing, closing)
    assert page[-1][4:13] == tuple(figure(one) for one in figures)


@pytest.mark.parametrize("period", [JANUARY, FEBRUARY])
def test_the_lines_add_up_to_their_heads_and_these_to_the_total(manager: FlaskClient, period: Period) -> None:
    html = manager.get(f"/reports/summary/?period={period}").get_data(as_text=True)
    levels = re.findall(r'<tr data-level="(\w+)"', html)
    lines = list(zip(levels, of_html(html), strict=True))
    for column in range(4, 12):

        def of(level: str, at: int = column) -> Decimal:
            return sum((Decimal(line[at]) for its, line in lines if its == level), Decimal(0))

        assert of("line") == of("building") == of("community") == of("total"), column
    assert levels.count("total") == 1 and levels.count("line") > 2
