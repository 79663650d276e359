"""Complaints for the tests: one in each state, and what each action is told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Department
from app.lowcode.actors import Actor, person_name, reach_of
from app.lowcode.workflow import move
from app.service.models import Complaint
from app.service.operations import add_complaint
from app.service.states.complaints import ComplaintKind, ComplaintState, ReplyWay, Satisfaction

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 09:30 in the office
STATES = tuple(ComplaintState)
ANSWER = {"measures": "上门劝阻。", "result": "已停止施工。", "reply_way": ReplyWay.PHONE}
WAYS: Mapping[ComplaintState, tuple[str, ...]] = {
    ComplaintState.RECEIVED: (),
    ComplaintState.PROCESSING: ("pass_on",),
    ComplaintState.ANSWERED: ("answer",),
    ComplaintState.CLOSED: ("answer", "follow_up"),
    ComplaintState.CANCELLED: ("cancel",),
}


def department(session: Session, cast: Any, name: str = "工程部") -> int:
    """The id of a department of our company, made when it is not there."""
    found = session.scalars(select(Department).where(Department.name == name)).one_or_none()
    if found is None:
        found = Department(company_id=cast.ours.company_id, name=name)
        session.add(found)
        session.flush()
    return found.id


def inputs(session: Session, cast: Any) -> dict[str, dict[str, Any]]:
    """What each action asks for, as the operation takes it."""
    to, elsewhere = department(session, cast), department(session, cast, "环境部")
    return {
        "pass_on": {"department_id": to},
        "pass_again": {"department_id": elsewhere, "reason": "不属本部门。"},
        "answer": dict(ANSWER),
        "redo": {"reason": "客人不满意。"},
        "follow_up": {"satisfaction": Satisfaction.SATISFIED},
        "file": {},
        "reopen": {"reason": "又发生了。"},
        "cancel": {"reason": "客人自己撤回。"},
    }


def typed(values: Mapping[str, Any]) -> dict[str, str]:
    """The same as a form sends it."""
    return {name: str(getattr(value, "value", value)) for name, value in values.items()}


def complaint(
    session: Session, cast: Any, state: ComplaintState = ComplaintState.RECEIVED, **values: Any
) -> Complaint:
    """A complaint of our community, moved to a state by the system."""
    told = inputs(session, cast)
    given = {
        "community_id": cast.ours.community_id,
        "room_id": cast.ours.room_ids[0],
        "complainer": "王秀英",
        "kind": ComplaintKind.PRAISE,
        "content": "楼上夜里装修。",
    }
    row = add_complaint(session=session, **{**given, **values})
    for action in WAYS[state]:
        move(session=session, row=row, action=action, **told[action])
    return row


def actor(session: Session, cast: Any, name: str) -> Actor:
    """One of the cast, with the reach of their grants."""
    user = session.scalars(select(User).where(User.username == cast[name])).one()
    return Actor(user.id, person_name(user), reach_of(user.id))
