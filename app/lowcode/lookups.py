"""Limits how often one person asks for telephone numbers that nobody has: masked values are not to be guessed."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from flask import has_request_context
from sqlalchemy import select

from app.kernel.errors import N_, DomainError
from app.kernel.phones import whole_phone
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db, writing
from app.lowcode.history import AuditAction, History
from app.lowcode.scope import UNSCOPED
from app.lowcode.secrets import fingerprint
from app.lowcode.unit import in_unit_of_work

MISSES_ALLOWED: Final = 20
WINDOW: Final = timedelta(hours=1)
MISSED: Final = N_("按完整号码查询，没有找到")
REFUSED: Final = N_("查询号码过于频繁，已拒绝")
PERSON: Final = "User"
MARK: Final = 60
"""Letters of a fingerprint that the column of the field's name takes."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class TooManyLookups(DomainError):
    code = "too_many_lookups"
    message = N_(
        "一小时内已有 %(most)d 次查询了不存在的号码，暂不能再按号码查询。请一小时后再试，或改用姓名、房号查询。"
    )


def look_up(asked: str, find: Callable[[], T]) -> T:
    """Return what `find` gives for a masked value that was `asked` for whole; nothing (falsy) is a miss.

    A miss counts once an hour, and is written to the person's history in a unit of its own, also while a page is read:
    otherwise the limit would not hold over restarts and processes. Raises TooManyLookups.
    """
    actor = current_actor()
    if not has_request_context() or actor.user_id is None:  # a job repeats what its starter was allowed
        return find()
    misses = _lines(MISSED, actor.user_id)
    if len(misses) >= MISSES_ALLOWED:
        log.warning("user %s is refused: more than %s lookups missed", actor.user_id, MISSES_ALLOWED)
        if not _lines(REFUSED, actor.user_id):
            _write(REFUSED, "", actor.user_id, actor.name)
        raise TooManyLookups(most=MISSES_ALLOWED)
    result = find()
    mark = fingerprint(whole_phone(asked) or asked)[:MARK]
    if not result and mark not in misses:
        _write(MISSED, mark, actor.user_id, actor.name)
    return result


def look_up_text(typed: str, find: Callable[[], T]) -> T:
    """Return what a search box finds, counting a whole telephone that nobody has. Raises TooManyLookups."""
    return find() if whole_phone(typed) is None else look_up(typed, find)


def _lines(label: str, user_id: int) -> set[str]:
    """Return what such lines of the last hour in a person's history were about."""
    statement = select(History.field).where(
        History.document == PERSON,
        History.row_id == user_id,
        History.user_id == user_id,
        History.label == label,
        History.at > clock.now() - WINDOW,
    )
    return {mark or "" for mark in db.session.scalars(statement, execution_options={UNSCOPED: True})}


def _write(label: str, mark: str, user_id: int, name: str) -> None:
    line = {
        "at": clock.now(),
        "who": name or "?",
        "user_id": user_id,
        "document": PERSON,
        "row_id": user_id,
        "row_title": (name or "?")[:200],
        "deed": AuditAction.DONE,
        "label": label,
        "field": mark,
    }

    def operation() -> None:
        db.session.execute(History.__table__.insert(), [line])

    if writing.get():
        operation()
    else:
        in_unit_of_work(operation)
