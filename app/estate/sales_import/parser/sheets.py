"""Opens the file of a sales system and yields the cells of its sheets, with the sheet's own row numbers."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import python_calamine

from app.kernel.errors import N_, DomainError

# An honest export of 100,000 rooms is below 20 MB packed and 200 MB unpacked; more is a packing bomb or another file.
MOST_BYTES = 60 * 1024 * 1024
MOST_BYTES_UNPACKED = 600 * 1024 * 1024
# Some exports are formatted down to Excel's last row; beyond this there is no estate.
MOST_ROWS = 500_000
MOST_COLUMNS = 400

Cell: TypeAlias = Any


class UnreadableWorkbook(DomainError):
    """The file is no workbook, is damaged, or is something else under a workbook's name."""

    code = "unreadable_workbook"
    message = N_("读不出这个文件，请用 Excel 或 WPS 打开它，另存为 .xlsx 后再导入。")


class EncryptedWorkbook(UnreadableWorkbook):
    """The file asks for a password."""

    code = "encrypted_workbook"
    message = N_("这个文件设了打开密码，请取消密码后再导入。")


class EmptyWorkbook(UnreadableWorkbook):
    """The file opens but no sheet of it holds anything."""

    code = "empty_workbook"
    message = N_("这个文件是空的，没有可以导入的内容。")


class OversizedWorkbook(UnreadableWorkbook):
    """The file is larger than any export of an estate."""

    code = "oversized_workbook"
    message = N_("这个文件太大，请删去无关的工作表和空行后再导入。")


@dataclass(frozen=True)
class SheetRow:
    """One line of a sheet: `number` is the 1-based row number that Excel shows, `cells` begin at column A."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, index: int) -> Cell:
        """The cell of a 0-based column; "" beyond the line's end."""
        return self.cells[index] if 0 <= index < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """One sheet with anything in it; `rows` run without a gap from row 1 to the last filled one."""

    title: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False


def open_workbook(*, content: bytes, filename: str = "") -> tuple[Sheet, ...]:
    """Read every filled sheet of a workbook (xlsx, xlsm, xlsb, xls, ods by content; csv by its name).

    Cells are what python-calamine gives: str, float, int, bool, date, datetime, time, timedelta, "" when empty. A
    block of cells merged downwards counts as filled in each of its rows, as a person reads it.
    Raises `UnreadableWorkbook` or one of its kinds.
    """
    if not content:
        raise EmptyWorkbook
    if len(content) > MOST_BYTES:
        raise OversizedWorkbook
    if filename.lower().endswith((".csv", ".txt")):
        sheets = _from_csv(content, filename)
    else:
        _refuse_bomb(content)
        sheets = _from_calamine(content)
    if not sheets:
        raise EmptyWorkbook
    return sheets


def _refuse_bomb(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except Exception as error:  # zipfile raises half a dozen unrelated classes on damaged files
        raise UnreadableWorkbook from error
    if unpacked > MOST_BYTES_UNPACKED:
        raise OversizedWorkbook


def _from_calamine(content: bytes) -> tuple[Sheet, ...]:
    try:
        return tuple(_calamine_sheets(content))
    except DomainError:
        raise
    except python_calamine.PasswordError as error:
        raise EncryptedWorkbook from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise EncryptedWorkbook from error
        raise UnreadableWorkbook from error


def _calamine_sheets(content: bytes) -> Iterator[Sheet]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.start is None or sheet.end is None:
            continue
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            raise OversizedWorkbook
        lines = [list(line) for line in sheet.to_python(skip_empty_area=False)]
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
            for line in lines[top + 1 : bottom + 1]:
                if left < len(line) and line[left] == "":
                    line[left] = lines[top][left]
        yield from _sheet(meta.name, lines, meta.visible != python_calamine.SheetVisibleEnum.Visible)


def _from_csv(content: bytes, filename: str) -> tuple[Sheet, ...]:
    """A text file with commas, semicolons or tabs; Chinese systems write it in UTF-8 or GB 18030."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableWorkbook
    if "\0" in text:
        raise UnreadableWorkbook
    head = text[:4000]
    delimiter = max(",;\t", key=head.count)
    try:
        lines: list[list[Cell]] = [list(line) for line in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableWorkbook from error
    if len(lines) > MOST_ROWS:
        raise OversizedWorkbook
    title = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return tuple(_sheet(title, lines, hidden=False))


def _sheet(title: str, lines: list[list[Cell]], hidden: bool) -> Iterator[Sheet]:
    while lines and not any(_filled(cell) for cell in lines[-1]):
        lines.pop()
    if lines:
        rows = tuple(SheetRow(number, tuple(line)) for number, line in enumerate(lines, 1))
        yield Sheet(title=title, rows=rows, hidden=hidden)


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))
