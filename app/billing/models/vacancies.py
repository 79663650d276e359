"""空置: days for which a room pays only a part, once somebody else has approved it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from app.billing.models.approvals import Requested, two_persons
from app.kernel.errors import N_
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import date_, link, unit_price


class Vacancy(Requested, CommunityScoped, Document):
    """空置(停供): an approved range with a factor; it never splits a charge, the rest is its waiver (fee rules, vacancy)."""

    __about__ = About(
        N_("空置登记"), ("room_id", "starts", "ends"), icon="door-off", order=("-id",), deletable=False
    )
    __table_args__ = (
        CheckConstraint("ends >= starts", name="ends_after_start"),
        CheckConstraint("factor >= 0 AND factor <= 1000000", name="factor_range"),
        two_persons(),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    room_id: Mapped[int] = link(N_("房间"), "Room", required=True, fixed=True, listed=True, searched=True)
    fee_item_id: Mapped[int | None] = link(
        N_("收费项目"), "FeeItem", listed=True, help=N_("不填：按面积和按月定额的所有费用都适用。")
    )
    starts: Mapped[date] = date_(N_("开始日期"), required=True, listed=True)
    ends: Mapped[date] = date_(N_("结束日期"), required=True, listed=True)
    factor: Mapped[Decimal] = unit_price(
        N_("缴费系数"),
        required=True,
        listed=True,
        minimum=Decimal(0),
        help=N_("0.7 表示按七成缴纳，其余减免。"),
    )
