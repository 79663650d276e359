"""Write a row: set its values, refuse a repetition beside its field, flush."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.scope import UNSCOPED

D = TypeVar("D", bound=DocumentBase)


class AlreadyThere(DomainError):
    code = "already_there"
    message = N_("已有相同的%(label)s。")


def check_unique(*, session: Session, row: DocumentBase) -> None:
    """Refuse a row that repeats what a unique constraint keeps single. Raises AlreadyThere, naming the field.

    Looks beyond the person's reach, and tells nothing of what it finds there. Autoflush is to be off.
    """
    spec = spec_of(type(row))
    model = spec.model
    for names in spec.unique_sets:
        values = {name: getattr(row, name, None) for name in names}
        if any(value is None for value in values.values()):
            continue
        statement = select(model.id).where(*(getattr(model, n) == v for n, v in values.items()))
        if row.id is not None:
            statement = statement.where(model.id != row.id)
        if session.scalar(statement.limit(1), execution_options={UNSCOPED: True}) is not None:
            shown = [n for n in names if n in spec.fields]
            raise AlreadyThere(
                field=shown[-1] if shown else None,
                label=spec.fields[shown[-1]].label if shown else spec.about.label,
            )


def set_values(row: DocumentBase, values: Mapping[str, Any]) -> None:
    """Set attributes by name; nothing is flushed where autoflush is off."""
    for name, value in values.items():
        setattr(row, name, value)


def save_row(*, session: Session, row: D, values: Mapping[str, Any] | None = None) -> D:
    """Set the values, refuse a repetition, add and flush the row. Raises AlreadyThere."""
    with session.no_autoflush:
        set_values(row, values or {})
        check_unique(session=session, row=row)
    session.add(row)
    session.flush()
    return row
