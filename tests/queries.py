"""Counts what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event


class Queries(list[str]):
    """The SQL statements that were sent, in order."""


@contextmanager
def counting(app: Flask) -> Iterator[Queries]:
    """`with counting(app) as queries: …` then `len(queries)`; BEGIN and the like are not counted."""
    from app.lowcode.db import db

    queries = Queries()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            queries.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(engine, "before_cursor_execute", note)
