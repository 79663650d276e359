"""The orders that were reported in some days, counted by what is asked for."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Employee
from app.lowcode import clock
from app.lowcode.document import spec_of
from app.lowcode.reports.declaration import ReportLine, ReportQuery
from app.lowcode.values import format_value
from app.service.models import RepairOrder
from app.service.rules.repair_times import Order, Tally, middle_hours
from app.service.states.repairs import REPAIRED, RepairState

BY_TRADE, BY_TECHNICIAN, BY_STATE, BY_SOURCE, BY_COMMUNITY = (
    "trade",
    "technician_id",
    "state",
    "source",
    "community_id",
)
BATCH = 5000
DONE = (*REPAIRED, RepairState.CLOSED)


def repair_lines(session: Session, scope: ReportQuery) -> list[ReportLine]:
    """Return a line for each trade, technician, state, source or community, as picked."""
    by = scope.picks["by"]
    tallies = _tallies(session, scope, by)
    names = _names(session, by)
    return [
        ReportLine(values={"name": names(key), "key": _code(key), **tally.values()})
        for key, tally in tallies.items()
    ]


def middle_of_all(session: Session, scope: ReportQuery) -> Mapping[str, Decimal]:
    """Return the middle time over all lines; nothing where nothing is repaired yet."""
    seconds = [one for tally in _tallies(session, scope, BY_STATE).values() for one in tally.seconds]
    middle = middle_hours(seconds)
    return {} if middle is None else {"middle": middle}


def _tallies(session: Session, scope: ReportQuery, by: str) -> dict[Any, Tally]:
    now, zone = clock.now(), clock.timezone()
    column = getattr(RepairOrder, by)
    rows = session.execute(
        select(
            column,
            RepairOrder.reported_at,
            RepairOrder.due_at,
            RepairOrder.finished_at,
            RepairOrder.state,
            RepairOrder.rating,
            RepairOrder.charge_amount,
        )
        .where(
            *scope.where(RepairOrder),
            RepairOrder.reported_at >= clock.midnight(scope.first),
            RepairOrder.reported_at < clock.midnight(scope.last + timedelta(days=1)),
        )
        .order_by(RepairOrder.id),
        execution_options={"yield_per": BATCH},
    )
    found: dict[Any, Tally] = {}
    for key, reported, due, finished, state, rating, charge in rows:
        order = Order(
            reported=reported,
            due=due,
            finished=finished if state in DONE else None,
            cancelled=state is RepairState.CANCELLED,
            stars=None if rating is None else int(rating.value),
            charge=charge or Decimal("0.00"),
        )
        found.setdefault(key, Tally()).add(order, now=now, zone=zone)
    return found


def _names(session: Session, by: str) -> Callable[[Any], str]:
    """Return what a key is called."""
    if by == BY_TECHNICIAN:
        named: dict[int, str] = dict(session.execute(select(Employee.id, Employee.name)).all())
        return lambda key: _("未派工") if key is None else named.get(key, "—")
    if by == BY_COMMUNITY:
        called: dict[int, str] = dict(session.execute(select(Community.id, Community.name)).all())
        return lambda key: called.get(key, "—")
    field = spec_of(RepairOrder).fields[by]
    return lambda key: _("未填") if key is None else format_value(key, field)


def _code(key: Any) -> Any:
    """Return a key as the list's filter writes it."""
    return key.value if isinstance(key, RepairState) else key
