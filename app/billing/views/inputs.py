"""The forms of billing's own pages, and what these pages share."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.billing.states import MeterKind
from app.estate.states import Usage
from app.kernel.errors import N_, DomainError
from app.lowcode.errors import message_of
from app.lowcode.forms import DayField, MonthField, RemoteSelect
from app.lowcode.pages import FormPage

REQUIRED = N_("必填。")


def remote_select(label: str, target: str, url: str, *, required: bool = False, **options: Any) -> Any:
    """A link of a page's own form; its choices come from the document's page at `url`."""
    depends = options.pop("depends", None)
    attributes = {"data-select-url": url} | ({"data-depends-on": depends} if depends else {})
    validators = [InputRequired(REQUIRED) if required else Optional()]
    return RemoteSelect(label, validators, target=target, render_kw=attributes, **options)


class RunForm(FlaskForm):
    """出账: which month of which community, all fees or one."""

    community_id = remote_select(N_("小区"), "Community", "/billing_run/select/community_id", required=True)
    period = MonthField(N_("账期"), [InputRequired(REQUIRED)])
    fee_item_id = remote_select(
        N_("收费项目"), "FeeItem", "/billing_run/select/fee_item_id", description=N_("不选则全部收费项目。")
    )


class TermsForm(FlaskForm):
    """A standard, from when, till when: for objects that are ticked already."""

    community_id = remote_select(
        N_("小区"), "Community", "/fee_assignment/select/community_id", required=True
    )
    standard_id = remote_select(
        N_("收费标准"),
        "FeeStandard",
        "/fee_assignment/select/standard_id",
        required=True,
        depends="community_id",
    )
    starts = DayField(N_("开始日期"), [Optional()], description=N_("不填则从各房间的交付日期开始。"))
    ends = DayField(N_("结束日期"), [Optional()])
    skip_taken = BooleanField(N_("跳过已有同一收费项目的"))
    # What the preview was of: another choice is previewed again before it is done.
    seen = HiddenField()


class AssignForm(TermsForm):
    """分配收费标准: a standard to a node of the property tree, narrowed by 用途 and 房型, its parking spaces or meters."""

    kind = SelectField(
        N_("分配给"),
        choices=[
            SelectChoice("rooms", N_("房间")),
            SelectChoice("spaces", N_("车位")),
            SelectChoice("meters", N_("仪表")),
        ],
        description=N_("按仪表用量的标准分配给仪表，其他标准分配给房间或车位。"),
    )
    meter_kind = SelectField(
        N_("表类型"),
        choices=[SelectChoice("", ""), *(SelectChoice(one.value, one.label) for one in MeterKind)],
        description=N_("分配给仪表时填写，不选则全部类型。"),
    )
    building_id = remote_select(
        N_("楼宇"),
        "Building",
        "/room/select/building_id",
        depends="community_id",
        description=N_("不选则整个小区。"),
    )
    unit = StringField(N_("单元号"), [Optional(), Length(max=20)])
    room_id = remote_select(
        N_("房间"), "Room", "/fee_assignment/select/room_id", depends="community_id",
        description=N_("只分配给一个房间时填写。"),
    )  # fmt: skip
    purpose = SelectField(
        N_("用途"), choices=[SelectChoice("", ""), *(SelectChoice(one.value, one.label) for one in Usage)]
    )
    layout = StringField(N_("房型"), [Optional(), Length(max=30)])
    lot_id = remote_select(
        N_("停车场"), "ParkingLot", "/parking_space/select/lot_id", depends="community_id",
        description=N_("分配给车位时填写，不选则全部车位。"),
    )  # fmt: skip


def spoken(form: FlaskForm) -> FlaskForm:
    """The form with its words in the reader's language."""
    for one in form:
        one.label.text = _(str(one.label.text)) if one.label.text else ""
        one.description = _(str(one.description)) if one.description else ""
        if isinstance(one, SelectField):
            one.choices = [SelectChoice(c.value, _(c.label) if c.label else "") for c in one.choices]
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
    """The form as a page; 422 where something typed was refused."""
    names = [one.name for one in form if one.type not in ("CSRFTokenField", "HiddenField")]
    page = FormPage(
        title=title, form=form, groups=groups or [("", names)], back_url=back, submit=submit,
        error=";".join(form.form_errors) or None,
    )  # fmt: skip
    status = 422 if form.errors and request.method == "POST" else 200
    return render_template(template, page=page, **more), status


def blame(form: FlaskForm, error: DomainError) -> None:
    """Put a refusal beside the field it belongs to, or above the form."""
    if error.field and error.field in form:
        form[error.field].errors = [message_of(error)]
    else:
        form.form_errors = [message_of(error)]
