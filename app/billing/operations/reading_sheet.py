"""A sheet of readings, as the template has it: read, judged whole, and kept whole or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter
from app.billing.operations.reading_validation import NewReading, ValidatedReading, validate_readings
from app.estate.sales_import.parser.sheets import SheetRow, open_workbook
from app.kernel.cells import read_date, read_decimal, read_text
from app.kernel.errors import N_, DomainError
from app.kernel.presence import present

NUMBER, DAY, VALUE, ROLLOVER = N_("表号"), N_("抄表日期"), N_("本次读数"), N_("回零")
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


@dataclass(slots=True)
class SheetReading:
    """A filled line: its row in the sheet, the meter's number, and what it says or why it cannot be kept."""

    row: int
    number: str
    wanted: NewReading | None = None
    refusal: DomainError | None = None
    unusual: bool = False
    known: bool = False


@dataclass(slots=True)
class Checked:
    """A sheet judged: its filled lines in order, and how many were left empty."""

    lines: list[SheetReading] = field(default_factory=list)
    empty: int = 0

    @property
    def refused(self) -> list[SheetReading]:
        """What cannot be kept."""
        return [one for one in self.lines if one.refusal is not None]

    @property
    def wanted(self) -> list[NewReading]:
        """All that the sheet says."""
        return [one.wanted for one in self.lines if one.wanted is not None]


def check_sheet(
    *, session: Session, community_id: int, content: bytes, filename: str, today: date
) -> Checked:
    """Read a workbook and judge every line of it; nothing is written. Raises NoReadingSheet, UnreadableWorkbook."""
    checked = _read(content, filename)
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


def _read(content: bytes, filename: str) -> Checked:
    """The filled lines of the first sheet that has the headings; their meters are still numbers."""
    for sheet in open_workbook(content=content, filename=filename):
        found = _headings(sheet.rows)
        if found is None:
            continue
        first, places = found
        checked = Checked()
        for row in sheet.rows:
            if row.number <= first or not read_text(row.cell(places[NUMBER])):
                continue
            if not read_text(row.cell(places[VALUE])):
                checked.empty += 1
                continue
            checked.lines.append(_line(row, places))
        return checked
    raise NoReadingSheet


def _headings(rows: Sequence[SheetRow]) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and where each column stands."""
    for row in rows[:SEARCHED]:
        texts = [read_text(cell) for cell in row.cells]
        places = {name: texts.index(name) for name in (NUMBER, DAY, VALUE, ROLLOVER) if name in texts}
        if {NUMBER, DAY, VALUE} <= places.keys():
            return row.number, places
    return None


def _line(row: SheetRow, places: dict[str, int]) -> SheetReading:
    line = SheetReading(row.number, read_text(row.cell(places[NUMBER])))
    try:
        value, day = read_decimal(row.cell(places[VALUE])), read_date(row.cell(places[DAY]) or None)
        if day is None:
            raise DayMissing
        turned = read_text(row.cell(places[ROLLOVER])).lower() in YES if ROLLOVER in places else False
        line.wanted = NewReading(meter_id=0, day=day, value=present(value), rollover=turned)
    except DomainError as error:
        line.refusal = error
    return line


def _name_meters(session: Session, community_id: int, lines: Sequence[SheetReading]) -> None:
    numbers = sorted({one.number for one in lines})
    known: dict[str, int] = {}
    for start in range(0, len(numbers), AT_ONCE):
        known |= _meters(session, community_id, numbers[start : start + AT_ONCE])
    for line in lines:
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
