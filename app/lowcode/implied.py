"""What a form begins with because it follows from a link that is given: a room's building, community and owner."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.lowcode.document import DocumentBase, Spec, documents, spec_of
from app.lowcode.scope import find


def with_implied(*, session: Session, spec: Spec, preset: Mapping[str, str]) -> dict[str, str]:
    """Return `preset` with every written link that the rows named in it have under the same name.

    One that is given stays; a row out of reach implies nothing. What is found implies more in its turn.
    """
    known = dict(preset)
    waiting = [name for name in spec.links if known.get(name)]
    while waiting:
        row = _row(session, spec, waiting.pop(0), known)
        if row is None:
            continue
        its_links = spec_of(type(row)).links
        for name, field in spec.links.items():
            value = getattr(row, name, None) if name in its_links else None
            if (
                field.written
                and value is not None
                and not known.get(name)
                and its_links[name].target == field.target
            ):
                known[name] = str(value)
                waiting.append(name)
    return known


def _row(session: Session, spec: Spec, name: str, known: Mapping[str, str]) -> DocumentBase | None:
    """Return the row that a link's text names, where it is within reach."""
    text = known[name]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    row: DocumentBase | None = find(session, documents[str(spec.links[name].target)], int(text))
    return row
