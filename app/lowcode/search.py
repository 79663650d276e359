"""What a module lets the top search find: each search finds one document, for those who may read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.lowcode.document import DocumentBase

LONGEST = 60
"""More letters than that name nothing: what goes beyond is not read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found: what it is called, what tells it from others, its key."""

    key: int
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """How a document is found: `find(typed, most)` gives at most `most` hits in the actor's reach, the surest first.

    `typed` is trimmed, half-width and never empty; it must answer quickly over 100,000 rows.
    """

    document: type[DocumentBase]
    find: Callable[[str, int], Sequence[Hit]]
