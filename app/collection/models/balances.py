"""预收款 and 押金: what the office holds for a customer, as accounts and their signed entries."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.collection.states import DepositKind, PrepaymentKind
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.codes import Codes
from app.lowcode.dictionary import codes_of
from app.lowcode.document import About, CommunityScoped, MoneyDocument
from app.lowcode.fields import choice, code, date_, link, money, month, text

DEPOSIT_ITEM = "deposit_item"
"""What deposits are for: a drop-down that the office extends."""


class Prepayment(CommunityScoped, MoneyDocument):
    """预收款: an account of a customer, general or for one fee; a liability until it is applied to a charge."""

    __about__ = About(
        N_("预收款"),
        ("customer_id", "room_id", "fee_item_id"),
        icon="pig-money",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        UniqueConstraint("community_id", "account"),
        CheckConstraint("balance >= 0", name="balance_not_negative"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True)
    fee_item_id: Mapped[int | None] = link(N_("专用收费项目"), "FeeItem", listed=True)
    # "customer:room:fee": one account each, also where room or fee is empty, which UNIQUE would not see.
    account: Mapped[str] = mapped_column(String(80), nullable=False)
    balance: Mapped[Decimal] = money(
        N_("余额"), required=True, listed=True, totalled=True, default=Decimal(0), server_default="0"
    )


class PrepaymentEntry(CommunityScoped, MoneyDocument):
    """预收明细: money in (+), applied to a charge (−), refunded (−), and what undoes one of these."""

    __about__ = About(
        N_("预收明细"),
        ("customer_id", "room_id", "kind", "day"),
        icon="list-details",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_prepayment_entry_month", "community_id", "posting_period", "kind", "amount"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True, index=False)
    prepayment_id: Mapped[int] = link(N_("预收款"), "Prepayment", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    fee_item_id: Mapped[int | None] = link(N_("专用收费项目"), "FeeItem", listed=True, constraint=False)
    kind: Mapped[PrepaymentKind] = choice(N_("类型"), PrepaymentKind, required=True, listed=True)
    day: Mapped[date] = date_(N_("日期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True)
    receipt_id: Mapped[int | None] = link(N_("收据"), "Receipt", listed=True)
    charge_id: Mapped[int | None] = link(N_("应收"), "Charge", listed=True)
    refund_id: Mapped[int | None] = link(N_("退款"), "Refund", listed=True)
    reason: Mapped[str | None] = text(N_("原因"), 200, listed=True)


class Deposit(CommunityScoped, MoneyDocument):
    """押金/保证金: an account of a customer's room for one purpose; a liability, never income until deducted."""

    __about__ = About(
        N_("押金"), ("customer_id", "room_id", "item"), icon="lock-dollar", order=("-id",), readonly=True
    )
    __table_args__ = (
        UniqueConstraint("community_id", "account"),
        CheckConstraint("balance >= 0", name="balance_not_negative"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True)
    item: Mapped[str] = code(N_("押金项目"), codes_of(DEPOSIT_ITEM), 60, required=True, listed=True)
    account: Mapped[str] = mapped_column(String(160), nullable=False)
    balance: Mapped[Decimal] = money(
        N_("余额"), required=True, listed=True, totalled=True, default=Decimal(0), server_default="0"
    )


class DepositEntry(CommunityScoped, MoneyDocument):
    """押金明细: money in (+), returned (−), deducted with a reason (−, income), and what takes one of these back."""

    __about__ = About(
        N_("押金明细"),
        ("customer_id", "room_id", "item", "kind", "day"),
        icon="list-details",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_deposit_entry_month", "community_id", "posting_period", "kind", "amount"),
    )

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True, index=False)
    deposit_id: Mapped[int] = link(N_("押金"), "Deposit", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    # The account's; money is given back for an item that is offered no more.
    item: Mapped[str] = code(
        N_("押金项目"), Codes(codes_of(DEPOSIT_ITEM).labels), 60, required=True, listed=True
    )
    kind: Mapped[DepositKind] = choice(N_("类型"), DepositKind, required=True, listed=True)
    day: Mapped[date] = date_(N_("日期"), required=True, listed=True)
    posting_period: Mapped[Period] = month(N_("入账期"), required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("金额"), required=True, listed=True, totalled=True)
    receipt_id: Mapped[int | None] = link(N_("收据"), "Receipt", listed=True)
    refund_id: Mapped[int | None] = link(N_("退款"), "Refund", listed=True)
    reason: Mapped[str | None] = text(N_("原因"), 200, listed=True)
