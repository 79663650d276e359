"""Time limits of a workflow, as a module declares them, and the log of those that passed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.deadlines import after_hours, day_over, same_day
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, DocumentBase
from app.lowcode.fields import moment, text

ALERT = "alert"
OVERDUE, WAITED = N_("超时"), N_("等待过久")
"""What is said of a row that has passed a limit which marks it, and one which does not."""


@dataclass(frozen=True, slots=True)
class Level:
    """Whom a passed limit is told, `hours` after it: who hold the verb `to`, and `people` (row → user ids)."""

    hours: int = 0
    to: str = ALERT
    label: str = N_("接收超时提醒")  # of the verb, on the roles' pages
    people: Callable[[Any], Iterable[int]] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a row may stay in some states.

    It begins at the column `since` (a moment, or a promised date): by default when the row came into its state. It
    ends after `hours` (or as many as the community's `setting` says), at `by` o'clock of the same day, or, for a
    date, when that day is over. `label` says what should have been done. `marks`: what is past it is 超时; else its levels
    are told, and nothing more (the work is done, and only somebody's word is wanted).
    """

    name: str
    label: str
    states: Sequence[Any]
    since: str = "state_since"
    hours: int | None = None
    setting: str = ""
    by: time | None = None
    levels: Sequence[Level] = (Level(),)
    marks: bool = True

    def ends(self, since: datetime | date, *, zone: tzinfo, hours: int | None = None) -> datetime:
        """When it has passed, of a row that began `since`; `hours` as the community set them."""
        if not isinstance(since, datetime):
            return day_over(since, zone)
        if self.by is not None:
            return same_day(since, self.by, zone)
        return after_hours(since, hours if hours is not None else self.hours or 0)

    def notify_at(self, level: int, ends: datetime) -> datetime:
        """When a level (from 0) is told."""
        return ends + timedelta(hours=self.levels[level].hours)


class Escalation(CommunityScoped, DocumentBase):
    """超时记录: one a row, limit, level and coming into the state; the key keeps two processes from doing it twice."""

    __about__ = About(N_("超时记录"), "label", icon="alarm", order=("-id",), readonly=True, menu=False)
    __table_args__ = (UniqueConstraint("document", "row_id", "limit_name", "level", "entered"),)

    at: Mapped[datetime] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    document: Mapped[str] = mapped_column(String(60), nullable=False)
    row_id: Mapped[int] = mapped_column(Key, nullable=False)
    limit_name: Mapped[str] = mapped_column(String(40), nullable=False)
    level: Mapped[int] = mapped_column(nullable=False)
    entered: Mapped[datetime] = moment(N_("进入状态时间"), required=True)
    label: Mapped[str] = text(N_("时限"), 100, required=True, listed=True)
    told: Mapped[int] = mapped_column(nullable=False, default=0)
