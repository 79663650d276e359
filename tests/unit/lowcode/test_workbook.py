"""Uploaded workbooks are read sparsely and in a process of their own, within limits that the refusal names."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from app.lowcode.workbook import CellError, OversizedWorkbook, UnreadableWorkbook, read_workbook, sandbox
from tests.workbooks import LAST_CELL, far_workbook, saved, xlsx_of


def cells(content: bytes, filename: str = "f.xlsx", **options: Any) -> list[tuple[Any, ...]]:
    """The rows of the first sheet."""
    return [row.cells for row in read_workbook(content=content, filename=filename, **options)[0].rows]


def rows_xml(*rows: str) -> bytes:
    return xlsx_of("<sheetData>" + "".join(f"<row>{row}</row>" for row in rows) + "</sheetData>")


@pytest.mark.parametrize("last", ["x", 0, True])
def test_something_in_the_last_cell_is_refused_with_its_place(last: Any) -> None:
    """X1: 1.5 KB that claim 17 billion cells; the refusal names the cell and the limit."""
    content = far_workbook(last)
    with pytest.raises(OversizedWorkbook, match=rf"{LAST_CELL}.*500,000"):
        read_workbook(content=content)


@pytest.mark.parametrize("last", [" ", "\u3000", "", None])
def test_a_blank_in_the_last_cell_costs_nothing(last: Any) -> None:
    """X1: an honest file of 1,500 rows with a blank typed far away is read whole."""
    content = far_workbook(last, [[f"房间{number}", number] for number in range(1500)])
    rows = cells(content)
    assert len(rows) == 1500 and rows[-1] == ("房间1499", 1499)


def test_a_far_column_is_refused_with_its_place() -> None:
    book = Workbook()
    book.active["XFD2"] = "x"
    with pytest.raises(OversizedWorkbook, match=r"XFD2.*400"):
        read_workbook(content=saved(book))


def test_memory_and_time_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """X1: what asks for more memory or time than there is ends its own process only, and the limit is named."""
    big = xlsx_of(
        '<sheetData><row><c t="s"><v>0</v></c></row></sheetData>',
        shared="<si><t>" + "x" * 60_000_000 + "</t></si>",
    )
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "MOST_MEMORY", 128)
        with pytest.raises(OversizedWorkbook, match="128 MB"):
            read_workbook(content=big)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "MOST_SECONDS", 0.001)
        with pytest.raises(OversizedWorkbook, match="秒"):
            read_workbook(content=big)
    assert cells(rows_xml("<c><v>1</v></c>")) == [(1.0,)]


def test_the_same_text_many_times_is_limited() -> None:
    """X1: one shared text of 30,000 letters in ten thousand cells."""
    row = '<c t="s"><v>0</v></c>' * 10
    content = xlsx_of(
        "<sheetData>" + f"<row>{row}</row>" * 1000 + "</sheetData>", shared=f"<si><t>{'x' * 30_000}</t></si>"
    )
    assert len(content) < 20_000
    with pytest.raises(OversizedWorkbook, match="80,000,000"):
        read_workbook(content=content)


def test_the_reading_process_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """X1: what a file could make the process do, it does without the office's settings."""
    monkeypatch.setenv("DATA_KEY", "geheim")
    assert not {"DATA_KEY", "DATABASE_URL", "HOME"} & sandbox._environment().keys()


def test_values_are_read_as_the_spreadsheet_shows_them() -> None:
    book = Workbook()
    sheet = book.active
    values = [
        "文字",
        1.5,
        True,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 8, 30),
        time(8, 30),
        timedelta(hours=30),
    ]
    for column, value in enumerate(values, 1):
        sheet.cell(1, column, value)
    sheet["C3"] = "后"
    assert cells(saved(book)) == [tuple(values), (), ("", "", "后")]


def test_parts_rows_and_places_as_other_programs_write_them() -> None:
    """Without places, with runs and phonetic guides, with errors, ISO days, escapes, and a prefix on every name."""
    content = xlsx_of(
        '<x:sheetData xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:row r="2" hidden="1">'
        '<x:c t="inlineStr"><x:is><x:r><x:t>甲</x:t></x:r><x:r><x:t>乙</x:t></x:r><x:rPh><x:t>yi</x:t></x:rPh></x:is></x:c>'
        '<x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>2026-01-02</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>a_x0041_</x:v></x:c>'
        "</x:row></x:sheetData>",
        folder="XL\\book",
    )
    sheet = read_workbook(content=content)[0]
    assert sheet.rows[1].cells == ("甲乙", CellError("#N/A"), date(2026, 1, 2), "aA")
    assert [row.hidden for row in sheet.rows] == [False, True]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('m"月"d"日"', date(2026, 1, 2)),
        ("[$-804]yyyy/m/d;@", date(2026, 1, 2)),
        ("[DBNum1]yyyy年m月", date(2026, 1, 2)),
        ("[h]:mm", timedelta(days=46024)),
        ("0.00_ ", 46024.0),
        ('"day"0', 46024.0),
        ("[Red]General", 46024.0),
        ("G/通用格式", 46024.0),
    ],
)
def test_a_number_is_a_date_by_its_format(code: str, expected: Any) -> None:
    code = code.replace('"', "&quot;")
    content = xlsx_of(
        '<sheetData><row><c s="1"><v>46024</v></c></row></sheetData>',
        styles=f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>',
    )
    assert cells(content) == [(expected,)]


@pytest.mark.parametrize(
    "sheet", ['<sheetData><row><c r="??"><v>1</v></c></row></sheetData>', "<sheetData><row>"]
)
def test_what_is_not_well_formed_is_unreadable(sheet: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        read_workbook(content=xlsx_of(sheet))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_what_keeps_a_text_from_becoming_a_number(encoding: str) -> None:
    """I6: ="0101" and an apostrophe before it say 0101, in text files and in workbooks."""
    text = '房号,乙\n="0101",\'0102\n"=""01,03""",#N/A\n'
    assert cells(text.encode(encoding), "a.csv") == [
        ("房号", "乙"),
        ("0101", "0102"),
        ("01,03", CellError("#N/A")),
    ]
    book = Workbook()
    book.active.append(["'0101", '="0102"'])
    for cell in book.active[1]:
        cell.data_type = "s"
    assert cells(saved(book)) == [("0101", "0102")]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_headings(sign: str) -> None:
    """I7: notes full of another delimiter do not make it the file's."""
    others = ",;\t|".replace(sign, "") * 10
    lines = ["台账" + others, sign.join(("房号", "面积（㎡）", "备注")), sign.join(("101", "88", others[:5]))]
    rows = cells("\n".join(lines).encode(), "a.csv", headings={"房号", "面积", "备注"})
    assert rows[1] == ("房号", "面积（㎡）", "备注")
