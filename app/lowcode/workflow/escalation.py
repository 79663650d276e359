"""Passed limits: the row is marked, its way says so, and those are told whom the limit names."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.kernel.errors import N_
from app.lowcode import clock, history
from app.lowcode.db import db, insert_new
from app.lowcode.document import spec_of
from app.lowcode.engine import current_engine
from app.lowcode.notices import holders, notify
from app.lowcode.scope import UNSCOPED
from app.lowcode.unit import in_unit_of_work
from app.lowcode.workflow.declaration import Workflow
from app.lowcode.workflow.limits import OVERDUE, WAITED, Escalation, Limit
from app.lowcode.workflow.overdue import hours_of

LATE = N_("%(document)s %(title)s 已超时：%(limit)s")
WAITS = N_("%(document)s %(title)s 等待过久：%(limit)s")
"""Of a limit that does not mark: nobody is told 超时 of what the list does not call so."""
AT_ONCE = 100


class Late(NamedTuple):
    """A level of a limit that a row has passed."""

    row_id: int
    community_id: int
    entered: datetime
    level: int


def escalate_all() -> int:
    """Escalate whatever is due now, a unit for every hundred; returns how many. As the system."""
    done = 0
    while found := in_unit_of_work(lambda: escalate(session=db.session(), now=clock.now(), most=AT_ONCE)):
        done += found
        if found < AT_ONCE:
            break
    return done


def escalate(*, session: Session, now: datetime, most: int | None = None) -> int:
    """Mark and tell every limit that has passed by `now` (at most `most`), each once; returns how many.

    Done again, or by another process at the same time, it does nothing twice.
    """
    done = 0
    for flow in current_engine().workflows.values():
        for limit in flow.limits:
            for late in _late(session, flow, limit, now):
                if most is not None and done >= most:
                    return done
                done += _escalate(session, flow, limit, late, now)
    return done


def _late(session: Session, flow: Workflow, limit: Limit, now: datetime) -> Iterator[Late]:
    columns: Any = flow.document
    since, last = getattr(columns, limit.since), len(limit.levels) - 1
    is_date = spec_of(flow.document).fields[limit.since].kind == "date"
    zone = clock.timezone()
    told = exists().where(
        Escalation.document == flow.document.__name__,
        Escalation.row_id == columns.id,
        Escalation.limit_name == limit.name,
        Escalation.level == last,
        Escalation.entered == columns.state_since,
    )
    rows = session.execute(
        select(columns.id, columns.community_id, columns.state_since, since)
        .where(
            columns.state.in_(limit.states),
            columns.state_since.is_not(None),
            since <= (now.astimezone(zone).date() if is_date else now),
            ~told,
        )
        .order_by(columns.id),
        execution_options={UNSCOPED: True},
    ).all()
    hours: dict[int, int | None] = {}
    for row_id, community_id, entered, began in rows:
        if community_id not in hours:
            hours[community_id] = hours_of(session=session, limit=limit, community_id=community_id)
        ends = limit.ends(began, zone=zone, hours=hours[community_id])
        for level in range(last + 1):
            if limit.notify_at(level, ends) <= now:
                yield Late(row_id, community_id, entered, level)


def _escalate(session: Session, flow: Workflow, limit: Limit, late: Late, now: datetime) -> int:
    document = flow.document
    table = document.__table__
    fresh = insert_new(
        session=session,
        table=Escalation.__table__,
        row={
            "community_id": late.community_id,
            "at": now,
            "document": document.__name__,
            "row_id": late.row_id,
            "limit_name": limit.name,
            "level": late.level,
            "entered": late.entered,
            "label": limit.label,
            "told": 0,
        },
    )
    if not fresh:
        return 0
    # The row's version stays: being late is no reason to refuse what somebody is writing on it. Where the limit does not
    # mark, this only asks whether the row is still where it was, and holds it there.
    marked = session.execute(
        update(table)
        .where(
            table.c.id == late.row_id, table.c.state.in_(limit.states), table.c.state_since == late.entered
        )
        .values(overdue=True if limit.marks else table.c.overdue)
    )
    if not marked.rowcount:  # type: ignore[attr-defined]
        return 0  # it has moved on meanwhile
    row: Any = session.get_one(document, late.row_id, populate_existing=True)
    history.note(row, label=OVERDUE if limit.marks else WAITED, reason=limit.label)
    level = limit.levels[late.level]
    name = document.__name__
    users = holders(session=session, verb=level.to, document=name, community_id=late.community_id)
    users += [] if level.people is None else [one for one in level.people(row) if one is not None]
    told = notify(
        session=session,
        users=users,
        message=LATE if limit.marks else WAITS,
        url=f"{spec_of(document).url}/show/{row.id}",
        community_id=late.community_id,
        params={"document": document.__about__.label, "title": str(row), "limit": limit.label},
        again=True,
    )
    session.execute(
        update(Escalation)
        .where(
            Escalation.document == name,
            Escalation.row_id == row.id,
            Escalation.limit_name == limit.name,
            Escalation.level == late.level,
            Escalation.entered == late.entered,
        )
        .values(told=told)
    )
    session.flush()
    return 1
