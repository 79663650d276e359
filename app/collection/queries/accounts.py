"""What one person owes, as the desk lays it out: by room and space, what was searched first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection.models import Receipt, ReceiptTender
from app.collection.states import Tender
from app.estate.models import Community, Customer, ParkingSpace, Room
from app.kernel.periods import Period

RECEIPTS = 20
SHOWN = 2000  # charges on one page of the desk; a developer's empty rooms may be more


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge with money open. `amount` = what it asks for now, `amount` − `paid` = `due` (元)."""

    id: int
    community_id: int
    fee: str
    period: Period
    starts: date
    ends: date
    amount: Decimal
    paid: Decimal
    due: Decimal
    due_date: date


@dataclass(frozen=True, slots=True)
class Group:
    """The open charges of one room or space; `asked`: it was searched, or the person was."""

    payer: str
    community: str
    charges: tuple[OpenCharge, ...]
    asked: bool


def open_groups(
    *,
    session: Session,
    people: Sequence[Customer],
    room_ids: Collection[int] = (),
    space_ids: Collection[int] = (),
) -> tuple[list[Group], bool]:
    """Return the person's open charges grouped by what they are for, oldest first; and whether there are more.

    The rooms and spaces named are the ones that were searched and come first; none named: the person was.
    """
    rows = session.execute(
        select(
            Charge.id,
            Charge.community_id,
            Charge.period,
            Charge.starts,
            Charge.ends,
            Charge.paid,
            Charge.due,
            Charge.due_date,
            Charge.room_id,
            Charge.space_id,
            FeeItem.name.label("fee"),
            Room.code.label("room"),
            ParkingSpace.number.label("space"),
            Community.name.label("community"),
        )
        .join(FeeItem, FeeItem.id == Charge.fee_item_id)
        .join(Community, Community.id == Charge.community_id)
        .outerjoin(Room, Room.id == Charge.room_id)
        .outerjoin(ParkingSpace, ParkingSpace.id == Charge.space_id)
        .where(Charge.customer_id.in_([one.id for one in people]), Charge.due > Decimal(0))
        .order_by(Charge.due_date, FeeItem.priority, Charge.id)
        .limit(SHOWN + 1)
    ).all()
    everything = not room_ids and not space_ids
    groups: dict[tuple[bool, str, bool, str], list[OpenCharge]] = {}
    for row in rows[:SHOWN]:
        asked = everything or row.room_id in room_ids or row.space_id in space_ids
        groups.setdefault(
            (not asked, row.community, row.room is None, row.room or row.space or ""), []
        ).append(
            OpenCharge(
                row.id,
                row.community_id,
                row.fee,
                row.period,
                row.starts,
                row.ends,
                row.paid + row.due,
                row.paid,
                row.due,
                row.due_date,
            )
        )
    found = [
        Group(payer, community, tuple(charges), not other)
        for (other, community, _space, payer), charges in sorted(groups.items())
    ]
    return found, len(rows) > SHOWN


@dataclass(frozen=True, slots=True)
class PaidReceipt:
    """A receipt of the person as the desk lists it: its methods, and the row itself."""

    row: Receipt
    tenders: tuple[Tender, ...]


def latest_receipts(*, session: Session, people: Sequence[Customer]) -> list[PaidReceipt]:
    """Return the person's latest receipts, the last first, twenty at most."""
    rows = session.scalars(
        select(Receipt)
        .where(Receipt.customer_id.in_([one.id for one in people]))
        .order_by(Receipt.id.desc())
        .limit(RECEIPTS)
    ).all()
    tenders: dict[int, list[Tender]] = {}
    for row in session.execute(
        select(ReceiptTender.receipt_id, ReceiptTender.tender)
        .where(ReceiptTender.receipt_id.in_([row.id for row in rows]))
        .order_by(ReceiptTender.id)
    ):
        tenders.setdefault(row.receipt_id, []).append(row.tender)
    return [PaidReceipt(row, tuple(tenders.get(row.id, ()))) for row in rows]


def places_named(*, session: Session, room_ids: Collection[int], space_ids: Collection[int]) -> list[str]:
    """Return what the searched rooms and spaces are called."""
    if not room_ids and not space_ids:
        return []
    rooms = session.scalars(select(Room.code).where(Room.id.in_(room_ids)).order_by(Room.code))
    spaces = session.scalars(
        select(ParkingSpace.number).where(ParkingSpace.id.in_(space_ids)).order_by(ParkingSpace.number)
    )
    return [*rooms, *spaces]
