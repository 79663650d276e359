"""What the home page shows of the money: what is owed, and how much of each month was collected."""

from decimal import Decimal

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.billing.models import OPEN, Charge
from app.closing.reports.ageing import TONES
from app.closing.rules.ageing import BUCKETS
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import clock, listing
from app.lowcode.db import db
from app.lowcode.pages import Chart, Series
from app.lowcode.permissions import needs
from app.lowcode.reports.drilldown import documents_url
from app.reports.queries.buildings import owing_buildings
from app.reports.queries.rates import month_rates

MONTHS = 12
BUILDINGS = 12  # that a chart can tell apart


class ArrearsCard(BaseView):
    """欠费: what is open in the person's reach and the chosen tree node."""

    route_base = "/reports/cards"
    class_permission_name = "Charge"

    @expose("/arrears")
    @needs("read")
    def arrears(self) -> str:
        """Return the card's fragment."""
        narrowing = listing.narrowing_condition(Charge)
        total, charges = db.session.execute(
            select(func.sum(Charge.due), func.count(Charge.id)).where(
                OPEN, *([] if narrowing is None else [narrowing])
            )
        ).one()
        return render_template(
            "reports/arrears.html",
            total=format_money(total or Decimal("0.00")),
            count=f"{charges:,}",
            url="/charge/list/?f.due.ge=0.01",
        )


class MonthCards(BaseView):
    """What the months' summaries say at a glance."""

    route_base = "/reports/cards/months"
    class_permission_name = "MonthSummary"

    @expose("/rates")
    @needs("read")
    def rates(self) -> str:
        """收缴率 of the last twelve months: the card's fragment."""
        now = Period.of(clock.today())
        periods = [now.plus(back) for back in range(1 - MONTHS, 1)]
        found = [one for one in month_rates(session=db.session(), periods=periods) if one.asked]
        chart = Chart(
            _("收缴率"),
            _("月份"),
            [str(one.period) for one in found],
            [Series(_("收缴率"), [one.rate for one in found])],
            kind="line",
            unit="%",
            urls=[f"/reports/summary/?period={one.period}" for one in found],
        )
        return render_template("chart.html", chart=chart)


class OwingCard(BaseView):
    """欠费 by building and age."""

    route_base = "/reports/cards/owing"
    class_permission_name = "AgeingReport"

    @expose("/buildings")
    @needs("read")
    def buildings(self) -> str:
        """Return the buildings that owe most, stacked by age: the card's fragment."""
        others = _("其他")
        owing = owing_buildings(session=db.session(), as_of=clock.today(), most=BUILDINGS, others=others)
        labels = [(_(label), tone) for (_name, label, _days), tone in zip(BUCKETS, TONES, strict=True)]
        chart = Chart(
            _("各楼欠费账龄"),
            _("楼宇"),
            [one.name for one in owing],
            [
                Series(label, [one.sums[place] for one in owing], tone)
                for place, (label, tone) in enumerate(labels)
            ],
            stacked=True,
            urls=[
                None
                if one.building_id is None
                else documents_url(Charge, [("building_id.eq", one.building_id), ("due.ge", "0.01")])
                for one in owing
            ],
        )
        return render_template("chart.html", chart=chart)
