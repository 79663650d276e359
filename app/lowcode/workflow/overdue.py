"""Whether a row is late (超时): the one meaning of it, for the mark that lists show and for pages that count for themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.lowcode import clock
from app.lowcode.engine import current_engine
from app.lowcode.settings import setting
from app.lowcode.workflow.declaration import Workflow
from app.lowcode.workflow.limits import Limit


def hours_of(*, session: Session, limit: Limit, community_id: int) -> int | None:
    """How many hours a limit gives in a community."""
    if not limit.setting:
        return limit.hours
    given = setting(session=session, key=limit.setting, community_id=community_id)
    return int(given) if given.isascii() and given.isdigit() else limit.hours


def is_late(*, session: Session, row: Any, now: datetime) -> bool:
    """Whether a limit of the row's state that marks what is past it has passed."""
    flow: Workflow = current_engine().workflows[type(row).__name__]
    for limit in flow.limits:
        since = getattr(row, limit.since)
        if not limit.marks or row.state not in limit.states or since is None:
            continue
        hours = hours_of(session=session, limit=limit, community_id=row.community_id)
        if limit.ends(since, zone=clock.timezone(), hours=hours) <= now:
            return True
    return False
