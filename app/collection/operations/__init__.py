"""The writes of collection: taking money and taking it back, what is held, what is asked for, handing over."""

from app.collection.operations.handovers import hand_over, sign, till_of
from app.collection.operations.idempotency import KeyReused
from app.collection.operations.payment import AlreadySettled, NothingChosen, pay
from app.collection.operations.payment_request import Advance, DepositLine, PaymentRequest
from app.collection.operations.prepayment_apply import AUTO_APPLY, apply_held
from app.collection.operations.prepayment_undo import applied_to, charges_settled_by, undo_applied
from app.collection.operations.receipt_issue import count_print
from app.collection.operations.refunds import REFUND_FLOW, deduct, request_refund
from app.collection.operations.requests import (
    ADJUSTMENT_FLOW,
    WAIVER_FLOW,
    booking_day,
    request_adjustment,
    request_waiver,
    request_waivers,
)
from app.collection.operations.void import (
    TooLateToVoid,
    is_reversible,
    is_voidable,
    reverse,
    void,
    void_or_reverse,
)

__all__ = [
    "ADJUSTMENT_FLOW",
    "AUTO_APPLY",
    "REFUND_FLOW",
    "WAIVER_FLOW",
    "Advance",
    "AlreadySettled",
    "DepositLine",
    "KeyReused",
    "NothingChosen",
    "PaymentRequest",
    "TooLateToVoid",
    "applied_to",
    "apply_held",
    "booking_day",
    "charges_settled_by",
    "count_print",
    "deduct",
    "hand_over",
    "is_reversible",
    "is_voidable",
    "pay",
    "request_adjustment",
    "request_refund",
    "request_waiver",
    "request_waivers",
    "reverse",
    "sign",
    "till_of",
    "undo_applied",
    "void",
    "void_or_reverse",
]
