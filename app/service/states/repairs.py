"""The states of a repair order (工程报修单), and who leads it from one to the next."""

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.machines import Machine, Transition


class RepairState(LabelledEnum):
    """工程报修单状态 (S9-40)."""

    REGISTERED = "registered", N_("已登记"), "blue"
    PASSED = "passed", N_("已转工程"), "azure"
    DISPATCHED = "dispatched", N_("已派工"), "indigo"
    WORKING = "working", N_("处理中"), "cyan"
    WAITING = "waiting", N_("待料"), "orange"
    DELAYED = "delayed", N_("延期"), "yellow"
    TO_SIGN = "to_sign", N_("完工待签"), "lime"
    TO_CHECK = "to_check", N_("待核对"), "teal"
    CLOSED = "closed", N_("已关闭"), "green"
    CANCELLED = "cancelled", N_("已取消"), "secondary"


class Stars(LabelledEnum):
    """评价 (S2-01): one to five stars."""

    FIVE = "5", N_("★★★★★ 非常满意"), "green"
    FOUR = "4", N_("★★★★ 满意"), "lime"
    THREE = "3", N_("★★★ 一般"), "yellow"
    TWO = "2", N_("★★ 不满意"), "orange"
    ONE = "1", N_("★ 很不满意"), "red"


_S = RepairState
UNASSIGNED = (_S.REGISTERED, _S.PASSED)
ASSIGNED = (_S.DISPATCHED, _S.WORKING, _S.WAITING, _S.DELAYED)
"""In a technician's hands: what counts as their load, and whose materials may still change."""
UNREPAIRED = (*UNASSIGNED, *ASSIGNED)
REPAIRED = (_S.TO_SIGN, _S.TO_CHECK)
OPEN = (*UNREPAIRED, *REPAIRED)

REPAIR_MACHINE: Machine[RepairState] = Machine(
    [
        Transition(
            action="pass_on",
            label=N_("转工程"),
            sources=(_S.REGISTERED,),
            target=_S.PASSED,
            permission="pass_on",
            icon="arrow-forward-up",
            tone="primary",
        ),
        Transition(
            action="rush",
            label=N_("紧急派工"),
            sources=(_S.REGISTERED,),
            target=_S.DISPATCHED,
            permission="rush",
            icon="urgent",
            tone="danger",
        ),
        Transition(
            action="dispatch",
            label=N_("派工"),
            sources=(_S.PASSED,),
            target=_S.DISPATCHED,
            permission="dispatch",
            icon="user-check",
            tone="primary",
        ),
        Transition(
            action="send_back",
            label=N_("退回客服"),
            sources=(_S.PASSED,),
            target=_S.REGISTERED,
            permission="send_back",
            reason=True,
            icon="arrow-back-up",
        ),
        Transition(
            action="take",
            label=N_("接单"),
            sources=(_S.DISPATCHED,),
            target=_S.WORKING,
            permission="take",
            icon="player-play",
            tone="primary",
        ),
        Transition(
            action="decline",
            label=N_("退回派工"),
            sources=(_S.DISPATCHED,),
            target=_S.PASSED,
            permission="decline",
            reason=True,
            icon="arrow-back-up",
        ),
        Transition(
            action="complete",
            label=N_("完工"),
            sources=(_S.WORKING,),
            target=_S.TO_SIGN,
            permission="complete",
            icon="circle-check",
            tone="primary",
        ),
        Transition(
            action="ask_material",
            label=N_("待料"),
            sources=(_S.WORKING,),
            target=_S.WAITING,
            permission="ask_material",
            icon="package",
        ),
        Transition(
            action="issue",
            label=N_("发料确认"),
            sources=(_S.WAITING, _S.DELAYED),
            target=_S.WORKING,
            permission="issue",
            icon="package-export",
            tone="primary",
        ),
        Transition(
            action="delay",
            label=N_("延期"),
            sources=ASSIGNED,
            target=_S.DELAYED,
            permission="delay",
            reason=True,
            icon="calendar-time",
        ),
        Transition(
            action="pause",
            label=N_("暂停"),
            sources=(_S.DISPATCHED, _S.WORKING, _S.WAITING),
            target=_S.DELAYED,
            permission="pause",
            reason=True,
            icon="player-pause",
        ),
        Transition(
            action="resume",
            label=N_("继续处理"),
            sources=(_S.DELAYED,),
            target=_S.WORKING,
            permission="resume",
            icon="player-play",
            tone="primary",
        ),
        Transition(
            action="reassign",
            label=N_("转派"),
            sources=ASSIGNED,
            target=_S.DISPATCHED,
            permission="reassign",
            reason=True,
            icon="users",
        ),
        Transition(
            action="sign",
            label=N_("签字"),
            sources=(_S.TO_SIGN,),
            target=_S.TO_CHECK,
            permission="sign",
            icon="signature",
            tone="primary",
        ),
        Transition(
            action="rework",
            label=N_("继续维修"),
            sources=(_S.TO_SIGN,),
            target=_S.WORKING,
            permission="rework",
            reason=True,
            icon="arrow-back-up",
        ),
        Transition(
            action="check",
            label=N_("核对关闭"),
            sources=(_S.TO_CHECK,),
            target=_S.CLOSED,
            permission="check",
            icon="checks",
            tone="primary",
        ),
        Transition(
            action="redo",
            label=N_("退回返修"),
            sources=(_S.TO_CHECK,),
            target=_S.WORKING,
            permission="redo",
            reason=True,
            icon="arrow-back-up",
        ),
        Transition(
            action="cancel",
            label=N_("取消"),
            sources=UNREPAIRED,
            target=_S.CANCELLED,
            permission="cancel",
            reason=True,
            icon="ban",
            tone="danger",
        ),
        Transition(
            action="rate",
            label=N_("评价"),
            sources=(_S.CLOSED,),
            target=_S.CLOSED,
            permission="rate",
            icon="star",
        ),
    ],
    initial=_S.REGISTERED,
)
"""暂停 leads to 延期 with the mark 暂停: the work stands still for both, but only who supervises lets it go on."""
