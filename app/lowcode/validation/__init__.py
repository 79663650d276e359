"""Read every name in what is declared when the app starts, so that a slip stops the start and not a request."""

from collections.abc import Iterator, Sequence

from flask import Flask

from app.lowcode.declaration_error import DeclarationError, Fault
from app.lowcode.document import documents
from app.lowcode.manifest import Manifest
from app.lowcode.validation.manifests import manifest_faults
from app.lowcode.validation.models import DeclaredNames, document_faults
from app.lowcode.validation.rights import right_faults

__all__ = ["declaration_faults", "validate", "validate_registered"]


def validate(manifests: Sequence[Manifest]) -> None:
    """Check the manifests, and the documents of their modules and of the engine. Raises DeclarationError."""
    _refuse(list(declaration_faults(manifests)))


def validate_registered(app: Flask, *, complete: bool = True) -> None:
    """Check every right that a registered app names, and that its addresses differ. Raises DeclarationError.

    `complete`: every module is registered, so that the roles' table names nothing else.
    """
    _refuse(list(right_faults(app, complete=complete)))


def declaration_faults(manifests: Sequence[Manifest]) -> Iterator[Fault]:
    """Return what is wrong in the documents and the manifests."""
    known = DeclaredNames.of(manifests)
    packages = ("app.lowcode.", *(f"app.{manifest.name}." for manifest in manifests))
    for model in documents.values():
        if model.__module__.startswith(packages):
            yield from document_faults(model, known)
    yield from manifest_faults(manifests, known)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise DeclarationError(faults)
