"""Labelled enums and machines of billing."""

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.machines import Machine, Transition


class FeeKind(LabelledEnum):
    """费种类别 (S9-26 … S9-29)."""

    PROPERTY = "property", N_("物业费")
    PARKING = "parking", N_("停车费")
    UTILITY = "utility", N_("代收水电气暖")
    SHARED = "shared", N_("公摊费")
    RENT = "rent", N_("租金")
    SERVICE = "service", N_("特约服务费")
    FUND = "fund", N_("维修基金")
    LATE_FEE = "late_fee", N_("违约金")
    OTHER = "other", N_("其他")


class MeterKind(LabelledEnum):
    """表类型; `unit` is what it counts in unless the meter says otherwise."""

    WATER = "water", N_("水表")
    ELECTRICITY = "electricity", N_("电表")
    GAS = "gas", N_("燃气表")
    HEAT = "heat", N_("热量表")

    @property
    def unit(self) -> str:
        """吨, 度, 立方米 or 千瓦时."""
        return UNITS[self]


UNITS = {
    MeterKind.WATER: N_("吨"),
    MeterKind.ELECTRICITY: N_("度"),
    MeterKind.GAS: N_("立方米"),
    MeterKind.HEAT: N_("千瓦时"),
}


class ReadingKind(LabelledEnum):
    """抄表类别: a change is the last reading of the old dial; counting goes on from the new one's first."""

    READ = "read", N_("抄表")
    CHANGE = "change", N_("换表"), "azure"


class Oddity(LabelledEnum):
    """Why a line of a billing run wants looking at; the first three are days that cannot be charged."""

    NO_PAYER = "no_payer", N_("没有付费人"), "red"
    NO_PRICE = "no_price", N_("没有单价"), "red"
    NO_AREA = "no_area", N_("没有面积"), "red"
    ZERO = "zero", N_("金额为零"), "orange"
    RISEN = "risen", N_("比上月多五成以上"), "orange"
    FALLEN = "fallen", N_("比上月少五成以上"), "orange"
    NEW = "new", N_("上月没有"), "azure"


class RunState(LabelledEnum):
    """出账单状态."""

    COMPUTING = "computing", N_("计算中"), "blue"
    READY = "ready", N_("待入账"), "orange"
    POSTING = "posting", N_("入账中"), "blue"
    POSTED = "posted", N_("已入账"), "green"
    CANCELLED = "cancelled", N_("已作废"), "secondary"
    FAILED = "failed", N_("计算失败"), "red"


UNFINISHED = (RunState.COMPUTING, RunState.READY, RunState.POSTING)

RUN_MACHINE = Machine[RunState](
    (
        Transition(
            action="computed", label=N_("计算完成"), sources=(RunState.COMPUTING,), target=RunState.READY
        ),
        Transition(
            action="fail", label=N_("计算失败"), sources=(RunState.COMPUTING,), target=RunState.FAILED
        ),
        Transition(
            action="post",
            label=N_("入账"),
            sources=(RunState.READY,),
            target=RunState.POSTING,
            permission="post",
        ),
        Transition(
            action="posted", label=N_("入账完成"), sources=(RunState.POSTING,), target=RunState.POSTED
        ),
        # The posting job was refused or stopped: nothing was posted, the run waits again.
        Transition(
            action="give_back", label=N_("退回待入账"), sources=(RunState.POSTING,), target=RunState.READY
        ),
        Transition(
            action="cancel",
            label=N_("作废"),
            sources=(RunState.COMPUTING, RunState.READY, RunState.POSTING, RunState.FAILED),
            target=RunState.CANCELLED,
            permission="cancel",
            confirm=True,
        ),
    ),
    initial=RunState.COMPUTING,
)
"""Posting is one transaction: a run in POSTING has posted nothing yet, so that it may still be cancelled."""


class MovementKind(LabelledEnum):
    """What moves the sum of what is owed (应收发生额)."""

    CHARGED = "charged", N_("应收原价")
    RELIEVED = "relieved", N_("入账减免")
    CASH = "cash", N_("现收")
    PREPAYMENT = "prepayment", N_("预收抵扣")
    WAIVER = "waiver", N_("减免")
    ADJUSTMENT = "adjustment", N_("应收调整")


class PeriodState(LabelledEnum):
    """账期状态."""

    OPEN = "open", N_("未结"), "green"
    CLOSED = "closed", N_("已结"), "secondary"


PERIOD_MACHINE: Machine[PeriodState] = Machine(
    [
        Transition(
            action="close",
            label=N_("结账"),
            sources=(PeriodState.OPEN,),
            target=PeriodState.CLOSED,
            permission="close",
            confirm=True,
        ),
        Transition(
            action="reopen",
            label=N_("反结账"),
            sources=(PeriodState.CLOSED,),
            target=PeriodState.OPEN,
            permission="approve",
            confirm=True,
            reason=True,
        ),
    ],
    initial=PeriodState.OPEN,
)
"""A month is closed once everything is in it, and opened again by two persons (app/closing)."""


class ApprovalState(LabelledEnum):
    """审批状态 of what one person asks for and another decides."""

    PENDING = "pending", N_("待审批"), "orange"
    APPROVED = "approved", N_("已批准"), "green"
    REFUSED = "refused", N_("已驳回"), "red"
    WITHDRAWN = "withdrawn", N_("已撤回"), "secondary"


APPROVAL_MACHINE = Machine[ApprovalState](
    (
        Transition(
            action="approve",
            label=N_("批准"),
            sources=(ApprovalState.PENDING,),
            target=ApprovalState.APPROVED,
            permission="approve",
            confirm=N_("批准后即生效。确定批准？"),
            icon="check",
            tone="primary",
        ),
        Transition(
            action="refuse",
            label=N_("驳回"),
            sources=(ApprovalState.PENDING,),
            target=ApprovalState.REFUSED,
            permission="approve",
            confirm=N_("请写明驳回的原因。"),
            reason=True,
            icon="x",
            tone="danger",
        ),
        Transition(
            action="withdraw",
            label=N_("撤回"),
            sources=(ApprovalState.PENDING,),
            target=ApprovalState.WITHDRAWN,
            permission="add",
            confirm=N_("撤回这份申请？"),
            icon="arrow-back-up",
        ),
    ),
    initial=ApprovalState.PENDING,
)
