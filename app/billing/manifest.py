"""What the billing module registers."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from app.billing import operations
from app.billing.models import (
    AccountingPeriod,
    BillingLine,
    BillingRun,
    Charge,
    FeeAssignment,
    FeeItem,
    FeeStandard,
    FeeStandardVersion,
    Meter,
    MeterReading,
    ReadingExemption,
    Vacancy,
)
from app.billing.operations.jobs import JOBS
from app.billing.operations.run_computation import PRORATION
from app.billing.queries.global_search import find_runs
from app.billing.queries.list_columns import LIST_COLUMNS
from app.billing.states import RUN_MACHINE, ApprovalState
from app.billing.views.approvals import asked_of_me
from app.billing.views.assignments import AssignView, batch_button, bulk_button, filter_button
from app.billing.views.exemptions import ExemptView
from app.billing.views.meters import CHANGE, CORRECT
from app.billing.views.reading_grid import ReadingGridView, meters_waiting
from app.billing.views.reading_sheets import ReadingSheetView
from app.billing.views.runs import (
    FiguresView,
    StartRunView,
    WhyChargeView,
    WhyLineView,
    figures_tab,
    why_charge_tab,
    why_line_tab,
)
from app.estate.views.tabs import within
from app.kernel.errors import N_
from app.kernel.money import format_money
from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.home import Duty, Shortcut, rows_waiting
from app.lowcode.manifest import Action, Entry, Manifest, Page
from app.lowcode.pages import Button
from app.lowcode.permissions import may
from app.lowcode.search import Search
from app.lowcode.settings import SettingDeclaration
from app.lowcode.types import PRICE_SCALE


def _may_now(action: str) -> Callable[[BillingRun], bool]:
    return lambda row: action in [one.action for one in RUN_MACHINE.allowed(row.state)]


def _posted_by_this(row: BillingRun) -> str:
    return _(
        "%(title)s：共 %(lines)s 笔，合计 %(total)s 元。",
        title=row.title,
        lines=f"{row.lines:,}",
        total=format_money(row.total),
    )


def _post(*, row_id: int) -> str | None:
    return f"/jobs/{operations.start_posting(session=db.session(), run_id=row_id)}"


def _cancel(*, row_id: int) -> str | None:
    operations.cancel_run(session=db.session(), run_id=row_id)
    return None


def _end(*, row_id: int, ends: date) -> str | None:
    still = operations.end_assignment(session=db.session(), assignment_id=row_id, ends=ends)
    return None if still else "/fee_assignment/list/"


def _take_back(*, row_id: int = 0, row_ids: Sequence[int] = ()) -> str | None:
    operations.take_back_assignments(session=db.session(), assignment_ids=row_ids or [row_id])
    return "/fee_assignment/list/"


def _end_vacancy(*, row_id: int, ends: date, reason: str) -> str | None:
    operations.end_vacancy(session=db.session(), vacancy_id=row_id, ends=ends, reason=reason)
    return None


def _new_run() -> list[Button]:
    return (
        [Button("start", _("新建出账"), "/billing/start/", "plus", tone="primary")]
        if may("add", "BillingRun")
        else []
    )


def _new_assignment() -> list[Button]:
    if not may("assign", "FeeAssignment"):
        return []
    return [Button("assign", _("分配"), "/billing/assign/", "plus", tone="primary")]


FIRST_PRICE = (
    Field(
        N_("单价"),
        "number",
        name="price",
        required=True,
        fixed=True,
        scale=PRICE_SCALE,
        minimum=Decimal(0),
        help=N_("按面积：元/㎡·月；按月定额：元/月；按用量：元/吨、元/度等。以后调价请在“标准价格”里新增。"),
    ),
    Field(N_("价格开始日期"), "date", name="price_starts", required=True, fixed=True),
)
"""A standard is added with its first price."""


MANIFEST = Manifest(
    list_columns=LIST_COLUMNS,
    name="billing",
    label=N_("收费设置与出账"),
    icon="coin-yuan",
    money=True,
    entries=(
        FeeItem,
        Entry(FeeStandard, save=operations.save_standard, extra_fields=FIRST_PRICE),
        Entry(FeeStandardVersion, save=operations.save_price),
        Entry(
            FeeAssignment,
            actions=(
                Action(
                    "end",
                    N_("终止"),
                    run=_end,
                    icon="player-stop",
                    confirm=N_("计费到哪一天为止？已出账的不变；早于开始日期的，整条分配撤销。"),
                    fields=(Field(N_("最后一天"), "date", name="ends", required=True),),
                ),
                Action(
                    "take_back",
                    N_("撤销分配"),
                    run=_take_back,
                    icon="arrow-back-up",
                    confirm=N_("分配错了、还没有出账的，可以整条撤销。确定撤销？"),
                    bulk=True,
                    tone="danger",
                    done=N_("已撤销分配。"),
                ),
            ),
            list_links=_new_assignment,
        ),
        Entry(Meter, save=operations.save_meter, actions=(CHANGE,)),
        Entry(MeterReading, actions=(CORRECT,)),
        Entry(ReadingExemption, save=operations.request_exemption, workflow=operations.EXEMPTION_FLOW),
        Page(ReadingGridView, N_("抄表录入"), "keyboard"),
        Page(ExemptView),
        Page(ReadingSheetView),
        Page(AssignView),
        Page(StartRunView),
        Page(FiguresView),
        Page(WhyChargeView),
        Page(WhyLineView),
        Entry(
            BillingRun,
            actions=(
                Action(
                    "post",
                    N_("入账"),
                    run=_post,
                    icon="checks",
                    confirm=N_("入账后成为应收，不能再修改。确定入账？"),
                    allowed=_may_now("post"),
                    tone="primary",
                    done=N_("已开始入账。"),
                    note=_posted_by_this,
                ),
                Action(
                    "cancel",
                    N_("作废"),
                    run=_cancel,
                    icon="ban",
                    confirm=N_("作废这次出账？没有任何费用入账。"),
                    allowed=_may_now("cancel"),
                    tone="danger",
                ),
            ),
            list_links=_new_run,
            tabs=(figures_tab,),
        ),
        Entry(BillingLine, tabs=(why_line_tab,)),
        Entry(Charge, tabs=(why_charge_tab,)),
        Entry(
            Vacancy,
            save=operations.request_vacancy,
            workflow=operations.VACANCY_FLOW,
            actions=(
                Action(
                    "end",
                    N_("提前结束"),
                    run=_end_vacancy,
                    icon="player-stop",
                    confirm=N_("从哪一天起恢复全额？已出账的不变。"),
                    fields=(
                        Field(N_("空置最后一天"), "date", name="ends", required=True),
                        Field(N_("原因"), "text", name="reason", required=True, length=200),
                    ),
                    allowed=lambda row: row.state is ApprovalState.APPROVED,
                ),
            ),
        ),
        AccountingPeriod,
    ),
    bulk_links={
        "Room": lambda: bulk_button("rooms"),
        "ParkingSpace": lambda: bulk_button("spaces"),
        "Meter": lambda: bulk_button("meters"),
    },
    filter_links={
        "Room": lambda pairs: filter_button("rooms", pairs),
        "ParkingSpace": lambda pairs: filter_button("spaces", pairs),
        "Meter": lambda pairs: filter_button("meters", pairs),
        "FeeAssignment": batch_button,
    },
    searches=(Search(BillingRun, find_runs),),
    shortcuts=(
        Shortcut("readings", N_("抄表录入"), "/billing/readings/", "keyboard", "add", "MeterReading"),
        Shortcut("bill", N_("新建出账"), "/billing/start/", "file-invoice", "add", "BillingRun"),
    ),
    duties=(
        Duty(
            "post",
            "BillingRun",
            rows_waiting(BillingRun, N_("出账待入账"), ("state.eq", "ready")),
            "file-invoice",
        ),
        asked_of_me(Vacancy, "door-off"),
        asked_of_me(ReadingExemption, "gauge-off"),
        Duty("add", "MeterReading", meters_waiting, "gauge"),
    ),
    tabs={
        "Community": (within(FeeStandard), within(Charge)),
        "Building": (within(Charge),),
    },
    job_handlers=JOBS,
    settings=(
        SettingDeclaration(
            PRORATION,
            N_("不足月折算"),
            "actual",
            (("actual", N_("按当月实际天数")), ("thirty", N_("按三十天"))),
        ),
    ),
)
