"""A month is not billed while a meter of it was not read: the whole run waits, and the meters are named."""

from sqlalchemy.orm import Session

from app.billing.operations.facts import Month
from app.billing.queries.missing import missing_readings
from app.kernel.errors import N_, DomainError

NAMED = 10


class ReadingsMissing(DomainError):
    """A metered fee runs in the month, and its meter has no reading in it."""

    code = "missing_reading"
    message = N_("%(period)s 还有 %(count)d 块表没有抄表：%(names)s。请先在“抄表录入”里补齐，再出账。")


def refuse_missing(*, session: Session, month: Month) -> None:
    """Refuse a month with a meter that was not read. Raises ReadingsMissing."""
    found = missing_readings(
        session=session, community_id=month.community_id, period=month.period, fee_item_id=month.fee_item_id
    )
    if found:
        names = "、".join(one.meter for one in found[:NAMED]) + ("…" if len(found) > NAMED else "")
        raise ReadingsMissing(field="period", period=str(month.period), count=len(found), names=names)
