"""减免, 应收调整 and 退款: asked for by one person, decided by another, and only then in the books."""

from datetime import date
from decimal import Decimal

from flask import g
from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext
from sqlalchemy import CheckConstraint, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.billing.models import Requested
from app.billing.models.approvals import two_persons
from app.collection.states import RefundKind, RequestKind, Tender
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.codes import Codes
from app.lowcode.db import Key, db
from app.lowcode.document import About, CommunityScoped, Document, MoneyDocument
from app.lowcode.fields import choice, code, date_, link, money, month, text


class Waiver(Requested, CommunityScoped, MoneyDocument):
    """减免: approved, it is an allocation to the charge in the open period (抹零 at the desk is one, approved by limit)."""

    __about__ = About(
        N_("减免"),
        ("customer_id", "room_id", "fee_item_id", "reason"),
        icon="discount-2",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"), two_persons())

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    charge_id: Mapped[int] = link(N_("应收"), "Charge", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    fee_item_id: Mapped[int] = link(N_("收费项目"), "FeeItem", required=True, listed=True, constraint=False)
    period: Mapped[Period] = month(N_("所属期"), required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("减免金额"), required=True, listed=True, totalled=True)
    day: Mapped[date | None] = date_(N_("入账日期"), listed=True)
    posting_period: Mapped[Period | None] = month(N_("入账期"), listed=True)
    # 抹零: the receipt whose odd 角分 were let go.
    receipt_id: Mapped[int | None] = link(N_("收据"), "Receipt", listed=True)


class Adjustment(Requested, CommunityScoped, MoneyDocument):
    """应收调整: signed; approved, it changes what the charge asks for, posted in the open period, of the charge's period."""

    __about__ = About(
        N_("应收调整"),
        ("customer_id", "room_id", "fee_item_id", "reason"),
        icon="adjustments-dollar",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"), two_persons())

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    charge_id: Mapped[int] = link(N_("应收"), "Charge", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    fee_item_id: Mapped[int] = link(N_("收费项目"), "FeeItem", required=True, listed=True, constraint=False)
    period: Mapped[Period] = month(N_("所属期"), required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("调整金额"), required=True, listed=True, totalled=True)
    day: Mapped[date | None] = date_(N_("入账日期"), listed=True)
    posting_period: Mapped[Period | None] = month(N_("入账期"), listed=True)


class Refund(Requested, CommunityScoped, MoneyDocument):
    """退款: money out of a prepayment or a deposit; numbered and in the books once approved."""

    __about__ = About(
        N_("退款"),
        ("number", "customer_id", "room_id", "reason"),
        icon="cash-off",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(prepayment_id IS NULL) <> (deposit_id IS NULL)", name="one_account"),
        two_persons(),
    )

    number: Mapped[str | None] = text(N_("退款单号"), 30, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    customer_id: Mapped[int] = link(N_("客户"), "Customer", required=True, listed=True, searched=True)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", listed=True, searched=True, constraint=False)
    kind: Mapped[RefundKind] = choice(N_("类型"), RefundKind, required=True, listed=True)
    prepayment_id: Mapped[int | None] = link(N_("预收款"), "Prepayment")
    deposit_id: Mapped[int | None] = link(N_("押金"), "Deposit")
    tender: Mapped[Tender] = choice(N_("退款方式"), Tender, required=True, listed=True)
    amount: Mapped[Decimal] = money(N_("退款金额"), required=True, listed=True, totalled=True)
    day: Mapped[date | None] = date_(N_("退款日期"), listed=True)
    posting_period: Mapped[Period | None] = month(N_("入账期"), listed=True)
    cashier_id: Mapped[int | None] = mapped_column(Key, index=True)
    handover_id: Mapped[int | None] = link(N_("交款单"), "CashHandover", listed=True)


def role_names() -> dict[str, str]:
    """Return the office's roles by their ids, as codes; read once a request."""
    if "role_names" not in g:
        rows = db.session.execute(select(Role.id, Role.name).order_by(Role.name))
        g.role_names = {str(key): name for key, name in rows}
    names: dict[str, str] = g.role_names
    return names


class ApprovalLimit(Document):
    """审批限额: up to which amount a role approves; a role without one has the office's default (参数)."""

    __about__ = About(N_("审批限额"), "role", icon="gauge", order=("role", "kind"))
    __table_args__ = (UniqueConstraint("role", "kind"), CheckConstraint("amount >= 0", name="amount_sign"))

    role: Mapped[str] = code(N_("角色"), Codes(role_names), 20, required=True, fixed=True, listed=True)
    kind: Mapped[RequestKind] = choice(N_("审批事项"), RequestKind, required=True, fixed=True, listed=True)
    amount: Mapped[Decimal] = money(N_("最高金额"), required=True, listed=True, minimum=Decimal(0))

    def __str__(self) -> str:
        return f"{role_names().get(self.role, self.role)} {gettext(self.kind.label)}"
