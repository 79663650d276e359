"""What the home page shows of the reports: what is owed."""

from decimal import Decimal

from flask import render_template
from flask_appbuilder import BaseView, expose
from sqlalchemy import func, select

from app.billing.models import Charge
from app.kernel.money import format_money
from app.lowcode import listing
from app.lowcode.db import db
from app.lowcode.permissions import needs


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
