"""交款: a cashier hands the desk's money over, and 财务 signs for it."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.collection.states import HANDOVER_MACHINE, HandoverState
from app.kernel.errors import N_
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, MoneyDocument
from app.lowcode.fields import choice, date_, integer, link, moment, money, text


class CashHandover(CommunityScoped, MoneyDocument):
    """交款单: every receipt, reversal and refund of a cashier up to a day that was not handed over before.

    The papers themselves carry `handover_id`; the sums here are checked copies. Sums are signed: in − out.
    `counted`: the cash that the cashier counted (NULL: none was to be counted), `over_short` = counted − cash (长款
    above nothing, 短款 below), explained wherever it is not nothing.
    """

    __machine__ = HANDOVER_MACHINE
    __about__ = About(N_("交款单"), "number", icon="cash-banknote", order=("-id",), readonly=True)
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("total = cash + wechat + alipay + card + transfer", name="total_adds_up"),
        CheckConstraint(
            "(counted IS NULL AND over_short = 0) OR over_short = counted - cash", name="over_short_adds_up"
        ),
        CheckConstraint("over_short = 0 OR over_short_reason IS NOT NULL", name="over_short_explained"),
    )

    number: Mapped[str] = text(N_("交款单号"), 30, required=True, listed=True, searched=True)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True)
    cashier_id: Mapped[int | None] = mapped_column(Key, index=True)
    cashier: Mapped[str] = text(N_("交款人"), 100, required=True, listed=True, searched=True)
    first_day: Mapped[date] = date_(N_("最早收款日"), required=True, listed=True)
    last_day: Mapped[date] = date_(N_("最晚收款日"), required=True, listed=True)
    day: Mapped[date] = date_(N_("交款日期"), required=True, listed=True)
    first_number: Mapped[str | None] = text(N_("票据起号"), 30, listed=True)
    last_number: Mapped[str | None] = text(N_("票据止号"), 30, listed=True)
    receipts: Mapped[int] = integer(N_("张数"), required=True, listed=True)
    voids: Mapped[int] = integer(N_("作废张数"), required=True, listed=True)
    cash: Mapped[Decimal] = money(N_("现金"), required=True, listed=True, totalled=True)
    wechat: Mapped[Decimal] = money(N_("微信"), required=True, listed=True, totalled=True)
    alipay: Mapped[Decimal] = money(N_("支付宝"), required=True, listed=True, totalled=True)
    card: Mapped[Decimal] = money(N_("刷卡"), required=True, listed=True, totalled=True)
    transfer: Mapped[Decimal] = money(N_("转账"), required=True, listed=True, totalled=True)
    total: Mapped[Decimal] = money(N_("合计"), required=True, listed=True, totalled=True)
    counted: Mapped[Decimal | None] = money(N_("实点现金"), listed=True)
    notes: Mapped[str | None] = text(N_("点钞明细"), 200)
    over_short: Mapped[Decimal] = money(
        N_("长短款"), required=True, listed=True, totalled=True, default=Decimal("0.00"), server_default="0"
    )
    over_short_reason: Mapped[str | None] = text(N_("长短款原因"), 200)
    words: Mapped[str] = text(N_("大写"), 100, required=True)
    state: Mapped[HandoverState] = choice(
        N_("状态"),
        HandoverState,
        required=True,
        listed=True,
        default=HandoverState.HANDED,
        server_default="handed",
    )
    signed_by_id: Mapped[int | None] = mapped_column(Key)
    signed_by: Mapped[str | None] = text(N_("财务签收"), 100, listed=True)
    signed_at: Mapped[Any] = moment(N_("签收时间"))
