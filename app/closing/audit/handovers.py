"""交款单: their sums against the papers that were handed over with them."""

from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all

from app.billing.states import ApprovalState
from app.closing.audit.check import Check, Within, amount, differs
from app.collection.models import CashHandover, Receipt, ReceiptTender, ReceiptVoid, Refund
from app.collection.states import ReceiptState, Tender, VoidKind
from app.kernel.errors import N_
from app.lowcode.types import raw

HANDOVER = N_("交款单 %(document)s")


def _moves(within: Within) -> Any:
    """Every sum that a handed-over paper moved: hand-over, method, signed 分.

    A receipt that was voided on its day moved nothing; one that was reversed later was money in on its own day, and
    money out with the reversal.
    """
    taken = (
        select(
            Receipt.handover_id.label("handover"),
            ReceiptTender.tender.label("tender"),
            raw(ReceiptTender.amount).label("amount"),
        )
        .join(Receipt, Receipt.id == ReceiptTender.receipt_id)
        .where(Receipt.handover_id.is_not(None), Receipt.state != ReceiptState.VOID, *within.of(Receipt))
    )
    back = (
        select(ReceiptVoid.handover_id, ReceiptTender.tender, -raw(ReceiptTender.amount))
        .join(ReceiptVoid, ReceiptVoid.receipt_id == ReceiptTender.receipt_id)
        .where(
            ReceiptVoid.handover_id.is_not(None),
            ReceiptVoid.kind == VoidKind.REVERSAL,
            *within.of(ReceiptVoid),
        )
    )
    out = select(Refund.handover_id, Refund.tender, -raw(Refund.amount)).where(
        Refund.handover_id.is_not(None), Refund.state == ApprovalState.APPROVED, *within.of(Refund)
    )
    return union_all(taken, back, out).subquery()


def _sums(within: Within) -> Select[Any]:
    moves = _moves(within)
    by_tender = {
        one: func.sum(case((moves.c.tender == one, moves.c.amount), else_=0)).label(one.value)
        for one in Tender
    }
    found = (
        select(moves.c.handover.label("key"), *by_tender.values(), func.sum(moves.c.amount).label("total"))
        .group_by(moves.c.handover)
        .subquery()
    )
    of: Any = CashHandover
    wrong = [raw(getattr(of, one.value)) != func.coalesce(found.c[one.value], 0) for one in Tender]
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            of.total.label("total"),
            amount(func.coalesce(found.c.total, 0)).label("total_right"),
        )
        .outerjoin(found, found.c.key == of.id)
        .where(or_(*wrong, raw(of.total) != func.coalesce(found.c.total, 0)), *within.of(CashHandover))
    )


def _counts(within: Within) -> Select[Any]:
    papers = (
        select(
            Receipt.handover_id.label("key"),
            func.count(Receipt.id).label("receipts"),
            func.sum(case((Receipt.state == ReceiptState.VOID, 1), else_=0)).label("voids"),
        )
        .where(Receipt.handover_id.is_not(None), *within.of(Receipt))
        .group_by(Receipt.handover_id)
        .subquery()
    )
    of: Any = CashHandover
    receipts, voids = func.coalesce(papers.c.receipts, 0), func.coalesce(papers.c.voids, 0)
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            of.receipts.label("receipts"),
            receipts.label("receipts_right"),
            of.voids.label("voids"),
            voids.label("voids_right"),
        )
        .outerjoin(papers, papers.c.key == of.id)
        .where(or_(of.receipts != receipts, of.voids != voids), *within.of(CashHandover))
    )


def _others(within: Within) -> Select[Any]:
    """Papers of another cashier or community, or of a day after the hand-over's last."""
    of: Any = CashHandover
    papers = union_all(
        *(
            select(
                model.handover_id.label("key"),
                model.community_id.label("community"),
                model.cashier_id.label("cashier"),
                model.day.label("day"),
                number.label("paper"),
            ).where(model.handover_id.is_not(None), *within.of(model))
            for model, number in (
                (Receipt, Receipt.number),
                (ReceiptVoid, ReceiptVoid.number),
                (Refund, Refund.number),
            )
        )
    ).subquery()
    return (
        select(
            of.community_id.label("community_id"),
            of.number.label("document"),
            func.coalesce(papers.c.paper, literal("—")).label("paper"),
        )
        .join(papers, papers.c.key == of.id)
        .where(
            or_(
                papers.c.community != of.community_id,
                differs(papers.c.cashier, of.cashier_id),
                papers.c.day > of.last_day,
                papers.c.day < of.first_day,
            )
        )
    )


def _counted(within: Within) -> Select[Any]:
    """Cash that was counted: what it is over or short of the papers is its own sum, and somebody said why."""
    of: Any = CashHandover
    over_short, counted, cash = raw(of.over_short), raw(of.counted), raw(of.cash)
    return select(
        of.community_id.label("community_id"),
        of.number.label("document"),
        of.over_short.label("over_short"),
        amount(func.coalesce(counted - cash, 0)).label("over_short_right"),
    ).where(
        or_(
            over_short != func.coalesce(counted - cash, 0), (over_short != 0) & of.over_short_reason.is_(None)
        ),
        *within.of(CashHandover),
    )


CHECKS = (
    Check(
        code="handover_counted",
        paper=HANDOVER,
        message=N_(
            "长短款记为 %(over_short)s，实点现金与账面现金相差 %(over_short_right)s，或没有写明原因。"
        ),
        find=_counted,
    ),
    Check(
        code="handover_sums",
        paper=HANDOVER,
        message=N_("合计 %(total)s，所交票据合计 %(total_right)s，或其中某种结算方式不符。"),
        find=_sums,
    ),
    Check(
        code="handover_counts",
        paper=HANDOVER,
        message=N_(
            "记为 %(receipts)s 张、作废 %(voids)s 张，所交收据是 %(receipts_right)s 张、作废 %(voids_right)s 张。"
        ),
        find=_counts,
    ),
    Check(
        code="handover_others",
        paper=HANDOVER,
        message=N_("里面的票据 %(paper)s 是别的收费员、别的小区或别的日期的。"),
        find=_others,
    ),
)
