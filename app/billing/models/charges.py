"""出账: runs with their lines, and the charges that came of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text as text_clause,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.states import RUN_MACHINE, Oddity, RunState
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, DocumentBase, MoneyDocument
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
    month,
    text,
    unit_price,
)
from app.lowcode.sentences import spoken
from app.lowcode.types import AREA_SCALE, raw


class BillingRun(CommunityScoped, DocumentBase):
    """出账: computed into its own lines, looked at, then posted whole or not at all."""

    __machine__ = RUN_MACHINE
    __about__ = About(N_("出账"), "title", icon="file-invoice", order=("-id",), readonly=True)

    title: Mapped[str] = text(N_("名称"), 100, required=True, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    period: Mapped[Period] = month(N_("账期"), required=True, listed=True)
    fee_item_id: Mapped[int | None] = link(N_("收费项目"), "FeeItem", listed=True)
    state: Mapped[RunState] = choice(
        N_("状态"),
        RunState,
        required=True,
        listed=True,
        default=RunState.COMPUTING,
        server_default="computing",
    )
    lines: Mapped[int] = integer(N_("笔数"), required=True, listed=True, default=0)
    total: Mapped[Decimal] = money(N_("金额合计"), required=True, listed=True, default=Decimal(0))
    previous_total: Mapped[Decimal] = money(N_("上月金额"), required=True, listed=True, default=Decimal(0))
    odd: Mapped[int] = integer(N_("异常笔数"), required=True, listed=True, default=0)
    unbillable: Mapped[int] = integer(
        N_("无法计费笔数"), required=True, listed=True, default=0, server_default="0"
    )
    message: Mapped[str | None] = long_text(N_("说明"), masked=spoken)
    created_at: Mapped[Any] = moment(N_("建立时间"), required=True, listed=True)
    created_by: Mapped[str] = text(N_("制单人"), 100, required=True, listed=True)
    computed_at: Mapped[Any] = moment(N_("计算时间"))
    posted_at: Mapped[Any] = moment(N_("入账时间"), listed=True)


class ChargeFacts:
    """Mixin: the columns that a computed line and the charge made of it share, in the order of the INSERT … SELECT.

    Denormalised columns carry no foreign key: each would cost a look-up a posted row, and the assignment's,
    the customer's and the run's keys hold the same objects. What a document adds stands behind (`sort_order`).
    """

    community_id: Mapped[int] = link(
        N_("小区"), "Community", required=True, listed=True, constraint=False, index=False
    )
    building_id: Mapped[int | None] = link(N_("楼宇"), "Building", constraint=False, index=False)
    room_id: Mapped[int | None] = link(
        N_("房间"), "Room", listed=True, searched=True, constraint=False, index=False
    )
    space_id: Mapped[int | None] = link(
        N_("车位"), "ParkingSpace", listed=True, searched=True, constraint=False, index=False
    )
    customer_id: Mapped[int] = link(
        N_("客户"), "Customer", required=True, listed=True, searched=True, index=False
    )
    assignment_id: Mapped[int | None] = link(N_("标准分配"), "FeeAssignment", index=False, filtered=False)
    fee_item_id: Mapped[int] = link(
        N_("收费项目"), "FeeItem", required=True, listed=True, constraint=False, index=False
    )
    standard_id: Mapped[int | None] = link(N_("收费标准"), "FeeStandard", constraint=False, index=False)
    period: Mapped[Period] = month(N_("所属期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True)
    starts: Mapped[date] = date_(N_("计费开始日期"), required=True, listed=True)
    ends: Mapped[date] = date_(N_("计费结束日期"), required=True, listed=True)
    due_date: Mapped[date] = date_(N_("到期日"), required=True, listed=True)
    quantity: Mapped[Decimal] = exact(N_("数量"), AREA_SCALE, required=True, listed=True)
    price: Mapped[Decimal] = unit_price(N_("单价"), required=True, listed=True)
    version_id: Mapped[int | None] = mapped_column(Key)
    gross: Mapped[Decimal] = money(N_("应收原价"), required=True, totalled=True)
    waived: Mapped[Decimal] = money(N_("入账减免"), required=True, default=Decimal(0))
    amount: Mapped[Decimal] = money(N_("应收金额"), required=True, listed=True, totalled=True)
    # What the amount was computed from, as the rule says it: {"method", "days", "of_days", …}; read by `explain`.
    basis: Mapped[Any] = mapped_column(JSON, nullable=False)


class BillingLine(ChargeFacts, CommunityScoped, DocumentBase):
    """出账明细: a charge to be, or what cannot be charged and why; thrown away when the run is cancelled."""

    __about__ = About(
        N_("出账明细"),
        ("customer_id", "room_id", "space_id", "fee_item_id", "period"),
        icon="list-details",
        order=("run_id", "-oddness", "room_id", "id"),
        readonly=True,
    )
    __table_args__ = (
        UniqueConstraint("run_id", "assignment_id", "starts"),
        # An assignment that is taken back looks for its lines.
        Index("ix_billing_line_assignment_id", "assignment_id"),
    )

    # The unique constraint begins with it and serves as its index.
    run_id: Mapped[int] = link(N_("出账"), "BillingRun", required=True, index=False, sort_order=1)
    # Nobody where there is no payer: such a line is shown first and never posted.
    customer_id: Mapped[int | None] = link(  # type: ignore[assignment]
        N_("客户"), "Customer", listed=True, searched=True, index=False
    )
    previous: Mapped[Decimal | None] = money(N_("上月金额"), listed=True, sort_order=1)
    oddness: Mapped[int] = integer(N_("异常程度"), required=True, default=0, shown=False, sort_order=1)
    odd: Mapped[Oddity | None] = choice(N_("异常"), Oddity, listed=True, sort_order=1)
    # Cannot be charged: `odd` says why, the dates say for which days, the amount is 0.
    billable: Mapped[bool] = flag(N_("可入账"), default=True, sort_order=1)


class Charge(ChargeFacts, CommunityScoped, MoneyDocument):
    """应收(账单行). Never changes once posted, its checked copies aside: waived later, adjusted, paid, and due of them."""

    __about__ = About(
        N_("应收"),
        ("customer_id", "room_id", "space_id", "fee_item_id", "period"),
        icon="receipt",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        UniqueConstraint("assignment_id", "starts"),
        UniqueConstraint("source", "source_id", "part"),
        CheckConstraint("amount = gross - waived", name="amount_adds_up"),
        CheckConstraint("due = amount + adjusted - waived_later - paid", name="due_adds_up"),
        CheckConstraint("ends >= starts", name="ends_after_start"),
        Index("ix_charge_customer_id_due", "customer_id", "due"),
        Index("ix_charge_room_id", "room_id"),
        Index("ix_charge_space_id", "space_id"),
        # With the community beside it, what is open is added up from the index alone.
        Index("ix_charge_building_id_due", "building_id", "due", "community_id"),
        # A month by place and fee: the books' check adds it up from the index alone, and drill-downs list it.
        Index(
            "ix_charge_month",
            "community_id",
            "posting_period",
            "building_id",
            "fee_item_id",
            "period",
            "amount",
            "waived",
        ),
        # What is open, by place and debtor: arrears and their ageing are read from it alone (`OPEN`).
        Index(
            "ix_charge_open",
            "community_id",
            "building_id",
            "room_id",
            "space_id",
            "customer_id",
            "due_date",
            "posting_period",
            "fee_item_id",
            "due",
            "gross",
            "waived",
            "waived_later",
            "adjusted",
            "paid",
            "period",
            sqlite_where=text_clause("due <> 0"),
            postgresql_where=text_clause("due <> 0"),
        ),
        Index("ix_charge_run_id", "run_id"),
        # The list of a community: its order and its totals, a million charges deep.
        Index("ix_charge_list", "community_id", "id", "amount", "paid", "due"),
    )

    run_id: Mapped[int | None] = link(N_("出账"), "BillingRun", index=False, sort_order=1)
    # What else posted it, when no assignment did (a repair, a late fee): source, its id, part.
    source: Mapped[str | None] = mapped_column(String(30), sort_order=1)
    source_id: Mapped[int | None] = mapped_column(Key, sort_order=1)
    part: Mapped[int] = mapped_column(nullable=False, default=0, server_default="0", sort_order=1)
    waived_later: Mapped[Decimal] = money(
        N_("后续减免"), required=True, default=Decimal(0), server_default="0", sort_order=1
    )
    adjusted: Mapped[Decimal] = money(
        N_("调整"), required=True, default=Decimal(0), server_default="0", sort_order=1
    )
    paid: Mapped[Decimal] = money(
        N_("已收金额"),
        required=True,
        listed=True,
        totalled=True,
        default=Decimal(0),
        server_default="0",
        sort_order=1,
    )
    due: Mapped[Decimal] = money(N_("欠费"), required=True, listed=True, totalled=True, sort_order=1)


OPEN: ColumnElement[bool] = raw(Charge.due) != literal_column("0")
"""What is open, said as the index of the open ones says it: a bound 0 would not find that."""
