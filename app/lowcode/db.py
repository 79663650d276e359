"""The database handle and what each server needs to keep the laws: real transactions, foreign keys, no surprises."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    Select,
    UniqueConstraint,
    event,
    text,
    type_coerce,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, object_session

from app.lowcode.storage import private_file, private_folder

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Before the security models are imported: their constraints take these names in the migrations too.
Model.metadata.naming_convention = NAMING

from flask_appbuilder.models.sqla.base import SQLA  # noqa: E402 (after the convention)
from flask_appbuilder.security.sqla import models as security_models  # noqa: E402, F401 (likewise; for its tables)

# FAB's keys carry Sequence(), which Alembic does not create on MariaDB; every server has its own identity columns.
for _table in Model.metadata.tables.values():
    for _column in _table.primary_key.columns:
        if _column.default is not None and _column.default.is_sequence:
            _column.default = None

Key = BigInteger().with_variant(Integer(), "sqlite")
"""Type of every primary and foreign key; SQLite gives ids only to a plain INTEGER."""

db = SQLA(metadata=Model.metadata)

writing: ContextVar[bool] = ContextVar("writing", default=False)
"""True inside a unit of work: SQLite then begins IMMEDIATE, for a read that turns into a write fails at once."""


def engine_options(url: str) -> dict[str, Any]:
    """Engine settings for a database URL: READ COMMITTED and live connections on servers, a patient SQLite.

    Errors name the statement without its values: the log is no place for names, numbers and hashes.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": 30, "check_same_thread": False}}
    options |= {"pool_pre_ping": True, "isolation_level": "READ COMMITTED", "pool_size": 20}
    if url.startswith("mysql"):
        options["connect_args"] = {"charset": "utf8mb4"}
        options["pool_recycle"] = 3600
    return options


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction guessing is off: BEGIN is ours (below), so that savepoints and locks are real.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "synchronous=NORMAL",
        "analysis_limit=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


@contextmanager
def reading_connection() -> Iterator[Connection]:
    """Open a connection that only reads, apart from the session; inside a unit of work it takes no lock."""
    token = writing.set(False)
    try:
        with db.engine.connect() as connection:
            yield connection
    finally:
        writing.reset(token)


def session_of(row: Any) -> Session:
    """Return the session that a row was read or added in. Raises LookupError for a row of none."""
    session = object_session(row)
    if session is None:
        raise LookupError(f"{row!r} belongs to no session")
    return session


def insert_new(*, session: Session, table: Any, row: dict[str, Any]) -> bool:
    """Insert a row unless one with its unique key is there; returns whether it was inserted."""
    statement: Any
    match session.get_bind().dialect.name:
        case "mysql" | "mariadb":
            statement = mysql.insert(table).values(row).prefix_with("IGNORE")
        case "postgresql":
            statement = postgresql.insert(table).values(row).on_conflict_do_nothing()
        case _:
            statement = sqlite.insert(table).values(row).on_conflict_do_nothing()
    # Without this the count of an INSERT that gives its key back is not known on PostgreSQL.
    done = session.execute(statement, execution_options={"preserve_rowcount": True})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def insert_or_add(*, session: Session, table: Any, amount: str, source: Any) -> None:
    """Insert rows; one with the unique key of a row that is there adds its `amount` to that row's.

    `source`: dicts, or a SELECT whose columns are called as the table's. Waits for whoever is adding to the same rows:
    their order is one that everybody keeps.
    """
    unique = next(one for one in table.constraints if isinstance(one, UniqueConstraint))
    column = table.c[amount]

    def filled(statement: Any) -> Any:
        if isinstance(source, Select):
            return statement.from_select([one.key for one in source.selected_columns], source)
        return statement.values(list(source))

    def sum_with(more: Any) -> dict[str, Any]:
        return {amount: type_coerce(column, BigInteger) + type_coerce(more[amount], BigInteger)}

    statement: Any
    match session.get_bind().dialect.name:
        case "mysql" | "mariadb":
            statement = filled(mysql.insert(table))
            statement = statement.on_duplicate_key_update(sum_with(statement.inserted))
        case "postgresql":
            statement = filled(postgresql.insert(table))
            statement = statement.on_conflict_do_update(constraint=unique, set_=sum_with(statement.excluded))
        case _:
            statement = filled(sqlite.insert(table))
            statement = statement.on_conflict_do_update(
                index_elements=list(unique.columns), set_=sum_with(statement.excluded)
            )
    session.execute(statement)


def by_primary_key(statement: Any, model: Any) -> Any:
    """Make MariaDB find the rows of a statement, whose ids are named, by their primary key.

    It locks what it reads in the order of the index that it reads by, entries of that index first: two that lock the
    same rows by different indexes wait for each other in a ring.
    """
    for name in ("mysql", "mariadb"):
        statement = statement.with_hint(model, "FORCE INDEX (PRIMARY)", name)
    return statement


def count_anew(session: Session) -> None:
    """Let SQLite look at how its tables are filled; servers do so by themselves. Within a unit of work.

    Without it SQLite takes every index for equally good, and reads the rows of a whole community where those of one
    room are asked for; looking at fewer rows of an index than a chunk of ids (`analysis_limit`), it does so again for
    chunks. A tenth of a second, whatever the size.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("ANALYZE"))


def init_db(app: Flask) -> None:
    """Bind the database of `DATABASE_URL` to the app."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    file = make_url(url).database if url.startswith("sqlite") else None
    if file and file != ":memory:" and Path(file).parent.is_dir():
        private_file(Path(file))  # its -wal and -shm take the rights of it
    private_folder(Path(app.config["INSTANCE_DIR"]) / "files")
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
