"""Charges that no assignment makes: a paid repair, and whatever else the house is owed for once."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.billing.operations.month_sums import add_charged
from app.billing.operations.periods import lock_period
from app.billing.operations.posting_hooks import tell_posted
from app.estate.models import Customer, ParkingSpace, Room
from app.kernel.allocation import NotPositive
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen
from app.kernel.periods import Period
from app.lowcode import scope
from app.lowcode.scope import MixedCommunities, OutOfScope


class SourceCharged(DomainError):
    """The same source and part again, with another amount or another debtor."""

    code = "source_charged"
    message = N_("这笔费用已入账 %(amount)s 元，不能再按另一个金额或客户入账。请用调整更正。")


def post_charge(
    *,
    session: Session,
    community_id: int,
    customer_id: int,
    fee_item_id: int,
    amount: Decimal,
    day: date,
    source: str,
    source_id: int,
    words: str,
    part: int = 0,
    room_id: int | None = None,
    space_id: int | None = None,
    due_date: date | None = None,
) -> Charge:
    """Charge `amount` (元) of `day` to a customer, for a room, a space or neither; due on `due_date` (None: `day`).

    `source` (at most 30 letters), `source_id` and `part` name what it came from; the same again returns the charge made
    then. `words`, a Chinese sentence, is what 为什么是这个金额 says. Has the month of `day` alone until the unit ends:
    to be called before anything else that holds it open. What is hooked to `Posted` follows at once.
    Raises PeriodClosed, NotPositive, OutOfScope, MixedCommunities, SourceCharged.
    """
    period = Period.of(day)
    lock_period(session=session, community_id=community_id, period=period)
    if fen(amount) <= 0:
        raise NotPositive(field="amount")
    building_id = _object(session, community_id, customer_id, fee_item_id, room_id, space_id)
    made = Charge.source == source, Charge.source_id == source_id, Charge.part == part
    earlier = session.scalars(select(Charge).where(*made)).one_or_none()
    if earlier is not None:
        if (earlier.amount, earlier.customer_id, earlier.community_id) != (amount, customer_id, community_id):
            raise SourceCharged(field="amount", amount=earlier.amount)
        return earlier
    charge = Charge(
        community_id=community_id,
        building_id=building_id,
        room_id=room_id,
        space_id=space_id,
        customer_id=customer_id,
        fee_item_id=fee_item_id,
        period=period,
        posting_period=period,
        starts=day,
        ends=day,
        due_date=due_date or day,
        quantity=Decimal(1),
        price=amount,
        gross=amount,
        waived=Decimal(0),
        amount=amount,
        due=amount,
        basis={"words": words},
        source=source,
        source_id=source_id,
        part=part,
    )
    session.add(charge)
    session.flush()
    add_charged(session=session, where=Charge.id == charge.id)
    tell_posted(session=session, community_id=community_id, period=period, charge_id=charge.id)
    # What followed may have settled it by statements of its own.
    session.refresh(charge)
    return charge


def _object(
    session: Session,
    community_id: int,
    customer_id: int,
    fee_item_id: int,
    room_id: int | None,
    space_id: int | None,
) -> int | None:
    """Return the building of what is charged for. Raises OutOfScope, MixedCommunities."""
    if room_id is not None and space_id is not None:
        raise ValueError("a charge is for a room or for a space, not for both")
    if scope.find(session, FeeItem, fee_item_id) is None:
        raise OutOfScope(field="fee_item_id")
    wanted = (
        ("customer_id", Customer, customer_id),
        ("room_id", Room, room_id),
        ("space_id", ParkingSpace, space_id),
    )
    building_id: int | None = None
    for name, model, key in wanted:
        if key is None:
            continue
        row = scope.find(session, model, key)
        if row is None:
            raise OutOfScope(field=name)
        if row.community_id != community_id:
            raise MixedCommunities(field=name, label=model.__about__.label)
        if isinstance(row, Room):
            building_id = row.building_id
    return building_id
