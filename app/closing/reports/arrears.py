"""欠费明细: every charge with something open at the end of a day, and when its debtor was last asked to pay."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.queries import report_filters
from app.closing.queries.arrears import PLACES, moved_until, owed, page_in_order
from app.closing.queries.figure_rows import (
    adjustment_rows,
    charge_rows,
    owed_rows,
    settlement_rows,
    waived_rows,
)
from app.closing.queries.names import Names, keys_of, late_fee_items, values_by_id
from app.closing.reports.columns import COMMUNITY, CUSTOMER, FEE, PERIOD, PHONE, PLACE, day, money
from app.collection.models import Allocation, Reminder
from app.collection.states import PAID_KINDS
from app.estate.models import Customer
from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.reports.declaration import By, Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, document_url, documents_url, rows_url
from app.lowcode.types import Money, raw

ZERO = Decimal("0.00")
SUMS = ("charged", "paid", "waived", "due")

FIELDS = (
    COMMUNITY,
    PLACE,
    CUSTOMER,
    PHONE,
    FEE,
    PERIOD,
    money("charged", N_("应收")),
    money("paid", N_("已收")),
    money("waived", N_("减免"), 12),
    money("due", N_("欠费")),
    # What of it is owed as late fees.
    money("late_fee", N_("违约金"), 12),
    day("due_date", N_("到期日")),
    Field(N_("逾期天数"), "integer", name="overdue", width=10),
    day("reminded", N_("最近催缴")),
)


def _total(session: Session, scope: ReportQuery) -> Total:
    found = owed(session, scope)
    late = case((found.c.fee_item_id.in_(sorted(late_fee_items(session))), raw(found.c.due)), else_=0)
    sums = [func.sum(found.c[name]) for name in SUMS]
    count, *values = session.execute(
        select(func.count(), *sums, type_coerce(func.sum(late), Money)).select_from(found)
    ).one()
    names = (*SUMS, "late_fee")
    return Total(count=count, values={name: value or ZERO for name, value in zip(names, values, strict=True)})


def _page(session: Session, scope: ReportQuery, limit: int, offset: int) -> Sequence[ReportLine]:
    found = owed(session, scope)
    rows = session.execute(page_in_order(found, select(found), limit, offset, "due_date", "id")).all()
    names = Names(session, rows)
    phones = values_by_id(session, Customer, Customer.phone, (row.customer_id for row in rows))
    periods = values_by_id(session, Charge, Charge.period, (row.id for row in rows))
    late_fees = late_fee_items(session)
    reminded = _reminded(session, scope, {row.customer_id for row in rows})
    return [
        ReportLine(
            values={
                **names.values(row),
                "phone": phones.get(row.customer_id),
                "period": periods[row.id],
                "due_date": row.due_date,
                "late_fee": row.due if row.fee_item_id in late_fees else ZERO,
                "reminded": reminded.get(row.customer_id),
                "overdue": max((scope.last - row.due_date).days, 0),
                **{name: getattr(row, name) for name in SUMS},
            },
            keys={**keys_of(row, *PLACES, "fee_item_id"), "charge_id": row.id},
        )
        for row in rows
    ]


def _reminded(session: Session, scope: ReportQuery, customers: set[int]) -> dict[int, date]:
    """Return the day on which each of these customers was last asked to pay, up to the scope's last day."""
    latest = (
        select(Reminder.customer_id, func.max(Reminder.day))
        .where(Reminder.customer_id.in_(customers), Reminder.day <= scope.last)
        .group_by(Reminder.customer_id)
    )
    return dict(session.execute(latest).all())


def _equations(total: Total, _lines: Sequence[ReportLine]) -> list[Equation]:
    of = total.values
    label = N_("欠费 = 应收 − 已收 − 减免")
    return [Equation(label=label, left=of["due"], right=of["charged"] - of["paid"] - of["waived"])]


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    return [moved_until(session, scope, total.values["due"])]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the charge, the reminders, and what a figure of the charge is the sum of on the day."""
    key: Any = line.keys.get("charge_id")
    if key is None or not line.values.get(name):
        return None
    if name == "reminded":
        return documents_url(Reminder, [("customer_id.eq", line.keys["customer_id"]), ("day.le", scope.last)])
    if name == "period":
        return document_url(Charge, key)
    return rows_url(ARREARS.url, line, name, scope) if name in (*SUMS, "late_fee") else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    key, of = keys.get("charge_id"), Charge
    until = [Allocation.charge_id == key, Allocation.day <= scope.last]
    match name:
        case "charged":
            yield from charge_rows(session, raw(of.gross), of.id == key)
            yield from adjustment_rows(session, *until)
        case "paid":
            yield from settlement_rows(session, Allocation.kind.in_(PAID_KINDS), *until)
        case "waived":
            yield from waived_rows(session, [of.id == key], until)
        case _:
            found = owed(session, scope)
            yield from owed_rows(session, found, found.c.id == key)


ARREARS = Report(
    name="ArrearsReport",
    label=N_("欠费明细"),
    url="/reports/arrears",
    icon="file-alert",
    by=By.AS_OF,
    fields=FIELDS,
    total=_total,
    page=_page,
    equations=_equations,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    picks=(report_filters.PLACE, report_filters.FEE),
    frozen=True,
    places=PLACES,
    empty=N_("没有欠费。"),
)
