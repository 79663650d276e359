"""Excel out: exactly the filtered list, streamed row by row, with title, filter, totals and typed cells."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from app.kernel.enums import LabelledEnum
from app.lowcode.fields import Field
from app.lowcode.values import format_value

Progress = Callable[[int], None]
FORMATS = {"money": "#,##0.00", "integer": "0", "date": "yyyy-mm-dd"}
# Excel keeps 15 digits; a number beyond that would silently become another one and goes out as text.
EXACT_DIGITS = 15
A4 = 9
"""The paper's number in a workbook."""


def write_list(
    *,
    path: Path,
    title: str,
    subtitle: str,
    fields: Sequence[Field],
    rows: Iterable[tuple[int, Mapping[str, Any], Mapping[str, str | None]]],
    totals: Mapping[str, Decimal],
    total_label: str = "",
    progress: Progress = lambda done: None,
    strong: Container[int] = (),
) -> int:
    """Write a list to `path`; returns the number of rows. Text stays text, whatever it begins with.

    `rows` as `listing.stream` yields them; `subtitle` says in words what the filter was; `strong` holds the keys of
    the rows that are subtotals; `total_label` is 合计 where it is empty.
    """
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "font_size": 14})
        grey = book.add_format({"font_color": "#667382"})
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1, "text_wrap": True})
        formats = {f.name: book.add_format({"num_format": _number_format(f)}) for f in fields}
        total = {
            f.name: book.add_format({"num_format": _number_format(f), "bold": True, "top": 1}) for f in fields
        }
        subtotal = {f.name: book.add_format({"num_format": _number_format(f), "bold": True}) for f in fields}
        for place, one in enumerate(fields):
            sheet.set_column(place, place, max(one.width, 8))
        sheet.freeze_panes(3, 0)
        set_up_print(sheet, 2)
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, subtitle, grey)
        for place, one in enumerate(fields):
            sheet.write_string(2, place, heading(one), head)
        line = 3
        for key, values, titles in rows:
            styles = subtotal if key in strong else formats
            for place, one in enumerate(fields):
                value = values[one.name]
                if one.kind == "link":
                    value = titles.get(one.name) or (
                        _(one.nothing) if value is None and one.nothing else None
                    )
                write_value(sheet, line, place, value, one, styles[one.name])
            line += 1
            if line % 500 == 0:
                progress(line - 3)
        if totals:
            sheet.write_string(line, 0, total_label or _("合计"), head)
            for place, one in enumerate(fields):
                if one.name in totals:
                    write_value(sheet, line, place, totals[one.name], one, total[one.name])
        if fields:
            sheet.autofilter(2, 0, max(line - 1, 2), len(fields) - 1)
        return line - 3


def set_up_print(sheet: Any, heading_row: int) -> None:
    """Print a sheet on A4 landscape, as wide as the paper, its heading row on each page, pages numbered."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading_row)
    sheet.set_footer("&C&P / &N")


def heading(one: Field) -> str:
    """Return a column's heading with its unit."""
    return _(one.label) + (_("（%(text)s）", text=_(one.unit)) if one.unit and one.unit != "元" else "")


def write_value(sheet: Any, line: int, place: int, value: Any, one: Field, style: Any) -> None:
    """One typed cell: numbers as numbers, dates as dates, everything else as text."""
    if value is None or value == "":
        return
    if one.masked is None and not isinstance(value, bool | LabelledEnum):
        if isinstance(value, int | Decimal) and len(str(value).lstrip("-").replace(".", "")) <= EXACT_DIGITS:
            sheet.write_number(line, place, value, style)
            return
        if isinstance(value, date) and not isinstance(value, datetime):
            sheet.write_datetime(line, place, value, style)
            return
    sheet.write_string(line, place, clean_text(format_value(value, one)), style)


def _number_format(one: Field) -> str:
    if one.kind == "number":
        return "General"
    return FORMATS.get(one.kind, "General")


def clean_text(value: str) -> str:
    """Return a text without the control characters that XML forbids, cut at what a cell holds."""
    return "".join(c for c in value if c in "\t\n" or ord(c) >= 32)[:32767]


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Sheet1"
