"""What a case expects: tables of rows, each naming only what it wants compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from app.kernel.periods import Period
from tests.cases.language.reader import keys_of, listing, mapping, read, read_record, stated, written

from .place import Place


class Checked:
    """A row that compares nothing would pass whatever happened: it must state more than its own name."""

    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not set(stated(self)) - set(self.keys):
            raise ValueError("states nothing to compare")


@dataclass(frozen=True, kw_only=True)
class ChargeRow(Checked):
    """One charge; every key that is stated must be equal."""

    room: str | None = None
    fee: str | None = None
    period: Period | None = None
    start: date | None = field(default=None, metadata=written("from"))
    end: date | None = field(default=None, metadata=written("to"))
    quantity: Decimal | None = None
    price: Decimal | None = None
    gross: Decimal | None = None
    waived: Decimal | None = None
    amount: Decimal | None = None
    paid: Decimal | None = None
    due: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Count(Checked):
    """How many charges, and how many receipts of payments."""

    charges: int | None = None
    receipts: int | None = None


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    """The usage of a meter in a period."""

    meter: str
    period: Period
    usage: Decimal


@dataclass(frozen=True, kw_only=True)
class PrepaymentRow:
    """A room's prepayment: for one fee, or the general one."""

    room: str
    fee: str | None = None
    balance: Decimal


@dataclass(frozen=True, kw_only=True)
class DepositRow:
    """What is held of a room's deposit for an item."""

    room: str
    item: str
    balance: Decimal


@dataclass(frozen=True, kw_only=True)
class LateFeeRow:
    """The late fee accrued on a charge up to a day."""

    room: str
    fee: str
    period: Period
    as_of: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ReceiptRow(Checked):
    """A receipt, by the `id` that the case gave its payment."""

    keys = ("id",)
    id: str
    total: Decimal | None = None
    cash: Decimal | None = None
    change: Decimal | None = None
    words: str | None = None
    number: str | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiptNumbers:
    """Every book's numbers run from 1 without a gap."""

    gapless: Literal[True]


@dataclass(frozen=True, kw_only=True)
class SummaryRow(Checked):
    """The month's summary of the community; rates in percent."""

    keys = ("period",)
    period: Period
    opening: Decimal | None = None
    charged: Decimal | None = None
    adjusted: Decimal | None = None
    waived: Decimal | None = None
    cash_past: Decimal | None = None
    cash_current: Decimal | None = None
    prepayment_applied: Decimal | None = None
    late_fees: Decimal | None = None
    closing: Decimal | None = None
    prepayment_opening: Decimal | None = None
    prepayment_in: Decimal | None = None
    prepayment_refunded: Decimal | None = None
    prepayment_closing: Decimal | None = None
    deposit_opening: Decimal | None = None
    deposit_in: Decimal | None = None
    deposit_returned: Decimal | None = None
    deposit_deducted: Decimal | None = None
    deposit_closing: Decimal | None = None
    net_cash: Decimal | None = None
    current_rate: Decimal | None = None
    past_rate: Decimal | None = None
    overall_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Buckets(Checked):
    """What is open by days overdue."""

    not_due: Decimal | None = None
    d1_30: Decimal | None = None
    d31_90: Decimal | None = None
    d91_180: Decimal | None = None
    d181_365: Decimal | None = None
    d365_up: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class AgeingRow:
    """The ageing of the community's open charges on a day."""

    as_of: date
    buckets: Buckets


@dataclass(frozen=True, kw_only=True)
class SameAsClosed:
    """The reports of a closed month, made again, are what was frozen."""

    period: Period


@dataclass(frozen=True, kw_only=True)
class Expect:
    """The tables of one `expect`; a table that is not key is None."""

    word = "expect"
    charges: tuple[ChargeRow, ...] | None = None
    only: bool = False
    count: Count | None = None
    usage: tuple[UsageRow, ...] | None = None
    due: Mapping[str, Decimal] | None = None
    prepayment: tuple[PrepaymentRow, ...] | None = None
    deposit: tuple[DepositRow, ...] | None = None
    late_fee: tuple[LateFeeRow, ...] | None = None
    receipt: tuple[ReceiptRow, ...] | None = None
    receipt_numbers: ReceiptNumbers | None = None
    summary: tuple[SummaryRow, ...] | None = None
    ageing: tuple[AgeingRow, ...] | None = None
    same_as_closed: tuple[SameAsClosed, ...] | None = None

    def __post_init__(self) -> None:
        if self.only and self.charges is None:
            raise ValueError("'only' stands beside 'charges'")
        tables = [getattr(self, item.name) for item in fields(self) if item.name not in ("only", "charges")]
        if self.charges is None and all(table is None for table in tables):
            raise ValueError("states nothing to compare")
        if any(isinstance(table, tuple | Mapping) and not table for table in tables):
            raise ValueError("has an empty table, which compares nothing")
        if self.charges == () and not self.only:
            raise ValueError("'charges' is empty without 'only', which compares nothing")


# A table of which the language shows a single row may be given as that row or as a list of such rows.
_ONE_OR_MORE: dict[str, type] = {
    "usage": UsageRow,
    "receipt": ReceiptRow,
    "summary": SummaryRow,
    "ageing": AgeingRow,
    "same_as_closed": SameAsClosed,
}


def read_expect(raw: Any, place: Place) -> Expect:
    """Read an `expect`; raises CaseError."""
    values = dict(mapping(raw, place))
    single: dict[str, Any] = {}
    for key, row in _ONE_OR_MORE.items():
        if key in values:
            single[key] = _rows(row, values.pop(key), place.key(key))
    for key in values:
        if key not in keys_of(Expect):
            raise place.error(f"unknown table {key!r}; known are {', '.join(keys_of(Expect))}")
    return read_record(Expect, values, place, **single)


def _rows(row: type, raw: Any, place: Place) -> tuple[Any, ...]:
    if isinstance(raw, dict):
        return (read(row, raw, place),)
    return tuple(read(row, item, place.item(index)) for index, item in enumerate(listing(raw, place)))
