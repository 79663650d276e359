"""The rights that exist, by module and document, in words: for the role page, its history and its tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app

from app.kernel.errors import N_
from app.lowcode.document import documents
from app.lowcode.engine import current_engine
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.permissions import VERBS, known_pairs
from app.system.models import ADMINISTRATOR
from app.system.roles import DOCUMENT_LABELS, VERB_LABELS, Pair, declared_pairs


@dataclass(frozen=True, slots=True)
class Right:
    """One box of the matrix; labels are message ids."""

    verb: str
    document: str
    label: str

    @property
    def pair(self) -> Pair:
        """As the permission tables know it."""
        return self.verb, self.document

    @property
    def key(self) -> str:
        """How the form names it."""
        return f"{self.document}.{self.verb}"


@dataclass(frozen=True, slots=True)
class DocumentRights:
    """A line of the matrix: the usual verbs in their columns, what is particular to the document behind them."""

    document: str
    label: str
    usual: Sequence[Right | None]  # in the order of VERBS
    more: Sequence[Right]

    @property
    def rights(self) -> list[Right]:
        """All of the line."""
        return [one for one in self.usual if one is not None] + list(self.more)


@dataclass(frozen=True, slots=True)
class ModuleRights:
    """The documents of a module."""

    label: str
    documents: Sequence[DocumentRights]


def matrix() -> list[ModuleRights]:
    """Every right that exists, in menu order."""
    pairs = known_pairs(current_app)
    verbs: dict[str, set[str]] = {}
    for verb, document in pairs:
        verbs.setdefault(document, set()).add(verb)
    found = []
    for manifest in manifests():
        named = [name for name in _documents_of(manifest) if name in verbs]
        if named:
            found.append(
                ModuleRights(
                    manifest.label, [_line(name, verbs.pop(name)) for name in named if name in verbs]
                )
            )
    if verbs:
        found.append(ModuleRights(N_("其他"), [_line(name, its) for name, its in sorted(verbs.items())]))
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """A document's rights that one of two holds, the other, and both."""

    label: str
    first: Sequence[Right]
    second: Sequence[Right]
    both: Sequence[Right]


def compared(
    first: frozenset[Pair], second: frozenset[Pair], *, same: bool
) -> list[tuple[str, list[Compared]]]:
    """By module, what two sets of rights have and have not in common; `same`: documents without a difference too."""
    found = []
    for module in matrix():
        lines = [
            one
            for line in module.documents
            if (one := _compared(line, first, second)).first or one.second or (same and one.both)
        ]
        if lines:
            found.append((module.label, lines))
    return found


def _compared(line: DocumentRights, first: frozenset[Pair], second: frozenset[Pair]) -> Compared:
    ours = [one for one in line.rights if one.pair in first]
    theirs = [one for one in line.rights if one.pair in second]
    return Compared(
        line.label,
        [one for one in ours if one not in theirs],
        [one for one in theirs if one not in ours],
        [one for one in ours if one in theirs],
    )


def sources(
    roles: Mapping[str, frozenset[Pair]],
) -> list[tuple[str, list[tuple[str, list[tuple[Right, str]]]]]]:
    """By module and document, every right that some of these roles give, with the names of those that do."""
    found = []
    for module in matrix():
        lines = []
        for line in module.documents:
            rights = [
                (one, "、".join(givers))
                for one in line.rights
                if (givers := [name for name, pairs in roles.items() if one.pair in pairs])
            ]
            if rights:
                lines.append((line.label, rights))
        if lines:
            found.append((module.label, lines))
    return found


def money_pairs() -> frozenset[Pair]:
    """Return the rights over money: all of the modules that say so of themselves, but what every administrator starts with."""
    money = {name for manifest in manifests() if manifest.money for name in _documents_of(manifest)}
    known = known_pairs(current_app)
    begun = declared_pairs()[ADMINISTRATOR]
    return frozenset(pair for pair in known if pair[1] in money).difference(begun)


def words_of(pairs: Iterable[Pair], document: str) -> str:
    """Return the verbs that `pairs` give on a document, in Chinese, in the order of the matrix."""
    held = {verb for verb, name in pairs if name == document}
    return "、".join(
        verb_label(verb, document) for verb in (*VERBS, *sorted(held - VERBS.keys())) if verb in held
    )


def verb_label(verb: str, document: str) -> str:
    """Return a verb's message id: usual ones, then the document's own actions, then what a module says of it."""
    if verb in VERBS:
        return VERBS[verb]
    for manifest in manifests():
        for one in manifest.entries:
            if isinstance(one, Entry) and one.document.__name__ == document:
                for action in one.actions:
                    if action.verb == verb:
                        return action.label
                if one.workflow is not None and verb in one.workflow.further_verbs:
                    return one.workflow.further_verbs[verb]
        if verb in manifest.labels:
            return manifest.labels[verb]
    return VERB_LABELS.get(verb, verb)


def permission_label(document: str) -> str:
    """Return a document's message id: its own label, its page's, or what a module says of it."""
    if document in documents:
        return documents[document].__about__.label
    for manifest in manifests():
        if document in manifest.labels:
            return manifest.labels[document]
        for one in manifest.entries:
            if isinstance(one, Page) and one.label and _name_of(one) == document:
                return one.label
    return DOCUMENT_LABELS.get(document, document)


def manifests() -> Sequence[Manifest]:
    """Return the registered modules, their entries made whole."""
    return current_engine().manifests


def _line(document: str, verbs: set[str]) -> DocumentRights:
    return DocumentRights(
        document,
        permission_label(document),
        [Right(verb, document, label) if verb in verbs else None for verb, label in VERBS.items()],
        [Right(verb, document, verb_label(verb, document)) for verb in sorted(verbs - VERBS.keys())],
    )


def _documents_of(manifest: Manifest) -> list[str]:
    return list(dict.fromkeys(_name_of(one) for one in manifest.entries))


def _name_of(entry: object) -> str:
    if isinstance(entry, Entry):
        return entry.document.__name__
    return str(getattr(getattr(entry, "view", None), "class_permission_name", None) or "")
