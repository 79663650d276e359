"""What a module registers: its documents, own views, menu, actions, settings, jobs and commands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement

from app.lowcode.document import DocumentBase
from app.lowcode.fields import Field
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.pages import Fact
from app.lowcode.search import Search
from app.lowcode.settings import SettingDeclaration

At = Callable[[type[DocumentBase]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done to a document beside adding, editing and deleting it.

    `run(row_id=…, **fields)` is called inside one unit of work and returns where to go next (a URL) or None to
    stay; it is an operation's thin caller. `allowed(row)` says whether the button stands on the row's page.
    `fields`: (name, label, required) asked for in the dialog. `bulk`: offered on the list for ticked rows too;
    then `run` is called once with `row_ids`.
    """

    name: str
    label: str
    run: Callable[..., str | None]
    icon: str = "player-play"
    confirm: str | None = None
    fields: Sequence[tuple[str, str, bool]] = ()
    allowed: Callable[[Any], bool] = lambda row: True
    bulk: bool = False
    tone: str | None = None
    done: str = ""  # what the person is told afterwards


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with what its pages offer, or a view of the module's own, as an entry of the menu.

    `hooks`: a DocumentView subclass's name is never needed; `buttons(row)` adds links to a show page.
    """

    document: type[DocumentBase]
    actions: Sequence[Action] = ()
    links: Callable[[Any], Sequence[Any]] | None = None  # row → Buttons
    tabs: Sequence[Any] = ()  # Tab factories: row → Tab or None
    list_links: Callable[[], Sequence[Any]] | None = None
    save: Callable[..., DocumentBase] | None = None  # operation for add and edit instead of the plain one
    remove: Callable[..., None] | None = None  # operation for delete, where it is more than deleting the row
    facts: Callable[[Any], Sequence[Fact]] | None = None  # row → what its page says beside its columns
    # Inputs of the form that are no column: named Fields, handed to `save`. `fixed`: when adding only; a field
    # with `shown` false: when editing only.
    extra_fields: Sequence[Field] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A view of the module's own and its place in the menu (`label` empty: none)."""

    view: Any
    label: str = ""
    icon: str = "file"
    verb: str = "read"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One module of the product. `entries` stand in the menu in their order."""

    name: str
    label: str
    icon: str
    entries: Sequence[Entry | Page | type[DocumentBase]] = ()
    settings: Sequence[SettingDeclaration] = ()
    numbers: Sequence[NumberDeclaration] = ()  # kinds of documents that have a number
    commands: Sequence[Any] = ()  # click commands
    labels: Mapping[str, str] = field(default_factory=dict)  # names of permissions of its own
    # what higher rooms offer to lower ones; `bulk_links`: buttons for the ticked rows of a document, by class name
    bulk_links: Mapping[str, Callable[[], Sequence[Any]]] = field(default_factory=dict)
    # `filter_links`: buttons for everything that a document's list finds, from the parameters of the list's URL
    filter_links: Mapping[str, Callable[[Sequence[tuple[str, str]]], Sequence[Any]]] = field(
        default_factory=dict
    )
    home_cards: Sequence[Any] = ()
    searches: Sequence[Search] = ()
    # tabs on the pages of other modules' documents, by class name: row → Tab, or None
    tabs: Mapping[str, Sequence[Callable[[Any], Any]]] = field(default_factory=dict)
    # How the chosen tree node applies to a document that names neither building, room nor space itself, by class
    # name: (condition of another document) → condition. `lambda at: Receipt.id.in_(… .where(at(Allocation)))`
    narrowings: Mapping[str, Callable[[At], ColumnElement[bool]]] = field(default_factory=dict)
    start: Callable[[Flask], None] | None = None
