"""The unit of work: the only place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.lowcode.db import db, writing

T = TypeVar("T")

# PostgreSQL: deadlock_detected, serialization_failure; MariaDB: deadlock found, lock wait timeout.
_PASSING_SQLSTATES = {"40P01", "40001"}
_PASSING_MARIADB = {1213, 1205}


class NotInUnitOfWork(RuntimeError):
    """A document was about to be written outside a unit of work: a defect, never a person's mistake."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open a writing transaction, commit it when the block ends, roll everything back when it raises.

    What was read before is forgotten: the block sees the database as it is under its own lock. Units do not nest.
    """
    if writing.get():
        raise NotInUnitOfWork("a unit of work is already open")
    session: Session = db.session()
    session.rollback()
    token = writing.set(True)
    try:
        session.connection()  # takes SQLite's write lock now, not at the first statement that writes
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        writing.reset(token)


def in_unit_of_work(operation: Callable[[], T]) -> T:
    """Run one operation in a unit of its own; once more when the server chose it as a deadlock's victim."""
    try:
        with unit_of_work():
            return operation()
    except DBAPIError as error:
        if not is_passing(error):
            raise
    with unit_of_work():
        return operation()


def is_passing(error: DBAPIError) -> bool:
    """Whether the same work may succeed when tried again (deadlock, serialization failure)."""
    if getattr(error.orig, "sqlstate", None) in _PASSING_SQLSTATES:
        return True
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return bool(arguments) and arguments[0] in _PASSING_MARIADB


@event.listens_for(Session, "before_flush")
def _guard_writes(session: Session, _context: object, _instances: object) -> None:
    from app.lowcode.document import (
        DocumentBase,
    )  # the declaration imports this module's law, not the reverse

    if writing.get():
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, DocumentBase) and (row not in session.dirty or session.is_modified(row)):
            raise NotInUnitOfWork(f"{type(row).__name__} is written outside a unit of work")
