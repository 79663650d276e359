"""The one way in which a posted charge changes: an allocation is written, and its checked copies follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.billing.operations.month_sums import Moved, add_moved
from app.collection.models import Allocation
from app.collection.states import MOVES, AllocationKind
from app.kernel.periods import Period
from app.lowcode.db import by_primary_key
from app.lowcode.types import Money

AT_ONCE = 500  # ids in one IN list


@dataclass(frozen=True, slots=True)
class LockedCharge:
    """A charge as it is under our lock: what its allocation needs, and its checked copies (元)."""

    id: int
    community_id: int
    building_id: int | None
    room_id: int | None
    space_id: int | None
    customer_id: int
    fee_item_id: int
    period: Period
    posting_period: Period
    due_date: date
    paid: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an allocation comes from, and the day that it is booked on."""

    kind: AllocationKind
    day: date
    receipt_id: int | None = None
    waiver_id: int | None = None
    adjustment_id: int | None = None


@dataclass(frozen=True, slots=True)
class AllocationPart:
    """So much (signed, 元) is taken from what a charge is due; by a prepayment, which is named."""

    charge: LockedCharge
    amount: Decimal
    prepayment_id: int | None = None


_READ = (
    Charge.id,
    Charge.community_id,
    Charge.building_id,
    Charge.room_id,
    Charge.space_id,
    Charge.customer_id,
    Charge.fee_item_id,
    Charge.period,
    Charge.posting_period,
    Charge.due_date,
    Charge.paid,
    Charge.due,
)


def lock_charges(*, session: Session, ids: Iterable[int]) -> list[LockedCharge]:
    """Return the charges under our lock as they are now, in order of id: the order in which everybody locks them."""
    wanted = sorted(set(ids))
    found: list[LockedCharge] = []
    for start in range(0, len(wanted), AT_ONCE):
        here = select(*_READ).where(Charge.id.in_(wanted[start : start + AT_ONCE])).order_by(Charge.id)
        rows = session.execute(by_primary_key(here.with_for_update(), Charge))
        found += [LockedCharge(*tuple(row)) for row in rows]
    return found


def settle(*, session: Session, parts: Sequence[AllocationPart], origin: Origin) -> None:
    """Write an allocation for each part, and move the charges' checked copies and the month's sums with it.

    The charges are locked by the caller, and the month of `origin.day` is held open by the caller (fee rules, month close).
    """
    if not parts:
        return
    month, move = Period.of(origin.day), MOVES[origin.kind]
    rows, moved = [], []
    for part in parts:
        of = part.charge
        rows.append(
            {
                "community_id": of.community_id,
                "building_id": of.building_id,
                "room_id": of.room_id,
                "space_id": of.space_id,
                "fee_item_id": of.fee_item_id,
                "period": of.period,
                "kind": origin.kind,
                "receipt_id": origin.receipt_id,
                "waiver_id": origin.waiver_id,
                "adjustment_id": origin.adjustment_id,
                "prepayment_id": part.prepayment_id,
                "charge_id": of.id,
                "day": origin.day,
                "posting_period": month,
                "amount": part.amount,
            }
        )
        moved.append(
            Moved(of.community_id, month, of.building_id, of.fee_item_id, of.period, move, -part.amount)
        )
    session.execute(insert(Allocation.__table__), rows)
    _move_checked_copies(session, parts, origin.kind)
    add_moved(session=session, moved=moved)


def _move_checked_copies(session: Session, parts: Sequence[AllocationPart], kind: AllocationKind) -> None:
    """Add to what stands: the same charge may be settled, and have its odd 角分 let go, one after the other."""
    sums: dict[int, Decimal] = {}
    for part in parts:
        sums[part.charge.id] = sums.get(part.charge.id, Decimal(0)) + part.amount
    table = Charge.__table__
    copy, sign = _COPY.get(kind, (table.c.paid, 1))
    session.execute(
        update(table)
        .where(table.c.id == bindparam("charge"))
        .values(
            {
                copy: copy + bindparam("moved", type_=Money),
                table.c.due: table.c.due - bindparam("taken", type_=Money),
            }
        ),
        [{"charge": key, "moved": sign * amount, "taken": amount} for key, amount in sums.items()],
    )


_COPY = {
    AllocationKind.WAIVER: (Charge.__table__.c.waived_later, 1),
    AllocationKind.ADJUSTMENT: (Charge.__table__.c.adjusted, -1),
}
"""Which checked copy follows what is no payment, and in which direction."""
