"""What the home page shows of the money: what is owed, and how much of each month was collected."""

from decimal import Decimal

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.billing.models import Charge
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import clock, listing
from app.lowcode.db import db
from app.lowcode.pages import Chart, Series
from app.lowcode.permissions import needs
from app.reports.queries.rates import month_rates

MONTHS = 12


class ArrearsCard(BaseView):
    """欠费: what is open in the person's reach and the chosen tree node."""

    route_base = "/reports/cards"
    class_permission_name = "Charge"

    @expose("/arrears")
    @needs("read")
    def arrears(self) -> str:
        """The card's fragment."""
        narrowing = listing.narrowing_condition(Charge)
        total, charges = db.session.execute(
            select(func.sum(Charge.due), func.count(Charge.id)).where(
                Charge.due > Decimal(0), *([] if narrowing is None else [narrowing])
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
            _("收缴率"), _("月份"), [str(one.period) for one in found],
            [Series(_("收缴率"), [one.rate for one in found])], kind="line", unit="%",
            urls=[f"/reports/summary/?period={one.period}" for one in found],
        )  # fmt: skip
        return render_template("chart.html", chart=chart)
