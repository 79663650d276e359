"""投诉处理受理单: its enums, and where it may go from where."""

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.machines import Machine, Transition


class ComplaintKind(LabelledEnum):
    """受理类别 (S9-43, S4-05)."""

    COMPLAINT = "complaint", N_("投诉"), "red"
    SUGGESTION = "suggestion", N_("建议"), "azure"
    PRAISE = "praise", N_("表扬"), "green"


class Capacity(LabelledEnum):
    """投诉人身份 (CJJY-KF-008)."""

    OWNER = "owner", N_("业主")
    OWNER_RESIDENT = "owner_resident", N_("住户（业）")
    TENANT_RESIDENT = "tenant_resident", N_("住户（租）")
    TENANT = "tenant", N_("租客")
    VISITOR = "visitor", N_("访客")
    OTHER = "other", N_("其他")


class ComplaintChannel(LabelledEnum):
    """投诉方式. What comes by way of the company or the authorities is answered by 物业经理."""

    VISIT = "visit", N_("来访")
    PHONE = "phone", N_("电话")
    LETTER = "letter", N_("书面")
    ONLINE = "online", N_("网络")
    COMPANY = "company", N_("公司转办")
    GOVERNMENT = "government", N_("政府部门转办")
    OTHER = "other", N_("其他")


DIRECT = (ComplaintChannel.COMPANY, ComplaintChannel.GOVERNMENT)


class ReplyWay(LabelledEnum):
    """回复方式 (CJJY-KF-008)."""

    PHONE = "phone", N_("电话")
    LETTER = "letter", N_("信件传真")
    IN_PERSON = "in_person", N_("亲临")
    EMAIL = "email", N_("电邮")
    OTHER = "other", N_("其他")


class Satisfaction(LabelledEnum):
    """客人满意程度 (CJJY-KF-008)."""

    SATISFIED = "satisfied", N_("满意"), "green"
    ACCEPTED = "accepted", N_("接受"), "azure"
    OTHER = "other", N_("其他"), "orange"


class ComplaintState(LabelledEnum):
    """投诉处理受理单的状态."""

    RECEIVED = "received", N_("已受理"), "orange"
    PROCESSING = "processing", N_("处理中"), "blue"
    ANSWERED = "answered", N_("已回复"), "azure"
    CLOSED = "closed", N_("已关闭"), "green"
    CANCELLED = "cancelled", N_("已撤销"), "secondary"


_RECEIVED, _PROCESSING = ComplaintState.RECEIVED, ComplaintState.PROCESSING
_ANSWERED, _CLOSED = ComplaintState.ANSWERED, ComplaintState.CLOSED

COMPLAINT_MACHINE: Machine[ComplaintState] = Machine(
    [
        Transition(
            action="pass_on",
            label=N_("转责任部门"),
            sources=(_RECEIVED,),
            target=_PROCESSING,
            permission="pass_on",
            icon="arrow-forward-up",
            tone="primary",
        ),
        Transition(
            action="pass_again",
            label=N_("改派部门"),
            sources=(_PROCESSING,),
            target=_PROCESSING,
            permission="pass_on",
            reason=True,
            icon="arrows-exchange",
        ),
        Transition(
            action="answer",
            label=N_("回复客人"),
            sources=(_RECEIVED, _PROCESSING),
            target=_ANSWERED,
            permission="answer",
            icon="message-reply",
            tone="primary",
        ),
        Transition(
            action="redo",
            label=N_("退回重办"),
            sources=(_ANSWERED,),
            target=_PROCESSING,
            permission="follow_up",
            reason=True,
            icon="arrow-back-up",
        ),
        Transition(
            action="follow_up",
            label=N_("回访关闭"),
            sources=(_ANSWERED,),
            target=_CLOSED,
            permission="follow_up",
            icon="circle-check",
            tone="primary",
        ),
        Transition(
            action="file",
            label=N_("存档"),
            sources=(_RECEIVED,),
            target=_CLOSED,
            permission="file",
            confirm=N_("表扬不需要回复，直接存档？"),
            icon="archive",
        ),
        Transition(
            action="reopen",
            label=N_("重新办理"),
            sources=(_CLOSED,),
            target=_PROCESSING,
            permission="reopen",
            reason=True,
            icon="rotate",
        ),
        Transition(
            action="cancel",
            label=N_("撤销"),
            sources=(_RECEIVED, _PROCESSING),
            target=ComplaintState.CANCELLED,
            permission="cancel",
            reason=True,
            icon="ban",
            tone="danger",
        ),
    ],
    initial=_RECEIVED,
)
