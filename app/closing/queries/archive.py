"""The kept reports of closed months, read: what the engine shows instead of reading them anew."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.closing.models import PeriodReport, PeriodReportRow
from app.closing.rules.canon import read_value, text_of_lines
from app.estate.models import Community
from app.kernel.periods import Period
from app.lowcode import listing
from app.lowcode.reports.archive import Kept
from app.lowcode.reports.declaration import LINE, PLACES, Report, ReportLine, ReportQuery, Total

WHOLE = "community_id"
BATCH = 2000
TOLD = ("level", *PLACES, "data")
"""What a kept line says, in the order of its text."""
MORE_KEYS = "_keys"
"""Beside a kept line's values: the keys that are no places, for its drill-down."""


class PeriodArchive:
    """The archive that the reports' engine asks (`app/lowcode/reports/archive.py`)."""

    def find(self, session: Session, report: Report, scope: ReportQuery) -> Kept | None:
        """Return the kept lines of a report's month, of the communities asked for that have closed it."""
        closed = session.scalars(
            select(PeriodReport)
            .join(
                AccountingPeriod,
                (AccountingPeriod.community_id == PeriodReport.community_id)
                & (AccountingPeriod.period == PeriodReport.period)
                & (AccountingPeriod.version == PeriodReport.version),
            )
            .where(
                PeriodReport.report == report.name,
                PeriodReport.period == scope.month,
                AccountingPeriod.state == PeriodState.CLOSED,
                *scope.where(PeriodReport),
            )
            .order_by(PeriodReport.community_id)
        ).all()
        if not closed:
            return None
        grain = listing.narrowing_grain() if scope.narrowed else WHOLE
        if grain not in report.places or scope.picks:
            words = _("所选范围比结账时保存的明细更细，以下按单据重新汇总；已结账的单据不会再变。")
            return Stored(report, scope, (), frozenset(), False, words, grain)
        asked = set(session.scalars(select(Community.id).where(*scope.where(Community))))
        mine = frozenset(one.community_id for one in closed)
        return Stored(report, scope, closed, mine, asked <= mine, _words(session, closed, asked), grain)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a report for a scope. `papers` stand in the order of their communities."""

    report: Report
    scope: ReportQuery
    papers: Sequence[PeriodReport]
    communities: frozenset[int]
    complete: bool
    words: str
    grain: str
    _total: list[Total] = field(default_factory=list)

    def total(self, session: Session) -> Total:
        """Of whole communities what was added up at the close; of a part of one, its lines. Read once."""
        if not self._total:
            self._total.append(self._added_up(session))
        return self._total[0]

    def _added_up(self, session: Session) -> Total:
        if self.grain == WHOLE:
            return add_up(self.report, [totals_of(self.report, one) for one in self.papers])
        lines = [one for one in self.lines(session) if one.level == LINE]
        values = {
            one.name: sum((line.values.get(one.name) or 0 for line in lines), _zero(one))
            for one in self.report.totalled
        }
        return Total(count=len(lines), values=values)

    def lines(self, session: Session, *, limit: int | None = None, offset: int = 0) -> Iterator[ReportLine]:
        """Return the kept lines in the order of their communities and places."""
        if self.report.lines is not None or self.grain != WHOLE:
            yield from self._read(session, [one.id for one in self.papers], limit, offset)
            return
        # Of a detail report every line is one, and stands at its place: a page is found however deep it lies.
        left = limit
        for paper in self.papers:
            if offset >= paper.lines:
                offset -= paper.lines
                continue
            wanted = paper.lines - offset if left is None else min(left, paper.lines - offset)
            at = PeriodReportRow.place.between(offset + 1, offset + wanted)
            yield from self._read(session, [paper.id], None, 0, at)
            offset, left = 0, None if left is None else left - wanted
            if left == 0:
                return

    def _read(
        self, session: Session, ids: Sequence[int], limit: int | None, offset: int, *also: Any
    ) -> Iterator[ReportLine]:
        held = [] if self.grain == WHOLE else _narrowed(self.scope)
        columns = (
            PeriodReportRow.level,
            PeriodReportRow.data,
            *(getattr(PeriodReportRow, name) for name in PLACES),
        )
        statement = (
            select(*columns)
            .where(PeriodReportRow.report_id.in_(ids), *held, *also)
            .order_by(PeriodReportRow.report_id, PeriodReportRow.place)
        )
        if limit is not None:
            statement = statement.limit(limit).offset(offset)
        for level, data, *places in session.execute(statement, execution_options={"yield_per": BATCH}):
            yield line_of(self.report, level=level, data=data, places=places)


def kept_texts(*, session: Session, community_id: int, period: Period) -> dict[str, bytes]:
    """Every report that was kept of a month when it was last closed, byte for byte, by name."""
    papers = session.scalars(
        select(PeriodReport)
        .where(PeriodReport.community_id == community_id, PeriodReport.period == period)
        .order_by(PeriodReport.version)
    )
    return {one.report: text_of(session=session, paper=one).encode() for one in papers}


def kept_names(*, session: Session, community_id: int, period: Period, version: int) -> list[str]:
    """Return the names of the reports that were kept of a month's closing, in order."""
    mine = PeriodReport.community_id == community_id, PeriodReport.period == period
    return list(
        session.scalars(
            select(PeriodReport.report)
            .where(*mine, PeriodReport.version == version)
            .order_by(PeriodReport.report)
        )
    )


def text_of(*, session: Session, paper: PeriodReport) -> str:
    """Return a kept report as one text: the sums, and a line each; its SHA-256 is the paper's digest."""
    columns = [getattr(PeriodReportRow, name) for name in TOLD]
    rows = session.execute(
        select(*columns).where(PeriodReportRow.report_id == paper.id).order_by(PeriodReportRow.place)
    )
    return text_of_lines(paper.totals, (tuple(row) for row in rows))


def line_of(report: Report, *, level: str, data: str, places: Sequence[int | None]) -> ReportLine:
    """Return a kept line as it was when the month was closed."""
    kept = json.loads(data)
    keys = dict(zip(PLACES, places, strict=True)) | kept.get(MORE_KEYS, {})
    # A figure that a later version of the report adds was nothing then.
    nothing = {one.name: _zero(one) for one in report.totalled} if level == LINE else {}
    return ReportLine(values=_values(report.fields, {**nothing, **kept}), keys=keys, level=level)


def totals_of(report: Report, paper: PeriodReport) -> Total:
    """Count, sums and figures as they were when the month was closed."""
    kept = json.loads(paper.totals)
    return Total(
        count=kept["count"],
        values=_values(report.totalled, kept["values"]),
        figures={
            one.name: Decimal(kept["figures"][one.name])
            for one in report.figure_fields
            if one.name in kept["figures"]
        },
    )


def add_up(report: Report, parts: Sequence[Total]) -> Total:
    """Return the total of several communities."""
    figures: dict[str, Decimal] = {}
    for part in parts:
        for name, value in part.figures.items():
            figures[name] = figures.get(name, Decimal("0.00")) + value
    values = {
        one.name: sum((part.values.get(one.name) or 0 for part in parts), _zero(one))
        for one in report.totalled
    }
    return Total(count=sum(part.count for part in parts), values=values, figures=figures)


def _values(fields: Sequence[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: read_value(one.kind, kept.get(one.name), one.enum) for one in fields}


def _zero(one: Any) -> Any:
    return 0 if one.kind == "integer" else Decimal(0).quantize(Decimal(1).scaleb(-(one.scale or 2)))


def _narrowed(scope: ReportQuery) -> list[Any]:
    condition = listing.narrowing_condition(PeriodReportRow) if scope.narrowed else None
    return [] if condition is None else [condition]


def _words(session: Session, closed: Sequence[PeriodReport], asked: set[int]) -> str:
    period = str(closed[0].period)
    if len(asked) <= len(closed):
        return _("%(period)s 已结账，数字是结账时保存的，不再变动。", period=period)
    return _(
        "%(closed)d 个小区的 %(period)s 已结账，数字是结账时保存的；其余 %(open)d 个未结，数字还会变动。",
        period=period,
        closed=len(closed),
        open=len(asked) - len(closed),
    )
