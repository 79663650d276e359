"""What a module registers: its documents, own views, menu, actions, settings, jobs and commands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.kernel.errors import N_
from app.lowcode.attachments import Attaching
from app.lowcode.db import db
from app.lowcode.dictionary import DictionaryDeclaration
from app.lowcode.document import DocumentBase
from app.lowcode.engine import Engine
from app.lowcode.fields import Field
from app.lowcode.jobs import JobHandler
from app.lowcode.list_columns import ListColumn
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.pages import Fact
from app.lowcode.scope import OutOfScope, find
from app.lowcode.search import Search
from app.lowcode.settings import SettingDeclaration
from app.lowcode.workflow.declaration import Workflow
from app.lowcode.workflow.transitions import is_offered, move

SURE = N_("确定要这样做吗？")
At = Callable[[type[DocumentBase]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done to a document beside adding, editing and deleting it.

    `run(row_id=…, **fields)` is called inside one unit of work and returns where to go next (a URL) or None to
    stay; it is an operation's thin caller. `allowed(row)` says whether the button stands on the row's page;
    `refuses`: `run` itself refuses what is not allowed, in better words. `fields`: asked for in the dialog, each a
    named Field (handed on typed) or (name, label, required) for a text. `bulk`: offered on the list for ticked rows
    too; then `run` is called once with `row_ids`. `verb`: the permission, the name unless given.
    `begins(row)`: what the inputs begin with. `choices`: by input, row → which rows of a link's target are offered;
    `offers`: by input, row → the few that are, as (id, what to call it here). `note`: row → what its dialog says above
    the inputs.
    """

    name: str
    label: str
    run: Callable[..., str | None]
    icon: str = "player-play"
    confirm: str | None = None
    fields: Sequence[Field | tuple[str, str, bool]] = ()
    allowed: Callable[[Any], bool] = lambda row: True
    bulk: bool = False
    single: bool = True  # False: for the ticked rows only
    tone: str | None = None
    done: str = ""  # what the person is told afterwards
    verb: str = ""
    refuses: bool = False
    begins: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    choices: Mapping[str, Callable[[Any], ColumnElement[bool]]] = field(default_factory=dict)
    offers: Mapping[str, Callable[[Any], Sequence[tuple[int, str]]]] = field(default_factory=dict)
    note: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if not self.verb:
            object.__setattr__(self, "verb", self.name)
        named = [
            one
            if isinstance(one, Field)
            else Field(one[1], "text", name=one[0], required=one[2], length=1000)
            for one in self.fields
        ]
        object.__setattr__(self, "fields", tuple(named))


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with what its pages offer, as an entry of the menu.

    `links(row)` adds buttons to a row's page, `list_links()` to the list; `save(session=, row=, **values)` and
    `remove(session=, row=)` are operations.
    """

    document: type[DocumentBase]
    actions: Sequence[Action] = ()
    links: Callable[[Any], Sequence[Any]] | None = None  # row → Buttons
    tabs: Sequence[Any] = ()  # Tab factories: row → Tab or None
    list_links: Callable[[], Sequence[Any]] | None = None
    save: Callable[..., DocumentBase] | None = None  # operation for add and edit instead of the plain one
    remove: Callable[..., None] | None = None  # operation for delete, where it is more than deleting the row
    facts: Callable[[Any], Sequence[Fact]] | None = None  # row → what its page says beside its columns
    # states, transitions, limits, board: its transitions are actions too
    workflow: Workflow | None = None
    # a template for one row on paper, with a button for who may print: it extends paper.html and knows `row`, `values`
    # (texts by column), `choices` (of enums, ticked or not), `lines` (its way) and the `heading` that is asked here
    print_template: str | None = None
    # masked columns that its paper carries whole once it is printed (a POST, written to the row's history)
    paper_reveals: Sequence[str] = ()
    heading: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    # Inputs of the form that are no column: named Fields, handed to `save`. `fixed`: when adding only; a field
    # with `shown` false: when editing only.
    extra_fields: Sequence[Field] = ()
    attachments: Attaching | None = None  # pictures that hang on its rows
    # parameters of the add form's URL → what follows from them: a room's community, owner, …
    begins: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    # What is odd about typed values though nothing forbids it, in sentences of the reader's: asked before saving.
    # `doubts(session=, row=, **values)`; `row` is None for a new one.
    doubts: Callable[..., Sequence[str]] | None = None

    def __post_init__(self) -> None:
        if self.workflow is not None:
            have = {one.name for one in self.actions}
            more = [one for one in transitions_of(self.workflow) if one.name not in have]
            object.__setattr__(self, "actions", (*more, *self.actions))


def transitions_of(flow: Workflow) -> list[Action]:
    """Return what people may do to a document with a workflow: an action for each transition that is a person's."""
    found: dict[str, Action] = {}
    for one in flow.machine.transitions:
        if one.permission is None or one.action in found:
            continue
        step, asked = flow.step(one.action), flow.fields(one.action)
        found[one.action] = Action(
            one.action,
            one.label,
            run=partial(_run, flow, one.action),
            icon=one.icon,
            confirm=one.confirm if isinstance(one.confirm, str) else (SURE if one.confirm else None),
            fields=[declared for declared, _ask in asked],
            allowed=partial(_allowed, flow, one.action),
            bulk=step.bulk,
            tone=one.tone,
            done=step.done,
            verb=one.permission,
            refuses=True,
            begins=partial(_begins, flow, one.action),
            choices={ask.name: ask.choices for _one, ask in asked if ask is not None and ask.choices},
            offers={ask.name: ask.offers for _one, ask in asked if ask is not None and ask.offers},
            note=step.note,
        )
    return list(found.values())


def _run(
    flow: Workflow,
    action: str,
    *,
    row_id: int | None = None,
    row_ids: Sequence[int] = (),
    seen: str | None = None,
    **inputs: Any,
) -> str | None:
    session = db.session()
    for key in sorted(row_ids) if row_id is None else [row_id]:
        row = find(session, flow.document, key)
        if row is None:
            raise OutOfScope
        move(session=session, row=row, action=action, seen=seen, **inputs)
    return None


def _allowed(flow: Workflow, action: str, row: Any) -> bool:
    return any(one.action == action and is_offered(flow, row, one) for one in flow.machine.allowed(row.state))


def _begins(flow: Workflow, action: str, row: Any) -> dict[str, Any]:
    found = {}
    for one, ask in flow.fields(action):
        if ask is not None and ask.begins is not None:
            found[one.name] = ask.begins(row)
        elif ask is not None and ask.field is None:
            found[one.name] = getattr(row, one.name)
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """A view of the module's own and its place in the menu (`label` empty: none)."""

    view: Any
    label: str = ""
    icon: str = "file"
    verb: str = "read"


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Something that a person has not brought to its end: how many of what, and where they are listed."""

    label: str
    count: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A fact that the page of a document begins with, read in one statement with all of them.

    `value`: row → the scalar expression that reads it, None for who may not know; `fact`: row and value → what is said.
    """

    value: Callable[[Any], Any]
    fact: Callable[[Any, Any], Fact]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One module of the product. `entries` stand in the menu in their order."""

    name: str
    label: str
    icon: str
    entries: Sequence[Entry | Page | type[DocumentBase]] = ()
    settings: Sequence[SettingDeclaration] = ()
    dictionaries: Sequence[DictionaryDeclaration] = ()  # drop-downs that the office extends
    numbers: Sequence[NumberDeclaration] = ()  # kinds of documents that have a number
    commands: Sequence[Any] = ()  # click commands
    money: bool = False  # its rights are rights over money: never an administrator's
    labels: Mapping[str, str] = field(default_factory=dict)  # names of permissions of its own
    # what higher rooms offer to lower ones; `bulk_links`: buttons for the ticked rows of a document, by class name
    bulk_links: Mapping[str, Callable[[], Sequence[Any]]] = field(default_factory=dict)
    # `filter_links`: buttons for everything that a document's list finds, from the parameters of the list's URL
    filter_links: Mapping[str, Callable[[Sequence[tuple[str, str]]], Sequence[Any]]] = field(
        default_factory=dict
    )
    # `actions`: what may be done to documents of lower rooms, by class name
    actions: Mapping[str, Sequence[Action]] = field(default_factory=dict)
    home_cards: Sequence[Any] = ()
    shortcuts: Sequence[Any] = ()  # what the home page leads to at once (Shortcut)
    duties: Sequence[Any] = ()  # what the home page says is to be done (Duty)
    searches: Sequence[Search] = ()
    # what a person leaves undone, by their user's id: listed before they are taken out of use
    open_work: Sequence[Callable[[int], Sequence[OpenWork]]] = ()
    # tabs on the pages of other modules' documents, by class name: row → Tab, or None
    tabs: Mapping[str, Sequence[Callable[[Any], Any]]] = field(default_factory=dict)
    # what the pages of documents begin with, by class name
    leads: Mapping[str, Sequence[Lead]] = field(default_factory=dict)
    # columns of documents' lists that are computed, by class name (ListColumn)
    list_columns: Mapping[str, Sequence[ListColumn]] = field(default_factory=dict)
    # what tells rows of a document apart in a remote select, by class name: keys → a note each
    select_notes: Mapping[str, Callable[[Session, Sequence[int]], Mapping[int, str]]] = field(
        default_factory=dict
    )
    # buttons on the pages of other modules' documents, by class name: row → Button, or None
    links: Mapping[str, Sequence[Callable[[Any], Any]]] = field(default_factory=dict)
    # How the chosen tree node applies to a document that names neither building, room nor space itself, by class
    # name: (condition of another document) → condition. `lambda at: Receipt.id.in_(… .where(at(Allocation)))`
    narrowings: Mapping[str, Callable[[At], ColumnElement[bool]]] = field(default_factory=dict)
    job_handlers: Sequence[JobHandler] = ()
    ticks: Sequence[Callable[[], object]] = ()  # done once a minute, as the system
    # what follows in the same unit when an operation of a lower module announces an event, by the event's class
    hooks: Mapping[type[Any], Sequence[Callable[[Session, Any], None]]] = field(default_factory=dict)
    # sets what this module alone can tell the engine (`resolve_reach`, `archive`, …)
    start: Callable[[Engine], None] | None = None
