"""What was owed when a month began: what the latest closed month before it kept, so that only open months are added up.

A closed month's documents never change, and `check-books` holds what it kept against them; so its kept 期末欠费 stand for
everything posted until then, and a month of a million charges is read from its last few.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.kernel.money import MONEY_SCALE, to_scaled
from app.kernel.periods import Period
from app.lowcode.reports import registry
from app.lowcode.reports.archive import kept
from app.lowcode.reports.declaration import LINE, Scope

SUMMARY = "MonthSummary"
Key = tuple[int, int | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From where some communities are added up: the closed month, and what was then owed by place and fee, 分."""

    period: Period | None  # None: from the beginning
    owed: dict[Key, int]
    communities: frozenset[int]  # with no month: all but these

    def where(self, model: Any) -> list[ColumnElement[bool]]:
        """The conditions on what is posted after it."""
        column, mine = model.community_id, sorted(self.communities)
        if self.period is None:
            return [column.not_in(mine)] if mine else []
        return [column.in_(mine), model.posting_period > self.period]


def starts(*, session: Session, scope: Scope) -> Iterator[Start]:
    """Where to begin for every community of a scope: one for each month that some closed last, and one for the rest."""
    found = frozenset[int]()
    for period, communities in _closed_last(session, scope).items():
        month = replace(
            scope, first=period.first_day, last=period.last_day,
            only=communities if scope.only is None else communities & scope.only,
        )  # fmt: skip
        stored = kept(session=session, report=registry.reports[SUMMARY], scope=month)
        if stored is None or not stored.communities:
            continue
        owed: dict[Key, int] = {}
        for line in stored.lines(session):
            keys = line.keys
            if line.level == LINE and line.values["closing"]:
                place: Any = (keys["community_id"], keys["building_id"], keys["fee_item_id"])
                owed[place] = to_scaled(line.values["closing"], MONEY_SCALE)
        yield Start(period=period, owed=owed, communities=stored.communities)
        found |= stored.communities
    yield Start(period=None, owed={}, communities=found)


def _closed_last(session: Session, scope: Scope) -> dict[Period, frozenset[int]]:
    """The communities by the last month before the scope's that they have closed."""
    rows = session.execute(
        select(AccountingPeriod.community_id, func.max(AccountingPeriod.period))
        .where(
            AccountingPeriod.state == PeriodState.CLOSED, AccountingPeriod.period < scope.period,
            *scope.where(AccountingPeriod),
        )
        .group_by(AccountingPeriod.community_id)
    )  # fmt: skip
    found: dict[Period, frozenset[int]] = {}
    for community_id, period in rows:
        found[period] = found.get(period, frozenset()) | {community_id}
    return found
