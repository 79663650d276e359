"""What the office holds for others (预收, 押金) and its cash, in a month: the figures of the community's equations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.billing.states import ApprovalState
from app.collection.models import Allocation, DepositEntry, PrepaymentEntry, Receipt, ReceiptVoid, Refund
from app.collection.states import DepositKind, PrepaymentKind
from app.kernel.periods import Period
from app.lowcode.reports.declaration import ReportQuery

ZERO = Decimal("0.00")


def held_figures(session: Session, scope: ReportQuery) -> Mapping[str, Decimal]:
    """预收 and 押金 of the month from their entries, 元; `cash` from the receipts, what was taken back, and refunds.

    What takes an entry back belongs to what it takes back: a receipt's to what came in, an application's to what was
    used, a refund's to what was paid out.
    """
    period = scope.period
    prepaid_before, prepaid = _before(session, PrepaymentEntry, scope), _prepaid(session, scope)
    deposited_before, deposited = _before(session, DepositEntry, scope), _deposited(session, scope)
    return {
        "prepayment_opening": prepaid_before,
        "prepayment_in": prepaid["in"],
        "prepayment_used": -prepaid["used"],
        "prepayment_refunded": -prepaid["out"],
        "prepayment_closing": prepaid_before + sum(prepaid.values(), ZERO),
        "deposit_opening": deposited_before,
        "deposit_in": deposited["in"],
        "deposit_returned": -deposited["out"],
        "deposit_deducted": -deposited["used"],
        "deposit_closing": deposited_before + sum(deposited.values(), ZERO),
        "net_cash": _cash(session, scope, period),
    }


def due_now(session: Session, scope: ReportQuery) -> Decimal | None:
    """Return what is open by the charges' own checked copies; None where anything is posted after the scope's month."""
    for model in (Charge, Allocation):
        column: Any = model.posting_period
        if session.scalar(select(model.id).where(column > scope.period, *scope.where(model)).limit(1)):
            return None
    found: Decimal | None = session.scalar(
        select(func.sum(Charge.due)).where(Charge.due != ZERO, *scope.where(Charge))
    )
    return found or ZERO


def _before(session: Session, model: Any, scope: ReportQuery) -> Decimal:
    """Return what was held when the month began."""
    found: Decimal | None = session.scalar(
        select(func.sum(model.amount)).where(model.posting_period < scope.period, *scope.where(model))
    )
    return found or ZERO


def _prepaid(session: Session, scope: ReportQuery) -> dict[str, Decimal]:
    """预收 of the month: in, used for charges, out to the customer; signed as the entries are."""
    of: Any = PrepaymentEntry
    back = of.kind == PrepaymentKind.TAKEN_BACK
    used = of.kind.in_((PrepaymentKind.APPLIED, PrepaymentKind.UNAPPLIED))
    out = or_(of.kind == PrepaymentKind.REFUNDED, and_(back, of.refund_id.is_not(None)))
    return _moved(session, of, scope, used, out)


def _deposited(session: Session, scope: ReportQuery) -> dict[str, Decimal]:
    """押金 of the month: in, deducted, out to the customer; signed as the entries are."""
    of: Any = DepositEntry
    back = of.kind == DepositKind.TAKEN_BACK
    out = or_(of.kind == DepositKind.RETURNED, and_(back, of.refund_id.is_not(None)))
    used = or_(of.kind == DepositKind.DEDUCTED, and_(back, of.receipt_id.is_(None), of.refund_id.is_(None)))
    return _moved(session, of, scope, used, out)


def _moved(session: Session, model: Any, scope: ReportQuery, used: Any, out: Any) -> dict[str, Decimal]:
    what = case((out, "out"), (used, "used"), else_="in").label("what")
    rows = session.execute(
        select(what, func.sum(model.amount))
        .where(model.posting_period == scope.period, *scope.where(model))
        .group_by(what)
    )
    return {"in": ZERO, "used": ZERO, "out": ZERO} | dict(rows.all())


def _cash(session: Session, scope: ReportQuery, period: Period) -> Decimal:
    """Return what the desks' papers say: receipts − what was taken back − refunds."""

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
