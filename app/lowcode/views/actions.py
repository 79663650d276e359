"""What a document's module lets people do to it: on one row or on the ticked rows, in one unit of work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.kernel.errors import N_, DomainError
from app.lowcode.attachments import stored_files
from app.lowcode.document import Spec
from app.lowcode.errors import STATUS, message_of, wants_json
from app.lowcode.fields import Field
from app.lowcode.forms import inputs_form
from app.lowcode.inputs import SignatureField
from app.lowcode.manifest import Action, Entry
from app.lowcode.pages import Button, DialogPage
from app.lowcode.permissions import may, needs, require
from app.lowcode.redirects import BACK, safe_next
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.lists import link_choices

STAY = "stay"  # the parameter of a script that stays on its page: it is told what was done, and goes nowhere
SEEN = "seen"  # the parameter that says which state the page showed


class NothingTicked(DomainError):
    code = "nothing_ticked"
    message = N_("请先勾选要处理的行。")


class NotNow(DomainError):
    code = "not_now"
    message = N_("现在的状态不能“%(label)s”。请刷新后再看。")


class ActionMixin:
    """Runs the actions of a document's entry."""

    spec: Spec
    entry: Entry
    row_or_404: Any

    @property
    def action_verbs(self) -> list[str]:
        """The permissions that the actions need, and the further ones of the workflow."""
        further = () if self.entry.workflow is None else self.entry.workflow.further_verbs
        return [*(action.verb for action in self.entry.actions), *further]

    @expose("/do/<name>/<int:pk>", methods=["GET", "POST"])
    @needs("read")
    def do(self, name: str, pk: int) -> Any:
        """Ask what an action needs to know (GET), or do it to one row (POST)."""
        action = self._named(name)
        if not action.single:
            abort(404)
        row = self.row_or_404(pk)
        form = self._inputs_of(action, pk, row)
        stay = safe_next(BACK, f"{self.spec.url}/show/{pk}")
        note = action.note(row) if action.note is not None else ""
        page = self._dialog(
            action, form, stay, title=_("%(label)s：%(value)s", label=_(action.label), value=row), note=note
        )
        if request.method == "GET":
            return self._ask(page)

        def operation() -> str | None:
            again = self.row_or_404(pk)
            if not action.refuses and not action.allowed(again):
                raise NotNow(label=action.label)
            return action.run(row_id=pk, **self._seen(action), **_values(form))

        return self._done(action, page, operation)

    @expose("/do/<name>", methods=["GET", "POST"])
    @needs("read")
    def do_ticked(self, name: str) -> Any:
        """Do an action to the ticked rows of the list, all or none."""
        action = self._named(name)
        if not action.bulk:
            abort(404)
        keys = request.values.getlist("rowid")
        if not keys:
            raise NothingTicked
        if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
            abort(404)
        form = self._inputs_of(action, 0, None)
        title = _("%(label)s：已选 %(count)d 行", label=_(action.label), count=len(keys))
        keep = [("rowid", key) for key in keys] + ([(STAY, "1")] if STAY in request.values else [])
        page = self._dialog(action, form, f"{self.spec.url}/list/", title, keep)
        if request.method == "GET":
            return self._ask(page)

        def operation() -> str | None:
            ids = sorted({self.row_or_404(int(key)).id for key in keys})
            return action.run(row_ids=ids, **_values(form))

        return self._done(action, page, operation)

    @expose("/choices/<name>/<field>/<int:pk>")
    @needs("read")
    def choices(self, name: str, field: str, pk: int) -> Any:
        """Return the choices of a link that an action of a row (0: of ticked rows) asks for."""
        action = self._named(name)
        one = next((one for one in self._fields(action) if one.name == field and one.kind == "link"), None)
        if one is None:
            abort(404)
        if pk == 0:
            return link_choices(one)
        row = self.row_or_404(pk)
        narrow = action.choices.get(field)
        return link_choices(
            one,
            community_id=getattr(row, "community_id", None),
            conditions=[] if narrow is None else [narrow(row)],
        )

    def _named(self, name: str) -> Action:
        action = next((one for one in self.entry.actions if one.name == name), None)
        if action is None:
            abort(404)
        require(action.verb, self.spec.name)
        return action

    @staticmethod
    def _fields(action: Action) -> list[Field]:
        return [one for one in action.fields if isinstance(one, Field)]

    def _inputs_of(self, action: Action, pk: int, row: Any) -> Any:
        url = f"{self.spec.url}/choices/{action.name}"
        offers = {} if row is None else {name: offer(row) for name, offer in action.offers.items()}
        kind = inputs_form(self.spec, self._fields(action), lambda one: f"{url}/{one.name}/{pk}", offers)
        begins = {} if row is None else dict(action.begins(row))
        if request.method == "GET":
            return kind(formdata=None, **begins)
        masked = {one.name for one in self._fields(action) if one.private}
        return kind(**{name: value for name, value in begins.items() if name in masked})

    def _dialog(
        self,
        action: Action,
        form: Any,
        back: str,
        title: str,
        keep: Sequence[tuple[str, str]] = (),
        note: str = "",
    ) -> DialogPage:
        return DialogPage(
            title,
            _(action.confirm) if action.confirm else "",
            form,
            [one.name for one in self._fields(action)],
            request.full_path.rstrip("?") if not keep else request.path,
            back,
            keep,
            tone=action.tone,
            note=note,
        )

    @staticmethod
    def _ask(page: DialogPage, status: int = 200) -> Any:
        template = "_dialog.html" if request.headers.get("X-Requested-With") else "dialog.html"
        return render_template(template, page=page), status

    @staticmethod
    def _seen(action: Action) -> dict[str, str]:
        return {SEEN: request.args[SEEN]} if action.refuses and SEEN in request.args else {}

    def _done(self, action: Action, page: DialogPage, operation: Callable[[], str | None]) -> Any:
        """Do it; a refusal is shown over the inputs as they were typed, where there are any."""
        scripted = bool(request.headers.get("X-Requested-With"))
        if page.names and not page.form.validate():
            return self._ask(page, 422) if not wants_json() else (jsonify(error=_first(page.form)), 422)
        try:
            with _signatures_stored(page.form):
                goes = in_unit_of_work(operation)
        except DomainError as error:
            if wants_json():
                raise
            field = page.form[error.field] if error.field and error.field in page.form else None
            if scripted or (page.names and field is not None):
                if field is not None:
                    field.errors = [*field.errors, message_of(error)]
                else:
                    page.form.form_errors = [message_of(error)]
                return self._ask(page, STATUS.get(error.code, 422))
            flash(message_of(error), "danger")
            return redirect(page.back_url)
        done = _(action.done) if action.done else _("“%(label)s”已完成。", label=_(action.label))
        if scripted and STAY in request.values:
            return jsonify(done=done)
        flash(done, "success")
        return jsonify(go=goes or page.back_url) if scripted else redirect(goes or page.back_url)

    def _bulk_buttons(self) -> list[Button]:
        return [
            self.action_button(action, f"{self.spec.url}/do/{action.name}", bulk=True)
            for action in self.entry.actions
            if action.bulk and may(action.verb, self.spec.name)
        ]

    @staticmethod
    def action_button(
        action: Action, url: str, *, row: Any = None, bulk: bool = False, to: str = ""
    ) -> Button:
        """Return the button of an action: a dialog where it asks or says something, else a question or nothing before it.

        A question about one row says the action's note of it first.
        """
        confirm = _(action.confirm) if action.confirm else None
        if confirm and row is not None and action.note is not None:
            confirm = f"{action.note(row)}{confirm}"
        noted = action.note is not None and not bulk and (row is None or confirm is None)
        if bulk and confirm is None:
            confirm = _("对勾选的行“%(label)s”？", label=_(action.label))
        return Button(
            action.name,
            _(action.label),
            url,
            action.icon,
            post=not bulk,
            bulk=bulk,
            tone=action.tone,
            confirm=None if action.fields or noted else confirm,
            dialog=bool(action.fields) or noted,
            to=to,
        )


@contextmanager
def _signatures_stored(form: Any) -> Iterator[None]:
    """Write what was drawn to files before the unit of work; the operation is given the file."""
    drawn = [one for one in form if isinstance(one, SignatureField) and one.data]
    with stored_files([one.data for one in drawn]) as files:
        for one, file in zip(drawn, files, strict=True):
            one.data = file
        yield


def _values(form: Any) -> dict[str, Any]:
    return {one.name: one.data for one in form if one.name != "csrf_token"}


def _first(form: Any) -> str:
    return next(
        (
            _("%(label)s：%(value)s", label=form[name].label.text, value=errors[0])
            for name, errors in form.errors.items()
        ),
        "",
    )
