"""The charges and settlements behind a report's figure, a row each with its part of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, FromClause, select, type_coerce
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection.models import Allocation
from app.collection.states import AllocationKind
from app.estate.models import ParkingSpace, Room
from app.lowcode.reports.drilldown import FigureRow, document_url
from app.lowcode.types import Money, raw


def at_keys(model: Any, keys: Mapping[str, int | None], *names: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a line's keys on a document; None is a place that names none."""
    return [
        getattr(model, name).is_(None) if keys[name] is None else getattr(model, name) == keys[name]
        for name in names
        if name in keys
    ]


def charge_rows(session: Session, amount: Any, *where: Any) -> Iterator[FigureRow]:
    """Return a row a charge; `amount`: its part in 分, of raw columns."""
    yield from _charges(session, select(type_coerce(amount, Money), *_NAMED).where(*where))


def owed_rows(session: Session, found: FromClause, *where: Any) -> Iterator[FigureRow]:
    """Return a row a charge of `owed`, with what is due of it."""
    statement = select(found.c.due, *_NAMED).join(found, found.c.id == Charge.id)
    yield from _charges(session, statement.where(*where))


def settlement_rows(session: Session, *where: Any, sign: int = 1, voids: Any = None) -> Iterator[FigureRow]:
    """Return a row a settlement; `sign` −1 where the figure is what it adds to the charge. `voids`: joined by its receipt."""
    of: Any = Allocation
    statement = (
        select(of.id, of.kind, of.amount, of.day, of.period, FeeItem.name, Room.code, ParkingSpace.number)
        .join(FeeItem, FeeItem.id == of.fee_item_id)
        .outerjoin(Room, Room.id == of.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == of.space_id)
        .where(*where)
        .order_by(of.day, of.id)
    )
    if voids is not None:
        statement = statement.join(voids[0], voids[1])
    for key, kind, amount, day, period, fee, room, space in session.execute(statement):
        yield FigureRow(
            kind=_(kind.label),
            title=_title(room, space, fee, period),
            day=day,
            amount=sign * amount,
            url=document_url(Allocation, key),
        )


def adjustment_rows(session: Session, *where: Any) -> Iterator[FigureRow]:
    """Return a row an adjustment, signed as it was asked for."""
    adjusted = Allocation.kind == AllocationKind.ADJUSTMENT
    yield from settlement_rows(session, adjusted, *where, sign=-1)


def waived_rows(session: Session, charges: list[Any], settlements: list[Any]) -> Iterator[FigureRow]:
    """Return what was waived: of charges when they were posted, and of charges later."""
    of: Any = Charge
    yield from charge_rows(session, raw(of.waived), raw(of.waived) != 0, *charges)
    yield from settlement_rows(session, Allocation.kind == AllocationKind.WAIVER, *settlements)


def household_rows(session: Session, *where: Any) -> Iterator[FigureRow]:
    """Return a row a room or space that has any of the charges, once a building."""
    of: Any = Charge
    for column, model, name in (
        (of.room_id, Room, Room.code),
        (of.space_id, ParkingSpace, ParkingSpace.number),
    ):
        document: Any = model
        rows = select(of.community_id, of.building_id, column, name).join(document, document.id == column)
        places = rows.where(*where).distinct().order_by(of.community_id, of.building_id, column)
        for _community, _building, key, title in session.execute(places):
            yield FigureRow(
                kind=_(document.__about__.label), title=title, amount=1, url=document_url(document, key)
            )


_NAMED: Any = (Charge.id, Charge.starts, Charge.period, FeeItem.name, Room.code, ParkingSpace.number)


def _charges(session: Session, statement: Any) -> Iterator[FigureRow]:
    joined = (
        statement.join(FeeItem, FeeItem.id == Charge.fee_item_id)
        .outerjoin(Room, Room.id == Charge.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == Charge.space_id)
        .order_by(Charge.id)
    )
    for amount, key, starts, period, fee, room, space in session.execute(joined):
        if amount:
            yield FigureRow(
                kind=_(Charge.__about__.label),
                title=_title(room, space, fee, period),
                day=starts,
                amount=amount,
                url=document_url(Charge, key),
            )


def _title(room: str | None, space: str | None, fee: str, period: Any) -> str:
    return " ".join(str(one) for one in (room or space, fee, period) if one)
