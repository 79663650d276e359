"""反结账: asked for with a reason, approved by somebody else."""

from sqlalchemy.orm import Mapped

from app.billing.models import Requested
from app.billing.models.approvals import two_persons
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import integer, link, month


class PeriodReopen(Requested, CommunityScoped, Document):
    """反结账申请: approved, the latest closed month is open again; the reports of that closing stay as a version."""

    __about__ = About(
        N_("反结账申请"), ("community_id", "period"), icon="lock-open", order=("-id",), deletable=False
    )
    __table_args__ = (two_persons(),)

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    period: Mapped[Period] = month(N_("账期"), required=True, listed=True)
    version: Mapped[int] = integer(N_("第几次结账"), required=True, listed=True, written=False, default=0)
