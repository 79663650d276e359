"""The steps of a case: one frozen record a word. Amounts in 元; `on` is the step's `date`."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

from app.kernel.periods import Period
from tests.cases.language.reader import written

from .codes import RefusalCode
from .expect import Expect
from .methods import Method

REQUESTER, APPROVER = "收费员", "物业经理"


@dataclass(frozen=True, kw_only=True)
class _Ranged:
    start: date = field(metadata=written("from"))
    end: date = field(metadata=written("to"))

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("'to' is before 'from'")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A meter is read; `rollover`: its dial passed zero."""

    word: ClassVar[str] = "reading"
    meter: str
    on: date = field(metadata=written("date"))
    value: Decimal
    rollover: bool = False


@dataclass(frozen=True, kw_only=True)
class MeterChange:
    """A meter is replaced; the usage before and after add up."""

    word: ClassVar[str] = "meter_change"
    meter: str
    on: date = field(metadata=written("date"))
    old_value: Decimal
    new_initial: Decimal


@dataclass(frozen=True, kw_only=True)
class Share:
    """The amount of a shared pool for a period."""

    word: ClassVar[str] = "share"
    fee: str
    period: Period
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    """A new version of a fee's standard; `method` holds all parameters in force from `start`."""

    word: ClassVar[str] = "price_change"
    fee: str
    start: date = field(metadata=written("from"))
    method: Method


@dataclass(frozen=True, kw_only=True)
class Vacancy(_Ranged):
    """A room stands empty and pays `factor` of its fees."""

    word: ClassVar[str] = "vacancy"
    room: str
    factor: Decimal
    approved: bool = True


@dataclass(frozen=True, kw_only=True)
class Suspend(_Ranged):
    """A fee is suspended for a room, which pays `factor` of it."""

    word: ClassVar[str] = "suspend"
    fee: str
    room: str
    factor: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A billing run of a period; without `fees`, of every fee."""

    word: ClassVar[str] = "bill"
    period: Period
    fees: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.fees == ():
            raise ValueError("fees must not be empty")


@dataclass(frozen=True, kw_only=True)
class Prepay:
    """Money paid in advance, for one fee or (without `fee`) for any."""

    word: ClassVar[str] = "prepay"
    id: str
    room: str
    amount: Decimal
    on: date = field(metadata=written("date"))
    method: str
    fee: str | None = None


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """A deposit is taken for an item."""

    word: ClassVar[str] = "deposit"
    id: str
    room: str
    item: str
    amount: Decimal
    on: date = field(metadata=written("date"))
    method: str


@dataclass(frozen=True, kw_only=True)
class DepositReturn:
    """A deposit, or a part of it, is given back."""

    word: ClassVar[str] = "deposit_return"
    room: str
    item: str
    amount: Decimal
    on: date = field(metadata=written("date"))
    method: str


@dataclass(frozen=True, kw_only=True)
class DepositDeduct:
    """A part of a deposit is kept, for a reason."""

    word: ClassVar[str] = "deposit_deduct"
    room: str
    item: str
    amount: Decimal
    on: date = field(metadata=written("date"))
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChargeNamed:
    """A charge that a payment names."""

    room: str
    fee: str
    period: Period


@dataclass(frozen=True, kw_only=True)
class Pay:
    """A payment at the desk, by a customer or for a room (exactly one of the two)."""

    word: ClassVar[str] = "pay"
    id: str
    customer: str | None = None
    room: str | None = None
    on: date = field(metadata=written("date"))
    method: str
    amount: Decimal | None = None
    charges: tuple[ChargeNamed, ...] | None = None
    tendered: Decimal | None = None
    change_to: Literal["prepayment"] | None = None
    rounding: Literal["down_jiao", "down_yuan", "half_up_jiao"] | None = field(
        default=None, metadata=written("round")
    )
    key: str | None = None
    late_fees: bool = False

    def __post_init__(self) -> None:
        if (self.customer is None) == (self.room is None):
            raise ValueError("exactly one of customer and room must be given")
        if self.charges == ():
            raise ValueError("charges must not be empty")


@dataclass(frozen=True, kw_only=True)
class Waive:
    """A part of a charge is waived."""

    word: ClassVar[str] = "waive"
    room: str
    fee: str
    period: Period
    amount: Decimal
    reason: str
    requested_by: str = REQUESTER
    approved_by: str = APPROVER


@dataclass(frozen=True, kw_only=True)
class Adjust:
    """A charge is corrected by a signed amount."""

    word: ClassVar[str] = "adjust"
    room: str
    fee: str
    period: Period
    amount: Decimal
    on: date = field(metadata=written("date"))
    reason: str


@dataclass(frozen=True, kw_only=True)
class Void:
    """A receipt is voided, or reversed in the open period."""

    word: ClassVar[str] = "void"
    id: str
    on: date = field(metadata=written("date"))
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundPrepayment:
    """Money paid in advance is given back."""

    word: ClassVar[str] = "refund_prepayment"
    room: str
    fee: str | None = None
    amount: Decimal
    on: date = field(metadata=written("date"))
    method: str


@dataclass(frozen=True, kw_only=True)
class MoveOut:
    """A customer leaves a room; `on` is the last day charged."""

    word: ClassVar[str] = "move_out"
    room: str
    customer: str
    on: date = field(metadata=written("date"))


@dataclass(frozen=True, kw_only=True)
class Close:
    """A month is closed, the desk's receipts handed over first."""

    word: ClassVar[str] = "close"
    period: Period


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """The latest closed month is opened again by one person and a second one."""

    word: ClassVar[str] = "reopen"
    period: Period
    reason: str
    by: str = REQUESTER
    second: str = APPROVER


@dataclass(frozen=True, kw_only=True)
class NotRead:
    """A month is billed without a meter; the next reading carries the usage of both."""

    word: ClassVar[str] = "not_read"
    meter: str
    period: Period
    reason: str
    requested_by: str = REQUESTER
    approved_by: str = APPROVER


@dataclass(frozen=True, kw_only=True)
class Unassign:
    """A room's fee is taken wholly back, or with `to` ends on that day."""

    word: ClassVar[str] = "unassign"
    fee: str
    room: str
    end: date | None = field(default=None, metadata=written("to"))


@dataclass(frozen=True, kw_only=True)
class ApplyPrepayment:
    """What is held for the room's customer is applied to the room's open charges."""

    word: ClassVar[str] = "apply_prepayment"
    room: str
    on: date = field(metadata=written("date"))


@dataclass(frozen=True, kw_only=True)
class UndoPrepayment:
    """Applied prepayment goes back, what was applied last first."""

    word: ClassVar[str] = "undo_prepayment"
    room: str
    fee: str
    period: Period
    on: date = field(metadata=written("date"))
    reason: str
    amount: Decimal | None = None


AuditAction: TypeAlias = (
    Reading
    | MeterChange
    | Share
    | PriceChange
    | Vacancy
    | Suspend
    | Bill
    | Prepay
    | Deposit
    | DepositReturn
    | DepositDeduct
    | Pay
    | Waive
    | Adjust
    | Void
    | RefundPrepayment
    | MoveOut
    | Close
    | Reopen
    | NotRead
    | Unassign
    | ApplyPrepayment
    | UndoPrepayment
)
"""A step that does something, and that the product may refuse."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A deed that must be refused with a code and change nothing."""

    word: ClassVar[str] = "refused"
    step: AuditAction
    because: RefusalCode


Step: TypeAlias = AuditAction | Refused | Expect

STEPS: dict[str, type[Any]] = {kind.word: kind for kind in (*AuditAction.__args__, Refused, Expect)}
