"""The board of months, what a month still wants before it closes, and the button that closes it."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.closing import operations
from app.closing.models import PeriodReopen
from app.closing.queries.archive import kept_names
from app.closing.queries.board import BoardMonth, board, latest_closed
from app.estate.models import Community
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode import clock, listing, scope
from app.lowcode.db import db
from app.lowcode.engine import current_engine
from app.lowcode.errors import message_of, wants_json
from app.lowcode.pages import Button
from app.lowcode.permissions import may, needs
from app.lowcode.reports.declaration import By, Report
from app.lowcode.reports.parameters import BadYear
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value
from app.lowcode.views.lists import MOMENT

PERIODS = AccountingPeriod.__name__


class BoardView(BaseView):
    """月结: communities × the months of a year."""

    route_base = "/closing"
    default_view = "index"
    menu_path = "/"
    class_permission_name = PERIODS

    @expose("/")
    @needs("read")
    def index(self) -> str:
        """Return the board; `?year=2026`, this year without it."""
        year = _year()
        books = board(session=db.session(), year=year, now=Period.of(clock.today()))
        rows = [(one.name, [_cell(one.community_id, month) for month in one.months]) for one in books]
        return render_template(
            "closing/board.html",
            year=year,
            rows=rows,
            scope=listing.narrowing_words(),
            previous_url=f"/closing/?year={year - 1:04d}" if year > 1 else None,
            next_url=f"/closing/?year={year + 1:04d}" if year < 9999 else None,
        )

    @expose("/check/<int:community_id>/<period>")
    @needs("read")
    def check(self, community_id: int, period: str) -> str:
        """Return a month: how it stands, and what it still wants."""
        community, month = _month(community_id, period)
        row = _row(community_id, month)
        closed = row if row is not None and row.state is PeriodState.CLOSED else None
        return render_template(
            "closing/check.html",
            community=community.name,
            period=str(month),
            closed=closed is not None,
            facts=_facts(closed) if closed else [],
            kept=_kept(closed) if closed else [],
            findings_url=f"/closing/findings/{community_id}/{month}",
            buttons=_buttons(closed) if closed else [],
            back_url=f"/closing/?year={month.year:04d}",
        )

    @expose("/findings/<int:community_id>/<period>")
    @needs("read")
    def findings(self, community_id: int, period: str) -> str:
        """Return what a month still wants before it closes, a fragment of its page."""
        _community, month = _month(community_id, period)
        found = operations.findings(session=db.session(), community_id=community_id, period=month)
        lines = [
            (one.stops, _(one.message, count=one.count, **_spoken(dict(one.params))), one.url, _remedies(one))
            for one in found
        ]
        ready = not any(one.stops for one in found)
        return render_template(
            "closing/findings.html",
            lines=lines,
            ready=ready,
            close=_close_button(community_id, month) if ready and may("close", PERIODS) else None,
        )

    @expose("/close/<int:community_id>/<period>", methods=["POST"])
    @needs("close")
    def close(self, community_id: int, period: str) -> Any:
        """Have the month closed by a job."""
        _community, month = _month(community_id, period)
        try:
            job_id = in_unit_of_work(
                lambda: operations.start_close(session=db.session(), community_id=community_id, period=month)
            )
        except DomainError as error:
            if wants_json():
                raise
            flash(message_of(error), "danger")
            return redirect(f"/closing/check/{community_id}/{month}")
        return redirect(f"/jobs/{job_id}")


def _remedies(item: operations.ChecklistItem) -> list[Button]:
    """Return the buttons that clear an item, for who may press them."""
    return [Button(one.right[0], _(one.label), one.url) for one in item.remedies if may(*one.right)]


def _year() -> int:
    text = request.args.get("year", "") or str(clock.today().year)
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text)):
        raise BadYear(field="year", value=text)
    return int(text)


def _month(community_id: int, text: str) -> tuple[Community, Period]:
    """Return the community in reach and the month of a URL. Raises BadPeriod."""
    community = scope.find(db.session(), Community, community_id) if community_id < 2**63 else None
    if community is None:
        abort(404)
    return community, Period.parse(text)


def _row(community_id: int, period: Period) -> AccountingPeriod | None:
    found: AccountingPeriod | None = (
        db.session.query(AccountingPeriod).filter_by(community_id=community_id, period=period).one_or_none()
    )
    return found


def _facts(row: AccountingPeriod) -> list[tuple[str, str]]:
    return [
        (_("结账人"), row.closed_by or ""),
        (_("结账时间"), format_value(row.closed_at, MOMENT)),
        (_("结账次数"), str(row.version)),
    ]


def _kept(row: AccountingPeriod) -> list[tuple[str, str]]:
    """Return the reports that stand for the month, for who may read them: (label, address)."""
    found = kept_names(
        session=db.session(), community_id=row.community_id, period=row.period, version=row.version
    )
    reports = current_engine().reports
    return [
        (_(reports[name].label), address(reports[name], row.period))
        for name in found
        if name in reports and may("read", name)
    ]


def address(report: Report, period: Period) -> str:
    """Where a report shows a month that is kept."""
    asked = f"period={period}" if report.by is By.PERIOD else f"day={period.last_day.isoformat()}"
    return f"{report.url}/?{asked}"


def _close_button(community_id: int, period: Period) -> Button:
    words = _(
        "结账以后，%(period)s 不能再出账、收款或更正，报表按现在的样子保存。确定结账？", period=str(period)
    )
    return Button(
        "close",
        _("结账"),
        f"/closing/close/{community_id}/{period}",
        "lock",
        post=True,
        tone="primary",
        confirm=words,
    )


def _buttons(row: AccountingPeriod) -> list[Button]:
    """Return what may be done with a closed month; only the latest may be opened again."""
    found, community_id, period = [], row.community_id, row.period
    latest = latest_closed(session=db.session(), community_id=community_id)
    if period == latest and may("add", PeriodReopen.__name__):
        asked = urlencode({"community_id": community_id, "period": str(period)})
        found.append(Button("reopen", _("申请反结账"), f"/period_reopen/add?{asked}", "lock-open"))
    if may("read", "PeriodReport"):
        url = f"/period_report/list/?f.community_id.eq={community_id}&f.period.eq={period}"
        found.append(Button("reports", _("结账报表"), url, "file-certificate"))
    return found


def _cell(community_id: int, month: BoardMonth) -> dict[str, Any]:
    """Return a month as the board shows it."""
    if month.state is None:
        return {"text": "", "url": None, "tone": "", "title": ""}
    title = ""
    if month.state is PeriodState.CLOSED:
        title = _(
            "%(who)s 于 %(at)s 结账（第 %(version)d 次）",
            who=month.closed_by,
            at=format_value(month.closed_at, MOMENT),
            version=month.version,
        )
    return {
        "text": _(month.state.label),
        "url": f"/closing/check/{community_id}/{month.period}",
        "tone": month.state.tone or "secondary",
        "title": title,
    }


def _spoken(params: dict[str, Any]) -> dict[str, Any]:
    return {name: _(value) if isinstance(value, str) and value else value for name, value in params.items()}
