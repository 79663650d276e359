"""What of a month would still be charged: the close check looks before a month is closed."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeAssignment
from app.billing.operations.charge_inputs import BillingMonth
from app.billing.operations.run_computation import Computing, assignments_of
from app.kernel.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Unposted:
    """A fee with charges that a run would still post: how many, how much (元), and how many cannot be charged."""

    fee_item_id: int
    charges: int
    amount: Decimal
    unbillable: int


def unposted(*, session: Session, community_id: int, period: Period) -> list[Unposted]:
    """By fee what a run of the month would post now, by the run's own rules; empty when nothing is left.

    Days that cannot be charged (nobody pays, no price) are counted apart: they hold up no close. Meters that were not
    read are `missing_readings`. Some seconds for 20,000 rooms: for a job, `count_uncharged` for a page.
    """
    computing = Computing(session=session, month=BillingMonth(community_id, period))
    found: dict[int, list[tuple[int, Decimal, int]]] = {}
    while True:
        rows, facts = computing.next_rows(session=session)
        if facts is None:
            break
        for row in rows:
            parts, gaps = computing.charges_of(row, facts)
            if parts or gaps:
                amount = sum((part.amount for part in parts), Decimal(0))
                found.setdefault(row.fee_item_id, []).append((len(parts), amount, len(gaps)))
    return [
        Unposted(
            fee_item_id=fee,
            charges=sum(one[0] for one in those),
            amount=sum((one[1] for one in those), Decimal(0)),
            unbillable=sum(one[2] for one in those),
        )
        for fee, those in sorted(found.items())
    ]


def count_uncharged(*, session: Session, community_id: int, period: Period) -> int:
    """How many assignments run in the month and have no charge in it at all: one query, for a page.

    An assignment that was charged in part, or cannot be charged, makes it differ from `unposted`, which decides.
    """
    charged = (
        select(Charge.id)
        .where(
            Charge.assignment_id == FeeAssignment.id,
            Charge.starts.between(period.first_day, period.last_day),
        )
        .correlate(FeeAssignment)
    )
    month = BillingMonth(community_id, period)
    left = assignments_of(month).where(~charged.exists()).with_only_columns(func.count(FeeAssignment.id))
    return int(session.scalar(left) or 0)
