"""From a figure to the list of the documents that it is the sum of."""

from collections.abc import Iterable
from urllib.parse import urlencode

from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.permissions import may


def documents_url(model: type[DocumentBase], filters: Iterable[tuple[str, object]]) -> str | None:
    """The list of a document under filters (`("period.le", "2025-01")`), for who may read it; None for who may not.

    `("building_id.eq", None)` asks for those that name none.
    """
    spec = spec_of(model)
    if not may("read", spec.name):
        return None
    pairs = []
    for name, value in filters:
        field, _dot, operator = name.partition(".")
        if value is None and operator == "eq":
            pairs.append((f"f.{field}.none", "1"))
        elif value is not None:
            pairs.append((f"f.{field}.{operator}", str(value)))
    return f"{spec.url}/list/?{urlencode(pairs)}"


def document_url(model: type[DocumentBase], key: int) -> str | None:
    """A document's own page, for who may read it; None for who may not."""
    spec = spec_of(model)
    return f"{spec.url}/show/{key}" if may("read", spec.name) else None
