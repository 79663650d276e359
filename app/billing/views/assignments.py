"""Give a standard to the ticked rooms, spaces or meters, to all that a list finds, or to a node of the property tree.

It is looked at first, then done.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.billing import operations
from app.billing.models import FeeAssignment
from app.billing.queries import Choice, objects_of
from app.billing.queries.objects import KINDS, community_of_found, objects_found
from app.billing.states import MeterKind
from app.billing.views.inputs import AssignForm, TermsForm
from app.estate.states import Usage
from app.kernel.errors import N_, DomainError
from app.lowcode import listing
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.errors import message_of, wants_json
from app.lowcode.listing import Query
from app.lowcode.page_form import form_page, show_error, translate
from app.lowcode.pages import Button
from app.lowcode.permissions import may, needs
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.actions import NothingTicked
from app.lowcode.views.lists import words_of

URL = "/billing/assign/"
BATCH = "f.batch.eq"  # the filter of the list that holds what one press gave out
LISTED = "listed"  # the parameter that says whose list the rest of the URL filters
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
        """Return the form, the preview of what it would do, and the deed: all of the choice or none."""
        found = {kind: _ticked(kind) for kind in KINDS}
        ticked, listed = sum(map(len, found.values())), _listed()
        form: Any = translate(TermsForm() if ticked or listed else AssignForm())
        if request.method == "GET":
            form.community_id.data = _begins_in(found, listed)
            if not ticked and not listed:
                form.building_id.data = _given("building_id")
        preview = None
        if form.validate_on_submit():
            try:
                if listed is not None:
                    ids = objects_found(
                        session=db.session(), query=listed, community_id=form.community_id.data
                    )
                    found = {kind: ids for kind, model in KINDS.items() if model is listed.spec.model}
                elif not ticked:
                    found = {form.kind.data: objects_of(session=db.session(), choice=_choice(form))}
                terms = _terms(form, found)
                preview = operations.preview_assignment(session=db.session(), **terms)
                if _signature(form, preview) == form.seen.data:
                    skip = form.skip_taken.data
                    done = in_unit_of_work(
                        lambda: operations.assign(session=db.session(), skip_taken=skip, **terms)
                    )
                    flash(_("已分配给 %(count)d 个对象。", count=done.count), "success")
                    return redirect(f"/fee_assignment/list/?{urlencode({BATCH: done.batch})}")
                form.seen.data = _signature(form, preview)
            except DomainError as error:
                show_error(form, error)
        return form_page(
            form,
            title=_("分配收费标准"),
            back="/fee_assignment/list/",
            template="billing/assign.html",
            submit=_("确认分配") if preview else _("预览"),
            groups=_groups(form),
            preview=preview,
            ticked=ticked,
            listed=None if listed is None else words_of(listed),
        )

    @expose("/take_back/<int:batch>", methods=["POST"])
    @needs("take_back")
    def take_back(self, batch: int) -> Any:
        """Take back all that one press gave out, or nothing of it."""
        mine = select(FeeAssignment.id).where(FeeAssignment.batch == batch) if batch < 2**31 else None
        ids = [] if mine is None else db.session().scalars(mine).all()
        if not ids:
            abort(404)
        try:
            count = in_unit_of_work(
                lambda: operations.take_back_assignments(session=db.session(), assignment_ids=ids)
            )
        except DomainError as error:
            if wants_json():
                raise
            flash(message_of(error), "danger")
            return redirect(f"/fee_assignment/list/?{urlencode({BATCH: batch})}")
        flash(_("已撤销 %(count)d 个对象的分配。", count=count), "success")
        return redirect("/fee_assignment/list/")

    @expose("/ticked/<any(rooms,spaces,meters):kind>", methods=["POST"])
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
    """Return the button for ticked rows of the list of rooms, spaces or meters."""
    if not may("assign", "FeeAssignment"):
        return ()
    return (Button("assign", _("分配收费标准"), f"{URL}ticked/{kind}", "link", post=True, bulk=True),)


def filter_button(kind: str, pairs: Sequence[tuple[str, str]]) -> Sequence[Button]:
    """Return the button for all that the list of rooms, spaces or meters finds, on every page of it."""
    if not may("assign", "FeeAssignment"):
        return ()
    kept = [(name, value) for name, value in pairs if name not in ("page", "size", "order", LISTED)]
    return (Button("assign", _("分配收费标准"), f"{URL}?{urlencode([(LISTED, kind), *kept])}", "link"),)


def batch_button(pairs: Sequence[tuple[str, str]]) -> Sequence[Button]:
    """Return the button above the list of one batch: take all of it back."""
    batch = dict(pairs).get(BATCH, "")
    if not (batch.isascii() and batch.isdigit()) or not may("take_back", "FeeAssignment"):
        return ()
    words = _("撤销这一批的全部分配？其中有已出账的，整批都不撤销。")
    return (
        Button(
            "take_back",
            _("撤销这一批"),
            f"{URL}take_back/{int(batch)}",
            "arrow-back-up",
            post=True,
            confirm=words,
            tone="danger",
        ),
    )


def _listed() -> Query | None:
    """Return the list that the person came from; None for another way here. Raises what a list does for a bad URL."""
    kind = request.args.get(LISTED)
    if kind is None:
        return None
    if kind not in KINDS:
        abort(404)
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != LISTED]
    return Query.of(spec_of(KINDS[kind]), pairs)


def _begins_in(found: Mapping[str, Sequence[int]], listed: Query | None) -> int | None:
    if listed is not None:
        return community_of_found(session=db.session(), query=listed)
    for kind, keys in found.items():
        if keys:
            model = KINDS[kind]
            return db.session().scalar(select(model.community_id).where(model.id == keys[0]))
    return _given("community_id")


def _ticked(name: str) -> list[int]:
    keys = [key for key in request.args.get(name, "").split(",") if key]
    if len(keys) > MOST_TICKED or not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        abort(404)
    return [int(key) for key in keys]


def _given(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _choice(form: Any) -> Choice:
    return Choice(
        community_id=form.community_id.data,
        kind=form.kind.data,
        building_id=form.building_id.data,
        unit=(form.unit.data or "").strip() or None,
        room_id=form.room_id.data,
        lot_id=form.lot_id.data,
        purpose=Usage(form.purpose.data) if form.purpose.data else None,
        layout=(form.layout.data or "").strip() or None,
        meter_kind=MeterKind(form.meter_kind.data) if form.meter_kind.data else None,
    )


def _terms(form: Any, found: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    return {
        "standard_id": form.standard_id.data,
        "starts": form.starts.data,
        "ends": form.ends.data,
        **{f"{kind[:-1]}_ids": keys for kind, keys in found.items()},
    }


def _signature(form: Any, preview: operations.Preview) -> str:
    """Return what was looked at: the choice, what it found, and who looked."""
    typed = [(one.name, str(one.data)) for one in form if one.name not in ("csrf_token", "seen")]
    words = repr(
        (
            typed,
            request.query_string,
            listing.narrowing_now(),
            preview.count,
            preview.taken,
            current_actor().user_id,
        )
    )
    return hashlib.sha256(words.encode()).hexdigest()


def _groups(form: Any) -> list[tuple[str, list[str]]]:
    terms = ["community_id", "standard_id", "starts", "ends", "skip_taken"]
    others = [
        one.name
        for one in form
        if one.name not in terms and one.type not in ("CSRFTokenField", "HiddenField")
    ]
    return [(_("收费标准"), terms), *([(_("分配给"), others)] if others else [])]
