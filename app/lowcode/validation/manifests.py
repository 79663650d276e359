"""Check what the modules' manifests declare: documents named, inputs of actions, and what is declared twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.kernel.errors import DomainError
from app.lowcode.declaration_error import ROOT, Fault, unknown
from app.lowcode.document import documents, spec_of
from app.lowcode.filters import OPERATORS
from app.lowcode.home import RowsWaiting
from app.lowcode.manifest import Action, Entry, Manifest, Page
from app.lowcode.reports.views import ReportView
from app.lowcode.validation.models import DeclaredNames, input_faults, repeated
from app.lowcode.validation.reports import report_faults
from app.lowcode.validation.workflows import workflow_faults

BY_DOCUMENT = ("bulk_links", "filter_links", "actions", "tabs", "links", "narrowings")
"""What a manifest offers by a document's class name."""

Faults = Iterator[tuple[str, str]]  # (declaration, what is wrong)


def manifest_faults(manifests: Sequence[Manifest], known: DeclaredNames) -> Iterator[Fault]:
    """Return what is wrong in the manifests, each by itself and all together."""
    for manifest in manifests:
        for declaration, text in _of_manifest(manifest, manifests, known):
            yield Fault(manifest_file(manifest), declaration, text)
    for option, values_of in SINGLE.items():
        values = [value for manifest in manifests for value in values_of(manifest)]
        for value in repeated(values):
            last = [manifest for manifest in manifests if value in values_of(manifest)][-1]
            yield Fault(manifest_file(last), f"MANIFEST.{option}", f'"{value}" is declared twice')


def manifest_file(manifest: Manifest) -> str:
    """Return the file of a module's manifest."""
    return f"app/{manifest.name}/manifest.py"


def entries_of(manifest: Manifest) -> list[Entry]:
    """Return the documents of a manifest as entries."""
    return [
        one if isinstance(one, Entry) else Entry(one) for one in manifest.entries if not isinstance(one, Page)
    ]


def pages_of(manifest: Manifest) -> list[Page]:
    """Return the pages of a manifest."""
    return [one for one in manifest.entries if isinstance(one, Page)]


SINGLE: Mapping[str, Callable[[Manifest], Sequence[str]]] = {
    "name": lambda its: [its.name],
    "entries": lambda its: [
        *(f"{one.document.__name__}View" for one in entries_of(its)),
        *(one.view.__name__ for one in pages_of(its)),
    ],
    "settings": lambda its: [one.key for one in its.settings],
    "dictionaries": lambda its: [one.kind for one in its.dictionaries],
    "numbers": lambda its: [one.kind for one in its.numbers],
    "numbers (prefix)": lambda its: [one.prefix for one in its.numbers],
    "job_handlers": lambda its: [one.kind for one in its.job_handlers],
    "shortcuts": lambda its: [one.name for one in its.shortcuts],
    "home_cards": lambda its: [one.name for one in its.home_cards],
    "searches": lambda its: [one.document.__name__ for one in its.searches],
    "commands": lambda its: [str(one.name) for one in its.commands],
}
"""What stands once among all manifests: by option, the names of a manifest."""


def _of_manifest(manifest: Manifest, manifests: Sequence[Manifest], known: DeclaredNames) -> Faults:
    for option in BY_DOCUMENT:
        for name in getattr(manifest, option):
            if name not in documents:
                yield f"MANIFEST.{option}", unknown("document", name, documents)
    for entry in entries_of(manifest):
        more = [one for other in manifests for one in other.actions.get(entry.document.__name__, ())]
        yield from _of_entry(entry, more, known)
    for page in pages_of(manifest):
        if issubclass(page.view, ReportView):
            yield from report_faults(page.view.report, known)
    for duty in manifest.duties:
        if isinstance(duty.waiting, RowsWaiting):
            name = f"rows_waiting({duty.waiting.document.__name__})"
            yield from ((name, text) for text in _of_filters(duty.waiting))
    for setting in manifest.settings:
        try:
            setting.checked(setting.default)
        except DomainError as error:
            yield (
                f"SettingDeclaration({setting.key!r}).default",
                f'"{setting.default}" is refused: {error.code}',
            )
    for dictionary in manifest.dictionaries:
        pairs = [(one, one) if isinstance(one, str) else one for one in dictionary.entries]
        for place in (0, 1):
            for value in repeated(pair[place] for pair in pairs):
                yield f"DictionaryDeclaration({dictionary.kind!r})", f'"{value}" stands there twice'


def _of_filters(waiting: RowsWaiting) -> Iterator[str]:
    """Return what is wrong in the filters that a duty's list is asked by."""
    spec = spec_of(waiting.document)
    for name, value in waiting.filters:
        column, _dot, operator = name.rpartition(".")
        field = spec.fields.get(column)
        if field is None:
            yield unknown("column", column, spec.fields)
        elif operator not in (operators := dict(OPERATORS.get(field.kind, ()))):
            yield f"{column}: {unknown('operator', operator, operators)}"
        elif field.enum is not None and value not in (values := [one.value for one in field.enum]):
            yield f"{column}: {unknown('value', value, values)}"


def _of_entry(entry: Entry, more: Sequence[Action], known: DeclaredNames) -> Faults:
    spec, name = spec_of(entry.document), f"Entry({entry.document.__name__})"
    actions = [*entry.actions, *more]
    for value in repeated(action.name for action in actions):
        yield f"{name}.actions", f'"{value}" is declared twice'
    for action in actions:
        yield from _of_action(f"{name}.actions[{action.name!r}]", action, known)
    for field_name, text in input_faults(entry.extra_fields, known):
        yield f"{name}.extra_fields[{field_name!r}]", text
    for one in entry.extra_fields:
        if one.name in spec.fields:
            yield f"{name}.extra_fields[{one.name!r}]", "the document has a column of this name"
    if entry.print_template is not None and not (ROOT / "app" / "templates" / entry.print_template).is_file():
        folder = (ROOT / "app" / "templates" / entry.print_template).parent
        names = [f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.html"))]
        yield f"{name}.print_template", unknown("template", entry.print_template, names)
    if entry.attachments is not None:
        kinds = [one.name for one in (*entry.attachments.kinds, *entry.attachments.kept)]
        for value in repeated(kinds):
            yield f"{name}.attachments", f'"{value}" is declared twice'
    if entry.workflow is not None:
        yield from workflow_faults(entry.workflow, known)


def _of_action(name: str, action: Action, known: DeclaredNames) -> Faults:
    fields: list[Any] = list(action.fields)
    for field_name, text in input_faults(fields, known):
        yield f"{name}.fields[{field_name!r}]", text
    names = {one.name for one in fields}
    for option in ("choices", "offers"):
        for value in getattr(action, option):
            if value not in names:
                yield f"{name}.{option}", unknown("input", value, names)
