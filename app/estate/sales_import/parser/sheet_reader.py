"""Reads the cells of one row by the key of their column, and notes what cannot be read."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.findings import FindingLog
from app.kernel.cells import (
    NoSuchDate,
    UnreadableDate,
    UnreadableNumber,
    cell_text,
    date_guess,
    folded_text,
    has_lost_digits,
    read_date,
    read_decimal,
)
from app.lowcode.workbook import Cell, CellError, SheetRow

Value = TypeVar("Value")

# What people and systems write into a cell that has nothing to say.
_BLANK_WORDS: Final = (
    "- -- --- \u2014 \u2014\u2014 \u2015 \u2015\u2015 \u2013 / // \\ . 。 、 * 无 暂无 没有 空 （空） （无） 不详 未知 待定 待补 未填 "
    "null (null) none nan nil n/a na"
)
BLANK_MARKS: Final = frozenset(_BLANK_WORDS.split())
# Areas and lengths keep four decimals in the database; what a spreadsheet's division leaves behind is far below.
PLACES: Final = Decimal("0.0001")
_NOISE: Final = Decimal("0.000001")
_LARGEST: Final = Decimal(100_000_000)
_HAN: Final = "零一二三四五六七八九"

# Columns that name a row or bind it to something outside: a value that a spreadsheet has spoiled keeps the row out.
NAMING: Final = frozenset({"name", "building", "unit", "number", "lot", "zone", "room", "contract", "plate"})
# What has no right value any more keeps the row out only where it is the row's own name.
KEYS: Final = frozenset({"name", "building", "unit", "number"})
LONGEST_TEXT: Final = 100
# As the columns of the documents are: nothing that is kept in full here is refused by the database.
LONGEST: Final = {
    "layout": 30,
    "facing": 20,
    "tenure": 30,
    "contract": 60,
    "postcode": 10,
    "emergency_contact": 60,
    "emergency_phone": 40,
    "vehicle_model": 40,
    "colour": 20,
    "note": 500,
    "co_owners": 500,
    "address": 200,
    "household_place": 200,
    "building": 50,
    "unit": 20,
    "number": 30,
    "zone": 50,
    "lot": 50,
}


def is_blank(*, cell: Cell) -> bool:
    """Whether a cell says nothing: empty, white space, a dash, or 无. A formula's error does say something."""
    text = folded_text(cell).lower()
    return not text or text in BLANK_MARKS


class RowReader:
    """One data row, read by column key; what is found goes to the log with the sheet's own row and heading."""

    def __init__(self, *, layout: SheetLayout, row: SheetRow, findings: FindingLog) -> None:
        self.layout = layout
        self.sheet = layout.sheet
        self.row = row.number
        self._row = row
        self._findings = findings
        self._texts: dict[str, str] = {}
        self._spoiled: dict[str, bool] = {}
        self._errors: set[str] = set()
        for key, place in layout.columns.items():
            if isinstance(error := row.cell(place), CellError):
                self._errors.add(key)
                self.reject(key, "error_cell", value=str(error))

    @property
    def rejected(self) -> bool:
        """Whether a reason was found against this row."""
        return self._findings.is_rejected(sheet=self.sheet, row=self.row)

    def reject(self, key: str, code: str, **params: object) -> None:
        """Keep this row out, for the cell under `key`; of a formula's error nothing more is said."""
        if key in self._errors and code != "error_cell":
            return
        self._findings.reject(
            sheet=self.sheet, row=self.row, column=self.layout.heading(key), code=code, **params
        )

    def warn(self, key: str, code: str, **params: object) -> None:
        """Note what is odd about the cell under `key`."""
        self._findings.warn(
            sheet=self.sheet, row=self.row, column=self.layout.heading(key), code=code, **params
        )

    def has(self, key: str) -> bool:
        """Whether the sheet has the column at all."""
        return key in self.layout.columns

    def cell(self, key: str) -> Cell:
        """Return the cell as the workbook gives it; "" when the sheet lacks the column or the cell says nothing."""
        cell = self._row.cell(self.layout.columns.get(key, -1))
        return "" if isinstance(cell, CellError) or is_blank(cell=cell) else cell

    def quoted(self, key: str) -> str:
        """Return the cell as a message quotes it, blank marks included."""
        return cell_text(self._row.cell(self.layout.columns.get(key, -1)))[:40]

    def text(self, key: str) -> str:
        """Return the cell as text, cut (and warned of) when longer than the database keeps."""
        if key not in self._texts:
            text = "" if self.is_spoiled(key) else cell_text(self.cell(key))
            limit = LONGEST.get(key, LONGEST_TEXT)
            if len(text) > limit:
                self.warn(key, "text_too_long", limit=limit)
                text = text[:limit].rstrip()
            self._texts[key] = text
        return self._texts[key]

    def is_spoiled(self, key: str) -> bool:
        """Whether a spreadsheet has spoiled a cell meant as text, which is said: made it a date, or lost its end.

        A date that is not the row's name is said and kept. Identity numbers have a check of their own.
        """
        if key not in self._spoiled:
            cell = self.cell(key)
            lost = key != "identity" and has_lost_digits(cell)
            # A text may be a date by right where it names nothing.
            guess = date_guess(cell) if key in NAMING or not isinstance(cell, str) else ""
            self._spoiled[key] = lost or (bool(guess) and key in NAMING)
            if lost:
                note = self.reject if key in KEYS else self.warn
                note(key, "digits_lost", value=self.quoted(key))
            elif guess:
                note = self.reject if key in NAMING else self.warn
                note(key, "text_is_date", value=self.quoted(key), guess=guess)
        return self._spoiled[key]

    def sound(self, key: str) -> Cell:
        """Return the cell as the workbook gives it; "" when a spreadsheet has spoiled it."""
        return "" if self.is_spoiled(key) else self.cell(key)

    def listed(self, key: str) -> str:
        """Return the cell as text in which line breaks stand as 、, for cells that may hold several values."""
        cell = self.cell(key)
        if self.is_spoiled(key):
            return ""
        if not isinstance(cell, str):
            return cell_text(cell)
        return cell_text(re.sub(r"\s*[\r\n]+\s*", "、", cell.strip()))[: LONGEST.get(key, LONGEST_TEXT)]

    def number(self, key: str, *, positive: bool = True) -> Decimal | None:
        """Return an optional number with at most four decimals; None, with a warning, for what is none."""
        value = self._read(key, read_decimal, UnreadableNumber, "unreadable_number")
        if value is None:
            return None
        if abs(value) >= _LARGEST:
            self.warn(key, "unreadable_number", value=self.quoted(key))
            return None
        if value < 0 or (positive and value == 0):
            self.warn(key, "number_not_positive", value=self.quoted(key))
            return None
        return self.rounded(key, value)

    def percent(self, key: str) -> Decimal | None:
        """Return an optional percentage: 35 for '35%', 35 and 0.35, for a spreadsheet keeps 35% as 0.35, which is said."""
        value = self.number(key, positive=False)
        if value is None or not 0 < value <= 1 or "%" in folded_text(self.cell(key)):
            return value
        value = self.rounded(key, value * 100)
        self.warn(key, "percent_read", value=self.quoted(key), read=plain(value))
        return value

    def rounded(self, key: str, value: Decimal) -> Decimal:
        """Return a number with at most four decimals; a real loss is warned of, a float's noise is not."""
        rounded = value.quantize(PLACES, ROUND_HALF_UP)
        if abs(rounded - value) > _NOISE:
            self.warn(key, "number_rounded", value=self.quoted(key), rounded=plain(rounded))
        return rounded

    def whole(self, key: str) -> int | None:
        """Return a storey or a count: 18, '18层', '负一层', 'B1', '3F'; None, with a warning, for what is none."""
        text = folded_text(self.cell(key))
        if not text:
            return None
        value = floor_number(text=text)
        if value is None:
            self.warn(key, "unreadable_number", value=self.quoted(key))
        return value

    def day(self, key: str) -> date | None:
        """Return a date; a day that the calendar lacks rejects the row, what is no date at all is warned of."""
        cell = self.cell(key)
        # A workbook's day number that was stored as text; the years 1968 to 2119.
        if isinstance(cell, str) and re.fullmatch(r"[2-7][0-9]{4}", cell_text(cell)):
            cell = int(cell_text(cell))
        try:
            return read_date(cell or None)
        except NoSuchDate:
            self.reject(key, "no_such_date", value=self.quoted(key))
        except UnreadableDate:
            self.warn(key, "unreadable_date", value=self.quoted(key))
        return None

    def _read(
        self, key: str, read: Callable[[object], Value], failure: type[Exception], code: str
    ) -> Value | None:
        cell = self.cell(key)
        if isinstance(cell, str) and not cell:
            return None
        if isinstance(cell, str):
            cell = re.sub(r"(?<=[0-9])\s*(?:米|m|%|\uff05)$", "", cell_text(cell))
        try:
            return read(cell)
        except failure:
            self.warn(key, code, value=self.quoted(key))
            return None


def plain(number: Decimal) -> str:
    """Return a number without useless zeros: 98.5600 → '98.56'."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def floor_number(*, text: str) -> int | None:
    """'18', '18层', '十八层', '3F' → that number; 'B1', '负一层', '地下1层', '-1' → below ground; None for the rest."""
    found = re.fullmatch(
        r"(?:第)?(-|负|地下|B)?([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:\.0)?(?:层|楼|F)?",
        text,
        re.IGNORECASE,
    )
    if not found:
        return None
    digits = found[2]
    if digits.isdecimal():
        value = int(digits)
    else:
        tens, ten, ones = digits.rpartition("十")
        if len(tens) > 1 or len(ones) > 1:
            return None
        value = ((_HAN.find(tens) if tens else 1) * 10 if ten else 0) + (_HAN.find(ones) if ones else 0)
        if value < 0:
            return None
    return -value if found[1] else value
