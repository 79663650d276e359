"""What a payment at the desk asks for: the view reads it, the hash covers it, the operation takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.collection.states import Rounding, Tender


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """预收: 元 for one fee, or (None) general; `room_id` binds one for a fee to a room."""

    amount: Decimal
    room_id: int | None = None
    fee_item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositLine:
    """押金: 元 for a purpose, of a room or (None) of the customer."""

    amount: Decimal
    item: str
    room_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A payment by the person behind `customer_id`.

    `charge_ids`: only these (None: all that is open over every community in reach; empty: none, where something is
    taken in advance); `amount` 元: a part, oldest due first (None: all of it); `rounding`: 抹零 of the charges, posted
    as a waiver up to the community's limit; a tender without an amount takes the rest; `tendered` 元: the cash handed
    over, its change given back or (`keep_change`) kept as a general prepayment. `advances` and `deposits` are the
    customer's own. The same `key` with the same request returns the receipts made then.
    """

    customer_id: int
    tenders: Sequence[tuple[Tender, Decimal | None]]
    day: date
    charge_ids: Sequence[int] | None = None
    amount: Decimal | None = None
    tendered: Decimal | None = None
    key: str | None = None
    rounding: Rounding | None = None
    keep_change: bool = False
    advances: Sequence[Advance] = ()
    deposits: Sequence[DepositLine] = ()

    @property
    def ahead(self) -> list[Advance | DepositLine]:
        """Return what is taken beside the charges: 预收 and 押金."""
        return [*self.advances, *self.deposits]
