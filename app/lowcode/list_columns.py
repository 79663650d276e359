"""Columns of a list that are no columns of its document: read for the rows of a page, or batch by batch of an export."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import Spec
from app.lowcode.engine import current_engine
from app.lowcode.fields import Field
from app.lowcode.permissions import may

BATCH = 500
FACTS = 2
"""Facts of a card beside its title, state and amount."""
PLACES = ("room_id", "rooms", "place", "building_id", "space_id", "owners")
"""Columns that say where a row belongs: the first of them stands on its card."""
ListRow = tuple[int, dict[str, Any], dict[str, str | None]]
"""A row's key, its values by field name, the titles of its links."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a document's list, behind the column `after` (last where that is not listed).

    `values(session, keys)` gives the values of those keys that have one, in a fixed number of statements; it is not
    needed where the field has an expression, which is read with the rows. `document`: only who may read that document
    sees it.
    """

    field: Field
    values: Callable[[Session, Sequence[int]], Mapping[int, Any]] | None = None
    after: str = ""
    document: str = ""


def computed_field(name: str, label: str, kind: str, **options: Any) -> Field:
    """Make the field of a computed column: it can be neither written, filtered nor sorted by."""
    return Field(
        label,
        kind,
        name=name,
        order_by=name,
        listed=True,
        filtered=False,
        sorted=False,
        written=False,
        **options,
    )


def computed_columns(spec: Spec, *, names: Collection[str] | None = None) -> list[ListColumn]:
    """Return what the modules add to a document's list, for the person at the page, or (in a job) of these names."""
    offered = (
        column
        for manifest in current_engine().manifests
        for column in manifest.list_columns.get(spec.name, ())
    )
    if names is not None:
        return [column for column in offered if column.field.name in names]
    return [column for column in offered if not column.document or may("read", column.document)]


def with_computed(fields: Sequence[Field], columns: Sequence[ListColumn]) -> list[Field]:
    """Return the fields of a list with the computed ones in their places."""
    placed = list(fields)
    for column in columns:
        place = next((i for i, field in enumerate(placed) if field.name == column.after), len(placed) - 1)
        placed.insert(place + 1, column.field)
    return placed


def read_with_rows(fields: Sequence[Field], columns: Sequence[ListColumn]) -> list[Field]:
    """Return the fields that the list's own statement reads: its columns, and what the database computes."""
    return [*fields, *(column.field for column in columns if column.values is None)]


def without_settled(spec: Spec, fields: Sequence[Field]) -> list[Field]:
    """Leave out the community where the person reaches only one: it says nothing."""
    communities = current_actor().reach.communities
    settled = communities is not None and len(communities) == 1 and "community_id" in spec.links
    return [field for field in fields if not (settled and field.name == "community_id" and field.required)]


def add_values(
    *, session: Session, columns: Sequence[ListColumn], rows: Iterable[ListRow]
) -> Iterator[ListRow]:
    """Yield the rows with the values of the computed columns, `BATCH` at a time."""
    readers = {column.field.name: column.values for column in columns if column.values is not None}
    if not readers:
        yield from rows
        return
    remaining = iter(rows)
    while some := list(islice(remaining, BATCH)):
        keys = [key for key, _values, _titles in some]
        values_of = {name: read(session, keys) for name, read in readers.items()}
        for key, values, titles in some:
            yield key, values | {name: values.get(key) for name, values in values_of.items()}, titles


def select_notes(spec: Spec, keys: Sequence[int]) -> dict[int, str]:
    """Return what tells rows of one name apart in a remote select, by key."""
    notes: dict[int, str] = {}
    for manifest in current_engine().manifests:
        if keys and (read := manifest.select_notes.get(spec.name)) is not None:
            notes.update(read(db.session(), keys))
    return notes


def card_roles(fields: Sequence[Field], *, title: int) -> dict[str, str]:
    """Return what a card on a narrow screen shows of a list, by field name: title, state, amount and two facts."""
    if not fields:
        return {}
    roles = {fields[title].name: "title"}
    rest = [field for field in fields if field.name not in roles]
    states = [field for field in rest if field.kind == "choice" and field.name in ("state", "status")]
    amounts = sorted((field for field in rest if field.kind == "money"), key=lambda field: not field.totalled)
    roles |= {field.name: "state" for field in states[:1]} | {field.name: "amount" for field in amounts[:1]}
    facts = [field for field in rest if field.name not in roles and field.kind != "long_text"]
    places = [field for field in facts if field.name in PLACES]
    others = [field for field in facts if field.name not in PLACES]
    return roles | {field.name: "fact" for field in [*places[:1], *others][:FACTS]}
