"""投诉处理受理单: taken down, and its way through the states as a declaration."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.kernel.phones import read_phone
from app.lowcode import clock
from app.lowcode.numbers import next_number
from app.lowcode.save import set_values
from app.lowcode.workflow import Ask, Board, Level, Limit, Step, TransitionContext, Who, Workflow
from app.service.models import Complaint
from app.service.rules.complaints import answered_by_the_manager, may_be_filed, passed_elsewhere
from app.service.states.complaints import COMPLAINT_MACHINE, ComplaintState

NUMBERED = "complaint"
TAKE_UP_HOURS, ANSWER_HOURS = "service.complaint_take_up_hours", "service.complaint_answer_hours"
DIRECT_VERB = "answer_direct"


class InTheFuture(DomainError):
    """A complaint of tomorrow."""

    code = "in_the_future"
    message = N_("投诉时间不能晚于现在。")


def save_complaint(*, session: Session, row: Complaint, **values: Any) -> Complaint:
    """Take a complaint down, with its number, or change it while nobody has taken it up. Raises InTheFuture, NotAPhone."""
    with session.no_autoflush:
        if values.get("phone"):
            values["phone"] = read_phone(text=values["phone"], stands=row.phone)
        set_values(row, values)
        if row.received_at is None:
            row.received_at = clock.now()
        if row.received_at > clock.now():
            raise InTheFuture(field="received_at")
        if row.id is None:
            row.number = next_number(
                session=session, kind=NUMBERED, community_id=row.community_id, day=clock.today()
            ).number
            session.add(row)
    session.flush()
    return row


def add_complaint(*, session: Session, **values: Any) -> Complaint:
    """Take a complaint down."""
    return save_complaint(session=session, row=Complaint(), **values)


def _elsewhere(context: TransitionContext) -> DomainError | None:
    return passed_elsewhere(now=context.row.department_id, to=context.inputs["department_id"])


def _finish(context: TransitionContext) -> None:
    context.row.finished_on = context.today


def _begin_again(context: TransitionContext) -> None:
    context.row.finished_on = context.row.satisfaction = None


def _answers(row: Complaint, who: Who) -> bool:
    return not answered_by_the_manager(row.channel) or DIRECT_VERB in who.verbs


_TO = Ask("department_id", label=N_("责任部门"))

_STEPS: Mapping[str, Step] = {
    "pass_on": Step(asks=(_TO,), bulk=True, done=N_("已转责任部门。")),
    "pass_again": Step(asks=(_TO,), condition=_elsewhere),
    "answer": Step(
        asks=(Ask("measures"), Ask("result"), Ask("reply_way")),
        allowed_for=_answers,
        done=N_("已记录对客人的回复。"),
    ),
    "redo": Step(effect=_begin_again),
    "follow_up": Step(
        asks=(Ask("satisfaction"), Ask("remark", required=False)), effect=_finish, done=N_("已回访并关闭。")
    ),
    "file": Step(condition=lambda context: may_be_filed(context.row.kind), effect=_finish),
    "reopen": Step(effect=_begin_again),
}

COMPLAINT_FLOW = Workflow(
    Complaint,
    COMPLAINT_MACHINE,
    steps=_STEPS,
    verbs={DIRECT_VERB: N_("回复公司、政府转办的投诉")},
    limits=(
        Limit(
            "take_up",
            N_("应转责任部门或回复"),
            (ComplaintState.RECEIVED,),
            hours=24,
            setting=TAKE_UP_HOURS,
            levels=(Level(people=lambda row: [row.taken_by_id]),),
        ),
        Limit(
            "answer",
            N_("应回复客人"),
            (ComplaintState.RECEIVED, ComplaintState.PROCESSING),
            since="received_at",
            hours=72,
            setting=ANSWER_HOURS,
        ),
    ),
    closed=(ComplaintState.CLOSED,),
    board=Board(heading="kind", facts=("room_id", "complainer", "content", "department_id")),
)
