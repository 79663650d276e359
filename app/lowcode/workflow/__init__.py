"""Documents with states: one transition table each, and everything that follows from it."""

from app.lowcode.workflow.declaration import Ask, Board, Step, TransitionContext, Who, Workflow
from app.lowcode.workflow.escalation import escalate, escalate_all
from app.lowcode.workflow.limits import Escalation, Level, Limit
from app.lowcode.workflow.state_log import Flowing, StateChange
from app.lowcode.workflow.transitions import NotYours, change_state, move

__all__ = [
    "Ask",
    "Board",
    "Escalation",
    "Flowing",
    "Level",
    "Limit",
    "NotYours",
    "StateChange",
    "Step",
    "TransitionContext",
    "Who",
    "Workflow",
    "change_state",
    "escalate",
    "escalate_all",
    "move",
]
