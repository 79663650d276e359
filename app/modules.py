"""The ordered modules of the product, and the one loop that registers them."""

from dataclasses import replace
from importlib import import_module

from flask import Flask

from app.lowcode import dictionary, numbers, settings
from app.lowcode.frame import as_entries
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.views.document_view import view_of

MODULES = ("estate", "billing", "collection", "closing", "service", "reports", "system", "demo")


def load() -> list[Manifest]:
    """Import every module's manifest, in menu order."""
    return [import_module(f"app.{name}.manifest").MANIFEST for name in MODULES]


def register(app: Flask, loaded: list[Manifest]) -> None:
    """Make every document's view, every module's own views, commands and settings."""
    appbuilder = app.extensions["appbuilder"]
    manifests = []
    for manifest in loaded:
        entries = [offered_to(one, loaded) for one in as_entries(manifest)]
        for one in entries:
            appbuilder.add_view_no_menu(view_of(one) if isinstance(one, Entry) else one.view)
        for declaration in manifest.settings:
            settings.declared[declaration.key] = declaration
        for one_kind in manifest.dictionaries:
            dictionary.declared[one_kind.kind] = one_kind
        for kind in manifest.numbers:
            numbers.declared[kind.kind] = kind
        for command in manifest.commands:
            app.cli.add_command(command)
        if manifest.start is not None:
            manifest.start(app)
        manifests.append(replace(manifest, entries=entries))
    app.extensions["manifests"] = manifests


def offered_to(entry: Entry | Page, loaded: list[Manifest]) -> Entry | Page:
    """An entry with what the manifests of higher rooms let people do to its document."""
    if not isinstance(entry, Entry):
        return entry
    more = [one for other in loaded for one in other.actions.get(entry.document.__name__, ())]
    return replace(entry, actions=(*entry.actions, *more)) if more else entry
