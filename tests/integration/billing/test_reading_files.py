"""Sheets of readings as spreadsheets really write them: hidden sheets and rows, errors, spoiled numbers."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from app.billing.operations.reading_sheet import HEADINGS, check_sheet, read_lines
from app.lowcode.workbook import HiddenSheets, read_workbook
from tests.workbooks import far_workbook, saved

from .meters import add_meter
from .town import Town

FOLDER = Path(__file__).resolve().parents[2] / "data" / "imports"
HEADS = ["表号", "抄表日期", "本次读数", "回零"]


@pytest.fixture
def town(app: Flask) -> Town:
    """A town with the meters of the files."""
    town = Town(app)
    for place, number in enumerate(("D-201", "D-202")):
        add_meter(town, number, room=place)
    return town


def lines_of(content: bytes, filename: str = "f.xlsx") -> Any:
    return read_lines(read_workbook(content=content, filename=filename, headings=HEADINGS))


def book_of(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in (HEADS, *rows):
        book.active.append(list(row))
    return saved(book)


def test_a_hidden_sheet_is_named_and_the_visible_ones_are_read(town: Town) -> None:
    """I8: last month's hidden sheet in front is not read in place of this month's."""
    content = (FOLDER / "i08-readings-hidden-sheet-first.xlsx").read_bytes()
    sheets = read_workbook(content=content)
    checked = town.ask(
        lambda session: check_sheet(
            session=session, community_id=town.community_id, sheets=sheets, today=date(2026, 12, 2)
        )
    )
    assert checked.hidden_sheets == ["11月"]
    assert [(line.sheet, line.number, str(line.wanted.value)) for line in checked.lines] == [
        ("12月", "D-201", "130"),
        ("12月", "D-202", "140"),
    ]
    assert not checked.refused


def test_every_visible_sheet_is_read() -> None:
    """I8: one sheet a building; and with nothing but hidden ones the refusal says so."""
    book = Workbook()
    for title in ("1号楼", "2号楼"):
        sheet = book.create_sheet(title)
        sheet.append(HEADS)
        sheet.append([title, "2026-12-01", 5])
    assert [(line.sheet, line.number) for line in lines_of(saved(book)).lines] == [
        ("1号楼", "1号楼"),
        ("2号楼", "2号楼"),
    ]
    for sheet in book.worksheets[1:]:
        sheet.sheet_state = "hidden"
    with pytest.raises(HiddenSheets, match="1号楼、2号楼"):
        lines_of(saved(book))


def test_an_error_cell_is_an_error_of_its_row() -> None:
    """I10: #N/A as a reading is not an empty line."""
    checked = lines_of((FOLDER / "i10-readings-error-cell.xlsx").read_bytes())
    refused = {line.row: line.refusal.code for line in checked.refused}
    assert refused[5] == "error_cell" and checked.empty == 0
    assert refused == {5: "error_cell", 6: "unreadable_number", 7: "unreadable_number"}
    checked = lines_of(
        book_of(["#REF!", "2026-12-01", 5], ["A", "#VALUE!", 5], ["B", "2026-12-01", 5, "#NAME?"])
    )
    assert [line.refusal.code for line in checked.lines] == ["error_cell"] * 3


def test_hidden_rows_are_read_and_counted() -> None:
    """I9: the readings' sheet too."""
    book = Workbook()
    for row in (HEADS, ["A", "2026-12-01", 5], ["B", "2026-12-01", 6]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    checked = lines_of(saved(book))
    assert (len(checked.lines), checked.hidden_rows) == (2, 1)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (date(2026, 1, 2), "text_is_date"),
        ("1月2日", "text_is_date"),
        (2.01903e19, "digits_lost"),
        ("2.01903E+19", "digits_lost"),
        (2019030512345678, "digits_lost"),
    ],
)
def test_a_spoiled_meter_number_is_refused(town: Town, number: Any, code: str) -> None:
    """I1, I2: a meter's number that a spreadsheet has made a date or rounded is no unknown meter."""
    sheets = read_workbook(content=book_of([number, "2026-12-01", 5]))
    checked = town.ask(
        lambda session: check_sheet(
            session=session, community_id=town.community_id, sheets=sheets, today=date(2026, 12, 2)
        )
    )
    assert [line.refusal.code for line in checked.refused] == [code]


def test_text_kept_from_becoming_a_number() -> None:
    """I6, I7: ="001" and '001 in the readings' sheet, with semicolons in a remark."""
    text = '表号,抄表日期,本次读数,备注\n="001",2026-12-01,"=\'5",a;b;c;d;e;f\n\'002,2026-12-01,="6",;;;;\n'
    checked = lines_of(text.encode("gb18030"), "读数.csv")
    assert [line.number for line in checked.lines] == ["001", "002"]
    assert str(checked.lines[1].wanted.value) == "6"


def test_a_blank_in_the_last_cell_of_the_sheet() -> None:
    """X1: the readings are read by the same protected reader."""
    checked = lines_of(far_workbook(" ", [HEADS, *([f"M{n}", "2026-12-01", n] for n in range(50))]))
    assert len(checked.lines) == 50
