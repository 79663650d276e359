"""The one place where a document's state changes, and the guard that refuses every other."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.kernel.machines import Machine, Transition
from app.lowcode import clock, history, scope
from app.lowcode.actors import current_actor
from app.lowcode.db import session_of
from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.notices import mark_done
from app.lowcode.permissions import verbs_of_actor
from app.lowcode.workflow.declaration import REASON, TransitionContext, Who, Workflow
from app.lowcode.workflow.inputs import checked
from app.lowcode.workflow.overdue import is_late
from app.lowcode.workflow.state_log import Flowing, StateChange

D = TypeVar("D", bound=DocumentBase)
MOVING = "rows being moved"  # key of Session.info: row → its new state
BEGAN = N_("登记")


class NotYours(DomainError):
    """A person without the permission, or not the one whom the row waits for."""

    code = "not_yours"
    message = N_("您不能对这张单据做“%(action)s”。")


class MovedOn(DomainError):
    """A press on a page that showed another state."""

    code = "moved_on"
    message = N_("这张单据刚才已变为“%(state)s”。请刷新页面后再看。")


class AlreadyMoved(DomainError):
    """Deleting what has been under way."""

    code = "already_moved"
    message = N_("“%(title)s”已经办理过，不能删除。")


class StateChangedOutside(RuntimeError):
    """A state was about to change outside its machine: a defect, never a person's mistake."""


def change_state(*, session: Session, row: Any, machine: Machine[Any], action: str) -> Transition[Any]:
    """Set a locked row's state as its machine says. Raises TransitionRefused."""
    transition = machine.find(row.state, action)
    moving = session.info.setdefault(MOVING, {})
    moving[row] = transition.target
    try:
        row.state = transition.target
        session.flush()
    finally:
        del moving[row]
    return transition


def move(*, session: Session, row: D, action: str, seen: str | None = None, **inputs: Any) -> D:
    """Do a transition of the row's workflow: lock, check, set, log; returns the row as it is then.

    `inputs` are those that the step asks for, typed, and the `reason`. `seen`: the state that the page showed.
    Raises OutOfScope, TransitionRefused, NotYours, MovedOn, InputMissing, InputWrong and what the step's condition
    refuses.
    """
    flow = current_engine().workflows[type(row).__name__]
    row = scope.locked(session=session, model=type(row), row_id=row.id)
    transition = flow.machine.find(row.state, action)
    if seen is not None and seen != row.state.value:
        raise MovedOn(state=row.state.label)
    if not may_move(flow, row, transition):
        raise NotYours(action=transition.label)
    values = checked(session=session, flow=flow, row=row, action=action, inputs=inputs)
    moment = clock.now()
    step = flow.step(action)
    context = TransitionContext(session, row, transition, values, moment, clock.today())
    if step.condition is not None and (refusal := step.condition(context)) is not None:
        raise refusal
    fields = spec_of(flow.document).fields
    for ask in step.asks:
        if ask.field is None and ask.name in fields:
            setattr(row, ask.name, values[ask.name])
    before, since = row.state, _since(session, row)
    if isinstance(row, Flowing):
        row.state_since = moment
    change_state(session=session, row=row, machine=flow.machine, action=action)
    reason = values.get(REASON) if step.told is None else step.told(context)
    history.note(row, label=transition.label, reason=reason)
    session.add(_line(row, transition.action, transition.label, before, moment, since, reason))
    urls = [f"{spec_of(flow.document).url}/show/{row.id}", *(page.format(id=row.id) for page in flow.pages)]
    # Before the effect, which tells who is next.
    mark_done(session=session, urls=urls, messages=None if flow.is_closed(row.state) else flow.asking)
    if step.effect is not None:
        step.effect(context)
    if isinstance(row, Flowing):
        # After the effect, which may have given it more time; a step that gives none does not make it punctual.
        row.overdue = is_late(session=session, row=row, now=moment)
    session.flush()
    return row


def who_moves(document: str) -> Who | None:
    """Return the actor with their verbs on a document; None for the system, who may do everything."""
    actor = current_actor()
    if actor.user_id is None and actor.reach.communities is None:
        return None
    return Who(actor.user_id, verbs_of_actor(document))


def may_move(flow: Workflow, row: Any, transition: Transition[Any], who: Who | None = None) -> bool:
    """Whether the actor may do this to the row, whatever its state."""
    person = who or who_moves(flow.document.__name__)
    if person is None:
        return True
    if transition.permission is None or transition.permission not in person.verbs:
        return False
    allowed_for = flow.step(transition.action).allowed_for
    return allowed_for is None or allowed_for(row, person)


def is_offered(flow: Workflow, row: Any, transition: Transition[Any], who: Who | None = None) -> bool:
    """Whether the page offers it: the actor may, and where nothing is asked first, the condition does not refuse."""
    if not may_move(flow, row, transition, who):
        return False
    step = flow.step(transition.action)
    if step.condition is None or step.asks:
        return True
    return (
        step.condition(TransitionContext(session_of(row), row, transition, {}, clock.now(), clock.today()))
        is None
    )


def _since(session: Session, row: Any) -> datetime | None:
    """When the row came into its state."""
    found: datetime | None = session.scalar(
        select(StateChange.at)
        .where(StateChange.document == type(row).__name__, StateChange.row_id == row.id)
        .order_by(StateChange.id.desc())
        .limit(1)
    )
    return found or getattr(row, "created_at", None)


def _line(
    row: Any, action: str, label: str, before: Any, at: datetime, since: datetime | None, reason: str | None
) -> StateChange:
    actor = current_actor()
    return StateChange(
        community_id=row.community_id,
        at=at,
        document=type(row).__name__,
        row_id=row.id,
        row_title=str(row)[:200],
        action=action,
        label=label,
        from_state=None if before is None else before.value,
        to_state=row.state.value,
        was=None if before is None else before.label,
        became=row.state.label,
        seconds=None if since is None else max(0, int((at - since).total_seconds())),
        who=actor.name or "?",
        user_id=actor.user_id,
        reason=reason,
    )


def _machine(row: object) -> Machine[Any] | None:
    return type(row).__machine__ if isinstance(row, DocumentBase) else None


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    moving = session.info.get(MOVING, {})
    for row in session.dirty:
        if _machine(row) is not None:
            change = inspect(row).attrs["state"].history
            if change.added and change.deleted != change.added and moving.get(row) is not change.added[0]:
                raise StateChangedOutside(f"{type(row).__name__} {row.id}: {change.added[0]}")
    began = session.info["rows that began"] = []  # what a failed flush left there is gone
    for row in session.new:
        machine = _machine(row)
        if machine is not None and row.state not in (None, machine.initial):
            raise StateChangedOutside(f"{type(row).__name__} begins as {row.state}")
        if _has_workflow(row):
            began.append(row)
    for row in session.deleted:
        if _has_workflow(row) and _has_moved(session, row):
            raise AlreadyMoved(title=str(row))


def _has_workflow(row: object) -> bool:
    return _machine(row) is not None and type(row).__name__ in current_engine().workflows


def _has_moved(session: Session, row: Any) -> bool:
    with session.no_autoflush:
        moved = select(StateChange.id).where(
            StateChange.document == type(row).__name__,
            StateChange.row_id == row.id,
            StateChange.from_state.is_not(None),
        )
        return session.scalar(moved.limit(1)) is not None


@event.listens_for(Session, "after_flush")
def _write_beginnings(session: Session, _context: object) -> None:
    rows = session.info.pop("rows that began", [])
    if not rows:
        return
    actor, now = current_actor(), clock.now()
    session.execute(
        StateChange.__table__.insert(),
        [
            {
                "community_id": row.community_id,
                "at": now,
                "document": type(row).__name__,
                "row_id": row.id,
                "row_title": str(row)[:200],
                "action": "",
                "label": BEGAN,
                "to_state": row.state.value,
                "became": row.state.label,
                "who": actor.name or "?",
                "user_id": actor.user_id,
            }
            for row in rows
        ],
    )
