"""What other pages show and start of repairs: buttons, facts, what waits, the card of the home page."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.kernel.errors import N_
from app.kernel.money import format_money
from app.lowcode import clock, listing
from app.lowcode.actors import current_actor
from app.lowcode.attachments import Attaching, AttachmentKind
from app.lowcode.db import db
from app.lowcode.home import Duty, Task, rows_waiting
from app.lowcode.manifest import OpenWork
from app.lowcode.pages import Button, Cell, Chart, Fact, Series
from app.lowcode.permissions import may, needs
from app.lowcode.reports.drilldown import documents_url
from app.lowcode.workflow.overdue import is_late
from app.lowcode.workflow.transitions import who_moves
from app.service.models import RepairOrder
from app.service.operations.repairs.access import attends
from app.service.operations.repairs.effects import SIGNATURE
from app.service.queries import repairs as queries
from app.service.states.repairs import ASSIGNED, OPEN, RepairState

ORDER = RepairOrder.__name__


def _changes_pictures(row: RepairOrder) -> bool:
    """Until it is closed: who works on it, and the front desk."""
    who = who_moves(ORDER)
    return row.state in OPEN and (who is None or attends(row, who))


ATTACHING = Attaching(
    kinds=(AttachmentKind("before", N_("维修前")), AttachmentKind("after", N_("维修后"))),
    kept=(SIGNATURE,),
    allowed=_changes_pictures,
)


def begins(given: Mapping[str, str]) -> dict[str, str]:
    """Return what a new order begins with."""
    return queries.begins_with(session=db.session(), given=given, today=clock.today())


def facts(row: RepairOrder) -> list[Fact]:
    """Return what a paid repair was charged, and how much of it is open."""
    charge = queries.charge_of(session=db.session(), order=row) if row.chargeable and row.closed_at else None
    if charge is None:
        return []
    words = _("未收 %(due)s 元", due=format_money(charge.due)) if charge.due else _("已收清")
    url = f"/charge/show/{charge.id}" if may("read", "Charge") else None
    return [Fact(_("应收"), Cell(words, "link", href=url))]


def repairs_of(user_id: int) -> list[OpenWork]:
    """Return the orders in a technician's hands, told before they are disabled."""
    found = db.session.execute(
        select(RepairOrder.technician_id, func.count(RepairOrder.id))
        .where(RepairOrder.technician_user_id == user_id, RepairOrder.state.in_(ASSIGNED))
        .group_by(RepairOrder.technician_id)
    )
    others = [("state.ne", state.value) for state in RepairState if state not in ASSIGNED]
    return [
        OpenWork(
            _("手上的报修单"), count, documents_url(RepairOrder, [("technician_id.eq", person), *others])
        )
        for person, count in found
    ]


def own_page(row: RepairOrder) -> list[Button]:
    """Return the same order as its technician sees it, for the technician."""
    who = who_moves(ORDER)
    own = who is not None and row.technician_user_id is not None and row.technician_user_id == who.user_id
    return [Button("mine", _("手机页"), f"/repairs/mine/{row.id}", "device-mobile")] if own else []


def report_button(field: str) -> Any:
    """Return a button 报修 on the page of a room, building or customer."""

    def make(row: Any) -> Button | None:
        if not may("add", ORDER):
            return None
        return Button("repair", _("报修"), f"/repair_order/add?{urlencode({field: row.id})}", "tool")

    return make


def _mine() -> Iterator[Task]:
    for kind, rows in queries.own_work(session=db.session(), user_id=current_actor().user_id):
        late = any(is_late(session=db.session(), row=one, now=clock.now()) for one in rows)
        text = _("我的工单：%(kind)s", kind=_(kind.value))
        yield Task(text, f"/repairs/mine/#{kind.name.lower()}", len(rows), late=late)


DUTIES = (
    Duty("take", ORDER, _mine, icon="hammer"),
    Duty(
        "pass_on",
        ORDER,
        rows_waiting(RepairOrder, N_("%(what)s待转工程"), ("state.eq", "registered")),
        icon="tool",
    ),
    Duty(
        "dispatch",
        ORDER,
        rows_waiting(RepairOrder, N_("%(what)s待派工"), ("state.eq", "passed")),
        icon="user-check",
    ),
    Duty(
        "issue",
        ORDER,
        rows_waiting(RepairOrder, N_("%(what)s待发料确认"), ("awaiting_material.eq", "1")),
        icon="package-export",
    ),
    Duty(
        "check",
        ORDER,
        rows_waiting(RepairOrder, N_("%(what)s待核对"), ("state.eq", "to_check")),
        icon="checks",
    ),
    Duty(
        "alert",
        ORDER,
        rows_waiting(RepairOrder, N_("%(what)s超时"), ("overdue.eq", "1"), late=True),
        icon="alarm",
    ),
)


class RepairCard(BaseView):
    """报修 by state, in the person's reach and the chosen tree node."""

    route_base = "/repairs/cards"
    class_permission_name = ORDER

    @expose("/states")
    @needs("read")
    def states(self) -> str:
        """Open orders by state, those that are late told apart."""
        narrowing = listing.narrowing_condition(RepairOrder)
        rows = db.session.execute(
            select(RepairOrder.state, RepairOrder.overdue, func.count(RepairOrder.id))
            .where(RepairOrder.state.in_(OPEN), *([] if narrowing is None else [narrowing]))
            .group_by(RepairOrder.state, RepairOrder.overdue)
        ).all()
        counts: dict[tuple[RepairState, bool], int] = {(state, late): count for state, late, count in rows}
        found = [state for state in OPEN if (state, False) in counts or (state, True) in counts]
        chart = Chart(
            _("未完报修"),
            _("状态"),
            [_(state.label) for state in found],
            [
                Series(_("时限内"), [counts.get((state, False), 0) for state in found], tone="blue"),
                Series(_("超时"), [counts.get((state, True), 0) for state in found], tone="red"),
            ],
            stacked=True,
            unit=_("单"),
            urls=[f"/repair_order/list/?f.state.eq={state.value}" for state in found],
        )
        return render_template("chart.html", chart=chart)
