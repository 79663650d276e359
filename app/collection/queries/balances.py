"""What is held for a person, and what the desk may take more of it for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.collection.models import DEPOSIT_ITEM, Deposit, Prepayment
from app.estate.models import Community, Customer, Occupancy, Room
from app.lowcode.dictionary import codes_of

MOST_ROOMS = 50  # offered; who has more rooms takes 预收 without one


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with money in it (元): the fee or the item (empty: general), the room where it names one."""

    what: str
    room: str
    community: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class HeldFor:
    """A person's accounts."""

    prepayments: list[AccountBalance]
    deposits: list[AccountBalance]


def held_for(*, session: Session, people: Sequence[Customer]) -> HeldFor:
    """Return what is held for the person, general before fees; the community is named where there are several."""
    ids, several = [one.id for one in people], len({one.community_id for one in people}) > 1

    def balances(rows: Any) -> list[AccountBalance]:
        return [
            AccountBalance(what or "", room or "", community if several else "", balance)
            for what, room, community, balance in rows
        ]

    prepayments = session.execute(
        select(FeeItem.name, Room.code, Community.name, Prepayment.balance)
        .select_from(Prepayment)
        .join(Community, Community.id == Prepayment.community_id)
        .outerjoin(FeeItem, FeeItem.id == Prepayment.fee_item_id)
        .outerjoin(Room, Room.id == Prepayment.room_id)
        .where(Prepayment.customer_id.in_(ids), Prepayment.balance > Decimal(0))
        .order_by(Prepayment.id)
    )
    kept = session.execute(
        select(Deposit.item, Room.code, Community.name, Deposit.balance)
        .select_from(Deposit)
        .join(Community, Community.id == Deposit.community_id)
        .outerjoin(Room, Room.id == Deposit.room_id)
        .where(Deposit.customer_id.in_(ids), Deposit.balance > Decimal(0))
        .order_by(Deposit.id)
    ).all()
    items = codes_of(DEPOSIT_ITEM).labels() if kept else {}
    return HeldFor(balances(prepayments), balances((items.get(item, item), *rest) for item, *rest in kept))


def fees_to_prepay(*, session: Session) -> list[tuple[int, str]]:
    """Return the fees that something may be taken in advance for, as (id, name)."""
    rows = session.execute(
        select(FeeItem.id, FeeItem.name).where(FeeItem.active).order_by(FeeItem.priority, FeeItem.id)
    )
    return [(row.id, row.name) for row in rows]


def rooms_of(*, session: Session, customer_id: int, today: date) -> list[tuple[int, str]]:
    """Return the rooms that the customer has today, as (id, code)."""
    rows = session.execute(
        select(Room.id, Room.code)
        .where(
            Room.id.in_(
                select(Occupancy.room_id).where(
                    Occupancy.customer_id == customer_id,
                    or_(Occupancy.ends.is_(None), Occupancy.ends >= today),
                )
            )
        )
        .order_by(Room.code_order)
        .limit(MOST_ROOMS)
    )
    return [(row.id, row.code) for row in rows]
