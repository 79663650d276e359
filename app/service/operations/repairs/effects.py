"""What the steps of a repair order do beside changing its state."""

from decimal import Decimal

from app.billing.operations import post_charge
from app.estate.models import Employee
from app.kernel.errors import N_
from app.kernel.money import format_money
from app.kernel.sentences import sentence
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.attachments import AttachmentKind, attach
from app.lowcode.notices import holders, notify
from app.lowcode.workflow import TransitionContext
from app.service.models import RepairOrder
from app.service.operations.repairs import errors
from app.service.operations.repairs.materials import confirm_all, material_words, unconfirmed
from app.service.operations.repairs.registration import place_of
from app.service.rules import repairs as rules

CHARGE_SOURCE = "repair"
SIGNATURE = AttachmentKind("signature", N_("报修人签字"))

PASSED_ON = N_("报修单 %(number)s 已转工程，请派工：%(place)s")
SENT_BACK = N_("报修单 %(number)s 已退回客服：%(reason)s")
ASSIGNED_TO_YOU = N_("新工单 %(number)s：%(place)s")
MATERIAL_ISSUED = N_("工单 %(number)s 的材料已发，请继续处理：%(place)s")
TO_DO_AGAIN = N_("工单 %(number)s 要继续维修：%(place)s")
MATERIAL_WANTED = N_("报修单 %(number)s 等待发料确认：%(materials)s")
ASKING = (PASSED_ON, SENT_BACK, ASSIGNED_TO_YOU, MATERIAL_ISSUED, TO_DO_AGAIN, MATERIAL_WANTED)
"""What is asked for with a notice, and done when the order moves on."""
PUT_OFF = N_("报修单 %(number)s 延期到 %(day)s，请告知报修人：%(reason)s")


def tell(context: TransitionContext, message: str, verb: str, **params: str) -> None:
    """Tell those who hold a verb on repair orders and reach this one, but not who does it."""
    row = context.row
    users = holders(session=context.session, verb=verb, document="RepairOrder", community_id=row.community_id)
    _notify(context, message, set(users), f"/repair_order/show/{row.id}", params)


def tell_technician(context: TransitionContext, message: str, user_id: int | None) -> None:
    """Tell the technician who has the order now, on their own page of it."""
    _notify(context, message, set() if user_id is None else {user_id}, f"/repairs/mine/{context.row.id}", {})


def _notify(
    context: TransitionContext, message: str, users: set[int], url: str, params: dict[str, str]
) -> None:
    row = context.row
    notify(
        session=context.session,
        users=users - {current_actor().user_id or 0},
        message=message,
        url=url,
        community_id=row.community_id,
        params={"number": row.number, "place": place_of(session=context.session, row=row), **params},
    )


def pass_on(context: TransitionContext) -> None:
    """Tell those who dispatch."""
    tell(context, PASSED_ON, "dispatch")


def send_back(context: TransitionContext) -> None:
    """Tell the front desk why."""
    tell(context, SENT_BACK, "pass_on", reason=context.inputs["reason"])


def dispatch(context: TransitionContext) -> None:
    """Note who sent the technician, and tell the technician."""
    row = context.row
    row.dispatched_by, row.dispatched_at = current_actor().name, context.now
    row.paused = row.awaiting_material = False
    technician = context.session.get(Employee, row.technician_id)
    tell_technician(context, ASSIGNED_TO_YOU, technician.user_id if technician else None)


def decline(context: TransitionContext) -> None:
    """Give the order back to those who dispatch."""
    tell(context, SENT_BACK, "dispatch", reason=context.inputs["reason"])
    context.row.technician_id = context.row.dispatched_at = context.row.dispatched_by = None


def ask_material(context: TransitionContext) -> None:
    """Wait for 工程主管 to issue what is listed. Raises NoMaterialListed."""
    wanted = unconfirmed(session=context.session, order=context.row)
    if not wanted:
        raise errors.NoMaterialListed
    context.row.awaiting_material = True
    tell(context, MATERIAL_WANTED, "issue", materials="、".join(one.name for one in wanted)[:200])


def issued(context: TransitionContext) -> str:
    """Return what is issued now, for the history."""
    lines = unconfirmed(session=context.session, order=context.row)
    return sentence(N_("发料：%(lines)s"), lines=material_words(lines)) if lines else N_("没有待确认的用料。")


def issue(context: TransitionContext) -> None:
    """Issue all that is listed, and tell the technician to go on."""
    confirm_all(session=context.session, order=context.row)
    context.row.awaiting_material = context.row.paused = False
    tell_technician(context, MATERIAL_ISSUED, context.row.technician_user_id)


def delay(context: TransitionContext) -> None:
    """Move the limit to the end of the promised day; tell 工程主管 and 客服 (S9-45)."""
    row = context.row
    row.delay_reason = context.inputs["reason"]
    if row.promised_day is not None:
        row.due_at = rules.promised_by(promised=row.promised_day, zone=clock.timezone())
    day = row.promised_day.isoformat() if row.promised_day else "—"
    tell(context, PUT_OFF, "alert", day=day, reason=context.inputs["reason"])


def pause(context: TransitionContext) -> None:
    """Stop the order until who supervises resumes it; its limit stands unless a day is promised."""
    context.row.paused = True
    delay(context)


def resume(context: TransitionContext) -> None:
    """Go on."""
    context.row.paused = False


def complete(context: TransitionContext) -> None:
    """Fix what the reporter signs for. Raises MaterialNotIssued."""
    row = context.row
    if missing := unconfirmed(session=context.session, order=row):
        raise errors.MaterialNotIssued.of([one.name for one in missing])
    if not row.chargeable:
        row.charge_amount = None
    elif not row.charge_amount:
        row.charge_amount = rules.suggested_charge(labour=row.labour, material=row.material_total)


def sign(context: TransitionContext) -> None:
    """Keep the drawn signature beside the name."""
    row, drawn = context.row, context.inputs["signature"]
    row.signed_at = context.now
    if drawn is not None:
        attach(session=context.session, row=row, kind=SIGNATURE, content=drawn, name=f"{row.number}.png")


def begin_again(context: TransitionContext) -> None:
    """Take the signature back: what is done again is signed again."""
    context.row.signed_by = context.row.signed_at = context.row.proxy_reason = None
    tell_technician(context, TO_DO_AGAIN, context.row.technician_user_id)


def close(context: TransitionContext) -> None:
    """Close a checked order; what the reporter signed for becomes a charge that the desk collects, once."""
    row = context.row
    row.checked_by, row.closed_at = current_actor().name, context.now
    row.rank = rules.ENDED
    if not row.chargeable:
        row.fee_item_id = None
        return
    post_charge(
        session=context.session,
        community_id=row.community_id,
        customer_id=row.customer_id,
        room_id=row.room_id,
        fee_item_id=row.fee_item_id,
        amount=row.charge_amount,
        day=context.today,
        source=CHARGE_SOURCE,
        source_id=row.id,
        words=charge_words(row),
    )


def charge_words(row: RepairOrder) -> str:
    """Why a repair costs this much, for 为什么是这个金额."""
    labour = format_money(row.labour or Decimal(0))
    return sentence(
        N_("有偿维修 %(number)s：人工 %(labour)s 元，材料 %(material)s 元，收费 %(amount)s 元。"),
        number=row.number,
        labour=labour,
        material=format_money(row.material_total),
        amount=format_money(row.charge_amount or Decimal(0)),
    )


def cancel(context: TransitionContext) -> None:
    """Keep why, and let the order sink in the lists."""
    row = context.row
    row.unfinished_reason, row.rank, row.paused = context.inputs["reason"], rules.ENDED, False
