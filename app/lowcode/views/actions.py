"""What a document's module lets people do to it: on one row or on the ticked rows, in one unit of work."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.kernel.errors import N_, DomainError
from app.lowcode.document import Spec
from app.lowcode.errors import message_of, wants_json
from app.lowcode.manifest import Action, Entry
from app.lowcode.pages import Button
from app.lowcode.permissions import may, needs, require
from app.lowcode.unit import in_unit_of_work


class NothingTicked(DomainError):
    code = "nothing_ticked"
    message = N_("请先勾选要处理的行。")


class MissingInput(DomainError):
    code = "missing_input"
    message = N_("请填写“%(label)s”。")


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
        """The permissions that the actions need."""
        return [action.name for action in self.entry.actions]

    @expose("/do/<name>/<int:pk>", methods=["POST"])
    @needs("read")
    def do(self, name: str, pk: int) -> Any:
        """Do an action to one row."""
        action = self._named(name)
        self.row_or_404(pk)

        def operation() -> str | None:
            row = self.row_or_404(pk)
            if not action.allowed(row):
                raise NotNow(label=action.label)
            return action.run(row_id=pk, **self._inputs(action))

        return self._done(action, operation, f"{self.spec.url}/show/{pk}")

    @expose("/do/<name>", methods=["POST"])
    @needs("read")
    def do_ticked(self, name: str) -> Any:
        """Do an action to the ticked rows of the list, all or none."""
        action = self._named(name)
        if not action.bulk:
            abort(404)
        keys = request.form.getlist("rowid")
        if not keys:
            raise NothingTicked
        if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
            abort(404)

        def operation() -> str | None:
            ids = sorted({self.row_or_404(int(key)).id for key in keys})
            return action.run(row_ids=ids, **self._inputs(action))

        return self._done(action, operation, f"{self.spec.url}/list/")

    def _named(self, name: str) -> Action:
        action = next((one for one in self.entry.actions if one.name == name), None)
        if action is None:
            abort(404)
        require(name, self.spec.name)
        return action

    @staticmethod
    def _inputs(action: Action) -> dict[str, str]:
        given = {}
        for name, label, required in action.fields:
            given[name] = request.form.get(name, "").strip()[:4000]
            if required and not given[name]:
                raise MissingInput(field=name, label=label)
        return given

    def _done(self, action: Action, operation: Any, stay: str) -> Any:
        try:
            goes = in_unit_of_work(operation)
        except DomainError as error:
            if wants_json():
                raise
            flash(message_of(error), "danger")
            return redirect(stay)
        flash(_(action.done) if action.done else _("“%(label)s”已完成。", label=_(action.label)), "success")
        return redirect(goes or stay)

    def _bulk_buttons(self) -> list[Button]:
        return [
            Button(
                action.name, _(action.label), f"{self.spec.url}/do/{action.name}", action.icon, post=True, bulk=True,
                confirm=_(action.confirm) if action.confirm else _("对勾选的行“%(label)s”?", label=_(action.label)),
                fields=[(name, _(label), required) for name, label, required in action.fields], tone=action.tone,
            )
            for action in self.entry.actions
            if action.bulk and may(action.name, self.spec.name)
        ]  # fmt: skip
