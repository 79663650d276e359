"""What the pages with a form of their own share: links as remote selects, translation, rendering, refusals."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.kernel.errors import N_, DomainError
from app.lowcode.errors import message_of
from app.lowcode.forms import Given, RemoteSelect
from app.lowcode.pages import FormPage

REQUIRED = N_("必填。")


def remote_select(label: str, target: str, url: str, *, required: bool = False, **options: Any) -> Any:
    """Make a select of a form of its own; its choices come from the document's page at `url`."""
    depends = options.pop("depends", None)
    attributes = {"data-select-url": url} | ({"data-depends-on": depends} if depends else {})
    validators = [Given(REQUIRED) if required else Optional()]
    return RemoteSelect(label, validators, target=target, render_kw=attributes, **options)


def translate(form: FlaskForm) -> FlaskForm:
    """Translate labels, descriptions and choices into the reader's language, in place."""
    for one in form:
        one.label.text = _(str(one.label.text)) if one.label.text else ""
        one.description = _(str(one.description)) if one.description else ""
        if isinstance(one, SelectField):
            one.choices = [SelectChoice(c.value, _(c.label) if c.label else "") for c in one.choices or ()]
        for validator in one.validators:
            if isinstance(validator, InputRequired):
                validator.message = _(REQUIRED)
    return form


def form_page(
    form: FlaskForm,
    *,
    title: str,
    back: str,
    submit: str,
    groups: Sequence[tuple[str, Sequence[str]]] = (),
    template: str = "form.html",
    **more: Any,
) -> Any:
    """Render a form as a page; 422 where something typed was refused."""
    names = [one.name for one in form if one.type not in ("CSRFTokenField", "HiddenField")]
    page = FormPage(
        title=title,
        form=form,
        groups=groups or [("", names)],
        back_url=back,
        submit=submit,
        error=_("；").join(form.form_errors) or None,
    )
    status = 422 if form.errors and request.method == "POST" else 200
    return render_template(template, page=page, **more), status


def show_error(form: FlaskForm, error: DomainError) -> None:
    """Put a refusal beside the field it belongs to, or above the form."""
    if error.field and error.field in form:
        form[error.field].errors = [message_of(error)]
    else:
        form.form_errors = [message_of(error)]
