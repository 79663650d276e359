"""How a typed text is found in a searched column: the one reading of the lists' search, the top search and the desk."""

from typing import Any

from sqlalchemy import ColumnElement

from app.kernel.patterns import TextPattern
from app.kernel.pinyin import typed_initials
from app.lowcode.fields import Field


def read_conditions(model: Any, field: Field, typed: str) -> list[ColumnElement[bool]]:
    """Return the conditions of what `typed` means as a value of the field, the surest first: `reads`, then `initials`."""
    ways = [_matches(getattr(model, field.name), one) for one in field.reads(typed)] if field.reads else []
    letters = typed_initials(typed) if field.initials else ""
    if letters:
        column = getattr(model, field.initials)
        ways += [column == letters, column.startswith(letters, autoescape=True)]
    return ways


def _matches(column: Any, pattern: TextPattern) -> ColumnElement[bool]:
    if pattern.ends is None:
        found: ColumnElement[bool] = column == pattern.begins
        return found
    found = column.startswith(pattern.begins, autoescape=True)
    return found & column.endswith(pattern.ends, autoescape=True) if pattern.ends else found
