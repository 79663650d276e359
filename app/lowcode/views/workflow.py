"""What the pages of a document with a workflow have beside its buttons: its way so far, and the row on paper."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.kernel.errors import N_
from app.lowcode import clock, history
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import Spec
from app.lowcode.fields import Field
from app.lowcode.listing import titles_of
from app.lowcode.manifest import Entry
from app.lowcode.permissions import needs
from app.lowcode.sentences import spoken
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value
from app.lowcode.workflow.limits import OVERDUE, WAITED, Escalation
from app.lowcode.workflow.state_log import StateChange

MOMENT = Field("", "moment")
PRINTED_WHOLE = N_("打印（含完整电话）")


class FlowMixin:
    """The way of a row through its states."""

    spec: Spec
    entry: Entry
    row_or_404: Any

    @expose("/timeline/<int:pk>")
    @needs("read")
    def timeline(self, pk: int) -> Any:
        """Each transition with its time, person, reason and how long the row had waited."""
        row = self.row_or_404(pk)
        return render_template("_timeline.html", lines=self.way_of(row))

    @expose("/paper/<int:pk>")
    @needs("print")
    def paper(self, pk: int) -> Any:
        """One row on paper, by the template that the module gives."""
        return self._paper(self.row_or_404(pk), {})

    @expose("/paper/<int:pk>", methods=["POST"])
    @needs("print")
    def print_paper(self, pk: int) -> Any:
        """Return the same to be printed now, with the numbers whole that `paper_reveals` names; its history says so."""

        def operation() -> dict[str, str]:
            row = self.row_or_404(pk)
            history.note(row, label=PRINTED_WHOLE)
            return {name: getattr(row, name) or "" for name in self.entry.paper_reveals}

        whole = in_unit_of_work(operation)
        return self._paper(self.row_or_404(pk), whole)

    def _paper(self, row: Any, whole: Mapping[str, str]) -> Any:
        titles = titles_of(session=db.session(), spec=self.spec, row_id=row.id)
        values = {
            one.name: titles.get(one.name)
            if one.kind == "link"
            else format_value(getattr(row, one.name), one)
            for one in self.spec.fields.values()
        } | dict(whole)
        choices = {
            one.name: [
                {"label": _(member.label), "ticked": member is getattr(row, one.name)} for member in one.enum
            ]
            for one in self.spec.fields.values()
            if one.enum is not None
        }
        return render_template(
            str(self.entry.print_template),
            row=row,
            heading=self.entry.heading(row),
            choices=choices,
            values=values,
            lines=self.way_of(row) if self.entry.workflow is not None else [],
            printed_by=current_actor().name,
            printed_at=format_value(clock.now(), MOMENT),
            posts=bool(self.entry.paper_reveals),
            print_now=bool(whole),
        )

    def way_of(self, row: Any) -> list[dict[str, Any]]:
        """Return the row's transitions and passed limits in words, the first first."""
        changes = db.session.scalars(
            select(StateChange)
            .where(StateChange.document == self.spec.name, StateChange.row_id == row.id)
            .order_by(StateChange.id)
        ).all()
        late = db.session.scalars(
            select(Escalation)
            .where(Escalation.document == self.spec.name, Escalation.row_id == row.id)
            .order_by(Escalation.id)
        ).all()
        tones = {state.value: state.tone for state in type(row.state)}
        moved = [
            {
                "moment": one.at,
                "at": format_value(one.at, MOMENT),
                "who": one.who,
                "label": _(one.label),
                "was": _(one.was) if one.was else "",
                "became": _(one.became),
                "tone": tones.get(one.to_state) or "secondary",
                "reason": spoken(one.reason or ""),
                "took": "" if one.seconds is None else duration(one.seconds),
            }
            for one in changes
        ]
        flow = self.entry.workflow
        waited = {limit.name for limit in flow.limits if not limit.marks} if flow is not None else set()
        told = [
            {
                "moment": one.at,
                "at": format_value(one.at, MOMENT),
                "who": _("系统"),
                "was": "",
                "label": _(WAITED if one.limit_name in waited else OVERDUE),
                "became": _(one.label),
                "tone": "orange" if one.limit_name in waited else "red",
                "took": "",
                "reason": _("已通知 %(count)d 人。", count=one.told),
            }
            for one in late
        ]
        return sorted([*moved, *told], key=lambda line: line["moment"])


def duration(seconds: int) -> str:
    """Return a span of time in words, in its two largest units."""
    days, rest = divmod(max(0, seconds), 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return _("%(days)d 天 %(hours)d 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)d 小时 %(minutes)d 分", hours=hours, minutes=minutes)
    return _("%(minutes)d 分钟", minutes=minutes)
