"""Hold what one app knows of its modules: an `Engine` for each, found by `current_engine()`.

`app/modules.py` fills it from the modules' manifests while the app is made; nothing is registered by importing a module.
What belongs to a class and not to an app (its columns, `spec_of`, `__machine__`) stays with the class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet
from flask import Flask, current_app
from huey import Huey
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    # For the type checker alone: every module below reads the engine, so at run time it imports none of them.
    from app.lowcode.actors import Reach
    from app.lowcode.data_key import DataKey
    from app.lowcode.dictionary import DictionaryDeclaration
    from app.lowcode.jobs import JobHandler
    from app.lowcode.listing import Narrowing
    from app.lowcode.manifest import Manifest
    from app.lowcode.menu.nodes import Registered
    from app.lowcode.numbers import NumberDeclaration
    from app.lowcode.reports.archive import Archive
    from app.lowcode.reports.declaration import Report
    from app.lowcode.settings import SettingDeclaration
    from app.lowcode.workflow.declaration import Workflow

KEY = "engine"
"""The only key of ours in `app.extensions`."""


@dataclass(slots=True, kw_only=True)
class Engine:
    """Hold everything registered for one app; dictionaries keep the order of the modules."""

    # Collected from every manifest (app/modules.py).
    manifests: Sequence[Manifest] = ()
    menu: Sequence[Registered] = ()
    settings: dict[str, SettingDeclaration] = field(default_factory=dict)  # by key
    dictionaries: dict[str, DictionaryDeclaration] = field(default_factory=dict)  # by kind
    numbers: dict[str, NumberDeclaration] = field(default_factory=dict)  # by kind
    workflows: dict[str, Workflow] = field(default_factory=dict)  # by the document's class name
    reports: dict[str, Report] = field(default_factory=dict)  # by name
    job_handlers: dict[str, JobHandler] = field(default_factory=dict)  # by kind
    ticks: list[Callable[[], object]] = field(default_factory=list)
    hooks: dict[type[Any], list[Callable[[Session, Any], None]]] = field(default_factory=dict)  # by event

    # Set by the `start` of the one module that knows; without that module there is none.
    resolve_reach: Callable[[int], Reach] | None = None  # user's id → what they reach
    grant_everything: Callable[..., None] | None = None  # (session=, user_id=)
    narrowing: Narrowing | None = None  # the chosen node of the tree
    archive: Archive | None = None  # the reports of closed months
    roles: Callable[[], Mapping[str, Iterable[tuple[str, str]]]] = dict  # role → its first (verb, document)

    # Made for this app: by `init_jobs` and `init_data_key`; the cipher of the data key when it is first used.
    queue: Huey = field(init=False)
    run_job: Any = field(init=False)  # the queue's task
    data_key: DataKey = field(init=False)
    fernet: Fernet | None = None


def init_engine(app: Flask) -> None:
    """Give the app an engine of its own, empty."""
    app.extensions[KEY] = Engine()


def engine_of(app: Flask) -> Engine:
    """Return the engine of an app."""
    engine: Engine = app.extensions[KEY]
    return engine


def current_engine() -> Engine:
    """Return the engine of the current app. Raises RuntimeError outside an app context."""
    return engine_of(current_app)
