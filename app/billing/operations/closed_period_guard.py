"""The net under the operations: whatever is dated in a closed month is refused when it is written, should one forget.

Operations hold their month open themselves (`guard_period`), before they look at anything else. A statement that makes
rows out of other rows (INSERT … SELECT) is not seen here: it stands behind `lock_period`, and a test counts them.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from app.billing.operations.periods import refuse_closed
from app.kernel.periods import Period
from app.lowcode.document import DocumentBase, MoneyDocument, documents

Month = tuple[int, Period]


def column_of(document: type[DocumentBase]) -> str | None:
    """Return the column that says in which month a document stands; None for what stands in none."""
    if document.__about__.dated:
        return document.__about__.dated
    if not issubclass(document, MoneyDocument) or not hasattr(document, "community_id"):
        return None
    return next((name for name in ("posting_period", "day") if hasattr(document, name)), None)


@event.listens_for(Session, "before_flush")
def _guard_rows(session: Session, _context: object, _instances: object) -> None:
    months = {
        month
        for row in (*session.new, *session.dirty, *session.deleted)
        if isinstance(row, DocumentBase)
        for month in _months(session, row)
    }
    _refuse(session, months)


@event.listens_for(Session, "do_orm_execute")
def _guard_inserts(state: ORMExecuteState) -> None:
    if not state.is_insert or not state.parameters:
        return
    statement: Any = state.statement
    name = getattr(getattr(statement, "table", None), "name", "")
    document = next((one for one in documents.values() if one.__tablename__ == name), None)
    column = None if document is None else column_of(document)
    if column is None:
        return
    given: Any = state.parameters if isinstance(state.parameters, list | tuple) else [state.parameters]
    found = {
        (int(row["community_id"]), month)
        for row in given
        if row.get("community_id") is not None and (month := _month(row.get(column))) is not None
    }
    _refuse(state.session, found)


def _months(session: Session, row: DocumentBase) -> Iterator[Month]:
    """Return the months that writing a row touches: where it stands, or (of one that moves or goes) where it stood."""
    column = column_of(type(row))
    if column is None:
        return
    history: Any = inspect(row).attrs[column].history
    if row in session.new:
        values = [getattr(row, column)]
    elif row in session.deleted:
        values = [getattr(row, column), *(history.deleted or ())]
    else:
        values = [*(history.added or ()), *(history.deleted or ())] if history.has_changes() else []
    for value in values:
        month = _month(value)
        community_id = getattr(row, "community_id", None)
        if month is not None and community_id is not None:
            yield community_id, month


def _month(value: Any) -> Period | None:
    match value:
        case Period():
            return value
        case date():
            return Period.of(value)
        case str() if len(value) >= 7:
            return Period.parse(value[:7])
    return None


def _refuse(session: Session, months: set[Month]) -> None:
    if not months:
        return
    with session.no_autoflush:
        for community_id, period in sorted(months):
            refuse_closed(session=session, community_id=community_id, period=period)
