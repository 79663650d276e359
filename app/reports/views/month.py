"""应收实收欠费汇总: on the page, as Excel, on paper."""

import secrets
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import current_app, render_template, request, send_file
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode import clock, excel, listing
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.pages import Button
from app.lowcode.permissions import may, needs
from app.reports.sheet import FIELDS, cells_of, excel_rows, excel_totals
from app.reports.summary import MonthSummary, month_summary

TITLE = N_("应收实收欠费汇总")
URL = "/reports/summary"


class MonthSummaryView(BaseView):
    """The month's summary by community, building and fee."""

    route_base = URL
    class_permission_name = "MonthSummary"
    default_view = "index"
    menu_path = "/"

    @expose("/")
    @needs("read")
    def index(self) -> str:
        """The page; `?period=2025-03`, the present month without it."""
        summary = _summary()
        period = summary.period
        buttons = [
            Button("export", _("导出 Excel"), f"{URL}/export?period={period}", "file-spreadsheet"),
            Button("print", _("打印"), f"{URL}/print?period={period}", "printer", blank=True),
        ]
        return render_template(
            "reports/month_summary.html",
            **_page(summary),
            buttons=[one for one in buttons if may(one.name, self.class_permission_name)],
            previous_url=_step(period, -1),
            next_url=_step(period, 1),
        )

    @expose("/print")
    @needs("print")
    def print(self) -> str:
        """The summary on paper."""
        return render_template(
            "reports/month_summary_print.html",
            **_page(_summary(), linked=False),
            printed_by=current_actor().name,
            printed_at=clock.now().astimezone(clock.timezone()).strftime("%Y-%m-%d %H:%M"),
        )

    @expose("/export")
    @needs("export")
    def export(self) -> Any:
        """The summary as an Excel file: the same lines, typed cells, the total below."""
        summary = _summary()
        folder = Path(current_app.config["INSTANCE_DIR"]) / "files" / "exports"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.xlsx"
        title = f"{_(TITLE)} {summary.period}"
        try:
            excel.write_list(
                path=path, title=title, subtitle=" · ".join([*_scope(), equation(summary)]), fields=FIELDS,
                rows=excel_rows(summary), totals=excel_totals(summary),
            )  # fmt: skip
            data = BytesIO(path.read_bytes())
        finally:
            path.unlink(missing_ok=True)
        return send_file(data, as_attachment=True, download_name=f"{title}.xlsx")


def _summary() -> MonthSummary:
    """The summary that the URL asks for. Raises BadPeriod."""
    asked = request.args.get("period", "")
    period = Period.parse(asked) if asked else Period.of(clock.today())
    return month_summary(session=db.session(), period=period)


def equation(summary: MonthSummary) -> str:
    """Whether the month adds up, in words."""
    if summary.holds:
        return _("已核对:期末 = 期初 + 应收 − 减免 − 核销")
    total = summary.total
    return _(
        "不平:期初 + 应收 − 减免 − 核销 = %(expected)s,期末 = %(closing)s。请联系管理员。",
        expected=total.expected_closing, closing=total.closing,
    )  # fmt: skip


def _scope() -> list[str]:
    words = listing.narrowing_words()
    return [_("范围:%(scope)s", scope=words)] if words else []


def _page(summary: MonthSummary, *, linked: bool = True) -> dict[str, Any]:
    lines = []
    for line in summary.lines:
        cells = cells_of(line, summary)
        lines.append((line.level.value, cells if linked else [replace(one, href=None) for one in cells]))
    return {
        "title": _(TITLE),
        "period": str(summary.period),
        "scope": listing.narrowing_words(),
        "headings": [(one.name, excel.heading(one), one.kind != "text") for one in FIELDS],
        "lines": lines,
        "holds": summary.holds,
        "equation": equation(summary),
        "has_lines": len(summary.lines) > 1,
    }


def _step(period: Period, months: int) -> str:
    there = period.year * 12 + period.month - 1 + months
    # Beyond the calendar there is nothing to go to.
    return f"{URL}/?period={period.plus(months) if 12 <= there < 12 * 10000 else period}"
