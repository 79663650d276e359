"""What the service module registers."""

from decimal import Decimal

from sqlalchemy import select

from app.estate.queries.letterhead import letterhead
from app.kernel.errors import N_
from app.lowcode.home import Duty, HomeCard, Shortcut, rows_waiting
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.reports.views import view_of_report
from app.lowcode.search import Search
from app.lowcode.settings import SettingDeclaration
from app.service.dictionaries import DICTIONARIES
from app.service.models import Complaint, RepairMaterial, RepairOrder, TechnicianTrade
from app.service.operations import COMPLAINT_FLOW, save_complaint
from app.service.operations.complaints import ANSWER_HOURS, NUMBERED, TAKE_UP_HOURS
from app.service.operations.repairs import (
    REPAIR_FLOW,
    remove_material,
    save_material,
    save_repair,
    save_trade,
)
from app.service.operations.repairs.registration import NUMBERED as NUMBERED_REPAIR, SAME_DAY_BY, URGENT_HOURS
from app.service.queries.complaints import find_complaints
from app.service.queries.repair_print import repair_paper
from app.service.queries.repairs import find_repairs
from app.service.statistics import STATISTICS
from app.service.views import repairs
from app.service.views.my_work import MyWorkView

_HOURS = (
    ("2", N_("2 小时")),
    ("4", N_("4 小时")),
    ("8", N_("8 小时")),
    ("24", N_("24 小时")),
    ("48", N_("48 小时")),
    ("72", N_("72 小时")),
    ("120", N_("5 天")),
    ("168", N_("7 天")),
)

MANIFEST = Manifest(
    name="service",
    label=N_("客服"),
    icon="headset",
    entries=(
        Entry(
            RepairOrder,
            save=save_repair,
            workflow=REPAIR_FLOW,
            begins=repairs.begins,
            facts=repairs.facts,
            links=repairs.own_page,
            attachments=repairs.ATTACHING,
            print_template="service/repair_print.html",
            paper_reveals=("phone",),  # the slip goes to the door
            heading=repair_paper,
        ),
        Page(MyWorkView, N_("我的工单"), "hammer", "take"),
        Page(view_of_report(STATISTICS), STATISTICS.label, STATISTICS.icon),
        Entry(RepairMaterial, save=save_material, remove=remove_material),
        Entry(TechnicianTrade, save=save_trade),
        Page(repairs.RepairCard),
        Entry(
            Complaint,
            save=save_complaint,
            workflow=COMPLAINT_FLOW,
            print_template="service/complaint_print.html",
            heading=letterhead,
        ),
    ),
    searches=(Search(Complaint, find_complaints), Search(RepairOrder, find_repairs)),
    shortcuts=(
        Shortcut("my_work", N_("我的工单"), "/repairs/mine/", "hammer", "take", "RepairOrder"),
        Shortcut("repair", N_("登记报修"), "/repair_order/add", "tool", "pass_on", "RepairOrder"),
        Shortcut("complaint", N_("登记投诉"), "/complaint/add", "message-report", "pass_on", "Complaint"),
    ),
    duties=(
        *repairs.DUTIES,
        Duty(
            "answer",
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
        SettingDeclaration(
            SAME_DAY_BY, N_("一般报修当日几点前修好"), "18", low=Decimal(8), high=Decimal(23), unit=N_("点")
        ),
        SettingDeclaration(
            URGENT_HOURS, N_("紧急报修多久内修好"), "2", low=Decimal(1), high=Decimal(24), unit=N_("小时")
        ),
        SettingDeclaration(TAKE_UP_HOURS, N_("投诉多久内应转责任部门"), "24", _HOURS),
        SettingDeclaration(ANSWER_HOURS, N_("投诉多久内应回复客人"), "72", _HOURS),
    ),
    dictionaries=DICTIONARIES,
    numbers=(
        NumberDeclaration(NUMBERED_REPAIR, N_("工程报修单"), "BX"),
        NumberDeclaration(NUMBERED, N_("投诉受理单"), "TS"),
    ),
    home_cards=(HomeCard("repairs", N_("报修"), "/repairs/cards/states", "tool", "read", "RepairOrder"),),
    narrowings={
        "RepairMaterial": lambda at: RepairMaterial.order_id.in_(
            select(RepairOrder.id).where(at(RepairOrder))
        )
    },
    open_work=(repairs.repairs_of,),
    links={
        "Room": (repairs.report_button("room_id"),),
        "Building": (repairs.report_button("building_id"),),
        "Customer": (repairs.report_button("customer_id"),),
    },
)
