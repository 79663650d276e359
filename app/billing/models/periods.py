"""账期: a community and its months."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.billing.states import PERIOD_MACHINE, PeriodState
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.document import About, CommunityScoped, DocumentBase
from app.lowcode.fields import choice, integer, link, moment, month, text


class AccountingPeriod(CommunityScoped, DocumentBase):
    """账期: a community's month; opens when something is first dated in it."""

    __machine__ = PERIOD_MACHINE
    __about__ = About(
        N_("账期"), ("community_id", "period"), icon="calendar-month", order=("-period",), readonly=True
    )
    __table_args__ = (UniqueConstraint("community_id", "period"),)

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    period: Mapped[Period] = month(N_("账期"), required=True, listed=True)
    state: Mapped[PeriodState] = choice(
        N_("状态"), PeriodState, required=True, listed=True, default=PeriodState.OPEN, server_default="open"
    )
    # How often it was closed: the version of the reports that stand.
    version: Mapped[int] = integer(N_("结账次数"), required=True, listed=True, default=0, server_default="0")
    closed_at: Mapped[Any] = moment(N_("结账时间"), listed=True)
    closed_by: Mapped[str | None] = text(N_("结账人"), 100, listed=True)
