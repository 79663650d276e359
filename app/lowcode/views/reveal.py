"""The whole telephone or identity number of a row: for who may, with a reason, written to the row's history."""

from typing import Any

from flask import render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.kernel.errors import N_
from app.lowcode import history
from app.lowcode.document import Spec
from app.lowcode.fields import Field
from app.lowcode.forms import inputs_form
from app.lowcode.pages import Button, Cell, DialogPage, Fact
from app.lowcode.permissions import may, needs
from app.lowcode.unit import in_unit_of_work

REVEALED = N_("查看完整号码")
REASON = Field(N_("查看原因"), "text", name="reason", required=True, length=200, help=N_("会记入修改记录。"))


class RevealMixin:
    """Shows what everybody else sees masked."""

    spec: Spec
    row_or_404: Any

    @expose("/reveal/<int:pk>", methods=["GET", "POST"])
    @needs("reveal")
    def reveal(self, pk: int) -> Any:
        """Ask for the reason (GET); write it down and show the whole numbers (POST)."""
        row = self.row_or_404(pk)
        form = inputs_form(self.spec, [REASON], lambda one: "", {})()
        page = DialogPage(
            _("看完整号码：%(title)s", title=str(row)),
            "",
            form,
            [REASON.name],
            f"{self.spec.url}/reveal/{pk}",
            f"{self.spec.url}/show/{pk}",
        )
        template = "_dialog.html" if request.headers.get("X-Requested-With") else "dialog.html"
        if request.method == "GET" or not form.validate():
            return render_template(template, page=page), 200 if request.method == "GET" else 422

        def operation() -> list[Fact]:
            row = self.row_or_404(pk)
            history.note(row, label=REVEALED, reason=form.reason.data)
            return [Fact(_(one.label), Cell(str(value))) for one, value in private_values(self.spec, row)]

        whole = in_unit_of_work(operation)
        return render_template(
            "_reveal.html" if template == "_dialog.html" else "reveal.html", page=page, facts=whole
        )

    def reveal_buttons(self, row: Any) -> list[Button]:
        """Return the button, where there is something to show and the person may."""
        if not may("reveal", self.spec.name) or not private_values(self.spec, row):
            return []
        return [
            Button(
                "reveal", _("看完整号码"), f"{self.spec.url}/reveal/{row.id}", "eye", post=True, dialog=True
            )
        ]


def private_values(spec: Spec, row: Any) -> list[tuple[Field, str]]:
    """Return the masked fields of a row that hold something, each with its whole value."""
    return [(one, value) for one in spec.private if (value := getattr(row, one.name))]
