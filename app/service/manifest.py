"""What the service module registers."""

from app.estate.queries.letterhead import letterhead
from app.kernel.errors import N_
from app.lowcode.home import Duty, rows_waiting
from app.lowcode.manifest import Entry, Manifest
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.settings import SettingDeclaration
from app.service.models import Complaint
from app.service.operations import COMPLAINT_FLOW, save_complaint
from app.service.operations.complaints import ANSWER_HOURS, NUMBERED, TAKE_UP_HOURS

_HOURS = (
    ("2", N_("2 小时")), ("4", N_("4 小时")), ("8", N_("8 小时")), ("24", N_("24 小时")), ("48", N_("48 小时")),
    ("72", N_("72 小时")), ("120", N_("5 天")), ("168", N_("7 天")),
)  # fmt: skip

MANIFEST = Manifest(
    name="service",
    label=N_("客服"),
    icon="headset",
    entries=(
        Entry(
            Complaint,
            save=save_complaint,
            workflow=COMPLAINT_FLOW,
            print_template="service/complaint_print.html",
            heading=letterhead,
        ),
    ),
    duties=(
        Duty(
            "read",
            "Complaint",
            rows_waiting(Complaint, N_("投诉已超时"), ("overdue.eq", "1"), late=True),
            "alarm",
        ),
        Duty(
            "pass_on",
            "Complaint",
            rows_waiting(Complaint, N_("投诉待转责任部门"), ("state.eq", "received")),
            "arrow-forward-up",
        ),
        Duty(
            "answer",
            "Complaint",
            rows_waiting(Complaint, N_("投诉待回复"), ("state.eq", "processing")),
            "message-reply",
        ),
        Duty(
            "follow_up",
            "Complaint",
            rows_waiting(Complaint, N_("投诉待回访"), ("state.eq", "answered")),
            "phone-call",
        ),
    ),
    settings=(
        SettingDeclaration(TAKE_UP_HOURS, N_("投诉多久内应转责任部门"), "24", _HOURS),
        SettingDeclaration(ANSWER_HOURS, N_("投诉多久内应回复客人"), "72", _HOURS),
    ),
    numbers=(NumberDeclaration(NUMBERED, N_("投诉受理单"), "TS"),),
)
