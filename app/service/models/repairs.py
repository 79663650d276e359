"""工程报修单 with the materials used, and which employee knows which trade."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property

from app.estate.models import Employee
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.dictionary import dictionary
from app.lowcode.document import About, CommunityScoped, CompanyScoped, Document
from app.lowcode.fields import (
    choice,
    date_,
    exact,
    flag,
    integer,
    link,
    long_text,
    moment,
    money,
    telephone,
    text,
    unit_price,
)
from app.lowcode.workflow import Flowing
from app.service.rules import repairs as rules
from app.service.states.repairs import REPAIR_MACHINE, RepairState, Stars

TRADE, SOURCE = "repair_trade", "repair_source"
_WORK, _MONEY, _END = N_("派工与处理"), N_("费用"), N_("完工与核对")


class RepairOrder(Flowing, CommunityScoped, Document):
    """工程报修单 (S9-39, S9-40): from the call to the resident's signature, the check and the rating."""

    __machine__ = REPAIR_MACHINE
    __about__ = About(
        N_("工程报修单"),
        "number",
        icon="tool",
        order=("rank", "-id"),
        deletable=False,
        leads=("content", "urgent", "room_id", "place", "reporter", "phone", "due_at"),
    )
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint(
            "charge_amount >= 0 AND labour >= 0 AND estimated_cost >= 0", name="costs_not_negative"
        ),
        Index("ix_repair_order_rank_id", "rank", "id"),
        Index("ix_repair_order_state_due_at", "state", "due_at"),
        Index("ix_repair_order_technician_id_state", "technician_id", "state"),
        Index("ix_repair_order_reported_at", "reported_at"),
    )

    number: Mapped[str] = text(
        N_("单号"), 30, required=True, listed=True, searched=True, written=False, index=True
    )
    urgent: Mapped[bool] = flag(
        N_("紧急"),
        listed=True,
        tone="red",
        help=N_("停水、停电、漏水、火情、困人等突发故障：立即派工，排在所有单据之前。"),
    )
    state: Mapped[RepairState] = choice(
        N_("状态"), RepairState, required=True, listed=True, written=False, default=RepairState.REGISTERED
    )
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    building_id: Mapped[int | None] = link(N_("楼宇"), "Building")
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True)
    place: Mapped[str | None] = text(
        N_("地点"), 100, listed=True, searched=True, help=N_("公共部位或具体位置，例如：地下一层车库入口。")
    )
    customer_id: Mapped[int | None] = link(
        N_("客户"), "Customer", help=N_("有偿维修向他收费；公共部位报修可不填。")
    )
    reporter: Mapped[str] = text(N_("报修人"), 64, required=True, listed=True, searched=True)
    phone: Mapped[str | None] = telephone(N_("电话"), listed=True, searched=True)
    source: Mapped[str] = dictionary(N_("来源"), SOURCE, required=True, default="电话")
    trade: Mapped[str | None] = dictionary(N_("工种"), TRADE, listed=True)
    content: Mapped[str] = long_text(N_("报修内容"), required=True, listed=True, searched=True)
    appointment: Mapped[datetime | None] = moment(N_("预约时间"), help=N_("报修人希望什么时候上门。"))
    planned_day: Mapped[date | None] = date_(N_("预订完工日期"), help=N_("一般当日修好，不必填。"))
    estimated_cost: Mapped[Decimal | None] = money(N_("所需耗费资金"), minimum=Decimal(0))
    reported_at: Mapped[datetime] = moment(
        N_("报修时间"), required=True, listed=True, written=False, default=clock.now
    )
    due_at: Mapped[datetime] = moment(N_("应完成时间"), required=True, listed=True, written=False)

    technician_id: Mapped[int | None] = link(
        N_("维修人"), "Employee", listed=True, searched=True, written=False, group=_WORK, index=False
    )
    dispatched_by: Mapped[str | None] = text(N_("派工人"), 100, written=False, group=_WORK)
    dispatched_at: Mapped[datetime | None] = moment(N_("派工时间"), written=False, group=_WORK)
    promised_day: Mapped[date | None] = date_(N_("承诺日期"), written=False, group=_WORK)
    delay_reason: Mapped[str | None] = long_text(N_("延期原因"), written=False, group=_WORK)
    awaiting_material: Mapped[bool] = flag(N_("等待发料"), written=False, group=_WORK, tone="orange")
    paused: Mapped[bool] = flag(N_("暂停"), written=False, group=_WORK, tone="orange")
    unfinished_reason: Mapped[str | None] = long_text(N_("未完成原因"), written=False, group=_WORK)

    work_done: Mapped[str | None] = long_text(N_("维修情况"), written=False, group=_END)
    finished_at: Mapped[datetime | None] = moment(N_("维修完成时间"), written=False, listed=True, group=_END)
    signed_by: Mapped[str | None] = text(N_("签字人"), 64, written=False, group=_END)
    signed_at: Mapped[datetime | None] = moment(N_("签字时间"), written=False, group=_END)
    proxy_reason: Mapped[str | None] = text(N_("代签原因"), 200, written=False, group=_END)
    checked_by: Mapped[str | None] = text(N_("核对人"), 100, written=False, group=_END)
    check_opinion: Mapped[str | None] = long_text(N_("核对意见"), written=False, group=_END)
    closed_at: Mapped[datetime | None] = moment(N_("关闭时间"), written=False, group=_END)
    rating: Mapped[Stars | None] = choice(N_("评价"), Stars, written=False, listed=True, group=_END)
    rating_words: Mapped[str | None] = long_text(N_("评价意见"), written=False, group=_END)

    chargeable: Mapped[bool] = flag(N_("有偿"), written=False, group=_MONEY)
    material_total: Mapped[Decimal] = money(
        N_("材料费"), written=False, group=_MONEY, nullable=False, default=Decimal("0.00"), server_default="0"
    )
    labour: Mapped[Decimal | None] = money(N_("人工费"), written=False, group=_MONEY, minimum=Decimal(0))
    charge_amount: Mapped[Decimal | None] = money(
        N_("收费金额"), written=False, listed=True, totalled=True, group=_MONEY, minimum=Decimal(0)
    )
    fee_item_id: Mapped[int | None] = link(N_("收费项目"), "FeeItem", written=False, group=_MONEY)

    rank: Mapped[int] = integer(
        N_("轻重"),
        written=False,
        shown=False,
        tracked=False,
        filtered=False,
        nullable=False,
        default=rules.OPEN,
        server_default=str(rules.OPEN),
    )


RepairOrder.technician_user_id = column_property(
    select(Employee.user_id)
    .where(Employee.id == RepairOrder.technician_id)
    .correlate(RepairOrder.__table__)
    .scalar_subquery()
)
"""The login of the technician: who says 'this order is mine' without another question to the database."""


class RepairMaterial(CommunityScoped, Document):
    """维修用料: a line of material; issued only after 工程主管 has confirmed it."""

    __about__ = About(N_("维修用料"), "name", icon="packages", order=("order_id", "id"))
    __table_args__ = (CheckConstraint("quantity > 0 AND price >= 0", name="quantity_positive"),)

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, written=False, listed=True)
    order_id: Mapped[int] = link(
        N_("工程报修单"), "RepairOrder", required=True, fixed=True, listed=True, searched=True
    )
    name: Mapped[str] = text(N_("材料名称"), 60, required=True, listed=True, searched=True)
    unit: Mapped[str | None] = text(N_("单位"), 10, listed=True)
    quantity: Mapped[Decimal] = exact(
        N_("数量"), 4, required=True, listed=True, minimum=Decimal("0.0001"), default=Decimal(1)
    )
    price: Mapped[Decimal | None] = unit_price(N_("单价"), unit=N_("元"), listed=True, minimum=Decimal(0))
    amount: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True, written=False)
    confirmed: Mapped[bool] = flag(N_("已发料"), listed=True, written=False)
    confirmed_by: Mapped[str | None] = text(N_("发料确认人"), 100, listed=True, written=False)


class TechnicianTrade(CompanyScoped, Document):
    """维修工种: an employee who knows a trade is a technician; an order is dispatched to one of these."""

    __about__ = About(
        N_("维修工种"), ("employee_id", "trade"), icon="certificate", order=("company_id", "trade", "id")
    )
    __table_args__ = (UniqueConstraint("employee_id", "trade"),)

    company_id: Mapped[int] = link(N_("公司"), "Company", required=True, written=False, listed=True)
    employee_id: Mapped[int] = link(
        N_("员工"), "Employee", required=True, fixed=True, listed=True, searched=True
    )
    trade: Mapped[str] = dictionary(N_("工种"), TRADE, required=True, listed=True)
