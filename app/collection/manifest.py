"""What the collection module registers."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _

from app.billing.operations import Posted
from app.billing.views.approvals import asked_of_me
from app.collection import operations
from app.collection.models import (
    DEPOSIT_ITEM,
    Adjustment,
    Allocation,
    ApprovalLimit,
    CashHandover,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
    Refund,
    Reminder,
    Waiver,
)
from app.collection.operations.approval_limits import DEFAULT_LIMIT
from app.collection.operations.handovers import HANDOVER_BOOK
from app.collection.operations.prepayment_apply import AUTO_APPLY, apply_to_posted
from app.collection.operations.receipt_issue import BOOK, PREFIX
from app.collection.operations.refunds import REFUND_BOOK
from app.collection.operations.rounding import LIMIT
from app.collection.operations.void import REVERSAL_BOOK
from app.collection.queries.global_search import find_receipts, settling
from app.collection.queries.list_columns import LIST_COLUMNS
from app.collection.views import actions
from app.collection.views.cards import TakingsCard
from app.collection.views.desk import DeskView
from app.collection.views.handover import (
    HandOverView,
    hand_over_button,
    hand_over_duty,
    papers_tab,
    print_button,
    tills_of,
)
from app.collection.views.leads import OWED, to_desk
from app.estate.views.tabs import within
from app.kernel.errors import N_
from app.lowcode.dictionary import DictionaryDeclaration
from app.lowcode.home import Duty, HomeCard, Shortcut, rows_waiting
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.pages import Button
from app.lowcode.permissions import may
from app.lowcode.search import Search
from app.lowcode.settings import YES, SettingDeclaration


def _links(row: Receipt) -> Sequence[Button]:
    if not may("print", "Receipt"):
        return []
    label = _("补打") if row.prints else _("打印收据")
    return [Button("receipt", label, f"/desk/receipt/{row.id}/print", "printer", blank=True)]


MANIFEST = Manifest(
    list_columns=LIST_COLUMNS,
    name="collection",
    label=N_("收款"),
    icon="cash-register",
    money=True,
    entries=(
        Page(DeskView, N_("收费台"), "cash-register", "collect"),
        Page(HandOverView, N_("交款"), "cash-banknote", "hand_over"),
        Entry(Receipt, actions=actions.RECEIPT, links=_links),
        ReceiptTender,
        Entry(ReceiptVoid, print_template="collection/reversal_print.html"),
        Allocation,
        Entry(Prepayment, actions=actions.PREPAYMENT),
        PrepaymentEntry,
        Entry(Deposit, actions=actions.DEPOSIT),
        DepositEntry,
        Entry(Waiver, workflow=operations.WAIVER_FLOW),
        Entry(Adjustment, workflow=operations.ADJUSTMENT_FLOW),
        Entry(Refund, workflow=operations.REFUND_FLOW, print_template="collection/refund_print.html"),
        Reminder,
        ApprovalLimit,
        Entry(
            CashHandover,
            actions=actions.HANDOVER,
            tabs=(papers_tab,),
            links=print_button,
            list_links=hand_over_button,
        ),
        Page(TakingsCard),
    ),
    dictionaries=(
        DictionaryDeclaration(
            DEPOSIT_ITEM,
            N_("押金项目"),
            (N_("装修保证金"), N_("门禁卡押金"), N_("钥匙押金"), N_("出入证押金"), N_("其他押金")),
        ),
    ),
    numbers=(
        NumberDeclaration(BOOK, N_("收据"), PREFIX),
        NumberDeclaration(REVERSAL_BOOK, N_("冲红单"), "CH"),
        NumberDeclaration(REFUND_BOOK, N_("退款单"), "TK"),
        NumberDeclaration(HANDOVER_BOOK, N_("交款单"), "JK"),
    ),
    settings=(
        SettingDeclaration(AUTO_APPLY, N_("出账时自动用预收抵扣"), YES, flag=True),
        SettingDeclaration(
            LIMIT, N_("抹零免审批限额"), "1.00", low=Decimal(0), high=Decimal(1000), places=2, unit=N_("元")
        ),
        SettingDeclaration(
            DEFAULT_LIMIT,
            N_("审批限额"),
            "10000.00",
            low=Decimal(0),
            high=Decimal(10) ** 9,
            places=2,
            unit=N_("元"),
            help=N_("角色没有另设限额时用。"),
            per_community=False,
        ),
    ),
    leads={"Room": (OWED,), "Customer": (OWED,)},
    links={"Room": (to_desk,), "Customer": (to_desk,)},
    searches=(Search(Receipt, find_receipts),),
    tabs={"Community": (within(Receipt),), "Building": (within(Receipt),), "Room": (within(Receipt),)},
    # A receipt stands where the charges stand that it settled.
    narrowings={
        "Receipt": lambda at: Receipt.id.in_(settling(at)),
        "ReceiptTender": lambda at: ReceiptTender.receipt_id.in_(settling(at)),
        "ReceiptVoid": lambda at: ReceiptVoid.receipt_id.in_(settling(at)),
    },
    labels={
        "Desk": N_("收费台"),
        "collect": N_("收款"),
        "backdate": N_("补记以前日期"),
        "void": N_("作废"),
        "hand_over": N_("交款"),
        "hand_over_for": N_("代交款"),
    },
    shortcuts=(Shortcut("desk", N_("收费台"), "/desk/", "cash-register", "collect", "Desk"),),
    duties=(
        Duty("hand_over", "CashHandover", hand_over_duty, "cash-banknote"),
        asked_of_me(Waiver, "discount-2"),
        asked_of_me(Adjustment, "adjustments-dollar"),
        asked_of_me(Refund, "cash-off"),
        Duty(
            "sign",
            "CashHandover",
            rows_waiting(CashHandover, N_("交款单待签收"), ("state.eq", "handed")),
            "cash-banknote",
        ),
    ),
    open_work=(tills_of,),
    actions={"Charge": actions.CHARGE},
    hooks={Posted: (apply_to_posted,)},
    home_cards=(HomeCard("takings", N_("今日收款"), "/collection/cards/today", "cash", "read", "Receipt"),),
)
