"""催缴记录: who was asked to pay, when, how, and what they said."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.collection.states import ReminderWay
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import choice, date_, link, long_text


class Reminder(CommunityScoped, Document):
    """One asking of a customer for what is open; the latest stands beside each of their arrears."""

    __about__ = About(N_("催缴记录"), ("customer_id", "day"), icon="bell-ringing", order=("-day", "-id"))
    __table_args__ = (Index("ix_reminder_customer_id_day", "customer_id", "day"),)

    customer_id: Mapped[int] = link(
        N_("客户"), "Customer", required=True, listed=True, searched=True, index=False
    )
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True)
    day: Mapped[date] = date_(N_("催缴日期"), required=True, listed=True, default=clock.today)
    way: Mapped[ReminderWay] = choice(
        N_("催缴方式"), ReminderWay, required=True, listed=True, default=ReminderWay.PHONE
    )
    promised: Mapped[date | None] = date_(N_("承诺缴费日"), listed=True)
    said: Mapped[str | None] = long_text(N_("情况说明"), listed=True)
