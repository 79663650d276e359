"""What an import did: documents made and changed, and what it found odd beside the database."""

from typing import Any

from app.estate.sales_import.parser.findings import WARNINGS, ImportFinding
from app.lowcode.document import DocumentBase


class Ledger:
    """Counts while an import is stored."""

    def __init__(self) -> None:
        self.created: dict[str, int] = {}
        self.warnings: list[ImportFinding] = []
        self.settled: set[tuple[str, int, str]] = set()
        """(sheet, row, code) of warnings of the plan that the database answers."""
        self._updated: set[tuple[type, int]] = set()

    @property
    def updated(self) -> int:
        """How many documents were changed."""
        return len(self._updated)

    def made(self, kind: str, count: int = 1) -> None:
        """Note documents of a kind as made."""
        self.created[kind] = self.created.get(kind, 0) + count

    def fill(self, row: DocumentBase, **values: Any) -> None:
        """Write what the file knows into what the office has left blank; what stands there stays."""
        for name, value in values.items():
            if value not in (None, "") and getattr(row, name) in (None, ""):
                self.change(row, **{name: value})

    def change(self, row: DocumentBase, **values: Any) -> None:
        """Write values that the file knows better."""
        for name, value in values.items():
            setattr(row, name, value)
        self._updated.add((type(row), row.id))

    def warn(self, *, sheet: str, row: int, column: str, code: str, **params: Any) -> None:
        """Say what differs between file and database."""
        self.warnings.append(ImportFinding(sheet, row, column, code, WARNINGS[code], params))
