"""What the office says of a month: its figures, the reports that were kept of it, and the same written out anew."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from app.closing.operations.snapshots import written_out
from app.closing.queries.archive import kept_texts
from app.closing.reports.month_summary import figures_of, month_summary
from app.kernel.periods import Period
from app.lowcode.reports import registry


def summary_of(session: Session, period: Period) -> Mapping[str, Decimal]:
    """The month's amounts in 元, which must add up by themselves."""
    found = month_summary(session=session, period=period)
    assert found.holds, (period, found.equations)
    return {
        name: value for name, value in figures_of(found).items() if value is not None and "rate" not in name
    }


def kept_of(session: Session, community_id: int, period: Period) -> dict[str, bytes]:
    """The reports as the closing kept them."""
    return dict(kept_texts(session=session, community_id=community_id, period=period))


def anew(session: Session, community_id: int, period: Period) -> dict[str, bytes]:
    """The same reports written out of the documents as they are now."""
    return {
        report.name: written_out(
            report=report, session=session, community_id=community_id, period=period
        ).text.encode()
        for report in registry.frozen()
    }
