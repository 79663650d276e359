"""账龄: what each debtor owes for each room or space, by how long it is overdue."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, FromClause, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.closing.queries.arrears import PLACES, moved_until, owed, page_in_order
from app.closing.queries.figure_rows import at_keys, owed_rows
from app.closing.queries.names import Names, keys_of
from app.closing.reports.columns import COMMUNITY, CUSTOMER, PLACE, day, money
from app.closing.rules.ageing import BUCKETS, Bucket, buckets, nearly_lapsed
from app.kernel.errors import N_
from app.lowcode.pages import Chart, Series
from app.lowcode.reports.declaration import By, Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, rows_url
from app.lowcode.types import Money, raw

NAMES = tuple(name for name, _label, _days in BUCKETS)
TONES = ("green", "cyan", "yellow", "orange", "red", "purple")
SUMS = (*NAMES, "due", "lapsing")

FIELDS = (
    COMMUNITY,
    PLACE,
    CUSTOMER,
    *(money(name, label, 13) for name, label, _days in BUCKETS),
    money("due", N_("合计")),
    day("oldest", N_("最早到期日")),
    # 诉讼时效三年: what must be reminded of or sued for soon.
    money("lapsing", N_("近三年时效"), 13),
)


def aged(found: FromClause, scope: ReportQuery) -> list[ColumnElement[Any]]:
    """Return the sums of a group of charges owed: by bucket, all together, and what nears three years."""
    due, when = found.c.due, found.c.due_date
    return [
        *(_sum(due, _within(when, bucket)).label(bucket.name) for bucket in buckets(scope.last)),
        _sum(due).label("due"),
        _sum(due, when <= nearly_lapsed(scope.last)).label("lapsing"),
    ]


def debtors(found: FromClause, scope: ReportQuery) -> Any:
    """Return a row a debtor and place, with what is owed in each bucket."""
    places = [found.c[name] for name in PLACES]
    return select(*places, *aged(found, scope), func.min(found.c.due_date).label("oldest")).group_by(*places)


def _sum(due: Any, condition: ColumnElement[bool] | None = None) -> ColumnElement[Decimal]:
    units = raw(due) if condition is None else case((condition, raw(due)), else_=0)
    return type_coerce(func.sum(units), Money)


def _within(when: Any, bucket: Bucket) -> ColumnElement[bool]:
    found = [when >= bucket.first] if bucket.first is not None else []
    found += [when <= bucket.last] if bucket.last is not None else []
    return and_(*found)


def _total(session: Session, scope: ReportQuery) -> Total:
    rows = debtors(owed(session, scope), scope).subquery()
    count, *sums = session.execute(
        select(func.count(), *(func.sum(rows.c[name]) for name in SUMS)).select_from(rows)
    ).one()
    zero = Decimal("0.00")
    return Total(count=count, values={name: value or zero for name, value in zip(SUMS, sums, strict=True)})


def _page(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[ReportLine]:
    found = owed(session, scope)
    rows = session.execute(page_in_order(found, debtors(found, scope), limit, offset)).all()
    names = Names(session, rows)
    return [
        ReportLine(
            values={**names.values(row), **{name: getattr(row, name) for name in SUMS}, "oldest": row.oldest},
            keys=keys_of(row, *PLACES),
        )
        for row in rows
    ]


def _equations(total: Total, _lines: Sequence[ReportLine]) -> list[Equation]:
    of = total.values
    return [
        Equation(
            label=N_("合计 = 各账龄段之和"),
            left=of["due"],
            right=sum((of[name] for name in NAMES), Decimal(0)),
        )
    ]


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    return [moved_until(session, scope, total.values["due"])]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the charges of the debtor and place that were owed on the day and fall due in the bucket."""
    traced = name in SUMS and "customer_id" in line.keys
    return rows_url(AGEING.url, line, name, scope) if traced else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    found = owed(session, scope)
    conditions: dict[str, Any] = {one.name: _within(found.c.due_date, one) for one in buckets(scope.last)}
    conditions |= {"lapsing": found.c.due_date <= nearly_lapsed(scope.last)}
    where = [conditions[name]] if name in conditions else []
    yield from owed_rows(session, found, *at_keys(found.c, keys, *PLACES), *where)


def chart_of(values: Mapping[str, Any]) -> Chart | None:
    """Return the buckets side by side; None where nothing is owed."""
    if not values.get("due"):
        return None
    labels = [_(label) for _name, label, _days in BUCKETS]
    return Chart(_("欠费账龄"), _("账龄"), labels, [Series(_("欠费"), [values[name] for name in NAMES])])


def _chart(_lines: Sequence[ReportLine], total: Total) -> Chart | None:
    return chart_of(total.values)


AGEING = Report(
    name="AgeingReport",
    label=N_("账龄"),
    url="/reports/ageing",
    icon="hourglass",
    by=By.AS_OF,
    fields=FIELDS,
    total=_total,
    page=_page,
    equations=_equations,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    chart=_chart,
    frozen=True,
    places=PLACES,
    empty=N_("没有欠费。"),
)
