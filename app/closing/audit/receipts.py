"""收据: what they add up to, what they settled, and whether what was taken back is wholly taken back."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.closing.audit.check import Check, Within, amount, grouped
from app.collection.models import (
    Allocation,
    DepositEntry,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
)
from app.collection.states import AllocationKind, DepositKind, PrepaymentKind, ReceiptState, VoidKind
from app.kernel.errors import N_
from app.lowcode.types import raw

RECEIPT = N_("收据 %(document)s")


def _totals(within: Within) -> Select[Any]:
    tenders = grouped(
        ReceiptTender,
        ReceiptTender.receipt_id,
        [func.sum(raw(ReceiptTender.amount)).label("total")],
        within.of(ReceiptTender),
    )
    of: Any = Receipt
    paid = func.coalesce(tenders.c.total, 0)
    parts = raw(of.settled) + raw(of.prepaid) + raw(of.deposited)
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            of.total.label("total"),
            amount(paid).label("paid"),
            amount(parts).label("parts"),
        )
        .outerjoin(tenders, tenders.c.key == of.id)
        .where(or_(raw(of.total) != paid, raw(of.total) != parts), *within.of(Receipt))
    )


def _part(model: Any, kind: Any, column: Any) -> Callable[[Within], Select[Any]]:
    """Receipts whose charges, prepayments or deposits add up to something else than they say."""

    def find(within: Within) -> Select[Any]:
        sums = grouped(
            model,
            model.receipt_id,
            [func.sum(raw(model.amount)).label("total")],
            [model.kind == kind, *within.of(model)],
        )
        of: Any = Receipt
        found = func.coalesce(sums.c.total, 0)
        return (
            select(
                of.community_id.label("community_id"),
                of.number.label("document"),
                column.label("said"),
                amount(found).label("found"),
            )
            .outerjoin(sums, sums.c.key == of.id)
            .where(raw(column) != found, *within.of(Receipt))
        )

    return find


def _standing(within: Within) -> Select[Any]:
    """Check that a receipt stands, or that the paper of its kind takes its whole amount back."""
    of: Any = Receipt
    paper: Any = ReceiptVoid
    kinds = {ReceiptState.VOID: VoidKind.VOID, ReceiptState.REVERSED: VoidKind.REVERSAL}
    right = or_(
        and_(of.state == ReceiptState.VALID, paper.id.is_(None)),
        *(
            and_(of.state == state, paper.kind == kind, paper.total == of.total, paper.day >= of.day)
            for state, kind in kinds.items()
        ),
    )
    return (
        select(of.community_id.label("community_id"), of.number.label("document"), of.state.label("state"))
        .outerjoin(paper, and_(paper.receipt_id == of.id, paper.community_id == of.community_id))
        .where(~func.coalesce(right, False), *within.of(Receipt))
    )


def _left_settled(within: Within) -> Select[Any]:
    """Of a receipt that was taken back nothing stays settled on any charge."""
    of: Any = Receipt
    left = func.sum(raw(Allocation.amount))
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            Allocation.charge_id.label("charge"),
            amount(left).label("left"),
        )
        .join(Allocation, Allocation.receipt_id == of.id)
        .where(of.state != ReceiptState.VALID, *within.of(Receipt))
        .group_by(of.community_id, of.number, Allocation.charge_id)
        .having(left != 0)
    )


def _back_from_standing(within: Within) -> Select[Any]:
    """Nothing is taken back of a receipt that stands."""
    of: Any = Receipt
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            Allocation.charge_id.label("charge"),
            Allocation.amount.label("back"),
        )
        .join(of, of.id == Allocation.receipt_id)
        .where(
            Allocation.kind.in_((AllocationKind.VOID, AllocationKind.REVERSAL)),
            of.state == ReceiptState.VALID,
            *within.of(Allocation),
        )
    )


def _entries_left(model: Any) -> Callable[[Within], Select[Any]]:
    """Of a receipt that was taken back nothing stays in an account."""

    def find(within: Within) -> Select[Any]:
        of: Any = Receipt
        left = func.sum(raw(model.amount))
        return (
            select(
                of.community_id.label("community_id"), of.number.label("document"), amount(left).label("left")
            )
            .join(model, model.receipt_id == of.id)
            .where(of.state != ReceiptState.VALID, *within.of(Receipt))
            .group_by(of.community_id, of.number)
            .having(left != 0)
        )

    return find


def _entries_back(model: Any, back: Any) -> Callable[[Within], Select[Any]]:
    """Nothing is taken back from an account of a receipt that stands."""

    def find(within: Within) -> Select[Any]:
        of: Any = Receipt
        return (
            select(
                of.community_id.label("community_id"), of.number.label("document"), model.amount.label("back")
            )
            .join(of, of.id == model.receipt_id)
            .where(model.kind == back, of.state == ReceiptState.VALID, *within.of(model))
        )

    return find


PART = N_("记为 %(said)s，明细合计 %(found)s。")

CHECKS = (
    Check(
        code="receipt_total",
        paper=RECEIPT,
        message=N_("收款金额 %(total)s，结算明细合计 %(paid)s，收费、预收和押金合计 %(parts)s。"),
        find=_totals,
    ),
    Check(
        code="receipt_settled",
        paper=N_("收据 %(document)s 的收费"),
        message=PART,
        find=_part(Allocation, AllocationKind.PAYMENT, Receipt.settled),
    ),
    Check(
        code="receipt_prepaid",
        paper=N_("收据 %(document)s 的预收"),
        message=PART,
        find=_part(PrepaymentEntry, PrepaymentKind.IN, Receipt.prepaid),
    ),
    Check(
        code="receipt_deposited",
        paper=N_("收据 %(document)s 的押金"),
        message=PART,
        find=_part(DepositEntry, DepositKind.IN, Receipt.deposited),
    ),
    Check(
        code="receipt_standing",
        paper=RECEIPT,
        message=N_("状态是“%(state)s”，与作废或冲红的单据不符。"),
        find=_standing,
    ),
    Check(
        code="receipt_open_again",
        paper=RECEIPT,
        message=N_("已作废或冲红，但应收（编号 %(charge)s）上还剩核销 %(left)s。"),
        find=_left_settled,
    ),
    Check(
        code="receipt_taken_back",
        paper=RECEIPT,
        message=N_("仍然有效，但应收（编号 %(charge)s）上有作废或冲红的核销 %(back)s。"),
        find=_back_from_standing,
    ),
    Check(
        code="receipt_prepaid_left",
        paper=RECEIPT,
        message=N_("已作废或冲红，但预收明细里还剩 %(left)s。"),
        find=_entries_left(PrepaymentEntry),
    ),
    Check(
        code="receipt_deposited_left",
        paper=RECEIPT,
        message=N_("已作废或冲红，但押金明细里还剩 %(left)s。"),
        find=_entries_left(DepositEntry),
    ),
    Check(
        code="receipt_prepaid_back",
        paper=RECEIPT,
        message=N_("仍然有效，但预收明细里有作废冲回 %(back)s。"),
        find=_entries_back(PrepaymentEntry, PrepaymentKind.TAKEN_BACK),
    ),
    Check(
        code="receipt_deposited_back",
        paper=RECEIPT,
        message=N_("仍然有效，但押金明细里有作废冲回 %(back)s。"),
        find=_entries_back(DepositEntry, DepositKind.TAKEN_BACK),
    ),
)
