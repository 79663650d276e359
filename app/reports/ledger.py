"""物业费台账: what each room was charged, has paid and owes, month by month of a year, as it stands now."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.queries.figure_rows import charge_rows
from app.closing.queries.names import Names, keys_of, values_by_id
from app.closing.queries.report_filters import FEE as FEE_PICK
from app.closing.reports.columns import COMMUNITY, CUSTOMER, PLACE
from app.estate.models import Customer
from app.estate.queries.letterhead import company_names
from app.kernel.errors import N_
from app.kernel.money import AREA_SCALE
from app.kernel.periods import Period
from app.lowcode.fields import Field
from app.lowcode.pages import Chart, Series
from app.lowcode.reports.declaration import By, Equation, Pick, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, rows_url
from app.lowcode.types import raw
from app.reports.queries.ledger import ZERO, Sums, due_now, fees_of, of_all, of_rooms, room_count, rooms_of

MEASURES = (("asked", N_("应收")), ("paid", N_("实收")), ("due", N_("欠")))
NAMES = tuple(name for name, _label in MEASURES)
MONTHS = range(1, 13)
YEAR = 0
"""The whole year stands where a month of that number would."""
AREA = Field(N_("面积"), "number", name="area", width=9, scale=AREA_SCALE, unit="㎡")


def name_of(measure: str, month: int) -> str:
    """Return the name of a column: asked_3 is 应收 of March, asked_0 of the year."""
    return f"{measure}_{month}"


def _fit(session: Session, scope: ReportQuery) -> Sequence[Field]:
    """Three columns a month, or the one that is picked; all of them are read, so that they can be checked."""
    picked = scope.picks.get("measure")

    def column(measure: str, label: str, month: int) -> Field:
        words = _("%(month)s 月", month=month) if month else _("全年")
        shown = picked in (None, measure)
        heading = words if picked else f"{words}{_(label)}"
        return Field(
            heading, "money", name=name_of(measure, month), width=11, totalled=True, scale=2, shown=shown
        )

    months = [column(name, label, month) for month in (*MONTHS, YEAR) for name, label in MEASURES]
    return (COMMUNITY, PLACE, CUSTOMER, AREA, *months)


def _values(sums: Sums) -> dict[str, Decimal]:
    """Return sums by the names of their columns, those of the year beside."""
    found = {name_of(name, month): ZERO for name in NAMES for month in (*MONTHS, YEAR)}
    for month, parts in sums.items():
        for name, part in zip(NAMES, parts, strict=True):
            found[name_of(name, month)] += part
            found[name_of(name, YEAR)] += part
    return found


def _total(session: Session, scope: ReportQuery) -> Total:
    sums = of_all(session, scope, fees_of(session, scope))
    return Total(count=room_count(session, scope), values=_values(sums))


def _page(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[ReportLine]:
    rooms = rooms_of(session, scope, limit, offset)
    sums, customers = of_rooms(session, scope, [one.room_id for one in rooms], fees_of(session, scope))
    called = values_by_id(session, Customer, Customer.name, customers.values())
    names = Names(session, rooms)
    return [
        ReportLine(
            values={
                **names.values(row),
                "customer": called.get(customers.get(row.room_id), ""),
                "area": row.area,
                **_values(sums.get(row.room_id, {})),
            },
            keys=keys_of(row, "community_id", "building_id", "room_id"),
        )
        for row in rooms
    ]


def _equations(total: Total, _lines: Sequence[ReportLine]) -> list[Equation]:
    of = total.values
    wrong = sum(
        of[name_of("asked", month)] - of[name_of("paid", month)] != of[name_of("due", month)]
        for month in MONTHS
    )
    left, right = of[name_of("due", YEAR)], of[name_of("asked", YEAR)] - of[name_of("paid", YEAR)]
    return [Equation(label=N_("欠 = 应收 − 实收"), left=left, right=right, wrong=wrong)]


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    right = due_now(session, scope, fees_of(session, scope))
    return [Equation(label=N_("欠 = 应收单上的欠费"), left=total.values[name_of("due", YEAR)], right=right)]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the charges of the room in the month, of the fees that are asked for."""
    traced = name.partition("_")[0] in NAMES and line.keys.get("room_id") is not None
    return rows_url(LEDGER.url, line, name, scope) if traced else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    measure, _underscore, month = name.partition("_")
    year = scope.last.year
    first, last = (int(month), int(month)) if int(month) else (1, 12)
    of: Any = Charge
    amounts = {
        "asked": raw(of.amount) + raw(of.adjusted) - raw(of.waived_later),
        "paid": raw(of.paid),
        "due": raw(of.due),
    }
    yield from charge_rows(
        session,
        amounts[measure],
        of.room_id == keys.get("room_id"),
        of.fee_item_id.in_(fees_of(session, scope)),
        of.period.between(Period(year, first), Period(year, last)),
        *scope.where(of),
    )


def _chart(_lines: Sequence[ReportLine], total: Total) -> Chart | None:
    if not total.values[name_of("asked", YEAR)]:
        return None
    return Chart(
        _("各月应收与实收"),
        _("月份"),
        [_("%(month)s 月", month=month) for month in MONTHS],
        [
            Series(_(label), [total.values[name_of(name, month)] for month in MONTHS], tone)
            for (name, label), tone in zip(MEASURES, ("primary", "green", "red"), strict=True)
        ],
    )


def _halves(columns: Sequence[Field]) -> Sequence[Sequence[Field]]:
    """Return the year in two halves, each with the room before it; the whole year stands in the second."""

    def month(one: Field) -> int | None:
        measure, _underscore, number = one.name.partition("_")
        return int(number) if measure in NAMES else None

    first = [one for one in columns if month(one) is None or month(one) in range(1, 7)]
    second = [one for one in columns if month(one) not in range(1, 7)]
    return [first, second]


LEDGER = Report(
    name="LedgerReport",
    label=N_("物业费台账"),
    url="/reports/ledger",
    icon="table",
    by=By.YEAR,
    fields=(COMMUNITY, PLACE, CUSTOMER, AREA),
    fit=_fit,
    total=_total,
    page=_page,
    equations=_equations,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    paper_parts=_halves,
    letterhead=company_names,
    chart=_chart,
    picks=(
        FEE_PICK,
        Pick(
            name="measure",
            label=N_("只看"),
            options=lambda _session: [(name, _(label)) for name, label in MEASURES],
        ),
    ),
    empty=N_("没有房间。"),
)
