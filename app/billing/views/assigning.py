"""Give a standard to the ticked rooms or spaces, or to a node of the property tree: looked at first, then done."""

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.billing import operations
from app.billing.queries import Choice, objects_of
from app.billing.views.inputs import AssignForm, TermsForm, blame, form_page, spoken
from app.estate.models import ParkingSpace, Room
from app.estate.states import Usage
from app.kernel.errors import N_, DomainError
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.pages import Button
from app.lowcode.permissions import may, needs
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.actions import NothingTicked

URL = "/billing/assign/"
MOST_TICKED = 500


class TooManyTicked(DomainError):
    """More rows than a list shows at once."""

    code = "too_many_ticked"
    message = N_("一次最多勾选 %(limit)d 行。更多的请按楼宇或小区分配。")


class AssignView(BaseView):
    """分配收费标准."""

    route_base = "/billing/assign"
    menu_path = "/"
    default_view = "assign"
    class_permission_name = "FeeAssignment"

    @expose("/", methods=["GET", "POST"])
    @needs("assign")
    def assign(self) -> Any:
        """The form, the preview of what it would do, and the deed: all of the choice or none."""
        rooms, spaces = _ticked("rooms"), _ticked("spaces")
        ticked = len(rooms) + len(spaces)
        form: Any = spoken(TermsForm() if ticked else AssignForm())
        if request.method == "GET":
            form.community_id.data = _community_of(rooms, spaces) if ticked else _given("community_id")
            if not ticked:
                form.building_id.data = _given("building_id")
        preview = None
        if form.validate_on_submit():
            try:
                if not ticked:
                    rooms, spaces = objects_of(session=db.session(), choice=_choice(form))
                preview = _preview(form, rooms, spaces)
                if _signature(form, preview) == form.seen.data:
                    count = in_unit_of_work(lambda: _assign(form, rooms, spaces))
                    flash(_("已分配给 %(count)d 个对象。", count=count), "success")
                    return redirect("/fee_assignment/list/")
                form.seen.data = _signature(form, preview)
            except DomainError as error:
                blame(form, error)
        return form_page(
            form, title=_("分配收费标准"), back="/fee_assignment/list/", template="billing/assign.html",
            submit=_("确认分配") if preview else _("预览"), groups=_groups(form), preview=preview, ticked=ticked,
        )  # fmt: skip

    @expose("/ticked/<any(rooms,spaces):kind>", methods=["POST"])
    @needs("assign")
    def ticked(self, kind: str) -> Any:
        """From the ticked rows of a list to the form."""
        keys = request.form.getlist("rowid")
        if not keys:
            raise NothingTicked
        if len(keys) > MOST_TICKED:
            raise TooManyTicked(limit=MOST_TICKED)
        if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
            abort(404)
        return redirect(f"{URL}?{kind}={','.join(keys)}")


def bulk_button(kind: str) -> Sequence[Button]:
    """The button for ticked rows of the list of rooms or spaces."""
    if not may("assign", "FeeAssignment"):
        return ()
    return (Button("assign", _("分配收费标准"), f"{URL}ticked/{kind}", "link", post=True, bulk=True),)


def _ticked(name: str) -> list[int]:
    keys = [key for key in request.args.get(name, "").split(",") if key]
    if len(keys) > MOST_TICKED or not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        abort(404)
    return [int(key) for key in keys]


def _given(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _community_of(rooms: Sequence[int], spaces: Sequence[int]) -> int | None:
    model, keys = (Room, rooms) if rooms else (ParkingSpace, spaces)
    return db.session().scalar(select(model.community_id).where(model.id == keys[0]))


def _choice(form: Any) -> Choice:
    return Choice(
        community_id=form.community_id.data,
        spaces=form.kind.data == "spaces",
        building_id=form.building_id.data,
        unit=(form.unit.data or "").strip() or None,
        room_id=form.room_id.data,
        lot_id=form.lot_id.data,
        purpose=Usage(form.purpose.data) if form.purpose.data else None,
        layout=(form.layout.data or "").strip() or None,
    )


def _preview(form: Any, rooms: Sequence[int], spaces: Sequence[int]) -> operations.Preview:
    return operations.preview_assignment(
        session=db.session(), standard_id=form.standard_id.data, room_ids=rooms, space_ids=spaces,
        starts=form.starts.data, ends=form.ends.data,
    )  # fmt: skip


def _assign(form: Any, rooms: Sequence[int], spaces: Sequence[int]) -> int:
    return operations.assign(
        session=db.session(), standard_id=form.standard_id.data, room_ids=rooms, space_ids=spaces,
        starts=form.starts.data, ends=form.ends.data, skip_taken=form.skip_taken.data,
    )  # fmt: skip


def _signature(form: Any, preview: operations.Preview) -> str:
    """What was looked at: the choice, what it found, and who looked."""
    typed = [(one.name, str(one.data)) for one in form if one.name not in ("csrf_token", "seen")]
    words = repr((typed, request.query_string, preview.count, preview.taken, current_actor().user_id))
    return hashlib.sha256(words.encode()).hexdigest()


def _groups(form: Any) -> list[tuple[str, list[str]]]:
    terms = ["community_id", "standard_id", "starts", "ends", "skip_taken"]
    others = [
        one.name
        for one in form
        if one.name not in terms and one.type not in ("CSRFTokenField", "HiddenField")
    ]
    return [(_("收费标准"), terms), *([(_("分配给"), others)] if others else [])]
