"""Start a billing run; its figures by fee; why a charge is what it is."""

from decimal import Decimal
from typing import Any

from flask import abort, redirect, render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.billing import operations
from app.billing.models import BillingLine, BillingRun, Charge
from app.billing.queries import FeeFigures, explain, figures_of
from app.billing.views.inputs import RunForm
from app.kernel.errors import DomainError
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import clock, scope
from app.lowcode.db import db
from app.lowcode.page_form import form_page, show_error, translate
from app.lowcode.pages import Tab
from app.lowcode.permissions import needs
from app.lowcode.unit import in_unit_of_work


class StartRunView(BaseView):
    """新建出账."""

    route_base = "/billing/start"
    menu_path = "/"
    default_view = "start"
    class_permission_name = "BillingRun"

    @expose("/", methods=["GET", "POST"])
    @needs("add")
    def start(self) -> Any:
        """Choose the month; a job computes the lines, and its page leads to them."""
        form: Any = translate(RunForm(period=Period.of(clock.today())))
        if form.validate_on_submit():
            try:
                return redirect(f"/jobs/{in_unit_of_work(lambda: _start(form))}")
            except DomainError as error:
                show_error(form, error)
        return form_page(form, title=_("新建出账"), back="/billing_run/list/", submit=_("开始计算"))


class FiguresView(BaseView):
    """The preview of a run by fee, a fragment of its page."""

    route_base = "/billing/figures"
    default_view = "figures"
    class_permission_name = "BillingRun"

    @expose("/<int:pk>")
    @needs("read")
    def figures(self, pk: int) -> str:
        """Count, amount and change against last month."""
        run = _found(BillingRun, pk)
        rows = [texts_of_figures(one) for one in figures_of(session=db.session(), run=run)]
        return render_template("billing/figures.html", rows=rows)


class WhyChargeView(BaseView):
    """为什么是这个金额, a fragment of a charge's page."""

    route_base = "/billing/why/charge"
    default_view = "why"
    class_permission_name = "Charge"

    @expose("/<int:pk>")
    @needs("read")
    def why(self, pk: int) -> str:
        """Return the sentences of a charge."""
        return _why(_found(Charge, pk))


class WhyLineView(BaseView):
    """为什么是这个金额, a fragment of a billing line's page."""

    route_base = "/billing/why/line"
    default_view = "why"
    class_permission_name = "BillingLine"

    @expose("/<int:pk>")
    @needs("read")
    def why(self, pk: int) -> str:
        """Return the sentences of a line."""
        return _why(_found(BillingLine, pk))


def figures_tab(row: BillingRun) -> Tab:
    """Return the figures on a run's page."""
    return Tab("figures", _("汇总"), f"/billing/figures/{row.id}", "sum")


def why_charge_tab(row: Charge) -> Tab:
    """Return the explanation on a charge's page."""
    return Tab("why", _("为什么是这个金额"), f"/billing/why/charge/{row.id}", "help-circle")


def why_line_tab(row: BillingLine) -> Tab:
    """Return the explanation on a line's page."""
    return Tab("why", _("为什么是这个金额"), f"/billing/why/line/{row.id}", "help-circle")


def _start(form: Any) -> int:
    _run, job_id = operations.start_run(
        session=db.session(),
        community_id=form.community_id.data,
        period=form.period.data,
        fee_item_id=form.fee_item_id.data,
    )
    return job_id


def _found(model: Any, pk: int) -> Any:
    row = scope.find(db.session(), model, pk) if pk < 2**63 else None
    if row is None:
        abort(404)
    return row


def _why(row: Charge | BillingLine) -> str:
    sentences = [_(message, **places) for message, places in explain(session=db.session(), row=row)]
    return render_template("billing/why.html", sentences=sentences)


def texts_of_figures(one: FeeFigures) -> list[str]:
    """Write the figures of a fee as the page shows them."""
    share = "—" if one.change_percent is None else _signed(one.change_percent, one.change)
    return [
        one.fee or _("合计"),
        f"{one.lines:,}",
        f"{one.unbillable:,}" if one.unbillable else "—",
        format_money(one.amount),
        format_money(one.charged),
        format_money(one.previous),
        format_money(one.change),
        share,
    ]


def _signed(percent: Decimal, change: Decimal) -> str:
    """Return a change in percent with the sign of the change: what rounds to nothing is still more or less, not both."""
    sign = "+" if change > 0 else "-" if change < 0 else ""
    return f"{sign}{abs(percent)}%"
