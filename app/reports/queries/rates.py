"""收缴率 by month: how much of what was charged in a month was collected within it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, FromClause, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.states import MovementKind
from app.closing.queries.movements import PAID, moves
from app.kernel.money import percent
from app.kernel.periods import Period
from app.lowcode.reports.declaration import By, ReportQuery
from app.lowcode.types import Money, raw

ZERO = Decimal("0.00")


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
    """Return the rate of each of these consecutive months, within reach and the chosen tree node; one query."""
    scope = ReportQuery(by=By.DAYS, first=periods[0].first_day, last=periods[-1].last_day)
    moved = moves(scope)
    # What is paid of this month's or a later one's charges; what of any is waived or adjusted by hand.
    ahead = moved.c.kind.in_(PAID) & (moved.c.period >= moved.c.posting_period)
    wanted = moved.c.kind.in_((MovementKind.CHARGED, MovementKind.RELIEVED, MovementKind.WAIVER))
    rows = session.execute(
        select(moved.c.posting_period, _sum(moved, wanted), _sum(moved, ahead))
        .where(moved.c.posting_period.between(periods[0], periods[-1]))
        .group_by(moved.c.posting_period)
    )
    found = {period: (asked, -collected) for period, asked, collected in rows}
    return [
        MonthRate(period=period, asked=asked, collected=collected)
        for period in periods
        for asked, collected in [found.get(period, (ZERO, ZERO))]
    ]


def _sum(moved: FromClause, condition: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return type_coerce(func.sum(case((condition, raw(moved.c.amount)), else_=0)), Money)
