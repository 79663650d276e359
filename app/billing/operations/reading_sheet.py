"""A sheet of readings, as the template has it: read, judged whole, and kept whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter
from app.billing.operations.reading_validation import NewReading, ValidatedReading, validate_readings
from app.kernel.cells import date_guess, has_lost_digits, read_date, read_decimal, read_text
from app.kernel.errors import N_, DomainError
from app.kernel.presence import present
from app.lowcode.workbook import Cell, CellError, HiddenSheets, Sheet, SheetRow

NUMBER, DAY, VALUE, ROLLOVER = N_("表号"), N_("抄表日期"), N_("本次读数"), N_("回零")
HEADINGS = frozenset({NUMBER, DAY, VALUE, ROLLOVER})
YES = {"是", "y", "yes", "1", "true", "√", "✓"}
SEARCHED = 10  # rows in which the headings may stand
AT_ONCE = 500


class NoReadingSheet(DomainError):
    """A workbook without the columns of the template."""

    code = "no_reading_sheet"
    message = N_("没有找到“表号”“抄表日期”“本次读数”这三列。请用下载的抄表模板填写。")


class UnknownMeter(DomainError):
    """A number that no meter of the community has."""

    code = "unknown_meter"
    message = N_("这个小区没有表号“%(number)s”。")


class DayMissing(DomainError):
    """A reading without a day."""

    code = "day_missing"
    message = N_("请填写抄表日期。")


class MeterTwice(DomainError):
    """The same meter on the same day twice in one sheet."""

    code = "meter_twice"
    message = N_("表号“%(number)s”的同一天在文件里出现了两次。")


class ReadingCellError(DomainError):
    """A formula's error where a reading's value should stand."""

    code = "error_cell"
    message = N_("“%(column)s”是公式错误 %(value)s，请改好这一格。")


class MeterNumberIsDate(DomainError):
    """A meter's number that the spreadsheet has made a date."""

    code = "text_is_date"
    message = N_("表号被表格存成了日期，原来可能是“%(guess)s”。请把这一列设为文本，改好再导入。")


class MeterNumberLostDigits(DomainError):
    """A meter's number of more digits than the spreadsheet keeps of a number."""

    code = "digits_lost"
    message = N_("表号 %(value)s 被表格存成了数字，15 位以后的数字已经丢失。请按原件填写为文本。")


@dataclass(slots=True)
class SheetReading:
    """A filled line: its sheet and row, the meter's number, and what it says or why it cannot be kept."""

    row: int
    number: str
    wanted: NewReading | None = None
    refusal: DomainError | None = None
    unusual: bool = False
    known: bool = False
    sheet: str = ""


@dataclass(slots=True)
class Checked:
    """A sheet judged: its filled lines in order, and how many were left empty."""

    lines: list[SheetReading] = field(default_factory=list)
    empty: int = 0
    sheets: int = 0
    """How many sheets were read."""
    hidden_sheets: list[str] = field(default_factory=list)
    """Titles of those that were not read."""
    hidden_rows: int = 0
    """Lines that a filter or a person has hidden; they count like the others."""

    @property
    def refused(self) -> list[SheetReading]:
        """What cannot be kept."""
        return [one for one in self.lines if one.refusal is not None]

    @property
    def wanted(self) -> list[NewReading]:
        """All that the sheet says."""
        return [one.wanted for one in self.lines if one.wanted is not None]


def check_sheet(*, session: Session, community_id: int, sheets: Sequence[Sheet], today: date) -> Checked:
    """Judge every line of a workbook's sheets; nothing is written. Raises NoReadingSheet, HiddenSheets."""
    checked = read_lines(sheets)
    _name_meters(session, community_id, checked.lines)
    _refuse_twice(checked.lines)
    good = [one for one in checked.lines if one.wanted is not None]
    wanted = [one.wanted for one in good if one.wanted is not None]
    judged = validate_readings(session=session, community_id=community_id, wanted=wanted, today=today)
    for line, one in zip(good, judged, strict=True):
        _take_over(line, one)
    return checked


def _take_over(line: SheetReading, judged: ValidatedReading) -> None:
    line.refusal, line.unusual, line.known = judged.refusal, judged.unusual, judged.known


def read_lines(sheets: Sequence[Sheet]) -> Checked:
    """Return the filled lines of every visible sheet that has the headings; their meters are still numbers.

    Raises NoReadingSheet, HiddenSheets.
    """
    checked = Checked()
    for sheet in sheets:
        found = _headings(sheet.rows)
        if sheet.hidden:
            checked.hidden_sheets.append(sheet.title)
        elif found is not None:
            checked.sheets += 1
            _read_sheet(sheet, found, checked)
    if not checked.sheets:
        raise (
            HiddenSheets(names="、".join(checked.hidden_sheets)) if checked.hidden_sheets else NoReadingSheet
        )
    return checked


def _read_sheet(sheet: Sheet, headings: tuple[int, dict[str, int]], checked: Checked) -> None:
    first, places = headings
    for row in sheet.rows:
        if row.number <= first or not read_text(row.cell(places[NUMBER])):
            continue
        checked.hidden_rows += row.hidden
        if not read_text(row.cell(places[VALUE])):
            checked.empty += 1
        else:
            checked.lines.append(_line(sheet.title, row, places))


def _headings(rows: Sequence[SheetRow]) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings and where each column stands."""
    for row in rows[:SEARCHED]:
        texts = [read_text(cell) for cell in row.cells]
        places = {name: texts.index(name) for name in (NUMBER, DAY, VALUE, ROLLOVER) if name in texts}
        if {NUMBER, DAY, VALUE} <= places.keys():
            return row.number, places
    return None


def _line(sheet: str, row: SheetRow, places: dict[str, int]) -> SheetReading:
    line = SheetReading(row.number, read_text(row.cell(places[NUMBER])), sheet=sheet)
    try:
        for name, place in places.items():
            if isinstance(error := row.cell(place), CellError):
                raise ReadingCellError(column=name, value=str(error))
        _refuse_spoiled_number(row.cell(places[NUMBER]))
        value, day = read_decimal(row.cell(places[VALUE])), read_date(row.cell(places[DAY]) or None)
        if day is None:
            raise DayMissing
        turned = read_text(row.cell(places[ROLLOVER])).lower() in YES if ROLLOVER in places else False
        line.wanted = NewReading(meter_id=0, day=day, value=present(value), rollover=turned)
    except DomainError as error:
        line.refusal = error
    return line


def _refuse_spoiled_number(cell: Cell) -> None:
    guess = date_guess(cell)
    if guess:
        raise MeterNumberIsDate(guess=guess)
    if has_lost_digits(cell):
        raise MeterNumberLostDigits(value=read_text(cell))


def _name_meters(session: Session, community_id: int, lines: Sequence[SheetReading]) -> None:
    numbers = sorted({one.number for one in lines})
    known: dict[str, int] = {}
    for start in range(0, len(numbers), AT_ONCE):
        known |= _meters(session, community_id, numbers[start : start + AT_ONCE])
    for line in lines:
        if line.refusal is not None and line.wanted is None and line.number not in known:
            continue
        if line.number not in known:
            line.wanted, line.refusal = None, UnknownMeter(number=line.number)
        elif line.wanted is not None:
            one = line.wanted
            line.wanted = NewReading(
                meter_id=known[line.number], day=one.day, value=one.value, rollover=one.rollover
            )


def _meters(session: Session, community_id: int, numbers: Sequence[str]) -> dict[str, int]:
    rows: Iterator[Any] = session.execute(
        select(Meter.number, Meter.id).where(Meter.community_id == community_id, Meter.number.in_(numbers))
    )
    return {row.number: row.id for row in rows}


def _refuse_twice(lines: Sequence[SheetReading]) -> None:
    seen: set[tuple[int, date]] = set()
    for line in lines:
        if line.wanted is None:
            continue
        key = (line.wanted.meter_id, line.wanted.day)
        if key in seen:
            line.wanted, line.refusal = None, MeterTwice(number=line.number)
        seen.add(key)
