"""How Alembic reaches the office's database: the app's own engine, on SQLite, PostgreSQL and MariaDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import DropTableOp
from flask import current_app
from sqlalchemy import Connection, TypeDecorator
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.types import JSON, TypeEngine

from app.lowcode.db import writing

migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that a migration needs no code of the app."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("app."):
        return f"sa.{item.impl_instance!r}"
    return False


def compare_type(
    _context: Any, _column: Any, _declared: Any, found: TypeEngine[Any], own: TypeEngine[Any]
) -> bool | None:
    """MariaDB keeps JSON as LONGTEXT: that is no difference. Everything else is Alembic's judgement (None)."""
    return False if isinstance(own, JSON) and isinstance(found, LONGTEXT) else None


def tidy(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration when documents and database agree, and drop no index of a table that is dropped anyway.

    (MariaDB refuses to drop an index that a foreign key uses.)
    """
    if not getattr(context.config.cmd_opts, "autogenerate", False):
        return
    if directives[0].upgrade_ops.is_empty():
        directives.clear()
        return
    # Only who writes a migration has the tools beside the office.
    from tools.schema_changes import Answers, Unanswered, apply_answers

    try:
        apply_answers(directives[0].upgrade_ops, directives[0].downgrade_ops, Answers.given())
    except Unanswered as question:
        raise SystemExit(str(question)) from question
    down = directives[0].downgrade_ops
    dropped = {one.table_name for one in down.ops if isinstance(one, DropTableOp)}
    down.ops = [one for one in down.ops if isinstance(one, DropTableOp) or one.table_name not in dropped]


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew, which the old one's foreign keys would refuse.

    The pragma counts only outside a transaction, so it goes to the driver before one begins. The write lock is taken
    at the start: of two processes that upgrade at once the second finds the work done.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    token = writing.set(True)
    try:
        yield
    finally:
        writing.reset(token)
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        driver.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(
                f"the migration left {len(broken)} rows without what they refer to: {broken[:3]}"
            )


def run() -> None:
    """Upgrade, downgrade or compare; on SQLite and PostgreSQL all of it or nothing (MariaDB cannot roll DDL back)."""
    options = {
        **migrate.configure_args,
        "target_metadata": migrate.db.metadata,
        "render_item": render_item,
        "compare_type": compare_type,
        "process_revision_directives": tidy,
    }
    if context.is_offline_mode():
        context.configure(url=str(migrate.db.engine.url), literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with migrate.db.engine.connect() as connection, without_foreign_keys(connection):
        transactional = connection.dialect.name in ("sqlite", "postgresql")
        context.configure(connection=connection, transactional_ddl=transactional, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
