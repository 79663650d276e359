"""The way of a repair order: what each step asks, who may take it, what it does, and how long it may take."""

from collections.abc import Mapping

from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.workflow import Ask, Board, Level, Limit, Step, Workflow
from app.service.models import RepairOrder
from app.service.operations.repairs import access, conditions, dialogs, dispatch, effects
from app.service.operations.repairs.registration import REGISTERED_URGENT
from app.service.states.repairs import REPAIR_MACHINE, UNREPAIRED, RepairState

LATE_VERB = "alert_late"
CHECK_HOURS = 48

_TRADE = Ask("trade")
_TECHNICIAN = Ask("technician_id", choices=dispatch.technicians, offers=dispatch.offered)
_NEW_TECHNICIAN = Ask(
    "technician_id", begins=lambda row: None, choices=dispatch.technicians, offers=dispatch.offered
)
_PROMISED = Ask("promised_day", help=N_("告诉报修人哪一天修好。"))

_STEPS: Mapping[str, Step] = {
    "pass_on": Step(effect=effects.pass_on, bulk=True, done=N_("已转工程。")),
    "rush": Step(
        asks=(_TRADE, _TECHNICIAN),
        condition=conditions.is_urgent,
        effect=effects.dispatch,
        allowed_for=lambda row, who: bool(row.urgent),
        done=N_("已紧急派工。"),
    ),
    "dispatch": Step(asks=(_TRADE, _TECHNICIAN), effect=effects.dispatch, done=N_("已派工。")),
    "send_back": Step(effect=effects.send_back),
    "take": Step(allowed_for=access.works_on, done=N_("已接单。")),
    "decline": Step(effect=effects.decline, allowed_for=access.works_on),
    "complete": Step(
        asks=(
            Ask("finished_at", begins=dialogs.finished_begins),
            Ask("work_done"),
            Ask("labour", required=False),
            Ask("chargeable", required=False, help=N_("向报修人收费；收费金额由报修人签字确认。")),
            Ask(
                "charge_amount",
                required=False,
                begins=dialogs.charge_begins,
                help=N_("不填则为人工费加材料费。"),
            ),
        ),
        condition=conditions.is_complete,
        effect=effects.complete,
        allowed_for=access.works_on,
        note=dialogs.not_issued,
        done=N_("已完工，请报修人签字。"),
    ),
    "ask_material": Step(
        effect=effects.ask_material, allowed_for=access.works_on, done=N_("已请工程主管确认发料。")
    ),
    "issue": Step(
        condition=conditions.is_awaited,
        effect=effects.issue,
        done=N_("已确认发料。"),
        note=dialogs.to_be_issued,
        told=effects.issued,
    ),
    "delay": Step(
        asks=(_PROMISED,),
        condition=conditions.is_a_day_to_come,
        effect=effects.delay,
        allowed_for=access.works_on,
        done=N_("已延期，并通知工程主管和客服。"),
    ),
    "pause": Step(
        asks=(Ask("promised_day", required=False, help=N_("还说不准可以不填；原来的时限照算。")),),
        condition=conditions.is_a_day_to_come,
        effect=effects.pause,
    ),
    "resume": Step(
        condition=conditions.has_its_material, effect=effects.resume, allowed_for=access.lets_go_on
    ),
    "reassign": Step(
        asks=(_TRADE, _NEW_TECHNICIAN),
        condition=conditions.another,
        effect=effects.dispatch,
        done=N_("已转派。"),
    ),
    "sign": Step(
        asks=(
            Ask("signature", required=False, field=Field(N_("签名"), "signature")),
            Ask("signed_by", begins=lambda row: row.reporter),
            Ask("proxy_reason", required=False, help=N_("报修人不在场时填写，例如：家人代签、电话确认。")),
        ),
        condition=conditions.is_signed,
        effect=effects.sign,
        allowed_for=access.attends,
        note=dialogs.signed_for,
        done=N_("已签字，请工程主管核对。"),
    ),
    "rework": Step(effect=effects.begin_again, allowed_for=access.attends),
    "check": Step(
        asks=(
            Ask("check_opinion", required=False),
            Ask(
                "fee_item_id",
                required=False,
                begins=dialogs.fee_begins,
                choices=dialogs.repair_fees,
                help=N_("有偿维修才填；关闭后成为应收，由收费台收取。"),
            ),
        ),
        condition=conditions.has_its_fee,
        effect=effects.close,
        note=dialogs.charged,
        done=N_("已核对并关闭。"),
    ),
    "redo": Step(effect=effects.begin_again),
    "cancel": Step(effect=effects.cancel),
    "rate": Step(asks=(Ask("rating"), Ask("rating_words", required=False)), done=N_("已记录评价。")),
}

REPAIR_FLOW = Workflow(
    RepairOrder,
    REPAIR_MACHINE,
    steps=_STEPS,
    editable_in=UNREPAIRED,
    asking=(REGISTERED_URGENT, *effects.ASKING),
    pages=("/repairs/mine/{id}",),
    limits=(
        Limit(
            "repair",
            N_("应当修好，或说明原因并承诺日期"),
            UNREPAIRED,
            since="due_at",
            hours=0,
            levels=(
                Level(people=lambda row: [row.technician_user_id]),
                Level(hours=24, to=LATE_VERB, label=N_("接收超时一天提醒")),
            ),
        ),
        Limit("sign", N_("应请报修人签字"), (RepairState.TO_SIGN,), hours=CHECK_HOURS, marks=False),
        Limit("check", N_("应由工程主管核对"), (RepairState.TO_CHECK,), hours=CHECK_HOURS, marks=False),
    ),
    board=Board(
        heading="trade",
        facts=("urgent", "paused", "room_id", "place", "content", "technician_id", "due_at"),
        first=("rank",),
    ),
)
"""Same day, else a reason and a promised day (S9-45): 工程主管 and 客服 are told when it has passed.

超时 is what is not repaired by then; what is repaired waits for a signature or a check, and is late no more.
"""
