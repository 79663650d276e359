"""What the closing module registers."""

from collections.abc import Sequence

from flask_babel import gettext as _

from app.billing.views.approvals import asked_of_me
from app.closing import operations
from app.closing.audit.command import check_books_command
from app.closing.models import PeriodReopen, PeriodReport
from app.closing.operations.jobs import CLOSE_JOB
from app.closing.queries.archive import PeriodArchive
from app.closing.views.board import BoardView, address
from app.closing.views.duties import months_waiting
from app.kernel.errors import N_
from app.lowcode.engine import Engine, current_engine
from app.lowcode.home import Duty, Shortcut
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.pages import Button
from app.lowcode.permissions import may


def start(engine: Engine) -> None:
    """Let the reports of closed months be read from what was kept."""
    engine.archive = PeriodArchive()


def _open_report(row: PeriodReport) -> Sequence[Button]:
    """Return the report's own page, of the month that this paper is of."""
    report = current_engine().reports.get(row.report)
    if report is None or not may("read", report.name):
        return []
    return [Button("report", _("查看报表"), address(report, row.period), report.icon)]


MANIFEST = Manifest(
    name="closing",
    label=N_("月结"),
    icon="calendar-check",
    money=True,
    entries=(
        Page(BoardView, N_("月结"), "calendar-check"),
        Entry(PeriodReopen, save=operations.request_reopen, workflow=operations.REOPEN_FLOW),
        Entry(PeriodReport, links=_open_report),
    ),
    labels={"close": N_("结账")},
    commands=(check_books_command,),
    job_handlers=(CLOSE_JOB,),
    start=start,
    shortcuts=(Shortcut("closing", N_("月结"), "/closing/", "calendar-check", "close", "AccountingPeriod"),),
    duties=(
        Duty("close", "AccountingPeriod", months_waiting, "calendar-check"),
        asked_of_me(PeriodReopen, "lock-open"),
    ),
)
