"""Add, edit and delete: one unit of work each; what was typed is kept when it is refused."""

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.kernel.errors import N_, DomainError
from app.lowcode import scope
from app.lowcode.attachments import detach_all
from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.errors import message_of, wants_json
from app.lowcode.forms import DocumentForm, form_class, groups_of
from app.lowcode.implied import with_implied
from app.lowcode.inputs import masks_of
from app.lowcode.manifest import Entry
from app.lowcode.pages import FormPage
from app.lowcode.permissions import may, needs
from app.lowcode.redirects import BACK, safe_next
from app.lowcode.referrers import referrers
from app.lowcode.save import AlreadyThere, check_unique, save_row
from app.lowcode.unit import in_unit_of_work
from app.lowcode.views.edit_conflict import ChangedMeanwhile, changed_since, newest_line


class StillReferred(DomainError):
    code = "still_referred"
    message = N_("“%(title)s”还被下列资料引用，不能删除。请先处理它们，或把它停用。")


class NotEditableNow(DomainError):
    code = "not_editable_now"
    message = N_("现在的状态是“%(state)s”，内容不能再修改。")


MEANT = "meant"


def _word_of(doubts: Sequence[str]) -> str:
    """Return the word that says of these doubts that the values are meant."""
    return hashlib.sha256("\n".join(doubts).encode()).hexdigest()[:16] if doubts else ""


class FormMixin:
    """The forms of a document."""

    spec: Spec
    entry: Entry
    datamodel: Any

    @expose("/add", methods=["GET", "POST"])
    @needs("add")
    def add(self) -> Any:
        """Return the form of a new row; URL parameters fill it in."""
        self._refuse_readonly()
        form = self.form(adding=True, obj=None)
        doubts: list[str] = []
        if request.method == "POST" and form.validate() and not (doubts := self._doubts(form, None)):
            key = self._saved(form, None)
            if key is not None:
                flash(_("已新增%(label)s。", label=_(self.spec.about.label)), "success")
                return redirect(f"{self.spec.url}/show/{key}")
        title = _("新增%(label)s", label=_(self.spec.about.label))
        return self._form_page(form, title, f"{self.spec.url}/list/", doubts=doubts)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @needs("edit")
    def edit(self, pk: int) -> Any:
        """Return the form of an existing row."""
        self._refuse_readonly()
        row = self.row_or_404(pk)
        self._refuse_uneditable(row)
        title = _("修改%(label)s：%(title)s", label=_(self.spec.about.label), title=str(row))
        form = self.form(adding=False, obj=row)
        doubts: list[str] = []
        if request.method == "POST":
            if form.validate() and not (doubts := self._doubts(form, row)):
                key = self._saved(form, pk)
                if key is not None:
                    flash(_("已保存。"), "success")
                    return redirect(f"{self.spec.url}/show/{key}")
        else:
            form.row_version.data = str(getattr(row, "row_version", ""))
            form.row_seen.data = newest_line(session=db.session(), spec=self.spec, row=row)
        return self._form_page(form, title, f"{self.spec.url}/show/{pk}", editing=True, doubts=doubts)

    @expose("/delete/<int:pk>", methods=["POST"])
    @needs("delete")
    def delete(self, pk: int) -> Any:
        """Really delete a row that nothing refers to."""
        self._refuse_readonly()
        if not self.spec.about.deletable:
            abort(404)
        try:
            title = in_unit_of_work(lambda: self._deleted(pk))
        except DomainError as error:
            if wants_json():
                raise
            # Flask keeps any JSON value; the template renders the text and its links.
            flash(self._refusal_of_delete(error, pk), "danger")  # type: ignore[arg-type]
            return redirect(safe_next(BACK, f"{self.spec.url}/show/{pk}"), 303)
        flash(_("已删除“%(title)s”。", title=title), "success")
        return redirect(safe_next(BACK, f"{self.spec.url}/list/"), 303)

    def _deleted(self, pk: int) -> str:
        """Delete the row and return its title. Raises StillReferred and the operation's own."""
        session = db.session()
        row = self.row_or_404(pk)
        title = str(row)
        if self.entry.attachments is not None:
            detach_all(session=session, row=row)
        if any(referrers(session=session, row=row, unchecked=True)):
            raise StillReferred(title=title)
        try:
            if self.entry.remove is not None:
                self.entry.remove(session=session, row=row)
                session.flush()
            else:
                self.datamodel.delete(row)
        except IntegrityError as error:
            raise StillReferred(title=title) from error
        return title

    def _refusal_of_delete(self, error: DomainError, pk: int) -> dict[str, Any]:
        """Return why a row was not deleted, and what refers to it as (label, URL or None)."""
        links: list[tuple[str, str | None]] = []
        if isinstance(error, StillReferred):
            for referrer in referrers(session=db.session(), row=self.row_or_404(pk)):
                spec = spec_of(referrer.document)
                opens = spec.about.menu is not False and referrer.field.filtered and may("read", spec.name)
                url = referrer.url(pk) if opens and referrer.reached else None
                count = referrer.reached if url else referrer.count
                links.append((_("%(label)s %(count)d 条", label=_(spec.about.label), count=count), url))
                if url and referrer.count > referrer.reached:
                    beyond = referrer.count - referrer.reached
                    links.append(
                        (
                            _("您无权查看的%(label)s %(count)d 条", label=_(spec.about.label), count=beyond),
                            None,
                        )
                    )
        return {"text": message_of(error), "links": links}

    def row_or_404(self, pk: int) -> Any:
        """Return the row within the person's reach; to anybody else it does not exist."""
        row = scope.find(db.session(), self.spec.model, pk) if pk < 2**63 else None
        if row is None:
            abort(404)
        return row

    def form(self, *, adding: bool, obj: Any) -> DocumentForm:
        """Return the form, filled from the row, the URL or what was typed."""
        kind = form_class(self.spec, adding=adding, extra=self.entry.extra_fields)
        if not adding:
            return kind(obj=obj)
        begins = {} if self.entry.begins is None else self.entry.begins(dict(request.values.items()))
        fields = self.spec.fields
        # What is shown masked comes back masked: the form has to know again what stands behind it.
        masked = {name: text for name, text in begins.items() if name in fields and fields[name].private}
        if request.method == "POST":
            return kind(data=masked)
        form = kind(formdata=None, data=masked)
        given = with_implied(
            session=db.session(), spec=self.spec, preset={**begins, **request.args.to_dict()}
        )
        for name, value in given.items():
            if name in form and name in fields and masked.get(name) != value:
                try:
                    form[name].process_formdata([value])
                except ValueError:
                    continue
                if fields[name].private:
                    form[name].raw_data = [value]
        return form

    def _refuse_readonly(self) -> None:
        if self.spec.about.readonly:
            abort(404)

    def _refuse_uneditable(self, row: Any) -> None:
        flow = self.entry.workflow
        if flow is not None and not flow.editable(row):
            raise NotEditableNow(state=row.state.label)

    def _saved(self, form: DocumentForm, pk: int | None) -> int | None:
        """Save in a unit of its own; on refusal put the reason on the form and return None."""

        def operation() -> int:
            session = db.session()
            row = self.spec.model() if pk is None else self.row_or_404(pk)
            if pk is not None:
                self._refuse_uneditable(row)
            if pk is not None and form.row_version.data != str(getattr(row, "row_version", "")):
                raise self._changed_meanwhile(form, row)
            values = self._values(form)
            if self.entry.save is not None:
                row = self.entry.save(session=session, row=row, **values)
                session.flush()
            else:
                row = save_row(session=session, row=row, values=values)
            key: int = row.id
            return key

        try:
            return in_unit_of_work(operation)
        except DomainError as error:
            self._blame(form, error.field, message_of(error))
        except IntegrityError:
            repeated = self._repetition(form, pk)
            self._blame(form, repeated.field, message_of(repeated))
        except StaleDataError:
            told = ChangedMeanwhile() if pk is None else self._changed_meanwhile(form, self.row_or_404(pk))
            self._blame(form, None, message_of(told))
        return None

    def _values(self, form: DocumentForm) -> dict[str, Any]:
        typed = (*self.spec.written, *self.entry.extra_fields)
        return {one.name: form[one.name].data for one in typed if one.name in form}

    def _doubts(self, form: DocumentForm, row: Any) -> list[str]:
        """Return what is odd about the values, unless the person has said that just this is meant."""
        if self.entry.doubts is None:
            return []
        found = [*self.entry.doubts(session=db.session(), row=row, **self._values(form))]
        return [] if request.form.get(MEANT) == _word_of(found) else found

    def _repetition(self, form: DocumentForm, pk: int | None) -> AlreadyThere:
        """Return what the database refused as a repetition, beside the field whose value it is where that is known."""
        session = db.session()
        typed = {one.name: form[one.name].data for one in self.spec.written if one.name in form}
        kept = {} if pk is None else {name: getattr(self.row_or_404(pk), name) for name in self.spec.fields}
        with session.no_autoflush:
            try:
                # A row of its own, never added: what stands in the database is compared with it and not changed.
                check_unique(session=session, row=self.spec.model(**{**kept, **typed}, id=pk))
            except AlreadyThere as error:
                return error
        return AlreadyThere(label=self.spec.about.label)

    def _changed_meanwhile(self, form: DocumentForm, row: Any) -> ChangedMeanwhile:
        """Return what was changed since the form was opened; saved once more, the form has seen it."""
        session = db.session()
        error = changed_since(session=session, spec=self.spec, row=row, seen=form.row_seen.data)
        form.row_version.data = str(getattr(row, "row_version", ""))
        form.row_seen.data = newest_line(session=session, spec=self.spec, row=row)
        return error

    @staticmethod
    def _blame(form: DocumentForm, name: str | None, message: str) -> None:
        if name and name in form:
            form[name].errors = [*form[name].errors, message]
        else:
            form.form_errors = [*form.form_errors, message]

    def _form_page(
        self, form: DocumentForm, title: str, back: str, *, editing: bool = False, doubts: Sequence[str] = ()
    ) -> Any:
        page = FormPage(
            title=title,
            form=form,
            groups=groups_of(self.spec, form),
            back_url=back,
            submit=_("保存"),
            crumbs=[(_(self.spec.about.label), f"{self.spec.url}/list/"), (title, None)],
            error=_("；").join(form.form_errors) or None,
            masks=masks_of(form) if editing else {},
            doubts=doubts,
            meant=_word_of(doubts),
        )
        status = 422 if (form.errors or doubts) and request.method == "POST" else 200
        return render_template("form.html", page=page), status
