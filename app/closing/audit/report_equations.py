"""What the month-end reports check of themselves, for every community and month."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.closing.audit.check import Within
from app.closing.audit.number_sequences import Found
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.reports import registry
from app.lowcode.reports.declaration import By, ReportQuery
from app.lowcode.reports.reader import read

WRONG = N_("“%(report)s”不平：%(equation)s，左边 %(left)s，右边 %(right)s，不平 %(wrong)s 行。")


def wrong_equations(session: Session, within: Within) -> Iterator[Found]:
    """Return the equations that do not hold, of the documents as they are now.

    A state on a day is added up charge by charge for a month that is past: those reports are read of the latest month
    alone, unless the whole is asked for.
    """
    months: dict[int, list[Period]] = {}
    of = AccountingPeriod
    for community, period in session.execute(
        select(of.community_id, of.period).where(*within.of(of)).order_by(of.community_id, of.period)
    ):
        months.setdefault(community, []).append(period)
    for community, periods in months.items():
        for period in periods:
            for report in registry.frozen():
                if report.by is By.AS_OF and period != periods[-1] and not within.whole:
                    continue
                scope = ReportQuery.of_month(period, only=[community], by=report.by)
                for one in read(session=session, report=report, scope=scope, anew=True).equations:
                    if not one.holds:
                        told = {
                            "document": str(period),
                            "report": report.label,
                            "equation": one.label,
                            "left": one.left,
                            "right": one.right,
                            "wrong": one.wrong,
                        }
                        yield "report_equation", WRONG, community, told
