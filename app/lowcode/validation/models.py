"""Check what a document's class declares: its columns, and what it says of itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from sqlalchemy import inspect

from app.lowcode.declaration_error import Fault, file_of, unknown
from app.lowcode.document import DocumentBase, documents, spec_of
from app.lowcode.fields import FIELD, KINDS, UNKNOWN_OPTIONS, Field, field_options
from app.lowcode.forms import DocumentForm
from app.lowcode.manifest import Manifest
from app.lowcode.redirects import BACK

RESERVED = (
    frozenset(name for name in dir(DocumentForm) if not name.startswith("__"))
    | frozenset(dir(DocumentBase))
    | {
        "meta",
        "form_errors",
        "session",
        "row",
        "row_id",
        "row_ids",
        "rowid",
        "action",
        "seen",
        "spec",
        "entry",
        BACK,
    }
)
"""Names that forms, mapped classes or operations use for something else."""

OWN = frozenset(DocumentBase.__dict__) | {"row_version", "row_seen"}
"""Names among them that the engine itself declares as columns."""


@dataclass(frozen=True, slots=True)
class DeclaredNames:
    """The names that declarations may use: kinds of dictionaries, keys of settings."""

    dictionaries: frozenset[str]
    settings: frozenset[str]

    @classmethod
    def of(cls, manifests: Sequence[Manifest]) -> "DeclaredNames":
        """Collect the names that the manifests declare."""
        return cls(
            dictionaries=frozenset(one.kind for manifest in manifests for one in manifest.dictionaries),
            settings=frozenset(one.key for manifest in manifests for one in manifest.settings),
        )


def document_faults(model: type[DocumentBase], known: DeclaredNames) -> Iterator[Fault]:
    """Return what is wrong in a document's declaration."""
    file, name = file_of(model), model.__name__
    for declaration, text in (*_of_fields(model, known), *_of_about(model)):
        yield Fault(file, f"{name}.{declaration}", text)


def input_faults(fields: Iterable[Field], known: DeclaredNames) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of Fields that are no columns: inputs of actions and forms."""
    names: set[str] = set()
    for one in fields:
        if not one.name:
            yield one.label, "a Field that is no column needs a name"
        elif one.name in RESERVED or iskeyword(one.name):
            yield one.name, "the name is reserved"
        elif one.name in names:
            yield one.name, "declared twice"
        names.add(one.name)
        yield from ((one.name, text) for text in _of_kind(one, known))


def _of_fields(model: type[DocumentBase], known: DeclaredNames) -> Iterator[tuple[str, str]]:
    spec = spec_of(model)
    columns = set(inspect(model).column_attrs.keys())
    for name, one in spec.fields.items():
        info = spec.column(name).info
        for option in info.get(UNKNOWN_OPTIONS, ()):
            yield name, unknown("option", option, field_options(info[FIELD].kind))
        if name in RESERVED - OWN:
            yield name, "the name is reserved"
        if one.kind == "link" and not name.endswith("_id"):
            yield name, f'a link is named like its relationship and "_id": {name}_id'
        for option in ("initials", "order_by"):
            value = getattr(one, option)
            if value and value not in columns:
                yield f"{name}({option})", unknown("column", value, columns)
        yield from ((name, text) for text in _of_kind(one, known))


def _of_kind(one: Field, known: DeclaredNames) -> Iterator[str]:
    """Return what is wrong in what a field's kind needs."""
    if one.kind not in KINDS:
        yield unknown("kind of field", one.kind, KINDS)
    if one.kind == "choice" and one.enum is None:
        yield "a choice needs its enum"
    if one.kind == "code" and one.codes is None:
        yield "a code needs its codes"
    if one.kind == "link" and one.target not in documents:
        yield unknown("document", str(one.target), documents)
    if one.codes is not None and one.codes.dictionary and one.codes.dictionary not in known.dictionaries:
        yield unknown("kind of dictionary", one.codes.dictionary, known.dictionaries)


def _of_about(model: type[DocumentBase]) -> Iterator[tuple[str, str]]:
    spec, about = spec_of(model), model.__about__
    mapped = {name for name in inspect(model).all_orm_descriptors.keys() if not name.startswith("_")}  # noqa: SIM118
    columns = mapped - set(inspect(model).relationships.keys())
    named: list[tuple[str, str, Iterable[str]]] = [
        *(("title", one, columns) for one in spec.title_parts),
        *([("subtitle", about.subtitle, _attributes(model))] if about.subtitle else []),
        *([("dated", about.dated, columns)] if about.dated else []),
        *(("order", one.removeprefix("-"), columns) for one in about.order),
        *(("leads", one, spec.fields) for one in about.leads),
        *(("depends", link, spec.links) for link, _other in about.depends),
        *(("depends", other, spec.fields) for _link, other in about.depends),
        *(("tabs", one, _linking(model)) for one in about.tabs or ()),
    ]
    for option, value, names in named:
        if value not in names:
            kind = {"tabs": "document that links here", "depends": "field", "leads": "field"}.get(
                option, "column"
            )
            yield f"__about__.{option}", unknown(kind, value, names)
    for option, values in (("order", about.order), ("tabs", about.tabs or ()), ("leads", about.leads)):
        for value in repeated(value.removeprefix("-") for value in values):
            yield f"__about__.{option}", f'"{value}" stands there twice'


def _attributes(model: type[Any]) -> set[str]:
    return {name for name in dir(model) if not name.startswith("_")}


def _linking(model: type[DocumentBase]) -> set[str]:
    """Documents that may be tabs of this one's page."""
    return {
        other.__name__
        for other in documents.values()
        if other.__about__.menu is not False
        for one in spec_of(other).links.values()
        if one.target == model.__name__ and other is not model and one.filtered
    }


def repeated(values: Iterable[str]) -> list[str]:
    """Return what stands in `values` more than once, in order."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return [value for value, count in counts.items() if count > 1]
