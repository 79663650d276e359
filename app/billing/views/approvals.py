"""What waits for somebody's decision, on their home page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_

from app.kernel.errors import N_
from app.lowcode.actors import current_actor
from app.lowcode.document import DocumentBase
from app.lowcode.home import Duty, rows_waiting


def asked_of_me(document: type[DocumentBase], icon: str) -> Duty:
    """Return what others ask for and this person may decide; nobody decides what they asked for themselves."""
    columns: Any = document

    def of_others() -> Sequence[ColumnElement[bool]]:
        me = current_actor().user_id
        return [or_(columns.requested_by_id.is_(None), columns.requested_by_id != me)]

    waiting = rows_waiting(document, N_("待审批：%(what)s"), ("state.eq", "pending"), where=of_others)
    return Duty("approve", document.__name__, waiting, icon)
