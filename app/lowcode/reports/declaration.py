"""How a report is declared.

A report is one `Report`, and `Page(view_of_report(REPORT), REPORT.label, REPORT.icon)` in its module's manifest. It
reads its figures in one of two ways:

- `lines`: every line at once, without subtotals. For grouped reports, a few thousand lines at most. The engine sorts
  (`order`), adds a subtotal after each of `groups`, and the total.
- `total` and `page`: a detail report of any length. `total` counts and adds up in SQL, `page` reads `limit` lines
  from `offset` in a fixed order (keys first, cut to the page, and only then what joins: perf notes).

Both get the session and a `ReportQuery`: the days asked for, what is picked, and `scope.where(Model)`, the conditions that
every statement on a document takes (the tree node chosen at the page, and what the engine leaves out). The reach needs
no thought: the session narrows ORM reads by itself.

A `frozen` report of a month that is closed is not read again: the archive that the closing module registers has its
lines (`app/lowcode/reports/archive.py`). So that they can be narrowed by the tree, lines name their places in `keys`.
What is shown is always made of lines, total and figures alone: a frozen month is the same page for ever.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.kernel.periods import Period
from app.lowcode import listing
from app.lowcode.document import DocumentBase
from app.lowcode.fields import Field
from app.lowcode.pages import Chart

PLACES = ("community_id", "building_id", "room_id", "space_id", "customer_id")
"""The keys of a line that say where it stands in the tree. A frozen line keeps them apart from its values."""

LINE, TOTAL, APART = "line", "total", "apart"
"""Levels of lines; a subtotal's level is the name of its group's field."""


class By(Enum):
    """What the reader of a report chooses: a month, a day, some days, a year, or the state on a day."""

    PERIOD = "period"
    DAY = "day"
    DAYS = "days"
    YEAR = "year"
    AS_OF = "as_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """What a report is asked for: days (both ends included), what is picked, and which communities.

    `first` and `last` are the month, day, days or year asked for; of a state on a day both are that day.
    """

    by: By
    first: date
    last: date
    picks: Mapping[str, str] = field(default_factory=dict)
    narrowed: bool = True  # by the tree node chosen at the page
    only: frozenset[int] | None = None  # these communities alone
    without: frozenset[int] = frozenset()  # these communities are in the archive

    @classmethod
    def of_month(
        cls, period: Period, *, only: Iterable[int] | None = None, by: By = By.PERIOD
    ) -> "ReportQuery":
        """Return a whole month, or (AS_OF) the state at its end; of these communities alone (None: all in reach).

        Whatever node is chosen.
        """
        held = None if only is None else frozenset(only)
        first = period.last_day if by is By.AS_OF else period.first_day
        return cls(by=by, first=first, last=period.last_day, narrowed=False, only=held)

    @property
    def period(self) -> Period:
        """The month of the last day."""
        return Period.of(self.last)

    @property
    def month(self) -> Period | None:
        """The month whose books the figures are of at its end; None where a part of one is asked for."""
        period = self.period
        if self.by is By.PERIOD or (self.by is By.AS_OF and self.last == period.last_day):
            return period
        return None

    def where(self, model: type[DocumentBase]) -> list[ColumnElement[bool]]:
        """Return the conditions that a statement on `model` takes."""
        found = []
        narrowing = listing.narrowing_condition(model) if self.narrowed else None
        if narrowing is not None:
            found.append(narrowing)
        community: Any = getattr(model, "community_id", None)
        if community is not None and self.only is not None:
            found.append(community.in_(sorted(self.only)))
        if community is not None and self.without:
            found.append(community.not_in(sorted(self.without)))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A line: its values by field name, its places and whatever else its drill-down needs by key name.

    `level`: LINE; APART for one that is never shown and only adds to the totals of the fields of `Report.apart`; the
    engine's own subtotals carry the name of their group's field, the total TOTAL.
    """

    values: Mapping[str, Any]
    keys: Mapping[str, int | None] = field(default_factory=dict)
    level: str = LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many lines there are, the sums of the totalled fields, and the figures beside them."""

    count: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """Something that must be equal. `wrong`: how many of the lines do not hold by themselves."""

    label: str
    left: Decimal
    right: Decimal
    wrong: int = 0

    @property
    def holds(self) -> bool:
        """Whether it is."""
        return self.left == self.right and not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A drop-down above a report: `options` are (value, label).

    Nothing picked is everything, or the `default` where there is one.
    """

    name: str
    label: str
    options: Callable[[Session], Sequence[tuple[str, str]]]
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report of the office. `name` is the document of its permissions (read, export, print), `url` its address."""

    name: str
    label: str
    url: str
    # Each with its name; `totalled` ones are added up, `masked` ones shown masked (a mask leaves what it has masked as
    # it is), those not `shown` are no columns: what `derive` and `equations` need besides.
    fields: Sequence[Field]
    by: By = By.PERIOD
    opens_months: int = 1  # of By.DAYS: how many months the page opens on, the present one the last
    icon: str = "report"
    lines: Callable[[Session, ReportQuery], Iterable[ReportLine]] | None = None
    total: Callable[[Session, ReportQuery], Total] | None = None
    page: Callable[[Session, ReportQuery, int, int], Sequence[ReportLine]] | None = None  # (…, limit, offset)
    # Of `lines`: subtotals, outermost first, as (field, key): a new one begins where the keys change.
    groups: Sequence[tuple[str, str]] = ()
    order: Callable[[ReportLine], Any] | None = None
    # Totalled fields that are no sum of what the lines show (a room that pays two fees is one household): lines of the
    # level APART bring what is added up.
    apart: Sequence[str] = ()
    # Further values of a line or subtotal from its own (rates); pure.
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    # Figures beside the lines, added up over communities, with their labels. Shown for whole communities only.
    figures: Callable[[Session, ReportQuery], Mapping[str, Decimal]] | None = None
    figure_fields: Sequence[Field] = ()
    # What must be equal, from the total and (of `lines`) every line; pure. `checks`: what is looked up as well, only
    # while the month is open.
    equations: Callable[[Total, Sequence[ReportLine]], Sequence[Equation]] | None = None
    checks: Callable[[Session, ReportQuery, Total], Sequence[Equation]] | None = None
    # (line, field name, scope) → where a value leads. A figure leads to what adds up to it: a list, another report, or
    # (`rows_url`) the page of `rows`: (session, scope, the line's keys, field name) → the FigureRows behind it.
    drill: Callable[[ReportLine, str, ReportQuery], str | None] | None = None
    rows: Callable[[Session, ReportQuery, Mapping[str, int | None], str], Iterable[Any]] | None = None
    # What is drawn above the table, from the lines shown (subtotals included) and the total; None: nothing to draw.
    chart: Callable[[Sequence[ReportLine], Total], Chart | None] | None = None
    # Fields that depend on what is asked for (a column a fee): all of the report's, in order.
    fit: Callable[[Session, ReportQuery], Sequence[Field]] | None = None
    picks: Sequence[Pick] = ()
    # On paper: the columns in parts, each a table of its own that begins with the same first columns; who signs below;
    # the company at the head.
    paper_parts: Callable[[Sequence[Field]], Sequence[Sequence[Field]]] | None = None
    signatures: Sequence[str] = ()
    letterhead: Callable[[Session, ReportQuery], str] | None = None
    frozen: bool = False
    # Which of PLACES every line names in its keys (None where it stands in none): a kept line is narrowed by these,
    # and a node finer than all of them is read anew.
    places: Sequence[str] = ("community_id",)
    empty: str = ""  # what the page says where there is no line

    def __post_init__(self) -> None:
        if (self.lines is None) is (self.total is None or self.page is None):
            raise TypeError(f"{self.name}: either lines, or total and page")
        picked = any(one.default for one in self.picks)
        if self.frozen and (picked or self.fit or self.by not in (By.PERIOD, By.AS_OF)):
            raise TypeError(f"{self.name}: what is frozen is a whole month's")

    def fitted(self, session: Session, scope: ReportQuery) -> "Report":
        """Return the report with the fields that are asked for."""
        return self if self.fit is None else replace(self, fields=self.fit(session, scope), fit=None)

    @property
    def columns(self) -> list[Field]:
        """The fields that are shown."""
        return [one for one in self.fields if one.shown]

    @property
    def totalled(self) -> list[Field]:
        """The fields that are added up."""
        return [one for one in self.fields if one.totalled]
