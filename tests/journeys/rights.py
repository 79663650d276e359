"""Who may do what in the office, and what each URL asks for: written by hand, from the office's work, not from the code.

A role that holds what stands here and nothing else is right; where the product and this page part, one of them is wrong.
"""

import re
from collections.abc import Mapping

Right = tuple[str, str]  # verb, document
ANYBODY: Right = ("", "")

SEE, USE, KEEP = "read", "read export print", "read add edit delete export print"

TREE = "Company Community Building Room ParkingLot ParkingSpace"
PEOPLE = "Customer Occupancy Vehicle HouseholdMember Pet"
FEES = "FeeItem FeeStandard FeeStandardVersion FeeAssignment"
METERS = "Meter MeterReading"
ENTRIES = "ReceiptTender ReceiptVoid Allocation PrepaymentEntry DepositEntry"
REQUESTS = "Waiver Adjustment Refund"
# What a cashier sees of the debts too, and what only those who answer for the month do.
DEBTS = "AgeingReport ArrearsReport BalanceReport DailyReport LedgerReport TakingsReport"
REPORTS = f"MonthSummary VacancyReport {DEBTS}"

MANAGES_REPAIRS = (
    "read export print add attach rush dispatch send_back take decline complete ask_material issue delay pause resume"
    " reassign sign rework check redo alert alert_late reveal"
)

_ROLES: Mapping[str, Mapping[str, str]] = {
    # Sets the office up; of its money and its customers' affairs not a thing.
    "系统管理员": {
        f"{TREE} {PEOPLE} Department Employee Role NumberRule TechnicianTrade ApprovalLimit": KEEP,
        "RoomArea History LoginRecord": USE,
        "SalesImport": "import",
        "User": f"{KEEP} disable enable end_sessions force_password",
        "MenuItem Setting": "read edit",
        "DictionaryEntry": f"{KEEP} enable disable",
    },
    # Keeps rooms and prices, bills, decides what others ask for; takes no money and closes no month.
    "物业经理": {
        f"{TREE} {PEOPLE} Department Employee FeeItem FeeStandard Reminder RepairMaterial TechnicianTrade": KEEP,
        "Customer HouseholdMember Employee": f"{KEEP} reveal",
        f"RoomArea {ENTRIES} PeriodReport BillingLine ApprovalLimit History StateChange RepairStatistics": USE,
        REPORTS: USE,
        "SalesImport": "import",
        "Charge": f"{USE} waive adjust unapply",
        "Receipt": f"{USE} void reverse",
        "AccountingPeriod": SEE,
        "Prepayment": f"{USE} refund unapply",
        "Deposit": f"{USE} deduct refund",
        "Vacancy": f"{USE} approve end",
        "ReadingExemption": f"{USE} add approve",
        f"{REQUESTS} PeriodReopen": f"{USE} approve",
        "CashHandover": f"{USE} hand_over hand_over_for",
        "FeeStandardVersion": "read add edit export print",
        "FeeAssignment": f"{USE} assign end take_back",
        "Meter": f"{KEEP} change",
        "MeterReading": f"{USE} add import correct",
        "BillingRun": f"{USE} add post cancel",
        "Complaint": f"{KEEP} pass_on answer answer_direct follow_up file cancel reopen alert reveal",
        "RepairOrder": MANAGES_REPAIRS,
    },
    # Takes money, gives receipts, asks for what others decide.
    "收费员": {
        f"{TREE} {PEOPLE} RoomArea {ENTRIES} {METERS}": USE,
        "Customer": f"{USE} reveal",
        f"{FEES} AccountingPeriod RepairOrder RepairMaterial": SEE,
        "Reminder": "read add edit export print",
        "Charge": f"{USE} waive adjust unapply",
        "Receipt": f"{USE} void",
        "Prepayment": f"{USE} refund apply unapply",
        "Deposit": f"{USE} deduct refund",
        f"Vacancy ReadingExemption {REQUESTS}": f"{USE} add",
        "CashHandover": f"{USE} hand_over",
        DEBTS: USE,
        "Desk": "collect",
        "Complaint": "read add",
    },
    # Signs for the desk's money, closes the months, sees every figure.
    "财务": {
        f"{TREE} {PEOPLE} RoomArea RepairOrder RepairMaterial": SEE,
        "Customer": f"{SEE} reveal",
        f"{FEES} {METERS} {ENTRIES} Vacancy PeriodReport BillingRun BillingLine ApprovalLimit History": USE,
        REPORTS: USE,
        "ReadingExemption": f"{USE} add approve",
        "Charge": f"{USE} waive adjust unapply",
        "Receipt": f"{USE} void reverse",
        "AccountingPeriod": f"{USE} close",
        "Reminder": "read add edit export print",
        "Prepayment": f"{USE} refund apply unapply",
        "Deposit": f"{USE} deduct refund",
        f"{REQUESTS} PeriodReopen": f"{USE} add",
        "CashHandover": f"{USE} hand_over hand_over_for sign",
        "Complaint": "read add",
    },
    # Answers the residents: registers, passes on, hears what they say of it.
    "客服": {
        f"{TREE} Department Employee RepairMaterial TechnicianTrade": SEE,
        f"{PEOPLE} Reminder": "read add edit export print",
        "Customer HouseholdMember": "read add edit export print reveal",
        "Vacancy": f"{USE} add",
        "Complaint": f"{USE} add edit pass_on answer follow_up file cancel reveal",
        "RepairOrder": f"{USE} add edit attach pass_on rush sign rework cancel rate alert reveal",
        "RepairStatistics StateChange": USE,
    },
    # Dispatches, gives material out, checks and closes.
    "工程主管": {
        f"{TREE} RepairStatistics StateChange": USE,
        "Customer Occupancy Department Employee": SEE,
        "Complaint": "read add answer reveal",
        "RepairOrder": MANAGES_REPAIRS,
        "RepairMaterial TechnicianTrade": KEEP,
    },
    # Repairs what is dispatched to him.
    "维修工": {
        f"{TREE} Customer": SEE,
        "Complaint": "read add",
        "RepairOrder": "read add print attach take decline complete ask_material delay resume sign rework",
        "RepairMaterial": "read add edit delete",
    },
    # Knows who lives where and whose car it is; calls a repair or a complaint in.
    "秩序维护": {
        f"{TREE} Occupancy": SEE,
        "Customer": f"{SEE} reveal",
        "Vehicle": "read add edit",
        "Complaint RepairOrder": "read add",
    },
    "只读": {f"{TREE} {PEOPLE} RoomArea {FEES} {METERS} Charge Complaint RepairOrder RepairMaterial": SEE},
}

RIGHTS: Mapping[str, frozenset[Right]] = {
    role: frozenset(
        (verb, document)
        for documents, verbs in table.items()
        for document in documents.split()
        for verb in verbs.split()
    )
    for role, table in _ROLES.items()
}
"""Role → what it may do, as (verb, document)."""

# The second part of a document's URL, and what it asks for.
_PARTS = {
    "list": "read",
    "show": "read",
    "history": "read",
    "select": "read",
    "board": "read",
    "timeline": "read",
    "attachments": "read",
    "attachment": "read",
    "add": "add",
    "copy": "add",
    "edit": "edit",
    "delete": "delete",
    "export": "export",
    "print": "print",
    "paper": "print",
    "attach": "attach",
    "reveal": "reveal",
    "detach": "attach",
}
# What is done under another right than its own name.
_DEEDS = {"refuse": "approve", "withdraw": "add", "waive_ticked": "waive", "pass_again": "pass_on"}
_CALLED = {"balances": "BalanceReport", "vacancies": "VacancyReport"}
# Pages of their own: (begin of the URL, method or "") → right; the first that fits.
_OWN: tuple[tuple[str, str, Right], ...] = (
    ("/billing/assign/take_back/", "", ("take_back", "FeeAssignment")),
    ("/billing/assign/", "", ("assign", "FeeAssignment")),
    ("/billing/exempt/", "", ("add", "ReadingExemption")),
    ("/billing/figures/", "", ("read", "BillingRun")),
    ("/billing/readings/import", "", ("import", "MeterReading")),
    ("/billing/readings/template", "", ("import", "MeterReading")),
    ("/billing/readings/save", "", ("add", "MeterReading")),
    ("/billing/readings/", "", ("read", "MeterReading")),
    ("/billing/start/", "", ("add", "BillingRun")),
    ("/billing/why/charge/", "", ("read", "Charge")),
    ("/billing/why/line/", "", ("read", "BillingLine")),
    ("/closing/close/", "", ("close", "AccountingPeriod")),
    ("/closing/", "", ("read", "AccountingPeriod")),
    ("/collection/cards/today", "", ("read", "Receipt")),
    ("/desk/receipt/", "", ("print", "Receipt")),
    ("/desk/", "", ("collect", "Desk")),
    ("/handover/<int:pk>/papers", "", ("read", "CashHandover")),
    ("/handover/<int:pk>/print", "", ("print", "CashHandover")),
    ("/handover/", "", ("hand_over", "CashHandover")),
    ("/import_sales/", "", ("import", "SalesImport")),
    ("/menu/icons.json", "", ("edit", "MenuItem")),
    ("/menu/reset", "", ("edit", "MenuItem")),
    ("/menu/save", "", ("edit", "MenuItem")),
    ("/menu/", "", ("read", "MenuItem")),
    ("/reports/cards/arrears", "", ("read", "Charge")),
    ("/reports/cards/months/rates", "", ("read", "MonthSummary")),
    ("/reports/summary/export", "", ("export", "MonthSummary")),
    ("/reports/summary/print", "", ("print", "MonthSummary")),
    ("/reports/summary/", "", ("read", "MonthSummary")),
    ("/reports/cards/owing/buildings", "", ("read", "AgeingReport")),
    *(
        (
            f"/reports/{path}/{part}",
            "",
            (verb, f"{path.capitalize()}Report" if path not in _CALLED else _CALLED[path]),
        )
        for path in ("ageing", "arrears", "balances", "daily", "ledger", "takings", "vacancies")
        for part, verb in (("export", "export"), ("print", "print"), ("", "read"))
    ),
    ("/repairs/cards/", "", ("read", "RepairOrder")),
    ("/repairs/mine/<int:pk>/material/<int:line>/remove", "", ("delete", "RepairMaterial")),
    ("/repairs/mine/<int:pk>/material", "", ("add", "RepairMaterial")),
    ("/repairs/mine/", "", ("take", "RepairOrder")),
    ("/repairs/statistics/export", "", ("export", "RepairStatistics")),
    ("/repairs/statistics/print", "", ("print", "RepairStatistics")),
    ("/repairs/statistics/", "", ("read", "RepairStatistics")),
    ("/rights/compare/print", "", ("print", "Role")),
    ("/rights/compare", "", ("read", "Role")),
    ("/rights/user/<int:pk>/print", "", ("print", "User")),
    ("/rights/user/", "", ("read", "User")),
    ("/setting/", "GET", ("read", "Setting")),
    ("/setting/", "POST", ("edit", "Setting")),
    ("/user/disable/", "", ("disable", "User")),
    *((begin, "", ANYBODY) for begin in ("/home/", "/jobs/", "/notices/", "/search", "/sessions/", "/tree/")),
)


def asked_by(rule: str, method: str, url: str) -> Right | None:
    """What a URL asks for; ANYBODY where a login is enough, None where this page does not know it."""
    for begin, of_method, right in _OWN:
        if rule.startswith(begin) and of_method in ("", method):
            return right
    parts = rule.strip("/").split("/")
    document = "".join(word.capitalize() for word in parts[0].split("_"))
    if len(parts) > 1 and parts[1] in ("do", "choices"):
        found = re.match(r"/\w+/(?:do|choices)/(\w+)", url)
        deed = found[1] if found else ""
        if (document, deed) == ("Complaint", "redo"):  # who hears that it is not done yet sends it back
            return "follow_up", document
        return _DEEDS.get(deed, deed), document
    verb = _PARTS.get(parts[1]) if len(parts) > 1 else None
    return None if verb is None else (verb, document)


# What only the one whose it is may do, of those who hold the right: (role, part of the rule) → how others are refused.
# The orders, pictures and files of the walk are somebody else's.
OTHERS = {
    ("维修工", "/repairs/mine/<int:pk>"): {404},
    ("维修工", "/repair_material/"): {303, 403, 422},
    ("维修工", "/repair_order/attach/"): {403},
    ("", "/repair_order/detach/"): {403},
    ("", "/billing/readings/import/<token>"): {404},
    ("", "/handover/"): {422},
    ("", "/import_sales/check/"): {404},
    ("", "/import_sales/result/"): {404},
    ("", "/jobs/<int:pk>"): {404},
}


def refusals_of_others(role: str, rule: str) -> set[int]:
    """How a role that holds the right is refused what is another's."""
    return {
        status
        for (who, begin), statuses in OTHERS.items()
        if who in ("", role) and rule.startswith(begin)
        for status in statuses
    }
