"""A report as an Excel file: the lines that the page shows, all pages of them, typed cells, the total below."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.lowcode import clock, excel, listing
from app.lowcode.db import db
from app.lowcode.engine import current_engine
from app.lowcode.jobs import JobContext, JobHandler
from app.lowcode.reports import parameters
from app.lowcode.reports.declaration import LINE, TOTAL, Equation, Report, ReportLine, ReportQuery
from app.lowcode.reports.reader import Reading, read, stream
from app.lowcode.values import format_value


def title_of(report: Report, scope: ReportQuery) -> str:
    """Return a report's title with its days."""
    return f"{_(report.label)} {parameters.words(scope)}"


def words_of(reading: Reading) -> list[str]:
    """Return what stands under the title: the tree node, what is picked, what was kept, the equations."""
    scope = reading.scope
    node = listing.narrowing_words() if scope.narrowed else None
    found = [_("范围：%(scope)s", scope=node)] if node else []
    for one in reading.report.picks:
        labels = dict(one.options(db.session())) if one.name in scope.picks else {}
        if labels:
            found.append(f"{_(one.label)} {labels[scope.picks[one.name]]}")
    figures = [f"{label} {value}" for label, value in figures_of(reading)]
    return [*found, *reading.notes, *(words for _holds, words in equations_of(reading)), *figures]


def figures_of(reading: Reading) -> list[tuple[str, str]]:
    """Return the figures beside the lines: (label, value) as read."""
    figures = reading.total.figures
    return [
        (_(one.label), format_value(figures[one.name], one))
        for one in reading.report.figure_fields
        if one.name in figures
    ]


def equations_of(reading: Reading) -> list[tuple[bool, str]]:
    """Return the equations in words: those that hold together in one, each of the others by itself (False)."""
    good = [_(one.label) for one in reading.equations if one.holds]
    found = [(True, _("已核对：%(equations)s", equations=_("；").join(good)))] if good else []
    return [*found, *((False, _wrong(one)) for one in reading.equations if not one.holds)]


def _wrong(one: Equation) -> str:
    if one.left == one.right:
        return _(
            "不平：%(equation)s，合计相等，但有 %(count)d 行不平。请联系管理员。",
            equation=_(one.label),
            count=one.wrong,
        )
    return _(
        "不平：%(equation)s，左边 %(left)s，右边 %(right)s。请联系管理员。",
        equation=_(one.label),
        left=one.left,
        right=one.right,
    )


def write(*, path: Path, reading: Reading, progress: excel.Progress = lambda done: None) -> int:
    """Write a report that was read; returns the number of lines (subtotals included)."""
    report = reading.report
    lines = reading.lines
    if report.lines is None:
        rows, strong = _rows(report, stream(session=db.session(), report=report, scope=reading.scope)), set()
        totals = reading.total.values
    else:
        format_value = [one for one in lines if one.level != TOTAL]
        rows = _rows(report, iter(format_value))
        strong = {place for place, one in enumerate(format_value) if one.level != LINE}
        totals = lines[-1].values
    numbers = {
        one.name: totals[one.name]
        for one in report.columns
        if one.kind in ("money", "number", "integer") and totals.get(one.name) is not None
    }
    return excel.write_list(
        path=path,
        title=title_of(report, reading.scope),
        subtitle=" · ".join(words_of(reading)),
        fields=report.columns,
        rows=rows,
        totals=numbers,
        progress=progress,
        strong=strong,
    )


def _rows(
    report: Report, lines: Iterator[ReportLine]
) -> Iterator[tuple[int, Mapping[str, Any], Mapping[str, str | None]]]:
    for place, line in enumerate(lines):
        yield place, {one.name: line.values.get(one.name) for one in report.columns}, {}


def report_job(run: JobContext) -> None:
    """Return a large report as Excel, in its starter's reach and language, of the days that were asked for."""
    report = current_engine().reports[run.params["report"]]
    with listing.narrowed_as(run.params["narrowing"]), listing.in_language(run.params["language"]):
        session = db.session()
        given = dict(run.params["given"])
        scope = parameters.query_of(session=session, report=report, given=given, today=clock.today())
        reading = read(session=session, report=report, scope=scope)
        count = reading.total.count
        path = run.new_file(f"{title_of(report, scope)}.xlsx")
        written = write(path=path, reading=reading, progress=lambda done: run.progress(done, count))
        run.message = _("共 %(count)d 行。", count=written)
    db.session.rollback()


REPORT_JOB = JobHandler("report", report_job)
