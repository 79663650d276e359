"""Which cashiers still hold money: of a month before it closes, and of who is to be disabled or goes home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from app.collection.models import Receipt, ReceiptVoid, Refund
from app.collection.states import VoidKind
from app.estate.models import Community
from app.kernel.periods import Period

NOBODY = 0
"""Stands for the cashier of papers that no login took (a command's)."""


@dataclass(frozen=True, slots=True)
class OpenTill:
    """What a cashier has not handed over in a community: how many papers, since when."""

    community_id: int
    community: str
    cashier_id: int
    cashier: str
    papers: int
    since: date


def open_tills(*, session: Session, cashier_id: int | None = None) -> list[OpenTill]:
    """Return the tills of one cashier, or (None) of everybody, by community and name."""
    both = union_all(*(_papers(model, *also) for model, also in _kinds())).subquery()
    whose = [] if cashier_id is None else [both.c.cashier == cashier_id]
    rows = session.execute(
        select(
            Community.id,
            Community.name,
            both.c.cashier,
            func.max(both.c.name),
            func.count(),
            func.min(both.c.day),
        )
        .join(Community, Community.id == both.c.community)
        .where(*whose)
        .group_by(Community.id, Community.name, both.c.cashier)
        .order_by(Community.name, Community.id, both.c.cashier)
    )
    return [OpenTill(key, name, cashier or NOBODY, *more) for key, name, cashier, *more in rows]


def _kinds() -> Iterator[tuple[Any, tuple[ColumnElement[bool], ...]]]:
    """Return what is handed over: receipts, reversals, refunds that were paid out."""
    yield Receipt, ()
    yield ReceiptVoid, (ReceiptVoid.kind == VoidKind.REVERSAL,)
    yield Refund, (Refund.number.is_not(None),)


def _papers(model: Any, *also: ColumnElement[bool]) -> Any:
    name = model.requested_by if model is Refund else model.created_by
    return select(
        model.community_id.label("community"),
        model.cashier_id.label("cashier"),
        name.label("name"),
        model.day.label("day"),
    ).where(model.handover_id.is_(None), *also)


def unhanded(*, session: Session, community_id: int, period: Period) -> list[tuple[int | None, int]]:
    """(cashier's user id, papers not handed over) of a month's receipts, reversals and refunds."""

    def of(model: Any, *also: ColumnElement[bool]) -> Any:
        return (
            select(model.cashier_id.label("cashier"), func.count().label("papers"))
            .where(
                model.community_id == community_id,
                model.posting_period == period,
                model.handover_id.is_(None),
                *also,
            )
            .group_by(model.cashier_id)
        )

    both = union_all(*(of(model, *also) for model, also in _kinds())).subquery()
    rows = session.execute(
        select(both.c.cashier, func.sum(both.c.papers)).group_by(both.c.cashier).order_by(both.c.cashier)
    )
    return [(cashier, int(papers)) for cashier, papers in rows]
