"""Keeps the reports of a month that is being closed: every line with where it stands, and the sums, digested."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from app.closing.models import PeriodReport, PeriodReportRow
from app.closing.queries.archive import MORE_KEYS, TOLD
from app.closing.rules.canon import canonical, digest_of, text_of_lines
from app.kernel.periods import Period
from app.lowcode import listing
from app.lowcode.reports.declaration import PLACES, Report, ReportLine, ReportQuery
from app.lowcode.reports.reader import Reading, every_line, read

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A report of a community's month as text: what is kept, and what can be compared byte for byte."""

    report: Report
    reading: Reading
    totals: str
    rows: Sequence[dict[str, Any]]

    @property
    def text(self) -> str:
        """The whole of it."""
        return text_of_lines(self.totals, ([row[name] for name in TOLD] for row in self.rows))


def scope_of_close(report: Report, *, community_id: int, period: Period) -> ReportQuery:
    """Return what is kept of a report: one community's month, or its state on the month's last day."""
    return ReportQuery.of_month(period, only=[community_id], by=report.by)


def written_out(*, session: Session, report: Report, community_id: int, period: Period) -> Frozen:
    """Return a report of a month from the documents as they are now, whatever is kept of it, in the office's language."""
    with listing.in_language("zh"):
        scope = scope_of_close(report, community_id=community_id, period=period)
        reading = read(session=session, report=report, scope=scope, anew=True)
        total = reading.total
        sums = {one.name: total.values.get(one.name) for one in report.totalled}
        totals = canonical({"count": total.count, "values": sums, "figures": total.figures})
        keeping = Keeping(report)
        rows = [keeping.row(one) for one in every_line(session=session, report=report, scope=scope)]
        return Frozen(report=report, reading=reading, totals=totals, rows=rows)


def freeze(
    *,
    session: Session,
    found: Iterable[Frozen],
    community_id: int,
    period: Period,
    version: int,
    at: datetime,
    by: str,
) -> None:
    """Keep reports, as they were written out of a month that is open and locked."""
    for one in found:
        paper = PeriodReport(
            community_id=community_id,
            period=period,
            version=version,
            report=one.report.name,
            lines=one.reading.total.count,
            digest=digest_of(one.text),
            totals=one.totals,
            closed_at=at,
            closed_by=by,
        )
        session.add(paper)
        session.flush()
        for start in range(0, len(one.rows), AT_ONCE):
            session.execute(
                insert(PeriodReportRow.__table__),
                [
                    {**row, "report_id": paper.id, "place": place}
                    for place, row in enumerate(one.rows[start : start + AT_ONCE], start + 1)
                ],
            )


class Keeping:
    """How the lines of a report are kept: level, places, values; what lists show masked is kept masked."""

    def __init__(self, report: Report) -> None:
        self._names = frozenset(one.name for one in report.fields)
        self._masks = {one.name: one.masked for one in report.fields if one.masked is not None}

    def row(self, line: ReportLine) -> dict[str, Any]:
        """Return a line as it is kept."""
        masks = self._masks
        values: dict[str, Any] = {
            name: masks[name](str(value)) if name in masks else value
            for name, value in line.values.items()
            if value is not None and name in self._names
        }
        more = {name: key for name, key in line.keys.items() if name not in PLACES and key is not None}
        if more:
            values[MORE_KEYS] = more
        row: dict[str, Any] = {name: line.keys.get(name) for name in PLACES}
        return {"level": line.level, **row, "data": canonical(values)}


class KeptForEver(RuntimeError):
    """A kept report was about to be changed or deleted: a defect, never a person's mistake."""


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, PeriodReport | PeriodReportRow) and (
            row in session.deleted or session.is_modified(row)
        ):
            raise KeptForEver(f"{type(row).__name__} {row.id}")
