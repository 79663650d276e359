"""The attachments of a row: a tab on its page, sending, looking, taking off."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, send_file
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.kernel.errors import DomainError
from app.kernel.presence import present
from app.lowcode import attachments
from app.lowcode.actors import current_actor
from app.lowcode.attachments import Attaching, Attachment, NothingSent, StoredFile, stored_files
from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.errors import message_of, wants_json
from app.lowcode.manifest import Entry
from app.lowcode.pages import Button, Pictures, PictureTile, Tab
from app.lowcode.permissions import may, needs
from app.lowcode.redirects import BACK, safe_next
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value

MOST_AT_ONCE = 10
ROUTES = {"attachments", "attachment", "attach", "detach"}
"""What a document without attachments does not have."""


class AttachmentMixin:
    """What hangs on the rows of a document."""

    spec: Spec
    entry: Entry
    row_or_404: Any

    def attachments_tab(self, row: Any) -> Tab:
        """Return the tab of a row's page."""
        return Tab("attachments", _("附件"), f"{self.spec.url}/attachments/{row.id}", "paperclip")

    @expose("/attachments/<int:pk>")
    @needs("read")
    def attachments(self, pk: int) -> str:
        """Return the tab's fragment."""
        return render_template("_attachments.html", page=self.pictures(self.row_or_404(pk)))

    def pictures(self, row: Any, *, back: str | None = None) -> Pictures:
        """Return what hangs on the row, by kind, and where to send more; `back`: where the person comes back to."""
        asked, adds = self._asked(), self._adds(row)
        ends = "" if back is None else f"?{urlencode({BACK: back})}"
        hanging = attachments.attachments_of(session=db.session(), row=row)
        return Pictures(
            groups=[
                (
                    _(kind.label),
                    [self._picture(row, one, adds, ends) for one in hanging if one.kind == kind.name],
                )
                for kind in (*asked.kinds, *asked.kept)
            ],
            kinds=[(kind.name, _(kind.label)) for kind in asked.kinds],
            send_url=f"{self.spec.url}/attach/{row.id}{ends}" if adds else None,
        )

    @expose("/attachment/<int:pk>/<int:attachment_id>")
    @needs("read")
    def attachment(self, pk: int, attachment_id: int) -> Any:
        """Return the picture itself, to those who may read its row."""
        found = self._hanging(self.row_or_404(pk), attachment_id)
        if not found.path.is_file():
            abort(404)
        answer = send_file(
            found.path, mimetype=found.content_type, download_name=found.name, conditional=False
        )
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    @expose("/attach/<int:pk>", methods=["POST"])
    @needs("attach")
    def attach(self, pk: int) -> Any:
        """Hang the sent pictures on the row, all or none."""
        contents = _sent()
        kind = next((one for one in self._asked().kinds if one.name == request.form.get("kind")), None)
        if kind is None:
            abort(404)
        self.row_or_404(pk)

        def operation() -> str:
            row = self.row_or_404(pk)
            if not self._adds(row):
                abort(403)
            if not contents:
                raise NothingSent(field="file")
            for (name, _content), file in zip(contents, files, strict=True):
                attachments.attach(session=db.session(), row=row, kind=kind, content=file, name=name)
            return _("已加 %(count)d 个附件。", count=len(contents))

        files: list[StoredFile] = []
        if not self._adds(self.row_or_404(pk)):
            abort(403)
        try:
            with stored_files([content for _name, content in contents]) as files:
                return self._attached(pk, operation)
        except DomainError as error:
            return self._refused(pk, error)

    @expose("/detach/<int:pk>/<int:attachment_id>", methods=["POST"])
    @needs("attach")
    def detach(self, pk: int, attachment_id: int) -> Any:
        """Take off a picture: its sender, or who may edit the row."""
        self.row_or_404(pk)

        def operation() -> str:
            row = self.row_or_404(pk)
            found = self._hanging(row, attachment_id)
            if not self._removes(row, found):
                abort(403)
            attachments.detach(session=db.session(), row=row, attachment=found)
            return _("已去掉附件。")

        return self._attached(pk, operation)

    def _asked(self) -> Attaching:
        return present(self.entry.attachments)

    def _adds(self, row: Any) -> bool:
        return may("attach", self.spec.name) and self._asked().allowed(row)

    def _removes(self, row: Any, one: Attachment) -> bool:
        own = one.user_id is not None and one.user_id == current_actor().user_id
        of_people = one.kind in {kind.name for kind in self._asked().kinds}
        return of_people and self._adds(row) and (own or may("edit", self.spec.name))

    def _hanging(self, row: Any, attachment_id: int) -> Attachment:
        found = attachments.attachment_of(session=db.session(), row=row, attachment_id=attachment_id)
        if found is None:
            abort(404)
        return found

    def _picture(self, row: Any, one: Attachment, adds: bool, ends: str) -> PictureTile:
        at = format_value(one.at, spec_of(Attachment).fields["at"])
        remove = Button(
            "detach",
            _("去掉"),
            f"{self.spec.url}/detach/{row.id}/{one.id}{ends}",
            "trash",
            post=True,
            confirm=_("去掉附件“%(name)s”？去掉后不能恢复。", name=one.name),
            tone="danger",
        )
        return PictureTile(
            f"{self.spec.url}/attachment/{row.id}/{one.id}",
            one.name,
            f"{one.who} {at}",
            remove if adds and self._removes(row, one) else None,
        )

    def _attached(self, pk: int, operation: Callable[[], str]) -> Any:
        try:
            done = in_unit_of_work(operation)
        except DomainError as error:
            return self._refused(pk, error)
        flash(done, "success")
        return redirect(self._back(pk))

    def _refused(self, pk: int, error: DomainError) -> Any:
        if wants_json():
            raise error
        flash(message_of(error), "danger")
        return redirect(self._back(pk))

    def _back(self, pk: int) -> str:
        return safe_next(BACK, f"{self.spec.url}/show/{pk}#tab-attachments")


def _sent() -> list[tuple[str, bytes]]:
    """(name, bytes) of the files sent, at most ten, none read beyond what may be kept."""
    found: list[tuple[str, bytes]] = []
    for file in request.files.getlist("file"):
        with file.stream:
            if file.filename and len(found) < MOST_AT_ONCE:
                found.append((file.filename, file.stream.read(attachments.MOST_BYTES + 1)))
    return found
