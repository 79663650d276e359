"""工程报修统计 (S9-40), declared: how many, how fast, how late, by trade, technician, state, source or community."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.pages import Chart, Series
from app.lowcode.reports.declaration import LINE, By, Pick, Report, ReportLine, ReportQuery, Total
from app.lowcode.reports.drilldown import documents_url
from app.service.models import RepairOrder
from app.service.queries.statistics import (
    BY_COMMUNITY,
    BY_SOURCE,
    BY_STATE,
    BY_TECHNICIAN,
    BY_TRADE,
    middle_of_all,
    repair_lines,
)
from app.service.rules.repair_times import shares

MOST_DRAWN = 20


def _count(name: str, label: str, **more: Any) -> Field:
    return Field(label, "integer", name=name, width=10, totalled=True, **more)


def _figure(name: str, label: str, unit: str) -> Field:
    return Field(label, "number", name=name, width=12, scale=2, unit=unit)


FIELDS = (
    Field(N_("项目"), "text", name="name", width=18),
    _count("reported", N_("报修")),
    _count("cancelled", N_("已取消")),
    _count("open", N_("未修好")),
    _count("late", N_("超时未修好")),
    _count("finished", N_("已修好")),
    _figure("on_time_rate", N_("按时率"), "%"),
    _figure("same_day_rate", N_("当日修复率"), "%"),
    _figure("average", N_("平均用时"), N_("小时")),
    _figure("middle", N_("中位用时"), N_("小时")),
    _figure("rating", N_("平均评价"), N_("星")),
    Field(N_("收费金额"), "money", name="charged", width=14, scale=2, totalled=True),
    *(
        _count(name, N_("按时修好"), shown=False)
        for name in ("on_time", "same_day", "rated", "stars", "seconds")
    ),
)


def _ways(_session: Session) -> list[tuple[str, str]]:
    return [
        (BY_TRADE, _("按工种")),
        (BY_TECHNICIAN, _("按维修人")),
        (BY_STATE, _("按状态")),
        (BY_SOURCE, _("按来源")),
        (BY_COMMUNITY, _("按小区")),
    ]


def _drill(line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the orders behind a line: those reported in these days."""
    if name != "reported" or line.level != LINE:
        return None
    by, key = scope.picks["by"], line.values["key"]
    return documents_url(
        RepairOrder,
        [
            (f"{by}.eq", key),
            ("reported_at.between", f"{scope.first.isoformat()}..{scope.last.isoformat()}"),
        ],
    )


def _chart(lines: Any, _total: Total) -> Chart | None:
    drawn = [one for one in lines if one.level == LINE][:MOST_DRAWN]
    if not drawn:
        return None
    return Chart(
        _("工程报修统计"),
        _("项目"),
        [one.values["name"] for one in drawn],
        [
            Series(_("已修好"), [one.values["finished"] for one in drawn], tone="green"),
            Series(_("未修好"), [one.values["open"] for one in drawn], tone="orange"),
        ],
        stacked=True,
        unit=_("单"),
    )


STATISTICS = Report(
    name="RepairStatistics",
    label=N_("工程报修统计"),
    url="/repairs/statistics",
    icon="chart-bar",
    by=By.DAYS,
    opens_months=12,
    fields=FIELDS,
    lines=repair_lines,
    order=lambda line: (-line.values["reported"], line.values["name"]),
    derive=shares,
    figures=middle_of_all,
    figure_fields=(_figure("middle", N_("全部的中位用时"), N_("小时")),),
    drill=_drill,
    chart=_chart,
    picks=(Pick(name="by", label=N_("统计方式"), options=_ways, default=BY_TRADE),),
    empty=N_("这些日子没有报修。"),
)
