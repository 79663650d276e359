"""Columns that the session keeps beside a text: what sorts or finds it, computed by a rule whenever it is written."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import String, event
from sqlalchemy.orm import Mapper, mapped_column

DERIVED = "derived"  # key of (source, rule) in Column.info


def derived(source: str, rule: Callable[[str], str], length: int, **column: Any) -> Any:
    """Return a column of `rule(text of the column named source)`: never on a form, in a list or in the history."""

    def first(context: Any) -> str:
        return rule(context.get_current_parameters().get(source) or "")

    # Keys are compared by code point, whatever the language of the database's cluster.
    compared = String(length).with_variant(String(length, collation="C"), "postgresql")
    return mapped_column(
        compared,
        nullable=False,
        default=first,
        server_default="",
        info={DERIVED: (source, rule)},
        **column,
    )


@event.listens_for(Mapper, "mapper_configured")
def _keep(mapper: Mapper[Any], model: type[Any]) -> None:
    """Compute the derived columns of a document again with every change of a row."""
    columns = {
        attribute.key: attribute.columns[0].info[DERIVED]
        for attribute in mapper.column_attrs
        if DERIVED in getattr(attribute.columns[0], "info", {})
    }

    def before_update(_mapper: Any, _connection: Any, row: Any) -> None:
        for name, (source, rule) in columns.items():
            value = rule(getattr(row, source) or "")
            if getattr(row, name) != value:
                setattr(row, name, value)

    if columns:
        event.listen(model, "before_update", before_update)
