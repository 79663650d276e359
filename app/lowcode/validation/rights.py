"""Check what a registered app names: rights of pages, duties, cards and roles, and the addresses of its views."""

from collections.abc import Iterator

from flask import Flask

from app.lowcode.declaration_error import Fault, file_of, unknown
from app.lowcode.document import documents
from app.lowcode.engine import engine_of
from app.lowcode.manifest import Manifest
from app.lowcode.permissions import Pair, access_of, known_pairs
from app.lowcode.validation.manifests import manifest_file, pages_of


class Rights:
    """The rights that a registered app knows."""

    def __init__(self, app: Flask) -> None:
        """Read them."""
        self.pairs = frozenset(known_pairs(app))
        self.verbs = frozenset(verb for verb, _document in self.pairs)
        self.documents = frozenset(document for _verb, document in self.pairs)

    def fault(self, pair: Pair) -> str | None:
        """Return what is wrong in a right; None where it exists."""
        verb, document = pair
        if pair in self.pairs:
            return None
        if document not in self.documents:
            return unknown("document with rights", document, self.documents)
        verbs = {its for its, name in self.pairs if name == document}
        return f"{document}: {unknown('right', verb, verbs)}"


def right_faults(app: Flask, *, complete: bool) -> Iterator[Fault]:
    """Return what is wrong in the rights that an app names; of the roles' table only where it is `complete`."""
    engine, rights = engine_of(app), Rights(app)
    for manifest in engine.manifests:
        for declaration, pair in _named(manifest):
            if (text := rights.fault(pair)) is not None:
                yield Fault(manifest_file(manifest), declaration, text)
        for name in manifest.labels:
            if name not in rights.verbs | rights.documents:
                yield Fault(
                    manifest_file(manifest),
                    "MANIFEST.labels",
                    unknown("right or document", name, rights.verbs | rights.documents),
                )
    yield from _of_endpoints(app)
    yield from _of_addresses(app)
    if complete:
        for role, pairs in engine.roles().items():
            for pair in pairs:
                if (text := rights.fault(pair)) is not None:
                    yield Fault(file_of(engine.roles), f"ROLES[{role!r}]", text)


def _named(manifest: Manifest) -> Iterator[tuple[str, Pair]]:
    """Return (declaration, right) of everything in a manifest that names one."""
    for option in ("duties", "shortcuts", "home_cards"):
        for one in getattr(manifest, option):
            yield f"{type(one).__name__}({getattr(one, 'name', one.verb)!r})", (one.verb, one.document)
    for page in pages_of(manifest):
        if page.label:
            yield f"Page({page.view.__name__})", (page.verb, page.view.class_permission_name)


def _of_endpoints(app: Flask) -> Iterator[Fault]:
    """Return views marked with a document that is none: the right would be one that nobody holds."""
    owners = {view.class_permission_name for view in app.extensions["appbuilder"].baseviews}
    for endpoint, view in app.view_functions.items():
        access, verb, document = access_of(app, endpoint)
        if access == "permission" and document not in owners and document not in documents:
            function = getattr(view, "__func__", view)
            yield Fault(
                file_of(function),
                function.__qualname__,
                f"needs({verb!r}): {unknown('document', str(document), owners | documents.keys())}",
            )


def _of_addresses(app: Flask) -> Iterator[Fault]:
    """Two views at one address: only the first would ever answer."""
    first: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            before = first.setdefault((method, rule.rule), rule.endpoint)
            if before != rule.endpoint:
                view = app.view_functions[rule.endpoint]
                text = f"{method} {rule.rule} is the address of {before} already"
                yield Fault(file_of(getattr(view, "__func__", view)), rule.endpoint, text)
