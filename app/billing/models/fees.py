"""收费设置: what is charged for, by which rule and price, and to whom."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.billing.states import FeeKind
from app.kernel.errors import N_
from app.kernel.pricing import Method
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import choice, date_, flag, integer, link, long_text, text, unit_price


class FeeItem(Document):
    """收费项目(费种): the office's, over all communities."""

    __about__ = About(N_("收费项目"), "name", icon="receipt-2", order=("priority", "name"))

    name: Mapped[str] = text(
        N_("名称"), 60, required=True, listed=True, searched=True, unique=True, natural=True
    )
    kind: Mapped[FeeKind] = choice(N_("类别"), FeeKind, required=True, listed=True, default=FeeKind.PROPERTY)
    priority: Mapped[int] = integer(
        N_("核销顺序"),
        required=True,
        listed=True,
        default=100,
        minimum=Decimal(0),
        help=N_("同一天到期的费用，数字小的先收。"),
    )
    active: Mapped[bool] = flag(N_("启用"), default=True, listed=True)
    remark: Mapped[str | None] = long_text(N_("说明"))


class FeeStandard(CommunityScoped, Document):
    """收费标准: a community's rule for a fee; its price is a dated version."""

    __about__ = About(N_("收费标准"), "name", icon="ruler-2", order=("community_id", "name"))
    __table_args__ = (
        UniqueConstraint("community_id", "name"),
        CheckConstraint("due_days >= 0", name="due_days"),
    )

    name: Mapped[str] = text(N_("名称"), 60, required=True, listed=True, searched=True, natural=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    fee_item_id: Mapped[int] = link(N_("收费项目"), "FeeItem", required=True, fixed=True, listed=True)
    method: Mapped[Method] = choice(
        N_("计费方法"), Method, required=True, fixed=True, listed=True, default=Method.AREA
    )
    due_days: Mapped[int] = integer(
        N_("到期天数"),
        required=True,
        listed=True,
        default=0,
        minimum=Decimal(0),
        help=N_("账期最后一天之后多少天到期。"),
    )
    active: Mapped[bool] = flag(N_("启用"), default=True, listed=True)
    remark: Mapped[str | None] = long_text(N_("说明"))


class FeeStandardVersion(CommunityScoped, Document):
    """收费标准版本: the price from a date on. What is billed never changes with it; once billed it is not edited."""

    __about__ = About(
        N_("标准价格"),
        ("standard_id", "starts"),
        icon="history-toggle",
        order=("standard_id", "-starts"),
        deletable=False,
    )
    __table_args__ = (
        UniqueConstraint("standard_id", "starts"),
        CheckConstraint("price >= 0", name="price_sign"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True)
    standard_id: Mapped[int] = link(
        N_("收费标准"), "FeeStandard", required=True, fixed=True, listed=True, searched=True
    )
    starts: Mapped[date] = date_(N_("开始日期"), required=True, fixed=True, listed=True)
    price: Mapped[Decimal] = unit_price(
        N_("单价"),
        required=True,
        listed=True,
        minimum=Decimal(0),
        help=N_("按面积：元/㎡·月；按月定额：元/月；按用量：元/吨、元/度等。"),
    )


class FeeAssignment(CommunityScoped, Document):
    """收费标准分配: a standard for one room, one space or one meter, from a day to a day."""

    __about__ = About(
        N_("标准分配"),
        ("standard_id", "room_id", "space_id", "meter_id"),
        icon="link",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN space_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN meter_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_object",
        ),
        CheckConstraint("ends IS NULL OR ends >= starts", name="ends_after_start"),
        UniqueConstraint("standard_id", "room_id", "starts"),
        UniqueConstraint("standard_id", "space_id", "starts"),
        UniqueConstraint("standard_id", "meter_id", "starts"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    standard_id: Mapped[int] = link(
        N_("收费标准"), "FeeStandard", required=True, fixed=True, listed=True, searched=True
    )
    room_id: Mapped[int | None] = link(N_("房间"), "Room", fixed=True, listed=True, searched=True)
    space_id: Mapped[int | None] = link(N_("车位"), "ParkingSpace", fixed=True, listed=True, searched=True)
    meter_id: Mapped[int | None] = link(N_("仪表"), "Meter", fixed=True, listed=True, searched=True)
    starts: Mapped[date] = date_(N_("开始日期"), required=True, listed=True, fixed=True)
    ends: Mapped[date | None] = date_(N_("结束日期"), listed=True)
    # What was given out by one press: the id of its first assignment.
    batch: Mapped[int | None] = integer(N_("分配批次"), listed=True)
