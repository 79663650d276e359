"""Labelled enums and machines of collection."""

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


class ReceiptState(LabelledEnum):
    """收据状态; a void keeps its number and its stamp."""

    VALID = "valid", N_("有效"), "green"
    VOID = "void", N_("作废"), "red"


class AllocationKind(LabelledEnum):
    """核销来源."""

    PAYMENT = "payment", N_("收款")
    VOID = "void", N_("作废")


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
        )
    ],
    initial=ReceiptState.VALID,
)
