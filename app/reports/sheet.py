"""The month summary as rows: one declaration of its columns for the page, the Excel file and the print."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.fields import Field
from app.lowcode.pages import Cell
from app.lowcode.permissions import may
from app.lowcode.values import shown
from app.reports.rules import Level, Line
from app.reports.summary import MonthSummary

FIELDS: Sequence[Field] = (
    Field(N_("小区"), "text", name="community", width=20),
    Field(N_("楼宇"), "text", name="building", width=14),
    Field(N_("收费项目"), "text", name="fee", width=16),
    Field(N_("户数"), "integer", name="households", width=8),
    Field(N_("期初欠费"), "money", name="opening", width=15),
    Field(N_("本期应收"), "money", name="charged", width=15),
    Field(N_("减免"), "money", name="waived", width=12),
    Field(N_("现收-往期"), "money", name="cash_past", width=15),
    Field(N_("现收-本期"), "money", name="cash_current", width=15),
    Field(N_("期末欠费"), "money", name="closing", width=15),
    Field(N_("收缴率"), "money", name="current_rate", width=10, unit="%"),
    Field(N_("清欠率"), "money", name="past_rate", width=10, unit="%"),
)
MONEY_OF_CHARGES = ("households", "opening", "charged", "waived", "closing")


def values_of(line: Line) -> dict[str, Any]:
    """A line's values by field name; a subtotal says in words what it is of."""
    figures = line.figures
    return {
        "community": _("合计") if line.level is Level.TOTAL else line.community,
        "building": _("小计") if line.level is Level.COMMUNITY else _building(line),
        "fee": _("小计") if line.level is Level.BUILDING else line.fee,
        "households": line.households,
        "opening": figures.opening,
        "charged": figures.charged,
        "waived": figures.waived,
        "cash_past": figures.cash_past,
        "cash_current": figures.cash_current,
        "closing": figures.closing,
        "current_rate": figures.current_rate,
        "past_rate": figures.past_rate,
    }


def _building(line: Line) -> str:
    if line.level is Level.TOTAL:
        return ""
    return line.building or _("车位及其他")


def cells_of(line: Line, summary: MonthSummary) -> list[Cell]:
    """A line as cells; each figure leads to the documents behind it, for who may read them."""
    values = values_of(line)
    return [
        Cell(
            shown(values[one.name], one) or ("—" if one.unit == "%" else ""),
            "text" if one.kind == "text" else "number",
            href=drill_url(line, one.name, summary),
        )
        for one in FIELDS
    ]


def drill_url(line: Line, name: str, summary: MonthSummary) -> str | None:
    """The list of the charges or allocations that a figure is the sum of, by the filters in its URL."""
    period = summary.period
    filters: list[tuple[str, str]] = []
    if name in MONEY_OF_CHARGES:
        document, url = "Charge", "/charge/list/"
        filters += _charge_filters(name, period, open_only=summary.due_now is not None)
    elif name in ("cash_past", "cash_current"):
        document, url = "Allocation", "/allocation/list/"
        when = ("f.period.le", str(_before(period))) if name == "cash_past" else ("f.period.ge", str(period))
        filters += [("f.posting_period.eq", str(period)), when]
    else:
        return None
    if not may("read", document):
        return None
    # Numbers and months only: nothing in it needs quoting.
    return f"{url}?" + "&".join(f"{key}={value}" for key, value in [*_place_filters(line), *filters])


def _charge_filters(name: str, period: Period, *, open_only: bool) -> list[tuple[str, str]]:
    match name:
        case "opening":
            return [("f.posting_period.le", str(_before(period)))]
        case "closing":
            still_open = [("f.due.ge", "0.01")] if open_only else []
            return [("f.posting_period.le", str(period)), *still_open]
        case "waived":
            return [("f.posting_period.eq", str(period)), ("f.waived.ge", "0.01")]
    return [("f.posting_period.eq", str(period))]


def _before(period: Period) -> Period:
    return period if period == Period(1, 1) else period.previous


def _place_filters(line: Line) -> Iterator[tuple[str, str]]:
    if line.community_id is not None:
        yield "f.community_id.eq", str(line.community_id)
    if line.level in (Level.FEE, Level.BUILDING):
        if line.building_id is None:
            yield "f.building_id.none", "1"
        else:
            yield "f.building_id.eq", str(line.building_id)
    if line.fee_item_id is not None:
        yield "f.fee_item_id.eq", str(line.fee_item_id)


def excel_rows(summary: MonthSummary) -> list[tuple[int, dict[str, Any], dict[str, str | None]]]:
    """The lines as the Excel writer takes them, without the total, which it writes itself."""
    return [(place, values_of(line), {}) for place, line in enumerate(summary.lines[:-1])]


def excel_totals(summary: MonthSummary) -> dict[str, Decimal]:
    """The total's figures by field name."""
    values = values_of(summary.lines[-1])
    return {
        one.name: Decimal(values[one.name])
        for one in FIELDS
        if one.kind != "text" and values[one.name] is not None
    }
