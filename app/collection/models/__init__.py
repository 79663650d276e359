"""The documents of collection."""

from app.collection.models.balances import DEPOSIT_ITEM, Deposit, DepositEntry, Prepayment, PrepaymentEntry
from app.collection.models.handovers import CashHandover
from app.collection.models.receipts import Allocation, Receipt, ReceiptTender, ReceiptVoid
from app.collection.models.reminders import Reminder
from app.collection.models.requests import Adjustment, ApprovalLimit, Refund, Waiver

__all__ = [
    "DEPOSIT_ITEM",
    "Adjustment",
    "Allocation",
    "ApprovalLimit",
    "CashHandover",
    "Deposit",
    "DepositEntry",
    "Prepayment",
    "PrepaymentEntry",
    "Receipt",
    "ReceiptTender",
    "ReceiptVoid",
    "Refund",
    "Reminder",
    "Waiver",
]
