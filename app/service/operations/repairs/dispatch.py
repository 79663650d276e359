"""Who may be sent: technicians of the company, the right trade first, with what they have in hand."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.estate.models import Community, Company, Employee
from app.lowcode.db import session_of
from app.lowcode.dictionary import entries
from app.lowcode.scope import UNSCOPED
from app.service.models import RepairOrder, TechnicianTrade
from app.service.models.repairs import TRADE
from app.service.states.repairs import ASSIGNED


def technicians(row: RepairOrder) -> ColumnElement[bool]:
    """Employees who may be sent: in service, of a trade, of the community's company or one above it."""
    return Employee.active.is_(True) & Employee.id.in_(
        select(TechnicianTrade.employee_id).where(TechnicianTrade.company_id.in_(_companies(row)))
    )


def offered(row: RepairOrder) -> Sequence[tuple[int, str]]:
    """(employee, "张三 · 水电 · 手上 3 单"): the order's trade first, then who has least in hand."""
    session = session_of(row)
    knows = session.execute(
        select(Employee.id, Employee.name, TechnicianTrade.trade)
        .join(TechnicianTrade, TechnicianTrade.employee_id == Employee.id)
        .where(technicians(row))
        .order_by(Employee.id, TechnicianTrade.id)
    ).all()
    names = {employee_id: name for employee_id, name, _trade in knows}
    trades: dict[int, list[str]] = {}
    for employee_id, _name, trade in knows:
        trades.setdefault(employee_id, []).append(trade)
    load = loads(session=session, employees=names)
    labels = {one.code: _(one.label) for one in entries(TRADE)}

    def place(employee_id: int) -> tuple[bool, int, int]:
        return (
            row.trade is not None and row.trade not in trades[employee_id],
            load.get(employee_id, 0),
            employee_id,
        )

    return [
        (
            employee_id,
            _(
                "%(name)s · %(trades)s · 手上 %(count)d 单",
                name=names[employee_id],
                trades=_("、").join(labels.get(one, one) for one in trades[employee_id]),
                count=load.get(employee_id, 0),
            ),
        )
        for employee_id in sorted(names, key=place)
    ]


def loads(*, session: Session, employees: Any) -> dict[int, int]:
    """How many orders each employee has in hand, in whatever community: a number, and nothing else of them."""
    rows = session.execute(
        select(RepairOrder.technician_id, func.count(RepairOrder.id))
        .where(RepairOrder.technician_id.in_(list(employees)), RepairOrder.state.in_(ASSIGNED))
        .group_by(RepairOrder.technician_id),
        execution_options={UNSCOPED: True},
    )
    return {employee_id: count for employee_id, count in rows if employee_id is not None}


def _companies(row: RepairOrder) -> set[int]:
    """Return the community's company and all above it."""
    session = session_of(row)
    parents: dict[int, int | None] = dict(session.execute(select(Company.id, Company.parent_id)).all())
    found: set[int] = set()
    above = session.scalar(select(Community.company_id).where(Community.id == row.community_id))
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found
