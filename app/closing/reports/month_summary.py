"""应收实收欠费汇总, declared: columns, equations, and the documents behind each figure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.closing.queries.balance_totals import due_now, held_figures
from app.closing.queries.figure_rows import (
    adjustment_rows,
    at_keys,
    charge_rows,
    household_rows,
    settlement_rows,
    waived_rows,
)
from app.closing.queries.names import late_fee_items
from app.closing.queries.report_filters import place_key
from app.closing.queries.summary import order, summary_lines
from app.closing.rules.summary import (
    cash_of,
    deposit_closing,
    expected_closing,
    prepayment_closing,
    rates,
    unbalanced,
)
from app.collection.models import Allocation
from app.collection.states import CASH_KINDS, AllocationKind
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.fields import Field
from app.lowcode.permissions import may
from app.lowcode.reports.declaration import LINE, Equation, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import FigureRow, rows_url
from app.lowcode.reports.reader import Reading, read
from app.lowcode.types import raw

FIRST = Period(1, 1)
TRACED = frozenset(
    (
        "households",
        "charged",
        "adjusted",
        "waived",
        "cash_past",
        "cash_current",
        "prepayment_applied",
        "late_fee",
    )
)
"""Figures with a page of the rows that they are the sum of."""


def _money(name: str, label: str, width: int = 14, **more: Any) -> Field:
    return Field(label, "money", name=name, width=width, totalled=True, scale=2, **more)


def _rate(name: str, label: str) -> Field:
    return Field(label, "money", name=name, width=10, unit="%", scale=2)


FIELDS = (
    Field(N_("小区"), "text", name="community", width=20),
    Field(N_("楼宇"), "text", name="building", width=14, masked=gettext),
    Field(N_("收费项目"), "text", name="fee", width=16),
    Field(N_("户数"), "integer", name="households", width=8, totalled=True),
    _money("opening", N_("期初欠费")),
    _money("charged", N_("本期应收")),
    _money("adjusted", N_("调整"), 12),
    _money("waived", N_("减免"), 12),
    _money("cash_past", N_("现收-往期")),
    _money("cash_current", N_("现收-本期")),
    _money("prepayment_applied", N_("预收抵扣")),
    # What of the received was for late fees.
    _money("late_fee", N_("违约金"), 12),
    _money("closing", N_("期末欠费")),
    _rate("current_rate", N_("收缴率")),
    _rate("past_rate", N_("清欠率")),
    _rate("overall_rate", N_("综合收缴率")),
    _money("waived_at_posting", N_("入账减免"), shown=False),
    _money("prepayment_current", N_("预收抵扣"), shown=False),
)

HELD = (
    _money("prepayment_opening", N_("期初预收")),
    _money("prepayment_in", N_("新收预收")),
    _money("prepayment_used", N_("预收抵扣")),
    _money("prepayment_refunded", N_("退预收")),
    _money("prepayment_closing", N_("期末预收")),
    _money("deposit_opening", N_("期初押金")),
    _money("deposit_in", N_("收押金")),
    _money("deposit_returned", N_("退押金")),
    _money("deposit_deducted", N_("扣押金")),
    _money("deposit_closing", N_("期末押金")),
    _money("net_cash", N_("现金净收")),
)


def _equations(total: Total, lines: Sequence[ReportLine]) -> list[Equation]:
    found = [
        Equation(
            label=N_("期末欠费 = 期初 + 应收 ± 调整 − 减免 − 现收 − 预收抵扣"),
            left=total.values["closing"],
            right=expected_closing(total.values),
            wrong=unbalanced(one.values for one in lines if one.level == LINE),
        )
    ]
    held = total.figures
    if held:
        found += [
            Equation(
                label=N_("期末预收 = 期初 + 新收 − 抵扣 − 退款"),
                left=held["prepayment_closing"],
                right=prepayment_closing(held),
            ),
            Equation(
                label=N_("预收抵扣 = 预收明细里的抵扣"),
                left=total.values["prepayment_applied"],
                right=held["prepayment_used"],
            ),
            Equation(
                label=N_("期末押金 = 期初 + 收 − 退 − 扣"),
                left=held["deposit_closing"],
                right=deposit_closing(held),
            ),
            Equation(
                label=N_("现金 = 现收 + 预收 + 押金 − 退款"),
                left=held["net_cash"],
                right=cash_of(total.values, held),
            ),
        ]
    return found


def _checks(session: Session, scope: ReportQuery, total: Total) -> list[Equation]:
    """Of the latest month: the charges' own checked copies."""
    found = due_now(session, scope)
    if found is None:
        return []
    return [Equation(label=N_("期末欠费 = 应收单上的欠费"), left=total.values["closing"], right=found)]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the arrears that were owed, or the rows that a figure is the sum of."""
    period = scope.period
    match name:
        case "opening":
            return _owed_url(line, period if period == FIRST else period.previous)
        case "closing":
            return _owed_url(line, period)
    return rows_url(SUMMARY.url, line, name, scope) if name in TRACED else None


def _rows(
    session: Session, scope: ReportQuery, keys: Mapping[str, int | None], name: str
) -> Iterator[FigureRow]:
    """Return what a figure of the month is the sum of."""
    of, settled = Charge, Allocation
    place = ("community_id", "building_id", "fee_item_id")
    charges = [*at_keys(of, keys, *place), of.posting_period == scope.period, *scope.where(of)]
    settlements = [
        *at_keys(settled, keys, *place),
        settled.posting_period == scope.period,
        *scope.where(settled),
    ]
    cash = settled.kind.in_(CASH_KINDS)
    match name:
        case "households":
            yield from household_rows(session, *charges)
        case "charged":
            yield from charge_rows(session, raw(of.gross), *charges)
        case "adjusted":
            yield from adjustment_rows(session, *settlements)
        case "waived":
            yield from waived_rows(session, charges, settlements)
        case "cash_past":
            yield from settlement_rows(session, cash, settled.period < scope.period, *settlements)
        case "cash_current":
            yield from settlement_rows(session, cash, settled.period >= scope.period, *settlements)
        case "prepayment_applied":
            yield from settlement_rows(session, settled.kind == AllocationKind.PREPAYMENT, *settlements)
        case "late_fee":
            late = settled.fee_item_id.in_(sorted(late_fee_items(session)))
            yield from settlement_rows(session, cash, late, *settlements)


def _owed_url(line: ReportLine, period: Period) -> str | None:
    """Return what was owed at a month's end: the arrears of the place and fee as of its last day, which add up to it."""
    if not may("read", "ArrearsReport"):
        return None
    keys = line.keys
    asked: dict[str, object] = {"day": period.last_day.isoformat()}
    if "community_id" in keys:
        whole = "building_id" not in keys
        asked["place"] = place_key(keys["community_id"], keys.get("building_id"), whole=whole)
    if "fee_item_id" in keys:
        asked["fee"] = keys["fee_item_id"]
    return f"/reports/arrears/?{urlencode(asked)}"


SUMMARY = Report(
    name="MonthSummary",
    label=N_("应收实收欠费汇总"),
    url="/reports/summary",
    icon="report-money",
    fields=FIELDS,
    lines=summary_lines,
    groups=(("community", "community_id"), ("building", "building_id")),
    order=order,
    apart=("households",),
    derive=rates,
    figures=held_figures,
    figure_fields=HELD,
    equations=_equations,
    checks=_checks,
    drill=_drill,
    rows=_rows,
    frozen=True,
    places=("community_id", "building_id"),
    empty=N_("这个月和以前都没有应收。"),
)


def month_summary(*, session: Session, period: Period, only: Sequence[int] | None = None) -> Reading:
    """Return the summary of a month, of these communities (None: all in reach), whatever node is chosen."""
    return read(session=session, report=SUMMARY, scope=ReportQuery.of_month(period, only=only))


def figures_of(reading: Reading) -> Mapping[str, Decimal | None]:
    """Return the total of a summary and the figures beside it by their names in the language of the cases."""
    found: dict[str, Decimal | None] = {
        one.name: reading.total.values.get(one.name) for one in FIELDS if one.kind == "money"
    }
    return {**found, **reading.total.figures}
