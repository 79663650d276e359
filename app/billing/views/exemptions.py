"""登记未抄 of a month: the meters that hold it up, ticked, and one reason for all of them."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.billing import operations
from app.billing.models import ReadingExemption
from app.billing.queries import MissingReading, missing_readings
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode.db import db
from app.lowcode.forms import Given, MonthField
from app.lowcode.page_form import REQUIRED, form_page, remote_select, show_error, translate
from app.lowcode.permissions import needs
from app.lowcode.unit import in_unit_of_work

URL = "/billing/exempt/"


class ExemptForm(FlaskForm):
    """Which meters of which month, and why they were not read."""

    community_id = remote_select(
        N_("小区"), "Community", "/reading_exemption/select/community_id", required=True
    )
    period = MonthField(N_("账期"), [Given(REQUIRED)])
    meters = SelectMultipleField(
        N_("没有抄的表"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Given(N_("请勾选没有抄的表。"))],
    )
    reason = StringField(N_("原因"), [Given(REQUIRED), Length(max=200)])


class ExemptView(BaseView):
    """登记未抄."""

    route_base = "/billing/exempt"
    menu_path = "/"
    default_view = "exempt"
    class_permission_name = "ReadingExemption"

    @expose("/", methods=["GET", "POST"])
    @needs("add")
    def exempt(self) -> Any:
        """Return the meters that hold the month up, all ticked at first; a request for each that stays ticked, or none."""
        form: Any = translate(ExemptForm(request.form if request.method == "POST" else request.args))
        waiting = _missing(form.community_id.data, form.period.data)
        form.meters.choices = [(one.meter_id, f"{one.meter} {one.room}".strip()) for one in waiting]
        if request.method == "GET":
            form.meters.data = [one.meter_id for one in waiting]
        if form.validate_on_submit():
            try:
                in_unit_of_work(lambda: _request(form))
            except DomainError as error:
                show_error(form, error)
            else:
                flash(
                    _("已登记 %(count)d 块表，等待另一位同事审批。", count=len(form.meters.data)), "success"
                )
                return redirect(f"/reading_exemption/list/?{urlencode(_asked(form))}")
        return form_page(form, title=_("登记未抄"), back="/reading_exemption/list/", submit=_("提交审批"))


def _missing(community_id: int | None, period: Period | None) -> list[MissingReading]:
    if community_id is None or period is None:
        return []
    return missing_readings(session=db.session(), community_id=community_id, period=period)


def _request(form: Any) -> None:
    for key in sorted(form.meters.data):
        operations.request_exemption(
            session=db.session(),
            row=ReadingExemption(),
            community_id=form.community_id.data,
            meter_id=key,
            period=form.period.data,
            reason=form.reason.data,
        )


def _asked(form: Any) -> dict[str, str]:
    return {"f.community_id.eq": form.community_id.data, "f.period.eq": str(form.period.data)}
