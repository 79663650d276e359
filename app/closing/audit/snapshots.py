"""结账报表: what closing kept of a month is what the documents still add up to, and follows from the month before."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.closing.audit.check import Within
from app.closing.audit.number_sequences import Found
from app.closing.audit.period_totals import MonthSums
from app.closing.models import PeriodReport, PeriodReportRow
from app.closing.models.reports import report_label
from app.closing.queries.archive import totals_of
from app.kernel.errors import N_
from app.kernel.money import MONEY_SCALE, fen, from_scaled
from app.kernel.periods import Period
from app.lowcode.reports import registry
from app.lowcode.reports.declaration import LINE

MISSING = N_("已结账，却没有保存“%(report)s”。")
LINES = N_("“%(report)s”保存了 %(kept)s 行，应有 %(right)s 行。")
DIFFERS = N_("“%(report)s”保存的%(figure)s是 %(kept)s，按单据应为 %(right)s。")
FOLLOWS = N_("期初欠费 %(kept)s 不等于上月保存的期末欠费 %(right)s。")

Right = Callable[[MonthSums, int, Period], int]


def _moved(*names: str) -> Right:
    return lambda sums, community, period: sum(sums.moved(community, period, name) for name in names)


def _stood(*names: str, before: bool = False) -> Right:
    return lambda sums, community, period: sum(
        sums.stood(community, period, name, before=before) for name in names
    )


RIGHT: Mapping[str, Mapping[str, Right]] = {
    "MonthSummary": {
        "opening": _stood("closing", before=True),
        "charged": _moved("charged"),
        "adjusted": _moved("adjusted"),
        "waived": _moved("waived"),
        "cash_past": _moved("cash_past"),
        "cash_current": _moved("cash_current"),
        "prepayment_applied": _moved("prepayment_applied"),
        "closing": _stood("closing"),
        "prepayment_opening": _stood("prepayment", before=True),
        "prepayment_closing": _stood("prepayment"),
        "deposit_opening": _stood("deposit", before=True),
        "deposit_closing": _stood("deposit"),
    },
    "ArrearsReport": {"due": _stood("closing")},
    "AgeingReport": {"due": _stood("closing")},
    "BalanceReport": {
        "opening": _stood("prepayment", "deposit", before=True),
        "closing": _stood("prepayment", "deposit"),
        "received": _moved("prepayment_in", "deposit_in"),
        "used": _moved("prepayment_used", "deposit_deducted"),
        "refunded": _moved("prepayment_refunded", "deposit_returned"),
    },
    "TakingsReport": {"amount": _moved("taken")},
    "VacancyReport": {"waived": _moved("waived_in_rooms")},
}
"""Of each kept report its figures, and how they follow from what moved in the months."""


def wrong_kept(session: Session, within: Within) -> Iterator[Found]:
    """Return what is wrong with what was kept of closed months."""
    closed = list(
        session.execute(
            select(AccountingPeriod.community_id, AccountingPeriod.period, AccountingPeriod.version)
            .where(AccountingPeriod.state == PeriodState.CLOSED, *within.of(AccountingPeriod))
            .order_by(AccountingPeriod.community_id, AccountingPeriod.period)
        )
    )
    if not closed:
        return
    papers = {
        (paper.community_id, paper.period, paper.version, paper.report): paper
        for paper in session.scalars(select(PeriodReport).where(*within.of(PeriodReport)))
    }
    yield from _lines(session, within, list(papers.values()))
    sums = MonthSums(session, within)
    before: dict[int, int] = {}
    for community, period, version in closed:
        for report in registry.frozen():
            paper = papers.get((community, period, version, report.name))
            if paper is None:
                yield "kept_missing", MISSING, community, _to_json(period, report.name)
                continue
            total = totals_of(report, paper)
            figures = {**total.values, **total.figures}
            yield from _figures(sums, report, paper, figures)
            if report.name == "MonthSummary":
                opening, closing = fen(figures["opening"]), fen(figures["closing"])
                if before.get(community, opening) != opening:
                    yield (
                        "kept_follows",
                        FOLLOWS,
                        community,
                        _to_json(period, report.name, opening, before[community]),
                    )
                before[community] = closing


def _figures(
    sums: MonthSums, report: Any, paper: PeriodReport, figures: Mapping[str, Any]
) -> Iterator[Found]:
    labels = {one.name: one.label for one in (*report.fields, *report.figure_fields)}
    for name, right in RIGHT.get(report.name, {}).items():
        kept, wanted = fen(figures[name]), right(sums, paper.community_id, paper.period)
        if kept != wanted:
            told = {**_to_json(paper.period, report.name, kept, wanted), "figure": labels[name]}
            yield "kept_differs", DIFFERS, paper.community_id, told


def _lines(session: Session, within: Within, papers: list[PeriodReport]) -> Iterator[Found]:
    """As many lines as the paper says."""
    counts: dict[int, int] = dict(
        session.execute(
            select(PeriodReportRow.report_id, func.count(PeriodReportRow.id))
            .where(PeriodReportRow.level == LINE, *within.of(PeriodReportRow))
            .group_by(PeriodReportRow.report_id)
        ).all()
    )
    for paper in papers:
        kept = counts.get(paper.id, 0)
        if kept != paper.lines:
            told = {**_to_json(paper.period, paper.report), "kept": kept, "right": paper.lines}
            yield "kept_lines", LINES, paper.community_id, told


def _to_json(period: Period, report: str, kept: int = 0, right: int = 0) -> dict[str, Any]:
    return {
        "document": str(period),
        "report": report_label(report),
        "kept": from_scaled(kept, MONEY_SCALE),
        "right": from_scaled(right, MONEY_SCALE),
    }
