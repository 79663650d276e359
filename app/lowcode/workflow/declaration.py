"""What a module says of a document's workflow beside the transition table: inputs, conditions, effects, who."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.kernel.machines import Machine, Transition
from app.lowcode.declaration_error import DeclarationError, Fault, file_of, unknown
from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.fields import Field
from app.lowcode.workflow.limits import Limit

REASON = "reason"
WHY = Field(N_("原因"), "long_text", name=REASON, required=True, length=1000)


@dataclass(frozen=True, slots=True)
class Who:
    """Who moves a row: `verbs` are theirs on this document; the system has none and may do everything."""

    user_id: int | None
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class TransitionContext:
    """A transition as it is being made: what conditions and effects are told."""

    session: Session
    row: Any
    transition: Transition[Any]
    inputs: Mapping[str, Any]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Ask:
    """An input of a transition's dialog.

    Without a `field` it is the document's own column of that name: it begins with the row's value and is set by the
    transition. `label` and `help` replace the column's. `begins`: row → what it begins with. `choices`: row → which
    rows a link offers and takes (beside those of the row's own community). `offers`: row → the few that a link offers,
    as (id, what to call it here), in this order.
    """

    name: str
    required: bool = True
    field: Field | None = None
    label: str = ""
    help: str = ""
    begins: Callable[[Any], Any] | None = None
    choices: Callable[[Any], ColumnElement[bool]] | None = None
    offers: Callable[[Any], Sequence[tuple[int, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a transition does beside changing the state.

    `condition` judges with the inputs and gives the refusal, or None; it asks nothing of the database. `effect` is
    an operation: it writes further columns or documents in the same unit. `allowed_for` says, of a row, who of
    those with the permission may (the assigned one, …). `bulk`: offered for the ticked rows of the list too. `note`: row →
    what its dialog says above the inputs (the amount that is signed for), in the reader's language; '' says nothing.
    `told`: what the history says of it, where no reason is asked for (what was issued); asked before the effect.
    """

    asks: Sequence[Ask] = ()
    condition: Callable[[TransitionContext], DomainError | None] | None = None
    effect: Callable[[TransitionContext], None] | None = None
    allowed_for: Callable[[Any, Who], bool] | None = None
    bulk: bool = False
    done: str = ""
    note: Callable[[Any], str] | None = None
    told: Callable[[TransitionContext], str] | None = None


NOTHING_MORE = Step()


@dataclass(frozen=True, slots=True)
class Board:
    """The document as a board of cards, a column a state in the order of the enum.

    `facts`: columns said on a card below its title (the first of the list unless named); `heading`: the one said beside
    the title. `loads`: links that `allowed_for` of some step reads, loaded for all cards at once. `first`: columns by
    which cards come before others, however long those wait. `most`: cards in a column.
    """

    facts: Sequence[str] | None = None
    heading: str = ""
    loads: Sequence[str] = ()
    first: Sequence[str] = ()
    most: int = 20
    most_closed: int = 5


@dataclass(frozen=True, slots=True)
class Workflow:
    """A document's states: the transition table, and by action what each step asks and does.

    `editable_in`: states in which the form is open; the initial one alone unless named, none where empty. `limits`: how
    long it may stay where. `board`: how its cards look. `verbs`: further permissions that `allowed_for` asks for, with
    labels. `closed`: states in which nobody waits, beside those that nothing leaves. `asking`: messages of notices that
    ask for a step, and are read when one is done; `pages`: further pages of a row that notices lead to ("/x/{id}").
    """

    document: type[DocumentBase]
    machine: Machine[Any]
    steps: Mapping[str, Step] = field(default_factory=dict)
    editable_in: Sequence[Any] | None = None
    limits: Sequence[Limit] = ()
    board: Board = Board()
    verbs: Mapping[str, str] = field(default_factory=dict)
    closed: Sequence[Any] = ()
    asking: Sequence[str] = ()
    pages: Sequence[str] = ()

    def __post_init__(self) -> None:
        actions = {transition.action for transition in self.machine.transitions}
        for name in self.steps:
            if name not in actions:
                raise self._error("steps", unknown("transition", name, actions))
        if self.machine.initial is None:
            raise ValueError("a workflow begins somewhere")
        if len({limit.name for limit in self.limits}) != len(self.limits):
            raise ValueError("two limits of one name")
        if self.document.__machine__ is not self.machine:
            raise ValueError(f"{self.document.__name__}.__machine__ is another machine")

    @property
    def further_verbs(self) -> dict[str, str]:
        """The permissions that are no transition's, with labels: the declared, and to be told of a passed limit."""
        return {level.to: level.label for limit in self.limits for level in limit.levels} | dict(self.verbs)

    def is_closed(self, state: Any) -> bool:
        """Whether nobody waits for anything in this state."""
        return state in self.closed or state in self.machine.final

    def step(self, action: str) -> Step:
        """Return what an action asks and does."""
        return self.steps.get(action, NOTHING_MORE)

    @property
    def never_edited(self) -> bool:
        """Whether the form is for adding only."""
        return self.editable_in is not None and not self.editable_in

    def editable(self, row: Any) -> bool:
        """Whether the row's form is open in its state."""
        return row.state in ((self.machine.initial,) if self.editable_in is None else self.editable_in)

    def fields(self, action: str) -> list[tuple[Field, Ask | None]]:
        """Return the inputs of an action as declared fields; the reason, where one is demanded, last."""
        spec = spec_of(self.document)
        found: list[tuple[Field, Ask | None]] = []
        for ask in self.step(action).asks:
            if ask.field is None and ask.name not in spec.fields:
                raise self._error(f"steps[{action!r}].asks", unknown("column", ask.name, spec.fields))
            one = ask.field or spec.fields[ask.name]
            found.append(
                (
                    replace(
                        one,
                        name=ask.name,
                        required=ask.required,
                        label=ask.label or one.label,
                        help=ask.help or one.help,
                        fixed=False,
                    ),
                    ask,
                )
            )
        if self.machine.named(action).reason:
            found.append((WHY, None))
        return found

    def _error(self, declaration: str, text: str) -> DeclarationError:
        name = f"Workflow({self.document.__name__}).{declaration}"
        return DeclarationError([Fault(file_of(self.document), name, text)])
