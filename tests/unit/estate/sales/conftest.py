"""Hand-made workbooks: a dictionary of sheets and their lines becomes a real .xlsx, read as the product reads it."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import settings

from app.estate.sales_import.parser.plan import plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.lowcode.workbook import read_workbook

settings.register_profile("sales", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("sales")

Lines = Sequence[Sequence[Any]]

_HEADINGS = "项目名称 楼栋 单元 楼层 房号 建筑面积(㎡) 套内面积 销售状态 签约日期 交付日期 客户姓名 证件号码 联系电话 共有人 备注"
ROOM_HEADINGS = _HEADINGS.split()


def workbook_bytes(sheets: Mapping[str, Lines]) -> bytes:
    """The bytes of a workbook; dates are written as Excel's, everything else as it is."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for title, lines in sheets.items():
        sheet = book.add_worksheet(title)
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                if isinstance(cell, date | datetime):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write(row, column, cell)
    book.close()
    return buffer.getvalue()


@pytest.fixture
def plan_of() -> Callable[..., SalesPlan]:
    """Plan a workbook given as {title: lines}."""

    def make(sheets: Mapping[str, Lines], **options: Any) -> SalesPlan:
        return plan_sales(sheets=read_workbook(content=workbook_bytes(sheets), filename="f.xlsx"), **options)

    return make


@pytest.fixture
def plan_rooms(plan_of: Callable[..., SalesPlan]) -> Callable[..., SalesPlan]:
    """Plan a file with one room sheet, each row given by what differs from a plain sold room."""

    def make(*rows: Mapping[str, Any], extra: Mapping[str, Lines] | None = None) -> SalesPlan:
        plain = {
            "项目名称": "测试苑",
            "楼栋": "1号楼",
            "单元": "1单元",
            "楼层": 1,
            "建筑面积(㎡)": 90.5,
            "套内面积": 71.2,
            "销售状态": "已售",
            "签约日期": date(2019, 1, 2),
            "交付日期": date(2019, 6, 30),
            "客户姓名": "张三",
            "证件号码": "990101198311113975",
            "联系电话": "19900003045",
        }
        lines: list[list[Any]] = [list(ROOM_HEADINGS)]
        for number, row in enumerate(rows, 101):
            cells = plain | {"房号": str(number)} | dict(row)
            lines.append([cells.get(heading) for heading in ROOM_HEADINGS])
        return plan_of({"房源": lines} | dict(extra or {}))

    return make


@pytest.fixture
def to_bytes() -> Callable[[Mapping[str, Lines]], bytes]:
    """The bytes of a workbook given as {title: lines}."""
    return workbook_bytes
