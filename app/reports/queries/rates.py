"""收缴率 by month: how much of what was charged in a month was collected within it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Allocation
from app.collection.states import PAID_KINDS, AllocationKind
from app.kernel.money import MONEY_SCALE, from_scaled, percent
from app.kernel.periods import Period
from app.lowcode import listing
from app.lowcode.types import raw


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRate:
    """A month's 收缴率 in percent, None where nothing was charged; amounts in 元."""

    period: Period
    asked: Decimal  # 本期应收 − 本期减免
    collected: Decimal  # 已收本期应收

    @property
    def rate(self) -> Decimal | None:
        """Collected of asked, in percent with two decimals."""
        return percent(self.collected, self.asked)


def month_rates(*, session: Session, periods: Sequence[Period]) -> list[MonthRate]:
    """The rate of each of these consecutive months, within reach and the chosen tree node; two queries."""
    within = (periods[0], periods[-1])
    on_charges, on_allocations = (
        listing.narrowing_condition(Charge),
        listing.narrowing_condition(Allocation),
    )
    # Both in the order of the months' index first, so that nothing of a million rows is sorted.
    charged = (
        select(Charge.posting_period, func.sum(raw(Charge.amount)).label("amount"))  # type: ignore[arg-type]
        .where(Charge.posting_period.between(*within), *([] if on_charges is None else [on_charges]))
        .group_by(Charge.community_id, Charge.posting_period)
        .subquery()
    )
    asked: dict[Period, int] = dict(
        session.execute(
            select(charged.c.posting_period, func.sum(charged.c.amount)).group_by(charged.c.posting_period)
        ).all()
    )
    month = (
        Allocation.community_id, Allocation.posting_period, Allocation.building_id, Allocation.fee_item_id,
        Allocation.period, Allocation.kind,
    )  # fmt: skip
    moved = (
        select(*month, func.sum(raw(Allocation.amount)).label("amount"))  # type: ignore[arg-type]
        .where(
            Allocation.posting_period.between(*within), *([] if on_allocations is None else [on_allocations])
        )
        .group_by(*month)
        .subquery()
    )
    # What is paid of this month's or a later one's charges; what of any is waived or adjusted by hand.
    ahead = moved.c.kind.in_(PAID_KINDS) & (moved.c.period >= moved.c.posting_period)
    collected: Any = case((ahead, moved.c.amount), else_=0)
    waived: Any = case((moved.c.kind == AllocationKind.WAIVER, moved.c.amount), else_=0)
    settled = {
        period: (int(paid), int(let_go))
        for period, paid, let_go in session.execute(
            select(moved.c.posting_period, func.sum(collected), func.sum(waived)).group_by(
                moved.c.posting_period
            )
        )
    }
    return [
        MonthRate(
            period=period,
            asked=from_scaled(int(asked.get(period, 0)) - settled.get(period, (0, 0))[1], MONEY_SCALE),
            collected=from_scaled(settled.get(period, (0, 0))[0], MONEY_SCALE),
        )
        for period in periods
    ]
