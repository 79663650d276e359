"""Every row of every table: to see that a refusal changed nothing, and to begin each case afresh.

Nothing here knows the product's models, so that no table can be forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool


def connect_to(url: str) -> Engine:
    """An engine of the tests' own, apart from the product's, that keeps no connection open."""
    return create_engine(url, poolclass=NullPool)


def rows_of_every_table(*, url: str) -> dict[str, tuple[str, ...]]:
    """Each table's rows as sorted texts."""
    with connect_to(url).connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: tuple(sorted(repr(tuple(row)) for row in _rows(connection, name))) for name in names}


def changes(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> list[str]:
    """What differs, a line for each row that is gone or new (the first three of a table)."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = list(before.get(name, ())), list(after.get(name, ()))
        if old == new:
            continue
        for row in list(old):
            if row in new:
                old.remove(row)
                new.remove(row)
        found = [f"{name}: gone {row}" for row in old] + [f"{name}: new {row}" for row in new]
        lines += found[:3] + ([f"{name}: and {len(found) - 3} more"] if len(found) > 3 else [])
    return lines


@dataclass(frozen=True)
class Baseline:
    """The rows of a freshly prepared database, and the way back to them."""

    url: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @classmethod
    def of(cls, *, url: str) -> "Baseline":
        """Remember the rows that the database holds now."""
        with connect_to(url).connect() as connection:
            names = inspect(connection).get_table_names()
            return cls(url, {name: [dict(row._mapping) for row in _rows(connection, name)] for name in names})

    def restore(self) -> None:
        """Put every table back to the remembered rows, whatever refers to what."""
        with connect_to(self.url).begin() as connection:
            off, on = _FOREIGN_KEYS[connection.dialect.name]
            for statement in off:
                connection.execute(text(statement))
            for name in inspect(connection).get_table_names():
                connection.execute(text(f"DELETE FROM {_quoted(connection, name)}"))
                for row in self.rows.get(name, ()):
                    _insert(connection, name, row)
            for statement in on:
                connection.execute(text(statement))


# How foreign keys are laid aside for one connection. SQLite judges them at the commit then.
_FOREIGN_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sqlite": (("PRAGMA defer_foreign_keys = ON",), ()),
    "postgresql": (("SET LOCAL session_replication_role = replica",), ()),
    "mysql": (("SET foreign_key_checks = 0",), ("SET foreign_key_checks = 1",)),
    "mariadb": (("SET foreign_key_checks = 0",), ("SET foreign_key_checks = 1",)),
}


def _rows(connection: Connection, table: str) -> Sequence[Any]:
    return connection.execute(text(f"SELECT * FROM {_quoted(connection, table)}")).fetchall()


def _insert(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    columns = ", ".join(_quoted(connection, column) for column in row)
    places = ", ".join(f":c{index}" for index, _ in enumerate(row))
    values = {f"c{index}": _sent(connection, value) for index, value in enumerate(row.values())}
    connection.execute(
        text(f"INSERT INTO {_quoted(connection, table)} ({columns}) VALUES ({places})"), values
    )


def _sent(connection: Connection, value: Any) -> Any:
    """PostgreSQL hands out JSON as Python values and wants them wrapped on the way back."""
    if connection.dialect.name == "postgresql" and isinstance(value, dict | list):
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
