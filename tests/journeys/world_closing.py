"""Our closed month with its kept reports, and who asks for it to be opened again."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.closing import operations as closing
from app.closing.models import PeriodReopen, PeriodReport, PeriodReportRow
from app.closing.operations.snapshots import Keeping
from app.closing.reports.month_summary import SUMMARY
from app.kernel.periods import Period
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.reports.declaration import ReportLine

CLOSED, NEXT = Period(2024, 12), Period(2025, 1)


def close_a_month(*, session: Session, community_id: int, words: str) -> None:
    """Close the month before everything else; a line of its kept report says a word of ours."""
    closing.close(session=session, community_id=community_id, period=CLOSED, by=words)
    paper = session.scalars(
        select(PeriodReport).where(
            PeriodReport.community_id == community_id, PeriodReport.report == SUMMARY.name
        )
    ).one()
    values = {one.name: None for one in SUMMARY.totalled} | {
        "community": words,
        "building": words,
        "fee": words,
    }
    line = Keeping(SUMMARY).row(ReportLine(values=values, keys={"community_id": community_id}))
    session.execute(insert(PeriodReportRow.__table__), [{**line, "report_id": paper.id, "place": 1}])


def ask_to_reopen(*, session: Session, community_id: int, owner_id: int, words: str) -> None:
    """Somebody else asks, and the owner asked before an earlier closing."""
    asked: dict[str, Any] = {"community_id": community_id, "period": CLOSED, "reason": words}
    session.add(PeriodReopen(**asked, version=0, requested_by_id=owner_id, requested_by="主人"))
    session.flush()
    with acting_as(Actor(None, words, EVERYTHING)):
        closing.request_reopen(session=session, row=PeriodReopen(), **asked)


def _asked(session: Session, community_id: int, *, by_owner: bool) -> int:
    whose = PeriodReopen.requested_by_id.is_not(None) if by_owner else PeriodReopen.requested_by_id.is_(None)
    return session.scalars(
        select(PeriodReopen.id).where(PeriodReopen.community_id == community_id, whose)
    ).one()


ACTIONS: dict[tuple[str, str], Any] = {
    ("PeriodReopen", "approve"): lambda session, world: (
        _asked(session, world.community_id, by_owner=False),
        {"decision": "同意"},
    ),
    ("PeriodReopen", "refuse"): lambda session, world: (
        _asked(session, world.community_id, by_owner=False),
        {"reason": "不必"},
    ),
    ("PeriodReopen", "withdraw"): lambda session, world: (
        _asked(session, world.community_id, by_owner=True),
        {},
    ),
}
