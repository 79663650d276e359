"""What a month would still charge, by the run's own code, nothing written."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.billing.models import BillingRun, FeeAssignment
from app.billing.operations.computing import CHUNK, Computing, assignments_of
from app.billing.operations.facts import Facts
from app.billing.rules.month import charge_month
from app.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Unposted:
    """How many charges a run would make now, and how many stretches of days it could not charge."""

    charges: int
    gaps: int


def unposted(*, session: Session, community_id: int, period: Period) -> Unposted:
    """What of a community's month is chargeable and not charged."""
    run = BillingRun(community_id=community_id, period=period)  # never added: the code asks it for its month
    computing = Computing(session=session, run=run)
    charges, gaps, last = 0, 0, 0
    while rows := session.execute(
        assignments_of(run).where(FeeAssignment.id > last).order_by(FeeAssignment.id).limit(CHUNK)
    ).all():
        facts = Facts(session=session, run=run, rows=rows)
        for row in rows:
            parts, missing = charge_month(
                terrain=facts.terrain(row), method=row.method, period=period, proration=computing.proration,
                due_days=row.due_days,
            )  # fmt: skip
            charges += len(parts)
            gaps += len(missing)
        last = rows[-1].id
    return Unposted(charges, gaps)
