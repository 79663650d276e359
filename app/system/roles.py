"""Who may do what: the roles that the office starts with, as a table. Nobody sees what is not in it.

The office changes its roles on their pages; `flask sync` then leaves them as they are and only adds what is new here.
No wildcard for anybody: 系统管理员 may grant everything, and holds no right over money.
"""

from collections.abc import Iterable, Mapping

from app.kernel.errors import N_
from app.system.models import ADMINISTRATOR

Pair = tuple[str, str]

READ = "read"
USE = "read export print"
KEEP = "read add edit delete export print"
ADD = "read add"  # every employee accepts a complaint and passes it on

_TREE = ("Company", "Community", "Building", "Room")
_PEOPLE = ("Customer", "Occupancy", "Vehicle", "HouseholdMember", "Pet")
_STAFF = ("Department", "Employee")
_PARKING = ("ParkingLot", "ParkingSpace")


def _each(documents: Iterable[str], verbs: str) -> dict[str, str]:
    return dict.fromkeys(documents, verbs)


_ESTATE_KEPT = {
    **_each((*_TREE, *_PEOPLE, *_PARKING, *_STAFF), KEEP),
    "RoomArea": USE,
    "SalesImport": "import",
}
_ESTATE_USED = _each((*_TREE, *_PEOPLE, *_PARKING, "RoomArea"), USE)
_ESTATE_READ = _each((*_TREE, *_PEOPLE, *_PARKING, "RoomArea"), READ)
_FEES_READ = _each(("FeeItem", "FeeStandard", "FeeStandardVersion", "FeeAssignment"), READ)
_FEES_USED = _each(("FeeItem", "FeeStandard", "FeeStandardVersion", "FeeAssignment"), USE)
_MONEY_USED = {
    **_each(("Charge", "Receipt", "ReceiptTender", "ReceiptVoid", "Allocation"), USE),
    "AccountingPeriod": READ,
}
_DESK_REPORTS = (
    "DailyReport",
    "TakingsReport",
    "ArrearsReport",
    "AgeingReport",
    "BalanceReport",
    "LedgerReport",
)
_REPORTS_USED = _each(("MonthSummary", *_DESK_REPORTS, "VacancyReport"), USE)
_HELD = ("Prepayment", "PrepaymentEntry", "Deposit", "DepositEntry")
_ASKED = ("Vacancy", "ReadingExemption", "Waiver", "Adjustment", "Refund")
_CLOSED_USED = _each(("PeriodReport", "PeriodReopen"), USE)
_BALANCES_USED = _each((*_HELD, *_ASKED, "CashHandover"), USE)
_ASKS = {
    "Reminder": "read add edit export print",
    "Charge": f"{USE} waive adjust unapply",
    "Deposit": f"{USE} deduct refund",
    "Prepayment": f"{USE} apply unapply refund",
    **_each(("Waiver", "Adjustment", "Refund"), f"{USE} add"),
}
_LEADS_REPAIRS = (
    "attach rush dispatch send_back take decline complete ask_material issue delay pause resume reassign sign rework "
    "check redo alert alert_late"
)
REVEAL = "reveal"  # telephones and identity numbers in full, with a reason
_REPAIRS_READ = _each(("RepairOrder", "RepairMaterial"), READ)
_REPAIRS_LED = {
    "RepairOrder": f"{USE} add {_LEADS_REPAIRS} {REVEAL}",
    **_each(("RepairMaterial", "TechnicianTrade"), KEEP),
    "RepairStatistics": USE,
    "StateChange": USE,
}

ROLES: Mapping[str, Mapping[str, str]] = {
    ADMINISTRATOR: {
        **_ESTATE_KEPT,
        "User": f"{KEEP} disable enable end_sessions force_password",
        "Role": KEEP,
        "MenuItem": "read edit",
        "DictionaryEntry": f"{KEEP} enable disable",
        "Setting": "read edit",
        "NumberRule": KEEP,
        "TechnicianTrade": KEEP,
        "History": USE,
        "LoginRecord": USE,
        "ApprovalLimit": KEEP,
    },
    "物业经理": {
        **_ESTATE_KEPT,
        **_each(("Customer", "HouseholdMember", "Employee"), f"{KEEP} {REVEAL}"),
        **_MONEY_USED,
        **_BALANCES_USED,
        **_CLOSED_USED,
        "PeriodReopen": f"{USE} approve",
        "FeeItem": KEEP,
        "FeeStandard": KEEP,
        "FeeStandardVersion": "read add edit export print",
        "FeeAssignment": f"{USE} assign end take_back",
        "Vacancy": f"{USE} approve end",
        "ReadingExemption": f"{USE} add approve",
        "Meter": f"{KEEP} change",
        "MeterReading": f"{USE} add import correct",
        "BillingRun": f"{USE} add post cancel",
        "BillingLine": USE,
        "Receipt": f"{USE} void reverse",
        **_each(("Waiver", "Adjustment", "Refund"), f"{USE} approve"),
        "Charge": f"{USE} waive adjust unapply",
        "Deposit": f"{USE} deduct refund",
        "Prepayment": f"{USE} refund unapply",
        "CashHandover": f"{USE} hand_over hand_over_for",
        "ApprovalLimit": USE,
        "Reminder": KEEP,
        **_REPORTS_USED,
        "History": USE,
        "Complaint": f"{KEEP} pass_on answer answer_direct follow_up file cancel reopen alert {REVEAL}",
        **_REPAIRS_LED,
    },
    "收费员": {
        **_ESTATE_USED,
        "Customer": f"{USE} {REVEAL}",
        **_FEES_READ,
        **_MONEY_USED,
        **_BALANCES_USED,
        **_each(("Vacancy", "ReadingExemption"), f"{USE} add"),
        **_each(("Meter", "MeterReading"), USE),
        **_each(_DESK_REPORTS, USE),
        "Desk": "collect",
        "Receipt": f"{USE} void",
        **_ASKS,
        "Complaint": ADD,
        "CashHandover": f"{USE} hand_over",
        **_REPAIRS_READ,
    },
    "财务": {
        **_ESTATE_READ,
        "Customer": f"{READ} {REVEAL}",
        **_FEES_USED,
        **_each(("Meter", "MeterReading"), USE),
        **_MONEY_USED,
        **_BALANCES_USED,
        **_CLOSED_USED,
        "ReadingExemption": f"{USE} add approve",
        "AccountingPeriod": f"{USE} close",
        "PeriodReopen": f"{USE} add",
        "BillingRun": USE,
        "BillingLine": USE,
        "Receipt": f"{USE} void reverse",
        **_ASKS,
        "CashHandover": f"{USE} hand_over hand_over_for sign",
        "ApprovalLimit": USE,
        **_REPORTS_USED,
        "History": USE,
        "Complaint": ADD,
        **_REPAIRS_READ,
    },
    "客服": {
        **_each((*_TREE, *_PARKING, *_STAFF), READ),
        **_each(_PEOPLE, "read add edit export print"),
        **_each(("Customer", "HouseholdMember"), f"read add edit export print {REVEAL}"),
        "Vacancy": f"{USE} add",
        "Reminder": "read add edit export print",
        "Complaint": f"{USE} add edit pass_on answer follow_up file cancel {REVEAL}",
        "RepairOrder": f"{USE} add edit attach pass_on rush sign rework cancel rate alert {REVEAL}",
        **_each(("RepairMaterial", "TechnicianTrade"), READ),
        "RepairStatistics": USE,
        "StateChange": USE,
    },
    "工程主管": {
        **_each((*_TREE, *_PARKING), USE),
        **_each(("Customer", "Occupancy", *_STAFF), READ),
        "Complaint": f"{ADD} answer {REVEAL}",
        **_REPAIRS_LED,
    },
    "维修工": {
        **_each((*_TREE, "Customer", "ParkingLot", "ParkingSpace"), READ),
        "Complaint": ADD,
        "RepairOrder": "read add print attach take decline complete ask_material delay resume sign rework",
        "RepairMaterial": "read add edit delete",
    },
    "秩序维护": {
        **_each((*_TREE, *_PARKING, "Occupancy"), READ),
        "Customer": f"{READ} {REVEAL}",  # whose car stands in the way
        "Vehicle": "read add edit",
        "Complaint": ADD,
        "RepairOrder": ADD,
    },
    "只读": {
        **_ESTATE_READ,
        **_FEES_READ,
        **_each(("Meter", "MeterReading"), READ),
        "Charge": READ,
        "Complaint": READ,
        **_REPAIRS_READ,
    },
}

KEPT_BY_ADMINISTRATOR: frozenset[Pair] = frozenset(
    (verb, document) for document in ("User", "Role") for verb in ("read", "add", "edit")
) | {("read", "MenuItem"), ("edit", "MenuItem")}
"""What the administrators' role cannot be stripped of: without it nobody could give it back."""

VERB_LABELS: Mapping[str, str] = {
    "assign": N_("分配"),
    "cancel": N_("取消"),
    "collect": N_("收款"),
    "end": N_("终止"),
    "post": N_("入账"),
    "void": N_("作废"),
    "disable": N_("停用"),
    "enable": N_("启用"),
    "end_sessions": N_("结束会话"),
    "force_password": N_("要求修改密码"),
}
DOCUMENT_LABELS: Mapping[str, str] = {
    "Desk": N_("收费台"),
    "MonthSummary": N_("应收实收欠费汇总"),
    "RepairStatistics": N_("工程报修统计"),
    "SalesImport": N_("销售系统导入"),
}
"""Names of what is neither a document nor a menu entry of its own."""


def declared_pairs(*, roles: Mapping[str, Mapping[str, str]] = ROLES) -> dict[str, list[Pair]]:
    """Role → its (verb, document) pairs, as the table gives them."""
    return {
        role: [(verb, name) for name, verbs in table.items() for verb in verbs.split()]
        for role, table in roles.items()
    }
