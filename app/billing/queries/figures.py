"""The preview of a billing run by fee: how many, how much, and what it was last month."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge, FeeItem
from app.kernel.money import percent
from app.kernel.periods import Period

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeFigures:
    """A fee in a run; amounts in 元. `charged` is what of the month was posted by other runs."""

    fee: str
    lines: int
    unbillable: int
    amount: Decimal
    charged: Decimal
    previous: Decimal

    @property
    def change(self) -> Decimal:
        """元 more than last month (less when negative), with what is posted already."""
        return self.amount + self.charged - self.previous

    @property
    def change_percent(self) -> Decimal | None:
        """The change in percent of last month; None where last month was nothing."""
        return percent(self.change, self.previous)


def figures_of(*, session: Session, run: BillingRun) -> list[FeeFigures]:
    """Return the run by fee in the order of the fees, and their sum (fee "") at the end.

    A posted or cancelled run is compared as it was when it was computed: its own charges are no other run's.
    """
    mine = {
        fee: (count, unbillable, amount)
        for fee, count, unbillable, amount in session.execute(
            select(
                BillingLine.fee_item_id,
                func.sum(case((BillingLine.billable.is_(True), 1), else_=0)),
                func.sum(case((BillingLine.billable.is_(False), 1), else_=0)),
                func.sum(BillingLine.amount),
            )
            .where(BillingLine.run_id == run.id)
            .group_by(BillingLine.fee_item_id)
        )
    }
    charged = _charged(session, run, run.period)
    previous = _charged(session, run, run.period.previous)
    names = session.execute(
        select(FeeItem.id, FeeItem.name)
        .where(FeeItem.id.in_({*mine, *charged, *previous}))
        .order_by(FeeItem.priority, FeeItem.name)
    )
    found = []
    for fee, name in names:
        count, unbillable, amount = mine.get(fee, (0, 0, ZERO))
        found.append(
            FeeFigures(
                fee=name,
                lines=int(count),
                unbillable=int(unbillable),
                amount=amount,
                charged=charged.get(fee, ZERO),
                previous=previous.get(fee, ZERO),
            )
        )
    return [*found, _sum(found)] if len(found) > 1 else found


def _charged(session: Session, run: BillingRun, period: Period) -> dict[int, Decimal]:
    """Return what other runs posted for a month, by fee."""
    statement = select(Charge.fee_item_id, func.sum(Charge.amount)).where(
        Charge.community_id == run.community_id,
        Charge.posting_period == period,
        Charge.period == period,
        Charge.assignment_id.is_not(None),
        Charge.run_id.is_distinct_from(run.id),
    )
    if run.fee_item_id is not None:
        statement = statement.where(Charge.fee_item_id == run.fee_item_id)
    return dict(session.execute(statement.group_by(Charge.fee_item_id)).all())


def _sum(found: list[FeeFigures]) -> FeeFigures:
    return FeeFigures(
        fee="",
        lines=sum(one.lines for one in found),
        unbillable=sum(one.unbillable for one in found),
        amount=sum((one.amount for one in found), ZERO),
        charged=sum((one.charged for one in found), ZERO),
        previous=sum((one.previous for one in found), ZERO),
    )
