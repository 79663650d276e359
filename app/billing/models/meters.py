"""仪表 and 抄表: what counts water, power, gas and heat, and what was read of it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.rules.metering import READING_SCALE
from app.billing.states import MeterKind, ReadingKind
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, Document, MoneyDocument
from app.lowcode.fields import choice, date_, exact, flag, integer, link, long_text, month, text, unit_price
from app.lowcode.sentences import spoken


class Meter(CommunityScoped, Document):
    """仪表: of a room, or (without one) shared. What is read of it counts by its multiplier and loss of that day."""

    __about__ = About(N_("仪表"), "number", icon="gauge", order=("community_id", "number"))
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("multiplier > 0", name="multiplier_positive"),
        CheckConstraint("loss >= 0", name="loss_sign"),
        CheckConstraint("initial >= 0", name="initial_sign"),
        CheckConstraint("digits BETWEEN 1 AND 12", name="digits_range"),
        Index("ix_meter_kind", "community_id", "kind", "number"),
    )

    number: Mapped[str] = text(N_("表号"), 40, required=True, listed=True, searched=True, natural=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    kind: Mapped[MeterKind] = choice(N_("表类型"), MeterKind, required=True, fixed=True, listed=True)
    room_id: Mapped[int | None] = link(
        N_("房间"),
        "Room",
        listed=True,
        searched=True,
        help=N_("公共表不填。公共表不能直接按用量向住户收费。"),
    )
    place: Mapped[str | None] = text(N_("安装位置"), 100, listed=True)
    installed: Mapped[date | None] = date_(N_("启用日期"), listed=True)
    initial: Mapped[Decimal] = exact(
        N_("起始读数"), READING_SCALE, required=True, listed=True, default=Decimal(0), minimum=Decimal(0)
    )
    multiplier: Mapped[Decimal] = exact(
        N_("倍率"),
        READING_SCALE,
        required=True,
        listed=True,
        default=Decimal(1),
        minimum=Decimal("0.0001"),
        help=N_("互感器倍率，没有互感器为 1。"),
    )
    loss: Mapped[Decimal] = unit_price(
        N_("损耗率"),
        required=True,
        listed=True,
        default=Decimal(0),
        minimum=Decimal(0),
        help=N_("0.03 表示加收百分之三的损耗。代收水电燃气一般为 0。"),
    )
    digits: Mapped[int] = integer(
        N_("整数位数"),
        required=True,
        default=5,
        minimum=Decimal(1),
        help=N_("表盘小数点前的位数，走满后回零。"),
    )
    unit: Mapped[str | None] = text(
        N_("计量单位"), 10, help=N_("不填：水为吨，电为度，燃气为立方米，热为千瓦时。")
    )
    active: Mapped[bool] = flag(N_("启用"), default=True, listed=True)
    remark: Mapped[str | None] = long_text(N_("备注"))


class MeterReading(CommunityScoped, MoneyDocument):
    """抄表记录: never changed. A wrong one is replaced by another of the same day, with a reason, and says so itself.

    `last` is what counting went on from; a change of the dial counts on from `onward`. Multiplier and loss are kept
    as they were.
    """

    __about__ = About(
        N_("抄表记录"), ("meter_id", "day"), icon="list-numbers", order=("-day", "-id"), readonly=True
    )
    __table_args__ = (
        # Of two who read the same meter at once the second is refused; a correction is the next version.
        UniqueConstraint("meter_id", "day", "kind", "version"),
        CheckConstraint("value >= 0", name="value_sign"),
        CheckConstraint("used >= 0", name="used_sign"),
        CheckConstraint("(kind = 'change') = (onward IS NOT NULL)", name="change_counts_on"),
        Index("ix_meter_reading_month", "community_id", "period", "meter_id"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    meter_id: Mapped[int] = link(N_("仪表"), "Meter", required=True, listed=True, searched=True, index=False)
    building_id: Mapped[int | None] = link(N_("楼宇"), "Building", constraint=False)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    day: Mapped[date] = date_(N_("抄表日期"), required=True, listed=True)
    period: Mapped[Period] = month(N_("账期"), required=True, listed=True)
    kind: Mapped[ReadingKind] = choice(
        N_("类别"), ReadingKind, required=True, listed=True, default=ReadingKind.READ, server_default="read"
    )
    last: Mapped[Decimal] = exact(N_("上次读数"), READING_SCALE, required=True, listed=True)
    value: Mapped[Decimal] = exact(N_("本次读数"), READING_SCALE, required=True, listed=True)
    rollover: Mapped[bool] = flag(N_("回零"), listed=True)
    used: Mapped[Decimal] = exact(N_("用量"), READING_SCALE, required=True, listed=True, totalled=True)
    multiplier: Mapped[Decimal] = exact(N_("倍率"), READING_SCALE, required=True)
    loss: Mapped[Decimal] = unit_price(N_("损耗率"), required=True)
    onward: Mapped[Decimal | None] = exact(N_("新表起始读数"), READING_SCALE)
    unusual: Mapped[bool] = flag(N_("用量异常"), listed=True)
    # The checked copy of its own successor: the only thing that changes.
    replaced: Mapped[bool] = flag(N_("已被更正"), listed=True)
    version: Mapped[int] = integer(N_("版本"), required=True, default=1, server_default="1")
    replaces_id: Mapped[int | None] = mapped_column(Key, unique=True)
    reason: Mapped[str | None] = text(N_("原因"), 200, listed=True, masked=spoken)
