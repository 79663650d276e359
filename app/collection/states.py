"""Labelled enums and machines of collection."""

from app.billing.states import MovementKind
from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.machines import Machine, Transition


class Tender(LabelledEnum):
    """结算方式."""

    CASH = "cash", N_("现金")
    WECHAT = "wechat", N_("微信")
    ALIPAY = "alipay", N_("支付宝")
    CARD = "card", N_("刷卡")
    TRANSFER = "transfer", N_("转账")


class Rounding(LabelledEnum):
    """抹零的方式."""

    DOWN_JIAO = "down_jiao", N_("抹去分")
    DOWN_YUAN = "down_yuan", N_("抹去角和分")
    HALF_UP_JIAO = "half_up_jiao", N_("四舍五入到角")


class ReceiptState(LabelledEnum):
    """收据状态; a void keeps its number and its stamp."""

    VALID = "valid", N_("有效"), "green"
    VOID = "void", N_("作废"), "red"
    REVERSED = "reversed", N_("已冲红"), "orange"


class VoidKind(LabelledEnum):
    """How a receipt was taken back: on its day before the hand-over, or later by a red one of its own number."""

    VOID = "void", N_("作废")
    REVERSAL = "reversal", N_("冲红")


class AllocationKind(LabelledEnum):
    """核销来源. An allocation is what it takes from a charge's due: an adjustment upwards is negative."""

    PAYMENT = "payment", N_("收款")
    VOID = "void", N_("作废")
    REVERSAL = "reversal", N_("冲红")
    PREPAYMENT = "prepayment", N_("预收抵扣")
    WAIVER = "waiver", N_("减免")
    ADJUSTMENT = "adjustment", N_("应收调整")


CASH_KINDS = (AllocationKind.PAYMENT, AllocationKind.VOID, AllocationKind.REVERSAL)
"""现收: what the desk's money settled, and what was taken back of it."""
PAID_KINDS = (*CASH_KINDS, AllocationKind.PREPAYMENT)
"""核销: what a charge's `paid` is the sum of."""
MOVES = {
    **dict.fromkeys(CASH_KINDS, MovementKind.CASH),
    AllocationKind.PREPAYMENT: MovementKind.PREPAYMENT,
    AllocationKind.WAIVER: MovementKind.WAIVER,
    AllocationKind.ADJUSTMENT: MovementKind.ADJUSTMENT,
}
"""Under which of the month's movements (应收发生额) an allocation is added up."""


class PrepaymentKind(LabelledEnum):
    """预收明细的类型."""

    IN = "in", N_("预收")
    APPLIED = "applied", N_("抵扣")
    UNAPPLIED = "unapplied", N_("撤销抵扣")
    REFUNDED = "refunded", N_("退款")
    TAKEN_BACK = "taken_back", N_("作废冲回")


class ReminderWay(LabelledEnum):
    """催缴方式."""

    PHONE = "phone", N_("电话")
    VISIT = "visit", N_("上门")
    MESSAGE = "message", N_("短信或微信")
    LETTER = "letter", N_("书面通知")


class DepositKind(LabelledEnum):
    """押金明细的类型."""

    IN = "in", N_("收押金")
    RETURNED = "returned", N_("退还")
    DEDUCTED = "deducted", N_("扣款")
    TAKEN_BACK = "taken_back", N_("作废冲回")


class RefundKind(LabelledEnum):
    """退款类型."""

    PREPAYMENT = "prepayment", N_("退预收款")
    DEPOSIT = "deposit", N_("退押金")


class RequestKind(LabelledEnum):
    """What a role may approve up to its limit."""

    WAIVER = "waiver", N_("减免")
    ADJUSTMENT = "adjustment", N_("应收调整")
    REFUND = "refund", N_("退款")


class HandoverState(LabelledEnum):
    """交款单状态."""

    HANDED = "handed", N_("待签收"), "orange"
    SIGNED = "signed", N_("已签收"), "green"


HANDOVER_MACHINE: Machine[HandoverState] = Machine(
    [
        Transition(
            action="sign",
            label=N_("签收"),
            sources=(HandoverState.HANDED,),
            target=HandoverState.SIGNED,
            permission="sign",
            confirm=True,
        )
    ],
    initial=HandoverState.HANDED,
)


RECEIPT_MACHINE: Machine[ReceiptState] = Machine(
    [
        Transition(
            action="void",
            label=N_("作废"),
            sources=(ReceiptState.VALID,),
            target=ReceiptState.VOID,
            permission="void",
            confirm=True,
            reason=True,
        ),
        Transition(
            action="reverse",
            label=N_("冲红"),
            sources=(ReceiptState.VALID,),
            target=ReceiptState.REVERSED,
            permission="reverse",
            confirm=True,
            reason=True,
        ),
    ],
    initial=ReceiptState.VALID,
)
