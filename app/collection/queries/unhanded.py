"""Which cashiers still hold money of a month: asked before it closes, and of who is to be disabled."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from app.collection.models import Receipt, ReceiptVoid, Refund
from app.collection.states import VoidKind
from app.kernel.periods import Period


def unhanded(*, session: Session, community_id: int, period: Period) -> list[tuple[int | None, int]]:
    """(cashier's user id, papers not handed over) of a month's receipts, reversals and refunds."""

    def of(model: Any, *also: ColumnElement[bool]) -> Any:
        return (
            select(model.cashier_id.label("cashier"), func.count().label("papers"))
            .where(
                model.community_id == community_id, model.posting_period == period,
                model.handover_id.is_(None), *also,
            )
            .group_by(model.cashier_id)
        )  # fmt: skip

    both = union_all(
        of(Receipt),
        of(ReceiptVoid, ReceiptVoid.kind == VoidKind.REVERSAL),
        of(Refund, Refund.number.is_not(None)),
    ).subquery()
    rows = session.execute(
        select(both.c.cashier, func.sum(both.c.papers)).group_by(both.c.cashier).order_by(both.c.cashier)
    )
    return [(cashier, int(papers)) for cashier, papers in rows]
