"""用料: lines of an order that a technician has in hand; what 工程主管 has confirmed is issued."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.kernel.money import format_exact, format_money
from app.lowcode.actors import current_actor
from app.lowcode.save import set_values
from app.lowcode.scope import OutOfScope, find, locked
from app.lowcode.workflow import NotYours
from app.lowcode.workflow.transitions import who_moves
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs.access import supervises, works_on
from app.service.rules.repairs import material_amount
from app.service.states.repairs import ASSIGNED

MOST_LINES = 100


class NotInHand(DomainError):
    """Materials of an order that nobody works on."""

    code = "not_in_hand"
    message = N_("这张报修单现在是“%(state)s”，不能再改用料。")


class TooManyLines(DomainError):
    """More lines than a repair has."""

    code = "too_many_lines"
    message = N_("一张报修单最多 %(most)d 行用料。")


def save_material(*, session: Session, row: RepairMaterial, **values: Any) -> RepairMaterial:
    """Add or change a line of an order in hand; the amount follows from quantity and price.

    A technician's line waits for 工程主管: a new one, and one of which more or something else is wanted than was
    confirmed. Raises NotInHand, NotYours, TooManyLines, OutOfScope.
    """
    with session.no_autoflush:
        order = _in_hand(session, row.order_id or values.get("order_id"))
        before = (row.name, row.unit, row.price) if row.id is not None else None
        had = row.quantity
        set_values(row, values)
        row.order_id, row.community_id = order.id, order.community_id
        row.amount = material_amount(quantity=row.quantity, price=row.price)
        if _supervisor():
            row.confirmed, row.confirmed_by = True, current_actor().name
        elif before != (row.name, row.unit, row.price) or had is None or row.quantity > had:
            row.confirmed, row.confirmed_by = False, None
        if row.id is None:
            lines = session.scalar(
                select(func.count(RepairMaterial.id)).where(RepairMaterial.order_id == order.id)
            )
            if (lines or 0) >= MOST_LINES:
                raise TooManyLines(most=MOST_LINES)
            session.add(row)
    session.flush()
    _sum_up(session, order)
    return row


def remove_material(*, session: Session, row: RepairMaterial) -> None:
    """Take a line off an order in hand. Raises NotInHand, NotYours."""
    order = _in_hand(session, row.order_id)
    session.delete(row)
    session.flush()
    _sum_up(session, order)


def confirm_all(*, session: Session, order: RepairOrder) -> None:
    """Issue everything that an order waits for, as the actor's word."""
    session.execute(
        update(RepairMaterial)
        .where(RepairMaterial.order_id == order.id, RepairMaterial.confirmed.is_(False))
        .values(confirmed=True, confirmed_by=current_actor().name)
    )


def unconfirmed(*, session: Session, order: RepairOrder) -> list[RepairMaterial]:
    """Return the lines that 工程主管 has not confirmed."""
    return list(
        session.scalars(
            select(RepairMaterial)
            .where(RepairMaterial.order_id == order.id, RepairMaterial.confirmed.is_(False))
            .order_by(RepairMaterial.id)
        )
    )


def material_words(lines: Sequence[RepairMaterial]) -> str:
    """Return what lines of material are: name, quantity with unit, amount (元)."""
    return "；".join(
        f"{one.name} × {format_exact(one.quantity, 0)}{one.unit or ''}"
        + (f" = {format_money(one.amount)}" if one.amount else "")
        for one in lines
    )


def _in_hand(session: Session, order_id: int | None) -> RepairOrder:
    order: RepairOrder | None = None if order_id is None else find(session, RepairOrder, order_id)
    if order is None:
        raise OutOfScope(field="order_id")
    order = locked(session=session, model=RepairOrder, row_id=order.id)
    if order.state not in ASSIGNED:
        raise NotInHand(state=order.state.label)
    who = who_moves(RepairOrder.__name__)
    if who is not None and not works_on(order, who):
        raise NotYours(action=RepairMaterial.__about__.label)
    return order


def _supervisor() -> bool:
    who = who_moves(RepairOrder.__name__)
    return who is None or supervises(who)


def _sum_up(session: Session, order: RepairOrder) -> None:
    total = session.scalar(select(func.sum(RepairMaterial.amount)).where(RepairMaterial.order_id == order.id))
    order.material_total = total or Decimal("0.00")
    session.flush()
