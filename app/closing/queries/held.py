"""What the office holds for others (预收, 押金) and its cash, in a month: the figures of the community's equations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.billing.states import ApprovalState
from app.collection.models import DepositEntry, PrepaymentEntry, Receipt, ReceiptVoid, Refund
from app.collection.states import DepositKind, PrepaymentKind
from app.kernel.periods import Period
from app.lowcode.reports.declaration import Scope

ZERO = Decimal("0.00")


def held_figures(session: Session, scope: Scope) -> Mapping[str, Decimal]:
    """预收 and 押金 of the month from their entries, 元; `cash` from the receipts, what was taken back, and refunds.

    What takes an entry back belongs to what it takes back: a receipt's to what came in, an application's to what was
    used, a refund's to what was paid out.
    """
    period = scope.period
    prepaid, prepaid_before = _entries(session, PrepaymentEntry, scope)
    deposited, deposited_before = _entries(session, DepositEntry, scope)
    back = _taken_back(session, PrepaymentEntry, PrepaymentKind.TAKEN_BACK, scope)
    deposit_back = _taken_back(session, DepositEntry, DepositKind.TAKEN_BACK, scope)
    prepayment_closing = prepaid_before + sum(prepaid.values(), ZERO)
    deposit_closing = deposited_before + sum(deposited.values(), ZERO)
    return {
        "prepayment_opening": prepaid_before,
        "prepayment_in": prepaid.get(PrepaymentKind.IN, ZERO) + back["in"],
        "prepayment_used": -(prepaid.get(PrepaymentKind.APPLIED, ZERO) + back["used"]),
        "prepayment_refunded": -(prepaid.get(PrepaymentKind.REFUNDED, ZERO) + back["refunded"]),
        "prepayment_closing": prepayment_closing,
        "deposit_opening": deposited_before,
        "deposit_in": deposited.get(DepositKind.IN, ZERO) + deposit_back["in"],
        "deposit_returned": -(deposited.get(DepositKind.RETURNED, ZERO) + deposit_back["refunded"]),
        "deposit_deducted": -(deposited.get(DepositKind.DEDUCTED, ZERO) + deposit_back["used"]),
        "deposit_closing": deposit_closing,
        "net_cash": _cash(session, scope, period),
    }


def due_now(session: Session, scope: Scope) -> Decimal | None:
    """What is open by the charges' own checked copies; None where anything is posted after the scope's month."""
    from app.collection.models import Allocation

    for model in (Charge, Allocation):
        column: Any = model.posting_period
        if session.scalar(select(model.id).where(column > scope.period, *scope.where(model)).limit(1)):
            return None
    found: Decimal | None = session.scalar(
        select(func.sum(Charge.due)).where(Charge.due != ZERO, *scope.where(Charge))
    )
    return found or ZERO


def _entries(session: Session, model: Any, scope: Scope) -> tuple[dict[Any, Decimal], Decimal]:
    """Sums of the month by kind, and all that was before it."""
    month = session.execute(
        select(model.kind, func.sum(model.amount))
        .where(model.posting_period == scope.period, *scope.where(model))
        .group_by(model.kind)
    )
    before: Decimal | None = session.scalar(
        select(func.sum(model.amount)).where(model.posting_period < scope.period, *scope.where(model))
    )
    return {kind: amount for kind, amount in month}, before or ZERO


def _taken_back(session: Session, model: Any, kind: Any, scope: Scope) -> dict[str, Decimal]:
    """What the month took back, by what it takes back."""
    used = model.charge_id.is_not(None) if hasattr(model, "charge_id") else model.receipt_id.is_(None)
    what = case((model.refund_id.is_not(None), "refunded"), (used, "used"), else_="in").label("what")
    rows = session.execute(
        select(what, func.sum(model.amount))
        .where(model.posting_period == scope.period, model.kind == kind, *scope.where(model))
        .group_by(what)
    )
    return {"in": ZERO, "used": ZERO, "refunded": ZERO} | {name: amount for name, amount in rows}


def _cash(session: Session, scope: Scope, period: Period) -> Decimal:
    """What the desks' papers say: receipts − what was taken back − refunds."""

    def total(model: Any, column: Any, *more: Any) -> Decimal:
        found: Decimal | None = session.scalar(
            select(func.sum(column)).where(model.posting_period == period, *scope.where(model), *more)
        )
        return found or ZERO

    return (
        total(Receipt, Receipt.total)
        - total(ReceiptVoid, ReceiptVoid.total)
        - total(Refund, Refund.amount, Refund.state == ApprovalState.APPROVED)
    )
