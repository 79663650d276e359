"""Streams xlsx and xlsm files row by row: what a sheet claims as its size is not believed, nothing dense is made.

Kept of each row is what says something, so that a format down to the sheet's last row, or a blank typed into its last
cell, costs nothing. Beside the values it tells hidden rows and formulas' errors.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, iterparse
from xml.parsers.expat import ParserCreate

from app.lowcode.workbook.errors import UnreadableWorkbook
from app.lowcode.workbook.limits import SheetLimits
from app.lowcode.workbook.sheets import Cell, CellError, Sheet, fill_merged, sheet_of

_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_A_DATE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_DAY_ZERO_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_LEAP_BUG: Final = 60
"""Excel's calendar has a 1900-02-29 on this day number; the days before it count from a day later."""
_LAST_DAY: Final = 2_958_466


@dataclass
class _BookParts:
    """What the sheets refer to."""

    texts: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    """By style: "" for a number, "date" or "elapsed"."""
    zero: datetime = _DAY_ZERO


def xlsx_sheets(packed: zipfile.ZipFile, limits: SheetLimits) -> Iterator[Sheet]:
    """Every filled sheet of a workbook. Raises UnreadableWorkbook, TooManyRows, TooManyColumns, TooMuchText."""
    parts = _PackageParts(packed)
    main = next(iter(parts.related("", "officeDocument").values()), "xl/workbook.xml")
    targets = parts.related(main, "worksheet")
    book = _BookParts()
    for target in parts.related(main, "sharedStrings").values():
        book.texts = list(_shared_texts(parts, target))
    for target in parts.related(main, "styles").values():
        book.dates = _date_styles(parts, target)
    sheets: list[tuple[str, str, bool]] = []
    for element in parts.elements(main):
        match _local(element):
            case "workbookPr" if element.get("date1904") in {"1", "true"}:
                book.zero = _DAY_ZERO_1904
            case "sheet":
                link = next((value for name, value in element.items() if name.endswith("}id")), "")
                shown = element.get("state", "visible") == "visible"
                sheets.append((element.get("name", ""), link, not shown))
    for title, link, hidden in sheets:
        if link in targets and parts.has(targets[link]):
            limits.begin(title)
            with parts.open(targets[link]) as stream:
                sheet = _read_sheet(stream, book, title, hidden, limits)
            if sheet is not None:
                limits.count_rows(len(sheet.rows))
                yield sheet


class _PackageParts:
    """The parts of the package by their path, in whatever case and with whatever slashes the writer has put them."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._names = {_plain_path(name): name for name in packed.namelist()}

    def has(self, path: str) -> bool:
        return _plain_path(path) in self._names

    def open(self, path: str) -> IO[bytes]:
        try:
            return self._packed.open(self._names[_plain_path(path)])
        except KeyError:
            raise UnreadableWorkbook from None

    def elements(self, path: str) -> Iterator[Element]:
        with self.open(path) as stream:
            for _event, element in iterparse(stream, ("end",)):  # noqa: S314 - in a limited process
                yield element

    def related(self, path: str, kind: str) -> dict[str, str]:
        """Return the targets of a part's relations of a kind, by their id."""
        folder, name = posixpath.split(path)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(relations):
            return {}
        return {
            element.get("Id", ""): posixpath.normpath(
                posixpath.join("/", folder, element.get("Target", "").replace("\\", "/"))
            )
            for element in self.elements(relations)
            if element.get("Type", "").endswith(f"/{kind}")
        }


def _plain_path(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text_of(element: Element) -> str:
    """Return the text of an `si` or `is`: its own and its runs', without the phonetic guide."""
    found = []
    for child in element:
        match _local(child):
            case "t":
                found.append(child.text or "")
            case "r":
                found += [part.text or "" for part in child if _local(part) == "t"]
    return _unescaped("".join(found))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _shared_texts(parts: _PackageParts, path: str) -> Iterator[str]:
    with parts.open(path) as stream:
        root: Element | None = None
        for event, element in iterparse(stream, ("start", "end")):  # noqa: S314 - likewise
            if root is None:
                root = element
            elif event == "end" and _local(element) == "si":
                yield _text_of(element)
                root.clear()


def _date_styles(parts: _PackageParts, path: str) -> list[str]:
    formats: dict[str, str] = {}
    styles: list[str] = []
    for element in parts.elements(path):
        match _local(element):
            case "numFmt":
                formats[element.get("numFmtId", "")] = element.get("formatCode", "")
            case "cellXfs":
                for style in element:
                    number = style.get("numFmtId", "0")
                    styles.append(_date_kind(formats.get(number), number))
    return styles


def _date_kind(code: str | None, number: str) -> str:
    if code is None:
        elapsed = number == "46"
        return (
            "elapsed" if elapsed else "date" if number.isdecimal() and int(number) in _BUILT_IN_DATES else ""
        )
    section = _NOT_A_DATE.sub("", code).partition(";")[0].lower()
    if _ELAPSED.search(section):
        return "elapsed"
    return "date" if "general" not in section and re.search(r"[dmyhs]", section) else ""


class _SheetReader:
    """Takes the events of a sheet's XML; of each row it keeps the cells up to the last one that says something."""

    def __init__(self, book: _BookParts, limits: SheetLimits) -> None:
        self.lines: dict[int, list[Cell]] = {}
        self.hidden_rows: set[int] = set()
        self.merged: list[tuple[int, int, int]] = []
        self._book, self._limits = book, limits
        self._row, self._column = 0, -1
        self._line: list[Cell] = []
        self._cell: dict[str, str] | None = None
        self._texts: list[str] = []
        self._reads, self._phonetic = False, False
        self._local_names: dict[str, str] = {}

    def read(self, stream: IO[bytes]) -> None:
        """Read the sheet to its end."""
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.ParseFile(stream)
        self._end_cell()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        try:
            local = self._local_names[name]
        except KeyError:
            local = self._local_names[name] = name.rpartition(":")[2]
        if local == "v":
            self._reads = True
            return
        if local == "c":
            if self._cell is not None:
                self._end_cell()
            self._cell = attributes
            self._reads = False
        elif local == "t":
            self._reads = not self._phonetic
        elif local == "row":
            self._end_cell()
            self._begin_row(attributes)
        elif local == "mergeCell":
            if (block := _block(attributes.get("ref", ""))) is not None:
                self.merged.append(block)
        else:  # a formula, a run of text, its phonetic guide, or what stands around the rows
            self._reads = False
            self._phonetic = local == "rPh"
            if local == "mergeCells":
                self._end_cell()

    def _text(self, text: str) -> None:
        if self._reads:
            self._texts.append(text)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", "")
        self._row = int(given) if given.isdecimal() else self._row + 1
        self._column = -1
        self._line = []
        if attributes.get("hidden") in {"1", "true"}:
            self.hidden_rows.add(self._row)

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        place = cell.get("r")
        self._column = column = column_index(place) if place else self._column + 1
        if not self._texts:
            return
        text = "".join(self._texts)
        self._texts.clear()
        value = _value(text, cell, self._book)
        if isinstance(value, str) and not value.strip():
            return
        self._limits.check_cell(self._row, column, value)
        line = self._line
        if not line:
            self.lines[self._row] = line
        if missing := column - len(line):
            line += [""] * missing
        if missing < 0:
            line[column] = value
        else:
            line.append(value)


def _read_sheet(
    stream: IO[bytes], book: _BookParts, title: str, hidden: bool, limits: SheetLimits
) -> Sheet | None:
    reader = _SheetReader(book, limits)
    reader.read(stream)
    for top, bottom, column in reader.merged:
        fill_merged(reader.lines, top, bottom, column)
    return sheet_of(title=title, lines=reader.lines, hidden=hidden, hidden_rows=reader.hidden_rows)


@lru_cache(maxsize=20_000)
def _letters_index(letters: str) -> int:
    index = 0
    for sign in letters:
        index = index * 26 + ord(sign) - 64
    return index - 1


def column_index(place: str) -> int:
    """Return the 0-based column of a cell's name: 'B7' → 1. Raises UnreadableWorkbook for what is no cell's name."""
    letters = place.rstrip("0123456789")
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha() and letters.isupper()):
        raise UnreadableWorkbook
    return _letters_index(letters)


def _value(text: str, cell: dict[str, str], book: _BookParts) -> Cell:
    match cell.get("t", "n"):
        case "n":
            return _number(text, book.dates, cell.get("s", "0"), book.zero)
        case "s":
            index = int(text) if text.strip().isdecimal() else -1
            return book.texts[index] if 0 <= index < len(book.texts) else ""
        case "b":
            return text.strip() in {"1", "true"}
        case "e":
            return CellError(text.strip()[:20])
        case "d":
            return _iso_day(text)
    return _unescaped(text)


def _number(text: str, dates: list[str], style: str, zero: datetime) -> Cell:
    try:
        number = float(text)
    except ValueError:
        return text
    index = int(style) if style.isdecimal() else 0
    kind = dates[index] if index < len(dates) else ""
    if not kind or not 0 <= number < _LAST_DAY:
        return number
    if kind == "elapsed":
        return timedelta(seconds=round(number * 86400))
    if zero is _DAY_ZERO and number < _LEAP_BUG:
        zero += timedelta(days=1)
    moment = zero + timedelta(seconds=round(number * 86400))
    if number < 1:
        return moment.time()
    return moment.date() if number.is_integer() else moment


def _iso_day(text: str) -> Any:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return moment.date() if "T" not in text else moment.replace(tzinfo=None)


def _block(ref: str) -> tuple[int, int, int] | None:
    """(first row, last row, 0-based column) of a merged block of several rows."""
    first, _colon, last = ref.partition(":")
    top, bottom = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
    if top is None or bottom is None or top[2] == bottom[2]:
        return None
    return int(top[2]), int(bottom[2]), column_index(top[1])
