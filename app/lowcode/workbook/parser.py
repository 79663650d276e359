"""Parses the bytes of a workbook by what they are: xlsx and xlsm, what python-calamine reads, or text.

Runs inside the reading process only (`sandbox`): xls, xlsb and ods files are made dense by native code before their
size can be looked at.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

import python_calamine

from app.kernel.errors import DomainError
from app.lowcode.workbook.errors import (
    MOST_MEGABYTES_UNPACKED,
    EmptyWorkbook,
    EncryptedWorkbook,
    UnpackedTooLarge,
    UnreadableWorkbook,
)
from app.lowcode.workbook.limits import SheetLimits
from app.lowcode.workbook.sheets import Cell, CellError, Sheet, SheetRow, fill_merged, is_filled, sheet_of
from app.lowcode.workbook.xlsx import xlsx_sheets

TEXT_ENDINGS: Final = (".csv", ".txt", ".tsv")
HEADING_ROWS: Final = 20
"""Among so many first rows are the headings looked for, by which the delimiter is chosen."""
_DELIMITERS: Final = ",;\t|"
_ERRORS: Final = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!"]
)
_QUOTED: Final = re.compile(r'="((?:[^"]|"")*)"')


def parse_workbook(content: bytes, filename: str, headings: Collection[str] = ()) -> tuple[Sheet, ...]:
    """Every filled sheet of a workbook. Raises UnreadableWorkbook or one of its kinds."""
    limits = SheetLimits()
    try:
        if filename.lower().endswith(TEXT_ENDINGS):
            sheets = list(_from_text(content, filename, headings, limits))
        else:
            sheets = list(_from_binary(content, limits))
    except (DomainError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise EncryptedWorkbook from error
    except BaseException as error:  # a dozen unrelated classes, and the panics of native code
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise EncryptedWorkbook from error
        raise UnreadableWorkbook from error
    if not sheets:
        raise EmptyWorkbook
    return tuple(_plain(sheet) for sheet in sheets)


def _from_binary(content: bytes, limits: SheetLimits) -> Iterator[Sheet]:
    if not content.startswith(b"PK"):
        yield from _from_calamine(content, limits)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MOST_MEGABYTES_UNPACKED * 1024**2:
            raise UnpackedTooLarge(most=MOST_MEGABYTES_UNPACKED)
        names = {name.replace("\\", "/").lower() for name in packed.namelist()}
        if "xl/workbook.bin" not in names and "[content_types].xml" in names:
            yield from xlsx_sheets(packed, limits)
            return
    yield from _from_calamine(content, limits)


def _from_calamine(content: bytes, limits: SheetLimits) -> Iterator[Sheet]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None:
            continue
        limits.begin(meta.name)
        left, lines = sheet.start[1], {}
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if line := _line(number, left, cells, limits):
                lines[number] = line
        for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
            fill_merged(lines, top + 1, bottom + 1, column)
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        found = sheet_of(title=meta.name, lines=lines, hidden=hidden)
        if found is not None:
            limits.count_rows(len(found.rows))
            yield found


def _line(number: int, left: int, cells: Iterable[Cell], limits: SheetLimits) -> list[Cell]:
    line: list[Cell] = []
    for column, cell in enumerate(cells, left):
        if cell != "" and is_filled(cell):
            limits.check_cell(number, column, cell)
            line += [""] * (column + 1 - len(line))
            line[column] = cell
    return line


def _from_text(
    content: bytes, filename: str, headings: Collection[str], limits: SheetLimits
) -> Iterator[Sheet]:
    """Return a text file with commas, semicolons, tabs or bars; Chinese systems write it in UTF-8 or GB 18030."""
    text = _decoded(content)
    if "\0" in text:
        raise UnreadableWorkbook
    title = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    limits.begin(title)
    lines: dict[int, list[Cell]] = {}
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=_delimiter(text, headings)), 1):
        if line := _line(number, 0, cells, limits):
            lines[number] = line
    found = sheet_of(title=title, lines=lines, hidden=False)
    if found is not None:
        yield found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableWorkbook


def _delimiter(text: str, headings: Collection[str]) -> str:
    """Return the delimiter under which a row reads best as headings; the most frequent where none does."""
    head = text[:4000]
    scores = {}
    for sign in _DELIMITERS:
        rows = islice(csv.reader(io.StringIO(text), delimiter=sign), HEADING_ROWS)
        try:
            scores[sign] = max(
                (sum(fold_heading(cell) in headings for cell in row), len(row)) for row in rows
            )
        except (csv.Error, ValueError):
            scores[sign] = (0, 0)
    best = max(_DELIMITERS, key=lambda sign: scores[sign])
    return best if scores[best][0] else max(_DELIMITERS, key=head.count)


def fold_heading(text: str) -> str:
    """Return a heading without widths, case, blanks and what stands in brackets: '建筑面积（㎡）' → '建筑面积'."""
    return re.sub(r"\(.*?\)|\[.*?\]|\s", "", unicodedata.normalize("NFKC", text).lower())


def _plain(sheet: Sheet) -> Sheet:
    """Return the sheet with its texts as they were meant."""
    rows = tuple(
        SheetRow(
            row.number,
            tuple(_meant(cell) if isinstance(cell, str) else cell for cell in row.cells),
            row.hidden,
        )
        for row in sheet.rows
    )
    return Sheet(sheet.title, rows, sheet.hidden)


def _meant(text: str) -> Cell:
    """Return a text without what keeps a spreadsheet from making a number of it: ="0101" and '0101 are 0101."""
    if not text or text[0] not in "=\"'#":
        return text
    if text[0] == "#":
        code = text.strip().upper()
        return CellError(code) if code in _ERRORS else text
    if match := _QUOTED.fullmatch(text.strip()):
        return match[1].replace('""', '"')
    return text[1:] if text[0] == "'" else text
