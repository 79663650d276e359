"""Counts what a workbook holds while it is read, and refuses what no export of an estate has."""

from app.lowcode.workbook.errors import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SIGNS,
    TooManyColumns,
    TooManyRows,
    TooMuchText,
)
from app.lowcode.workbook.sheets import Cell

CELL_SIGNS = 8
"""What a cell counts beside its text."""


class SheetLimits:
    """The limits over all sheets of one file, told of every cell that says something."""

    def __init__(self) -> None:
        self._sheet = ""
        self._rows = self._signs = 0

    def begin(self, sheet: str) -> None:
        """Name the sheet that is read from now on."""
        self._sheet = sheet

    def check_cell(self, row: int, column: int, value: Cell) -> None:
        """Take a cell of a 1-based row and a 0-based column. Raises TooManyRows, TooManyColumns, TooMuchText."""
        if row > MOST_ROWS - self._rows:
            raise TooManyRows(sheet=self._sheet, cell=cell_name(row, column), most=f"{MOST_ROWS:,}")
        if column >= MOST_COLUMNS:
            raise TooManyColumns(sheet=self._sheet, cell=cell_name(row, column), most=MOST_COLUMNS)
        self._signs += CELL_SIGNS + (len(value) if isinstance(value, str) else 0)
        if self._signs > MOST_SIGNS:
            raise TooMuchText(most=f"{MOST_SIGNS:,}")

    def count_rows(self, rows: int) -> None:
        """Count the rows of a sheet that was read."""
        self._rows += rows


def cell_name(row: int, column: int) -> str:
    """Excel's name of a cell of a 1-based row and a 0-based column: (7, 27) → 'AB7'."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
