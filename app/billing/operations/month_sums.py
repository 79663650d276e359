"""应收发生额 follows every posting and every settlement, in the same unit (`MonthSum`)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.models import NO_BUILDING, Charge, MonthSum
from app.billing.states import MovementKind
from app.kernel.periods import Period
from app.lowcode.db import insert_or_add
from app.lowcode.types import Money, raw


class Moved(NamedTuple):
    """A movement: where it is added up, and what it adds to what is owed (元)."""

    community_id: int
    posting_period: Period
    building_id: int | None
    fee_item_id: int
    period: Period
    kind: MovementKind
    amount: Decimal


def add_moved(*, session: Session, moved: Iterable[Moved]) -> None:
    """Add movements to the sums of their months, in the order of their keys, so that nobody waits in a ring.

    The months are held open by the caller.
    """
    sums: dict[tuple[Any, ...], Decimal] = {}
    for one in moved:
        key = (
            one.community_id,
            one.posting_period,
            one.building_id or NO_BUILDING,
            one.fee_item_id,
            one.period,
            one.kind,
        )
        sums[key] = sums.get(key, Decimal(0)) + one.amount
    rows = [
        dict(zip(Moved._fields, (*key, amount), strict=True))
        for key, amount in sorted(sums.items(), key=lambda item: (*item[0][:5], item[0][5].value))
        if amount
    ]
    if rows:
        insert_or_add(session=session, table=MonthSum.__table__, amount="amount", source=rows)


def add_charged(*, session: Session, where: ColumnElement[bool]) -> None:
    """Add charges that have just been posted; the caller has their month alone."""
    of: Any = Charge
    place = (
        of.community_id,
        of.posting_period,
        func.coalesce(of.building_id, NO_BUILDING).label("building_id"),
        of.fee_item_id,
        of.period,
    )
    for kind, units in ((MovementKind.CHARGED, raw(of.gross)), (MovementKind.RELIEVED, -raw(of.waived))):
        source = (
            select(
                *place,
                literal(kind, MonthSum.__table__.c.kind.type).label("kind"),
                type_coerce(func.sum(units), Money).label("amount"),
            )
            .where(where, units != 0)
            .group_by(of.community_id, of.posting_period, of.building_id, of.fee_item_id, of.period)
        )
        insert_or_add(session=session, table=MonthSum.__table__, amount="amount", source=source)
