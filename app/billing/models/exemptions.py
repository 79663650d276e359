"""未抄登记: a month that is billed without a meter, once somebody else has approved it."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from app.billing.models.approvals import Requested, two_persons
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import link, month


class ReadingExemption(Requested, CommunityScoped, Document):
    """未抄登记: the month is billed without the meter; the next reading carries the usage of both months.

    It counts while the month has no reading of the meter: one that is entered later takes its place.
    """

    __about__ = About(
        N_("未抄登记"), ("meter_id", "period"), icon="gauge-off", order=("-id",), deletable=False
    )
    __table_args__ = (
        Index("ix_reading_exemption_month", "community_id", "period", "meter_id"),
        two_persons(),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    meter_id: Mapped[int] = link(N_("仪表"), "Meter", required=True, fixed=True, listed=True, searched=True)
    period: Mapped[Period] = month(N_("账期"), required=True, fixed=True, listed=True)
