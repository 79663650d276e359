"""What the home page shows of the desk: today's takings."""

from decimal import Decimal

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.collection.models import Receipt, ReceiptTender
from app.collection.states import ReceiptState
from app.kernel.money import format_money
from app.lowcode import clock, listing
from app.lowcode.db import db
from app.lowcode.permissions import needs


class TakingsCard(BaseView):
    """今日收款: how many receipts today, and how much by which method, in the person's reach and the chosen tree node."""

    route_base = "/collection/cards"
    class_permission_name = "Receipt"

    @expose("/today")
    @needs("read")
    def today(self) -> str:
        """Return the card's fragment."""
        day, session = clock.today(), db.session()
        narrowing = listing.narrowing_condition(Receipt)
        valid = [Receipt.day == day, Receipt.state == ReceiptState.VALID]
        valid += [] if narrowing is None else [narrowing]
        count = session.scalar(select(func.count(Receipt.id)).where(*valid))
        rows = session.execute(
            select(ReceiptTender.tender, func.sum(ReceiptTender.amount).label("amount"))
            .join(Receipt, Receipt.id == ReceiptTender.receipt_id)
            .where(*valid)
            .group_by(ReceiptTender.tender)
            .order_by(ReceiptTender.tender)
        ).all()
        return render_template(
            "collection/today.html",
            count=count or 0,
            total=format_money(sum((row.amount for row in rows), Decimal("0.00"))),
            ways=[(_(row.tender.label), format_money(row.amount)) for row in rows],
            url=f"/receipt/list/?f.day.eq={day}",
        )
