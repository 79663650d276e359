"""State machines: one table says what may be done to a document in which state."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_, DomainError

S = TypeVar("S", bound=LabelledEnum)


class TransitionRefused(DomainError):
    """An action that the document's state does not allow."""

    code = "transition_refused"
    message = N_("现在的状态是“%(state)s”，不能“%(action)s”。请刷新页面后再看。")


@dataclass(frozen=True, kw_only=True)
class Transition(Generic[S]):
    """One row of the table.

    `action` is its name in code, `label` the Chinese message id on its button, `permission` the verb that a
    person needs (None: no person's, an operation does it), `confirm` asks before (a text: in these words),
    `reason` demands a written one. `icon` and `tone` (primary, danger) are the button's.
    """

    action: str
    label: str
    sources: tuple[S, ...]
    target: S
    permission: str | None = None
    confirm: bool | str = False
    reason: bool = False
    icon: str = "arrow-right"
    tone: str | None = None


class Machine(Generic[S]):
    """The transition table of one kind of document."""

    def __init__(self, transitions: Iterable[Transition[S]], *, initial: S | None = None) -> None:
        """Keep the table. An action that leaves one state twice is a programming error (ValueError)."""
        self.transitions = tuple(transitions)
        self.initial = initial
        self._table: dict[tuple[S, str], Transition[S]] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (source, transition.action) in self._table:
                    raise ValueError(f"{transition.action} leaves {source} twice")
                self._table[source, transition.action] = transition

    def allowed(self, state: S) -> tuple[Transition[S], ...]:
        """Return the transitions that leave `state`, in the order of the table: the page's buttons."""
        return tuple(transition for transition in self.transitions if state in transition.sources)

    def find(self, state: S, action: str) -> Transition[S]:
        """Return the transition that `action` is in `state`. Raises TransitionRefused."""
        try:
            return self._table[state, action]
        except KeyError:
            raise TransitionRefused(state=state.label, action=self._action_label(action)) from None

    def named(self, action: str) -> Transition[S]:
        """Return the first transition of this name, whatever state it leaves. Raises KeyError."""
        for transition in self.transitions:
            if transition.action == action:
                return transition
        raise KeyError(action)

    @property
    def states(self) -> tuple[S, ...]:
        """Every state in the order of the enum; a table without transitions has none."""
        found = next((transition.target for transition in self.transitions), None)
        return () if found is None else tuple(type(found))

    @property
    def final(self) -> tuple[S, ...]:
        """The states that nothing leads out of, in the order of the table."""
        reached = dict.fromkeys(transition.target for transition in self.transitions)
        return tuple(state for state in reached if self._is_final(state))

    def _is_final(self, state: S) -> bool:
        return all(transition.target is state for transition in self.allowed(state))

    def apply(self, state: S, action: str) -> S:
        """Return the state after `action`. Raises TransitionRefused."""
        return self.find(state, action).target

    def mermaid(self) -> str:
        """Return the table as a Mermaid state diagram, for the documentation."""
        states: dict[S, None] = {} if self.initial is None else {self.initial: None}
        arrows: list[str] = [] if self.initial is None else [f"    [*] --> {self.initial.value}"]
        for transition in self.transitions:
            for source in transition.sources:
                states |= {source: None, transition.target: None}
                arrows.append(f"    {source.value} --> {transition.target.value}: {transition.label}")
        arrows += [f"    {state.value} --> [*]" for state in states if self._is_final(state)]
        names = [f'    state "{state.label}" as {state.value}' for state in states]
        return "\n".join(["stateDiagram-v2", *names, *arrows]) + "\n"

    def _action_label(self, action: str) -> str:
        return next((row.label for row in self.transitions if row.action == action), action)
