"""The unit of work: the only place that commits."""

import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.db import db, writing

log = logging.getLogger(__name__)

T = TypeVar("T")

# PostgreSQL: deadlock_detected, serialization_failure, lock_not_available.
_PASSING_SQLSTATES = {"40P01", "40001", "55P03"}
# MariaDB: deadlock found, lock wait timeout, record has changed since last read.
_PASSING_MARIADB = {1213, 1205, 1020}
_PASSING_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

PATIENCE = 20.0
"""Seconds after which a unit that always meets a lock is given up."""
JOBS_PATIENCE = 600.0
"""The same where nobody waits at a page, and where giving up would leave a job without an end."""
_FIRST_PAUSE, _LONGEST_PAUSE = 10, 400  # ms


class TooBusy(DomainError):
    """A unit that met a lock again and again; nothing of it was written."""

    code = "busy"
    message = N_("很多人正在操作同样的数据，这一次没有成功，也没有记下任何内容。请稍等几秒，再按一次。")


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


def in_unit_of_work(operation: Callable[[], T], *, patience: float = PATIENCE) -> T:
    """Run one operation in a unit of its own, and again while it meets a lock, for `patience` seconds.

    The operation reads all that it decides upon itself: nothing of an attempt is left when the next one begins.
    Raises TooBusy, and what the operation raises.
    """
    given_up, attempt = time.monotonic() + patience, 0
    while True:
        try:
            with unit_of_work():
                return operation()
        except DBAPIError as error:
            if not is_passing(error):
                raise
            if time.monotonic() >= given_up:
                raise TooBusy from error
            log.info("a unit met a lock and is done again: %s", error.orig)
        # No two that met each other come back at the same moment.
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE << min(attempt, 10))
        time.sleep((pause // 2 + secrets.randbelow(pause)) / 1000)
        attempt += 1


def is_passing(error: DBAPIError) -> bool:
    """Whether the same work may succeed when tried again (deadlock, lock wait, busy database)."""
    if getattr(error.orig, "sqlstate", None) in _PASSING_SQLSTATES:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSING_SQLITE
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
