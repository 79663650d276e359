"""Sheets as the imports read them, and the JSON in which the reading process hands them over."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

Cell: TypeAlias = Any
"""str, int, float, bool, date, datetime, time, timedelta or CellError; "" when empty."""


@dataclass(frozen=True)
class CellError:
    """A formula's error (#N/A, #REF! …), which is no text that anybody typed."""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True)
class SheetRow:
    """One line of a sheet: `number` is the 1-based row number that Excel shows, `cells` begin at column A."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def cell(self, index: int) -> Cell:
        """Return the cell of a 0-based column; "" beyond the line's end."""
        return self.cells[index] if 0 <= index < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """One sheet with anything in it; `rows` run without a gap from row 1 to the last filled one."""

    title: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False


def is_filled(cell: Cell) -> bool:
    """Whether a cell says anything: white space does not."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def sheet_of(
    *, title: str, lines: Mapping[int, Sequence[Cell]], hidden: bool, hidden_rows: Iterable[int] = ()
) -> Sheet | None:
    """Return the sheet of lines by their 1-based row number; None when none of them says anything."""
    filled = [number for number, line in lines.items() if any(is_filled(cell) for cell in line)]
    if not filled:
        return None
    unseen = set(hidden_rows)
    rows = (
        SheetRow(number, tuple(lines.get(number, ())), number in unseen)
        for number in range(1, max(filled) + 1)
    )
    return Sheet(title=title, rows=tuple(rows), hidden=hidden)


def fill_merged(lines: dict[int, list[Cell]], top: int, bottom: int, column: int) -> None:
    """Fill a column of a block merged downwards in each of its rows (1-based), as a person reads it."""
    above = lines.get(top, [])
    if bottom <= top or column >= len(above) or above[column] == "":
        return
    for number in range(top + 1, min(bottom, max(lines)) + 1):
        line = lines.setdefault(number, [])
        line += [""] * (column + 1 - len(line))
        if line[column] == "":
            line[column] = above[column]


def dump_sheets(sheets: Iterable[Sheet]) -> bytes:
    """Write sheets as JSON: [title, hidden, [[hidden, cell …] …]]; what JSON has not is an object with one key."""
    plain = [
        [sheet.title, sheet.hidden, [[row.hidden, *row.cells] for row in sheet.rows]] for sheet in sheets
    ]
    return json.dumps(plain, ensure_ascii=False, default=_dumped, separators=(",", ":")).encode(
        errors="replace"
    )


def load_sheets(content: bytes) -> tuple[Sheet, ...]:
    """Read what `dump_sheets` wrote."""
    return tuple(
        Sheet(
            title,
            tuple(SheetRow(number, tuple(line[1:]), line[0]) for number, line in enumerate(lines, 1)),
            hidden,
        )
        for title, hidden, lines in json.loads(content, object_hook=_loaded)
    )


def _dumped(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, CellError):
        return {"error": cell.code}
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    for kind in (datetime, date, time):
        if isinstance(cell, kind):
            return {kind.__name__: cell.isoformat()}
    return {"text": str(cell)}


def _loaded(found: dict[str, Any]) -> Cell:
    ((kind, value),) = found.items()
    match kind:
        case "error":
            return CellError(value)
        case "seconds":
            return timedelta(seconds=value)
        case "datetime":
            return datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case "time":
            return time.fromisoformat(value)
    return value
