"""Reads workbooks that people upload: parsed in a process of its own, within limits of size, memory and time."""

from app.lowcode.workbook.errors import (
    EmptyWorkbook,
    EncryptedWorkbook,
    HiddenSheets,
    OversizedWorkbook,
    UnreadableWorkbook,
)
from app.lowcode.workbook.sandbox import read_workbook
from app.lowcode.workbook.sheets import Cell, CellError, Sheet, SheetRow, dump_sheets, load_sheets

__all__ = [
    "Cell",
    "CellError",
    "EmptyWorkbook",
    "EncryptedWorkbook",
    "HiddenSheets",
    "OversizedWorkbook",
    "Sheet",
    "SheetRow",
    "UnreadableWorkbook",
    "dump_sheets",
    "load_sheets",
    "read_workbook",
]
