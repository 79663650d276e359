"""我的工单: what a technician has in hand, on a phone: large buttons, photos, materials, the resident's signature."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.kernel.errors import N_, DomainError
from app.lowcode import clock, history
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.errors import STATUS, message_of
from app.lowcode.fields import Field
from app.lowcode.forms import inputs_form
from app.lowcode.permissions import may, needs
from app.lowcode.scope import OutOfScope, find
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value
from app.lowcode.views.document_view import view_for
from app.lowcode.workflow.overdue import is_late
from app.lowcode.workflow.transitions import who_moves
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs import remove_material, save_material
from app.service.operations.repairs.access import works_on
from app.service.operations.repairs.registration import place_of
from app.service.queries import repairs as queries

MOMENT = Field("", "moment")
CALLED = N_("查看完整号码（联系报修人）")
TYPED = ("name", "unit", "quantity", "price")


class MyWorkView(BaseView):
    """A technician's orders; who supervises sees any order in reach the same way."""

    route_base = "/repairs/mine"
    class_permission_name = "RepairOrder"
    default_view = "index"
    menu_path = "/"

    @expose("/")
    @needs("take")
    def index(self) -> str:
        """Return the person's open orders: to be taken, in hand, and held up by others."""
        work = queries.own_work(session=db.session(), user_id=current_actor().user_id)
        groups = [(kind.name.lower(), _(kind.value), [_to_json(row) for row in rows]) for kind, rows in work]
        return render_template(
            "service/my_work.html", groups=groups, count=sum(len(rows) for _kind, rows in work)
        )

    @expose("/<int:pk>")
    @needs("take")
    def order(self, pk: int) -> str:
        """One order with its next steps as large buttons."""
        return _page(_own(pk), _line_form()(formdata=None))

    @expose("/<int:pk>/call", methods=["POST"])
    @needs("take")
    def call(self, pk: int) -> Any:
        """Show whom to call about an order that the person works on; the order's history says so."""
        in_unit_of_work(lambda: history.note(_own(pk), label=CALLED))
        row = _own(pk)
        return _page(row, _line_form()(formdata=None), phone=row.phone or "")

    @expose("/<int:pk>/call")
    @needs("take")
    def call_again(self, pk: int) -> str:
        """Show the order again: the number is there for who presses the button only."""
        return self.order(pk)

    @expose("/<int:pk>/material", methods=["GET", "POST"])
    @needs("add", "RepairMaterial")
    def material(self, pk: int) -> Any:
        """Add a line of material; what was typed stays while something of it is wrong."""
        row = _own(pk)
        if request.method == "GET":  # the page that said what was wrong, called again
            return _page(row, _line_form()(formdata=None))
        form = _line_form()()
        if not form.validate():
            return _page(row, form), 422
        values = {name: form[name].data for name in TYPED}

        def operation() -> None:
            save_material(session=db.session(), row=RepairMaterial(), order_id=pk, **values)

        try:
            in_unit_of_work(operation)
        except DomainError as error:
            errors = form[error.field].errors if error.field in TYPED else form.form_errors
            errors.append(message_of(error))
            return _page(_own(pk), form), STATUS.get(error.code, 422)
        flash(_("已加用料。"), "success")
        return redirect(_materials_url(pk))

    @expose("/<int:pk>/material/<int:line>/remove", methods=["POST"])
    @needs("delete", "RepairMaterial")
    def remove(self, pk: int, line: int) -> Any:
        """Take a line off."""
        _own(pk)

        def operation() -> None:
            row: RepairMaterial | None = find(db.session(), RepairMaterial, line) if line < 2**63 else None
            if row is None or row.order_id != pk:
                raise OutOfScope
            remove_material(session=db.session(), row=row)

        try:
            in_unit_of_work(operation)
            flash(_("已去掉。"), "success")
        except DomainError as error:
            flash(message_of(error), "danger")
        return redirect(_materials_url(pk))


def _own(pk: int) -> RepairOrder:
    """Return an order that the person works on; any other does not exist on these pages."""
    row: RepairOrder | None = find(db.session(), RepairOrder, pk) if pk < 2**63 else None
    who = who_moves(RepairOrder.__name__)
    if row is None or (who is not None and not works_on(row, who)):
        abort(404)
    return row


def _line_form() -> type[Any]:
    """Return the form of a line, which reads and judges as the document's own does."""
    spec = spec_of(RepairMaterial)
    return inputs_form(spec, [spec.fields[name] for name in TYPED], lambda one: "", {})


def _page(row: RepairOrder, form: Any, *, phone: str = "") -> str:
    """Return an order's page with the form of a line as it is now, and the whole telephone where it was asked for."""
    session, back = db.session(), f"/repairs/mine/{row.id}"
    view = view_for(RepairOrder)
    return render_template(
        "service/my_order.html",
        order=_to_json(row) | _facts(row),
        phone=phone,
        # The step that goes on first, over the whole width.
        steps=sorted(view.steps(row, back=back), key=lambda step: step.tone != "primary"),
        lines=[_line(one) for one in queries.materials_of(session=session, order=row)],
        open=queries.may_change_materials(row) and may("add", RepairMaterial.__name__),
        form=form,
        usual=queries.usual_materials(session=session, community_id=row.community_id),
        pictures=view.pictures(row, back=back),
    )


def _materials_url(pk: int) -> str:
    return f"/repairs/mine/{pk}#materials"


def _to_json(row: RepairOrder) -> dict[str, Any]:
    fields = spec_of(RepairOrder).fields
    return {
        "id": row.id,
        "number": row.number,
        "url": f"/repairs/mine/{row.id}",
        "urgent": row.urgent,
        "place": place_of(session=db.session(), row=row),
        "content": row.content,
        "state": _(row.state.label),
        "tone": row.state.tone,
        "paused": row.paused,
        "awaiting": row.awaiting_material,
        "trade": format_value(row.trade, fields["trade"]),
        "due": format_value(row.due_at, MOMENT),
        "late": is_late(session=db.session(), row=row, now=clock.now()),
        "appointment": format_value(row.appointment, MOMENT),
    }


def _facts(row: RepairOrder) -> dict[str, Any]:
    fields = spec_of(RepairOrder).fields
    told = (
        "delay_reason",
        "work_done",
        "labour",
        "charge_amount",
        "finished_at",
        "signed_by",
        "check_opinion",
    )
    return {
        "reporter": row.reporter,
        "phone": format_value(row.phone, fields["phone"]),
        "reported": format_value(row.reported_at, MOMENT),
        "facts": [
            (_(fields[name].label), format_value(getattr(row, name), fields[name]))
            for name in told
            if getattr(row, name) is not None
        ],
    }


def _line(one: RepairMaterial) -> dict[str, Any]:
    fields = spec_of(RepairMaterial).fields
    return {
        "id": one.id,
        "name": one.name,
        "unit": one.unit or "",
        "confirmed": one.confirmed,
        "quantity": format_value(one.quantity, fields["quantity"]),
        "price": format_value(one.price, fields["price"]),
        "amount": format_value(one.amount, fields["amount"]),
    }
