"""What an import did: documents made and changed, and what it found odd beside the database."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app.estate.sales_import.parser.findings import WARNINGS, ImportFinding
from app.lowcode.document import DocumentBase

AT_ONCE: Final = 500
"""Documents between two reports of progress."""


class Ledger:
    """Counts while an import is stored."""

    def __init__(
        self,
        *,
        rows: int = 0,
        pieces: int = 0,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._rows, self._pieces, self._progress, self._done = rows, pieces, progress, 0
        self.created: dict[str, int] = {}
        self.communities: list[str] = []
        """Names of those made."""
        self.warnings: list[ImportFinding] = []
        self.settled: set[tuple[str, int, str]] = set()
        """(sheet, row, code) of warnings of the plan that the database answers."""
        self._updated: set[tuple[type, int]] = set()

    @property
    def updated(self) -> int:
        """How many documents were changed."""
        return len(self._updated)

    def step(self, pieces: int = 1) -> None:
        """Note pieces as stored, and report the rows done now and then."""
        before, self._done = self._done, self._done + pieces
        if before // AT_ONCE != self._done // AT_ONCE:
            self._progress(min(self._done * self._rows // max(self._pieces, 1), self._rows), self._rows)

    def add_in_chunks(self, session: Session, rows: Sequence[DocumentBase]) -> None:
        """Add new documents in chunks, each a step."""
        for start in range(0, len(rows), AT_ONCE):
            chunk = rows[start : start + AT_ONCE]
            session.add_all(chunk)
            session.flush()
            self.step(len(chunk))

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
