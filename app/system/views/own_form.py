"""A document of Flask-AppBuilder's own tables: the engine's pages, and a form with operations of its own behind it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _

from app.kernel.errors import DomainError
from app.lowcode.errors import message_of, wants_json
from app.lowcode.forms import DocumentForm
from app.lowcode.inputs import masks_of
from app.lowcode.interface import DocumentInterface
from app.lowcode.pages import FormPage
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.document_view import DocumentView, unused_routes
from app.lowcode.views.edit_conflict import ChangedMeanwhile


class OwnFormView(DocumentView):
    """A document of Flask-AppBuilder's with the engine's pages and a form of its own."""

    menu_path = "/list/"

    def __init_subclass__(cls, **options: Any) -> None:
        cls.exclude_route_methods = unused_routes(cls.entry)
        super().__init_subclass__(**options)

    def __init__(self) -> None:
        # Made here, not when the class is read: it looks at every mapped class, and not all are declared by then.
        self.datamodel = DocumentInterface(self.spec.model)
        super().__init__()

    def save(self, form: DocumentForm, operation: Callable[[], Any], pk: int | None) -> Any:
        """Run the operation in one unit; a redirect, or None with the reason on the form."""

        def checked() -> Any:
            if pk is not None and form.row_version.data != self.version(pk):
                form.row_version.data = self.version(pk)
                raise ChangedMeanwhile
            return operation().id

        try:
            key = in_unit_of_work(checked)
        except DomainError as error:
            self._blame(form, error.field, message_of(error))
            return None
        flash(_("已保存。"), "success")
        return redirect(f"{self.spec.url}/show/{key}")

    def remove(self, operation: Callable[[], str], pk: int) -> Any:
        """Delete in one unit; a refusal is told on the row's page."""
        try:
            title = in_unit_of_work(operation)
        except DomainError as error:
            if wants_json():
                raise
            flash(message_of(error), "danger")
            return redirect(f"{self.spec.url}/show/{pk}")
        flash(_("已删除“%(title)s”。", title=title), "success")
        return redirect(f"{self.spec.url}/list/")

    def version(self, pk: int) -> str:
        """Return what the form is filled from, in short."""
        raise NotImplementedError

    def page(self, form: DocumentForm, row: Any, groups: Sequence[tuple[str, Sequence[str]]]) -> FormPage:
        """Return the form's page."""
        label = _(self.spec.about.label)
        title = (
            _("新增%(label)s", label=label)
            if row is None
            else _("修改%(label)s：%(title)s", label=label, title=row)
        )
        return FormPage(
            title=title,
            form=form,
            submit=_("保存"),
            groups=[
                (_(name) if name else "", shown)
                for name, names in groups
                if (shown := [one for one in names if one in form])
            ],
            back_url=f"{self.spec.url}/list/" if row is None else f"{self.spec.url}/show/{row.id}",
            crumbs=[(label, f"{self.spec.url}/list/"), (title, None)],
            error=_("；").join([*form.form_errors, *(form["rights"].errors if "rights" in form else ())])
            or None,
            masks={} if row is None else masks_of(form),
        )
