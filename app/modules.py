"""The ordered modules of the product, and the one loop that registers them."""

from dataclasses import replace
from importlib import import_module

from flask import Flask

from app.lowcode.engine import engine_of
from app.lowcode.frame import as_entries
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.menu.registry import default_menu
from app.lowcode.reports.views import ReportView
from app.lowcode.validation import validate, validate_registered
from app.lowcode.views.document_view import view_of

MODULES = ("estate", "billing", "collection", "closing", "service", "reports", "system", "demo")


def load() -> list[Manifest]:
    """Import every module's manifest, in menu order."""
    return [import_module(f"app.{name}.manifest").MANIFEST for name in MODULES]


def register(app: Flask, loaded: list[Manifest]) -> None:
    """Put what the manifests declare into the app's engine; make its views and commands.

    Raises DeclarationError where they name what does not exist.
    """
    validate(loaded)
    appbuilder, engine = app.extensions["appbuilder"], engine_of(app)
    engine.manifests = [
        replace(manifest, entries=[offered_to(one, loaded) for one in as_entries(manifest)])
        for manifest in loaded
    ]
    engine.menu = default_menu(engine.manifests)
    for manifest in engine.manifests:
        for entry in as_entries(manifest):
            view = view_of(entry) if isinstance(entry, Entry) else entry.view
            appbuilder.add_view_no_menu(view)
            if isinstance(entry, Entry) and entry.workflow is not None:
                engine.workflows[entry.document.__name__] = entry.workflow
            if issubclass(view, ReportView):
                engine.reports[view.report.name] = view.report
        engine.settings.update({one.key: one for one in manifest.settings})
        engine.dictionaries.update({one.kind: one for one in manifest.dictionaries})
        engine.numbers.update({one.kind: one for one in manifest.numbers})
        engine.job_handlers.update({one.kind: one for one in manifest.job_handlers})
        engine.ticks.extend(manifest.ticks)
        for event, followers in manifest.hooks.items():
            engine.hooks.setdefault(event, []).extend(followers)
        for command in manifest.commands:
            app.cli.add_command(command)
        if manifest.start is not None:
            manifest.start(engine)
    validate_registered(app, complete={one.name for one in loaded} >= set(MODULES))


def offered_to(entry: Entry | Page, loaded: list[Manifest]) -> Entry | Page:
    """Return an entry with what the manifests of higher rooms let people do to its document."""
    if not isinstance(entry, Entry):
        return entry
    more = [one for other in loaded for one in other.actions.get(entry.document.__name__, ())]
    return replace(entry, actions=(*entry.actions, *more)) if more else entry
