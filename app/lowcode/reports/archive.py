"""What was kept of the reports of closed months. The closing module keeps it; without one everything is read anew."""

from collections.abc import Iterator
from typing import Protocol

from sqlalchemy.orm import Session

from app.lowcode.engine import current_engine
from app.lowcode.reports.declaration import Report, ReportLine, ReportQuery, Total


class Kept(Protocol):
    """The kept lines that a scope asks for."""

    @property
    def communities(self) -> frozenset[int]:
        """Whose lines they are: these are not read anew."""

    @property
    def complete(self) -> bool:
        """Whether no other community is asked for."""

    @property
    def words(self) -> str:
        """What the page says of it."""

    def total(self, session: Session) -> Total:
        """Count, sums and figures of what is kept."""

    def lines(self, session: Session, *, limit: int | None = None, offset: int = 0) -> Iterator[ReportLine]:
        """Return the kept lines in their order, communities by name."""


class Archive(Protocol):
    """Answers whether a report's month is kept."""

    def find(self, session: Session, report: Report, scope: ReportQuery) -> Kept | None:
        """Return what is kept of a `frozen` report for a whole month; None where nothing of it is."""


def kept(*, session: Session, report: Report, scope: ReportQuery) -> Kept | None:
    """Return what is kept of what is asked for; None where all is read anew."""
    if not report.frozen or scope.month is None:
        return None
    archive = current_engine().archive
    return None if archive is None else archive.find(session, report, scope)
