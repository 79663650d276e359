"""Documents with states: one transition table each, and everything that follows from it."""

from app.lowcode.workflow.changes import Flowing, StateChange
from app.lowcode.workflow.declaration import Ask, Move, Step, Who, Workflow, workflows
from app.lowcode.workflow.moving import NotYours, change_state, guard_state, move

__all__ = [
    "Ask",
    "Flowing",
    "Move",
    "NotYours",
    "StateChange",
    "Step",
    "Who",
    "Workflow",
    "change_state",
    "guard_state",
    "move",
    "workflows",
]
