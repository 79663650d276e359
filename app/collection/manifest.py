"""What the collection module registers."""

from collections.abc import Sequence

from flask_babel import gettext as _

from app.billing.views.approving import asked_of_me
from app.collection import operations
from app.collection.models import (
    Adjustment,
    Allocation,
    CashHandover,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
    Refund,
    Waiver,
)
from app.collection.operations.payment import BOOK, PREFIX
from app.collection.queries.searching import find_receipts, settling
from app.collection.states import RECEIPT_MACHINE
from app.collection.views.cards import TakingsCard
from app.collection.views.desk import DeskView
from app.estate.views.tabs import within
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.home import Duty, HomeCard, rows_waiting
from app.lowcode.manifest import Action, Entry, Manifest, Page
from app.lowcode.numbers import NumberDeclaration
from app.lowcode.pages import Button
from app.lowcode.permissions import may
from app.lowcode.search import Search


def _void(*, row_id: int, reason: str) -> str | None:
    operations.void(session=db.session(), receipt_id=row_id, day=clock.today(), reason=reason)
    return None


def _voidable(row: Receipt) -> bool:
    """The machine allows it, and it is still the receipt's day."""
    actions = [transition.action for transition in RECEIPT_MACHINE.allowed(row.state)]
    return "void" in actions and row.day == clock.today()


def _links(row: Receipt) -> Sequence[Button]:
    if not may("print", "Receipt"):
        return []
    label = _("补打") if row.prints else _("打印收据")
    return [Button("receipt", label, f"/desk/receipt/{row.id}/print", "printer", blank=True)]


MANIFEST = Manifest(
    name="collection",
    label=N_("收款"),
    icon="cash-register",
    entries=(
        Page(DeskView, N_("收费台"), "cash-register", "collect"),
        Entry(
            Receipt,
            actions=(
                Action(
                    "void",
                    N_("作废"),
                    run=_void,
                    icon="ban",
                    confirm=N_("作废这张收据?收据号保留,所收的费用重新变为欠费。"),
                    fields=(("reason", N_("作废原因"), True),),
                    allowed=_voidable,
                    tone="danger",
                    done=N_("收据已作废,费用已恢复为欠费。"),
                ),
            ),
            links=_links,
        ),
        ReceiptTender,
        ReceiptVoid,
        Allocation,
        Prepayment,
        PrepaymentEntry,
        Deposit,
        DepositEntry,
        Waiver,
        Adjustment,
        Refund,
        CashHandover,
        Page(TakingsCard),
    ),
    numbers=(NumberDeclaration(BOOK, N_("收据"), PREFIX),),
    searches=(Search(Receipt, find_receipts),),
    tabs={"Community": (within(Receipt),), "Building": (within(Receipt),), "Room": (within(Receipt),)},
    # A receipt stands where the charges stand that it settled.
    narrowings={
        "Receipt": lambda at: Receipt.id.in_(settling(at)),
        "ReceiptTender": lambda at: ReceiptTender.receipt_id.in_(settling(at)),
        "ReceiptVoid": lambda at: ReceiptVoid.receipt_id.in_(settling(at)),
    },
    labels={"Desk": N_("收费台"), "collect": N_("收款"), "backdate": N_("补记以前日期"), "void": N_("作废")},
    duties=(
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
    home_cards=(HomeCard("takings", N_("今日收款"), "/collection/cards/today", "cash", "read", "Receipt"),),
)
