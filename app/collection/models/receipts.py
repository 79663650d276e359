"""收款: receipts, what they were paid with, and which charges they settled."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.collection.states import RECEIPT_MACHINE, AllocationKind, ReceiptState, Tender, VoidKind
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, Counted, MoneyDocument
from app.lowcode.fields import choice, date_, integer, link, money, month, text

NOT_TAKEN_BACK = N_("合计（不含作废和冲红）")


class Receipt(CommunityScoped, MoneyDocument):
    """收款单/收据: numbers run without a gap in a book (community, year of the date)."""

    __machine__ = RECEIPT_MACHINE
    __about__ = About(
        N_("收据"),
        "number",
        icon="cash",
        order=("-id",),
        readonly=True,
        tabs=("Allocation", "ReceiptTender", "PrepaymentEntry", "DepositEntry", "Waiver", "ReceiptVoid"),
        counted=Counted(lambda receipt: receipt.state == ReceiptState.VALID, NOT_TAKEN_BACK),
    )
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        UniqueConstraint("community_id", "year", "serial"),
        UniqueConstraint("community_id", "key"),
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("settled >= 0 AND prepaid >= 0 AND deposited >= 0", name="parts_not_negative"),
        CheckConstraint("total = settled + prepaid + deposited", name="total_adds_up"),
        CheckConstraint("tendered = total + change_given", name="change_adds_up"),
        Index("ix_receipt_community_id_day", "community_id", "day"),
        # Found again by its key or its number alone, whatever the reach.
        Index("ix_receipt_key", "key"),
        Index("ix_receipt_number", "number"),
        # Holds what the month's cash is added up from, and the list's total.
        Index("ix_receipt_month", "community_id", "posting_period", "total", "state"),
    )

    number: Mapped[str] = text(N_("票据号"), 30, required=True, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    day: Mapped[date] = date_(N_("收款日期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True, listed=True)
    total: Mapped[Decimal] = money(N_("收款金额"), required=True, listed=True, totalled=True)
    # What the money was for: charges (核销), 预收 and 押金.
    settled: Mapped[Decimal] = money(N_("收费"), required=True, totalled=True)
    prepaid: Mapped[Decimal] = money(
        N_("预收"), required=True, totalled=True, default=Decimal(0), server_default="0"
    )
    deposited: Mapped[Decimal] = money(
        N_("押金"), required=True, totalled=True, default=Decimal(0), server_default="0"
    )
    tendered: Mapped[Decimal] = money(N_("实付"), required=True)
    change_given: Mapped[Decimal] = money(N_("找零"), required=True, default=Decimal(0))
    words: Mapped[str] = text(N_("大写"), 100, required=True)
    state: Mapped[ReceiptState] = choice(
        N_("状态"),
        ReceiptState,
        required=True,
        listed=True,
        default=ReceiptState.VALID,
        server_default="valid",
    )
    year: Mapped[int] = mapped_column(nullable=False)
    serial: Mapped[int] = mapped_column(nullable=False)
    # One per press of the button: the same key again answers with the same receipt, another body is refused.
    key: Mapped[str | None] = mapped_column(String(64))
    body_hash: Mapped[str | None] = mapped_column(String(64))
    cashier_id: Mapped[int | None] = mapped_column(Key, index=True)
    prints: Mapped[int] = integer(N_("打印次数"), required=True, default=0, server_default="0")
    handover_id: Mapped[int | None] = link(N_("交款单"), "CashHandover")


class ReceiptTender(CommunityScoped, MoneyDocument):
    """结算明细: how much of a receipt came by which method."""

    __about__ = About(
        N_("结算明细"),
        ("receipt_id", "tender"),
        icon="wallet",
        order=("id",),
        readonly=True,
        counted=Counted(
            # Few are taken back: quicker than asking for the state of each one's receipt.
            lambda part: part.receipt_id.not_in(select(ReceiptVoid.receipt_id)),
            NOT_TAKEN_BACK,
        ),
    )
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True)
    receipt_id: Mapped[int] = link(N_("收据"), "Receipt", required=True, listed=True)
    tender: Mapped[Tender] = choice(N_("结算方式"), Tender, required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True)


class ReceiptVoid(CommunityScoped, MoneyDocument):
    """作废/冲红: why, by whom and in which month's books a receipt was taken back; its state is the checked copy.

    A reversal carries a number of its own and money out of a desk, which is handed over like a receipt's.
    """

    __about__ = About(N_("作废与冲红"), ("number", "receipt_id"), icon="ban", order=("-id",), readonly=True)
    __table_args__ = (
        UniqueConstraint("receipt_id"),
        UniqueConstraint("community_id", "number"),
        CheckConstraint("(kind = 'reversal') = (number IS NOT NULL)", name="reversal_numbered"),
    )

    kind: Mapped[VoidKind] = choice(
        N_("类型"), VoidKind, required=True, listed=True, default=VoidKind.VOID, server_default="void"
    )
    number: Mapped[str | None] = text(N_("冲红单号"), 30, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    receipt_id: Mapped[int] = link(N_("收据"), "Receipt", required=True, listed=True, searched=True)
    day: Mapped[date] = date_(N_("日期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True, listed=True)
    total: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True)
    reason: Mapped[str] = text(N_("原因"), 200, required=True, listed=True)
    cashier_id: Mapped[int | None] = mapped_column(Key, index=True)
    handover_id: Mapped[int | None] = link(N_("交款单"), "CashHandover")


class Allocation(CommunityScoped, MoneyDocument):
    """核销: what settled (or, negative, opened again) how much of a charge, in which month's books.

    Building, room, space, fee and period are the charge's, which never change: the month's reports add up
    allocations without reading a million charges again. Like the charge's, they carry no foreign key.
    """

    __about__ = About(
        N_("核销"),
        ("receipt_id", "room_id", "space_id", "fee_item_id", "period"),
        icon="arrows-exchange",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        # A month by place and fee, for the books' check and the drill-downs.
        Index(
            "ix_allocation_month",
            "community_id",
            "posting_period",
            "building_id",
            "fee_item_id",
            "period",
            "kind",
            "amount",
        ),
        # The days' reports, and what came after a day.
        Index(
            "ix_allocation_day",
            "community_id",
            "day",
            "receipt_id",
            "kind",
            "fee_item_id",
            "charge_id",
            "amount",
        ),
        # What moved a charge until a day, added up from the index alone.
        Index("ix_allocation_charge", "charge_id", "day", "kind", "amount", "community_id"),
        # The list of a community: its order and its total.
        Index("ix_allocation_list", "community_id", "id", "amount"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True, index=False)
    building_id: Mapped[int | None] = link(N_("楼宇"), "Building", constraint=False, index=False)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    space_id: Mapped[int | None] = link(
        N_("车位"), "ParkingSpace", listed=True, searched=True, constraint=False
    )
    fee_item_id: Mapped[int] = link(
        N_("收费项目"), "FeeItem", required=True, listed=True, constraint=False, index=False
    )
    period: Mapped[Period] = month(N_("所属期"), required=True, listed=True)
    kind: Mapped[AllocationKind] = choice(N_("来源"), AllocationKind, required=True, listed=True)
    receipt_id: Mapped[int | None] = link(N_("收据"), "Receipt", listed=True)
    waiver_id: Mapped[int | None] = link(N_("减免"), "Waiver")
    adjustment_id: Mapped[int | None] = link(N_("应收调整"), "Adjustment")
    prepayment_id: Mapped[int | None] = link(N_("预收款"), "Prepayment")
    charge_id: Mapped[int] = link(N_("应收"), "Charge", required=True, listed=True, index=False)
    day: Mapped[date] = date_(N_("日期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True)
