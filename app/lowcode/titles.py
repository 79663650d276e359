"""What rows are called, read in SQL: the columns that name them, and of a link the name of what it leads to.

What a row object is called says `DocumentBase.__str__`, by the same parts of `About.title`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.lowcode.document import DocumentBase, Spec, documents, part_of_title, spec_of


@dataclass(frozen=True, slots=True)
class Title:
    """The columns of a title, the outer joins that they need, and what makes a text of their values."""

    columns: list[Any]
    joins: list[tuple[Any, Any]]  # (alias, condition)
    read: Callable[[Sequence[Any]], str | None]  # None: the row is not there, or out of reach


def title_of(model: type[DocumentBase], entity: Any) -> Title:
    """Return the title of the rows of `entity`, which is the model or an alias of it."""
    spec = spec_of(model)
    columns: list[Any] = []
    joins: list[tuple[Any, Any]] = []
    readers: list[tuple[int, int, Callable[[Sequence[Any]], str | None]]] = []
    for name in spec.title_parts:
        begin = len(columns)
        if name in spec.links:
            target = documents[str(spec.links[name].target)]
            linked = aliased(target)
            inner = title_of(target, linked)
            joins += [(linked, getattr(entity, name) == linked.id), *inner.joins]
            columns += inner.columns
            read = inner.read
        else:
            columns.append(getattr(entity, name))
            read = _reader(spec, name)
        readers.append((begin, len(columns), read))

    def read_all(values: Sequence[Any]) -> str | None:
        parts = [reader(values[begin:end]) for begin, end, reader in readers]
        return " ".join(part for part in parts if part) or None

    return Title(columns, joins, read_all)


def select_titles(model: type[DocumentBase]) -> tuple[Select[Any], Callable[[Any], tuple[int, str]]]:
    """Return a SELECT of the keys and titles of a document's rows, and what reads a row of it."""
    title = title_of(model, model)
    statement = select(model.id, *title.columns).select_from(model)
    for entity, condition in title.joins:
        statement = statement.outerjoin(entity, condition)
    return statement, lambda row: (row[0], title.read(row[1:]) or str(row[0]))


def _reader(spec: Spec, name: str) -> Callable[[Sequence[Any]], str | None]:
    field = spec.fields.get(name)
    return lambda values: part_of_title(values[0], field)
