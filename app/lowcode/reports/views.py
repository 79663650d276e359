"""A report's view: the page, the Excel file, the print."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import abort, current_app, redirect, render_template, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.kernel.errors import N_
from app.lowcode import clock, excel, listing
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.jobs import begin_job
from app.lowcode.listing import SIZES, BadPage
from app.lowcode.pages import Button, Cell, Pager
from app.lowcode.permissions import may, needs
from app.lowcode.reports import parameters, sheets
from app.lowcode.reports.declaration import LINE, TOTAL, Report, ReportLine, ReportQuery
from app.lowcode.reports.drilldown import FIELD, keys_of_url
from app.lowcode.reports.reader import Reading, read
from app.lowcode.values import NUMERIC, format_value
from app.lowcode.views.lists import (
    MOMENT,
    PRINT_ROWS,
    TooManyToPrint,
    export_button,
    is_for_a_job,
    url_with,
)

SIZE = 50
GROUPED = 200  # lines of a grouped report: what an office's month has, whole
WHOLE = ("date", "period", "moment")
"""Kinds that are never broken into lines."""
WIDE = 24  # characters of a text that is not torn into a column of single ones on paper
NOTHING = N_("没有符合条件的记录。")


class ReportView(BaseView):
    """Every report's view; `view_of_report` makes one a report."""

    report: Report
    default_view = "index"
    menu_path = "/"

    @expose("/")
    @needs("read")
    def index(self) -> str:
        """Return the page of what the URL asks for; the present without it."""
        report, scope = self.report, self._scope()
        page, size = _page_asked(SIZE if report.lines is None else GROUPED)
        reading = read(session=db.session(), report=report, scope=scope, limit=size, offset=(page - 1) * size)
        chart = report.chart(reading.lines, reading.total) if report.chart is not None else None
        # A grouped report is read whole, and only its page is written out.
        lines = len(reading.lines) - 1 if report.lines is not None else reading.total.count
        if report.lines is not None:
            body, total = reading.lines[:-1], reading.lines[-1]
            reading = replace(reading, lines=[*body[(page - 1) * size : page * size], total])
        return render_template(
            "report.html",
            **_render_context(reading, linked=True),
            buttons=self._buttons(scope, reading.total.count),
            url=f"{report.url}/",
            inputs=parameters.inputs(scope),
            picks=_picks(report, scope),
            previous_url=self._beside(scope, -1),
            next_url=self._beside(scope, 1),
            chart=chart,
            pager=_pager(report, scope, lines, page, size) if report.lines is None or lines > size else None,
        )

    @expose("/print")
    @needs("print")
    def print(self) -> str:
        """Return the report on paper, all of its lines."""
        report, scope = self.report, self._scope()
        reading = read(session=db.session(), report=report, scope=scope, limit=PRINT_ROWS)
        if not reading.whole:
            raise TooManyToPrint(count=reading.total.count, limit=PRINT_ROWS)
        parts = (
            [reading.report.columns]
            if report.paper_parts is None
            else report.paper_parts(reading.report.columns)
        )
        return render_template(
            "report_print.html",
            **_render_context(reading, linked=False),
            parts=[_places(reading.report.columns, part) for part in parts],
            company=report.letterhead(db.session(), scope) if report.letterhead else "",
            signatures=[_(one) for one in report.signatures],
            printed_by=current_actor().name,
            printed_at=format_value(clock.now(), MOMENT),
        )

    @expose("/export", methods=["GET", "POST"])
    @needs("export")
    def export(self) -> Any:
        """Send the report as Excel, all of its lines: at once, or beyond a few thousand as a job, by POST."""
        report, scope = self.report, self._scope()
        reading = read(session=db.session(), report=report, scope=scope)
        title = sheets.title_of(report, scope)
        if is_for_a_job(reading.total.count):
            # The tree node narrows by the person's session, which a job has not: it goes along by its key.
            label, params = (
                _("导出 %(title)s", title=title),
                {
                    "report": report.name,
                    "given": parameters.parameters(scope),
                    "narrowing": listing.narrowing_now(),
                    "language": listing.language_now(),
                },
            )
            return redirect(f"/jobs/{begin_job(kind='report', label=label, params=params)}")
        folder = Path(current_app.config["INSTANCE_DIR"]) / "files" / "exports"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.xlsx"
        try:
            sheets.write(path=path, reading=reading)
            data = BytesIO(path.read_bytes())  # a few thousand lines: small
        finally:
            path.unlink(missing_ok=True)
        return send_file(data, as_attachment=True, download_name=f"{title}.xlsx")

    def _scope(self) -> ReportQuery:
        return parameters.query_of(
            session=db.session(), report=self.report, given=request.args, today=clock.today()
        )

    def _buttons(self, scope: ReportQuery, count: int) -> list[Button]:
        pairs, url = parameters.parameters(scope), self.report.url
        found = [
            export_button(url_with(f"{url}/export", pairs), rows=count),
            Button("print", _("打印"), url_with(f"{url}/print", pairs), "printer", blank=True),
        ]
        return [one for one in found if may(one.name, self.report.name)]

    def _beside(self, scope: ReportQuery, direction: int) -> str | None:
        other = parameters.beside(scope, direction)
        return None if other is None else url_with(f"{self.report.url}/", parameters.parameters(other))


class TracedReportView(ReportView):
    """The view of a report that says what is behind its figures."""

    @expose("/rows")
    @needs("read")
    def rows(self) -> str:
        """Return the rows that a figure of a line is the sum of."""
        scope, name, session = self._scope(), request.args.get(FIELD, ""), db.session()
        report = self.report.fitted(session, scope)
        field = next((one for one in report.fields if one.name == name), None)
        if field is None or report.rows is None:
            abort(404)
        try:
            keys = keys_of_url(request.args.items())
        except ValueError:
            abort(404)
        page, size = _page_asked(GROUPED)
        found = list(report.rows(session, scope, keys, name))
        total: Any = sum((one.amount for one in found), Decimal(0))
        return render_template(
            "report_rows.html",
            title=_(report.label),
            heading=excel.heading(field),
            asked=parameters.words(scope),
            rows=[
                (one.kind, one.title, one.day or "", one.url, format_value(one.amount, field))
                for one in found[(page - 1) * size : page * size]
            ],
            total=format_value(int(total) if field.kind == "integer" else total, field),
            back=url_with(f"{report.url}/", parameters.parameters(scope)),
            pager=_rows_pager(len(found), page, size) if len(found) > size else None,
        )


def view_of_report(report: Report) -> type[ReportView]:
    """Return the view class of a report, with its address and the permissions of its name."""
    members: dict[str, Any] = {
        "report": report,
        "route_base": report.url,
        "class_permission_name": report.name,
        "__doc__": report.label,
    }
    return type(f"{report.name}View", (ReportView if report.rows is None else TracedReportView,), members)


def cells_of(report: Report, line: ReportLine, scope: ReportQuery, *, linked: bool) -> list[Cell]:
    """Return a line as cells; each figure leads to the documents behind it."""
    found = []
    for one in report.columns:
        value = line.values.get(one.name)
        # There is nothing behind a zero.
        leads = linked and report.drill is not None and (value or one.kind not in NUMERIC)
        href = report.drill(line, one.name, scope) if leads and report.drill is not None else None
        kind = "number" if one.kind in NUMERIC else "date" if one.kind in WHOLE else "text"
        found.append(Cell(_text(value, one), kind, href))
    return found


def _places(columns: Sequence[Field], part: Sequence[Field]) -> list[int]:
    """Where the columns of a part stand among all."""
    names = [one.name for one in columns]
    return [names.index(one.name) for one in part]


def _text(value: Any, one: Field) -> str:
    """Return a value as read; a rate that is a share of nothing is a dash."""
    return format_value(value, one) or ("—" if one.unit == "%" else "")


def _render_context(reading: Reading, *, linked: bool) -> dict[str, Any]:
    """Return what page and print have in common."""
    report, scope = reading.report, reading.scope
    lines = [(one.level, cells_of(report, one, scope, linked=linked)) for one in reading.lines]
    total: list[Cell] = []
    if report.lines is None and any(one.totalled for one in report.columns):
        values: Mapping[str, Any] = {report.columns[0].name: _("合计"), **reading.total.values}
        summed = ReportLine(values=values, level=TOTAL)
        total = [
            replace(cell, text="" if cell.text == "—" else cell.text)
            for cell in cells_of(report, summed, scope, linked=False)
        ]
    return {
        "title": _(report.label),
        "name": report.name,
        "asked": parameters.words(scope),
        "scope": listing.narrowing_words(),
        "notes": reading.notes,
        "equations": sheets.equations_of(reading),
        "figures": sheets.figures_of(reading),
        "headings": [
            (
                one.name,
                excel.heading(one),
                "num" if one.kind in NUMERIC else "wide" if one.width >= WIDE else "",
            )
            for one in report.columns
        ],
        "lines": lines if reading.total.count else [],
        "total": total,
        "count": reading.total.count,
        "leaf": LINE,
        "empty": _(report.empty or NOTHING),
    }


def _picks(report: Report, scope: ReportQuery) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    found = []
    for one in report.picks:
        everything = (
            [] if one.default else [("", _("%(label)s：%(value)s", label=_(one.label), value=_("全部")))]
        )
        options = [*everything, *one.options(db.session())]
        found.append((one.name, _(one.label), scope.picks.get(one.name, ""), options))
    return found


def _page_asked(default: int) -> tuple[int, int]:
    """(page, size) of the URL. Raises BadPage."""
    try:
        page, size = int(request.args.get("page", "1")), int(request.args.get("size", default))
    except ValueError as error:
        raise BadPage from error
    if size not in SIZES or not 1 <= page <= 10**9:
        raise BadPage
    return page, size


def _rows_pager(count: int, page: int, size: int) -> Pager:
    pages, pairs = -(-count // size), [one for one in request.args.items(multi=True) if one[0] != "page"]

    def to(other: int) -> str | None:
        return (
            url_with(request.path, pairs, page=str(other)) if other != page and 1 <= other <= pages else None
        )

    return Pager(page, pages, size, count, False, to(1), to(page - 1), to(page + 1), to(pages))


def _pager(report: Report, scope: ReportQuery, lines: int, page: int, size: int) -> Pager:
    pages = max(1, -(-lines // size))
    pairs = [*parameters.parameters(scope), ("size", str(size))]
    base = f"{report.url}/"

    def to(other: int) -> str | None:
        return url_with(base, pairs, page=str(other)) if other != page and 1 <= other <= pages else None

    return Pager(
        page,
        pages,
        size,
        lines,
        False,
        to(1),
        to(page - 1),
        to(page + 1),
        to(pages),
        [(one, url_with(base, pairs, size=str(one))) for one in SIZES],
    )
