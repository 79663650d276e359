"""What a case starts from: the community, its rooms, customers, meters and fees."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from tests.cases.language.reader import keys_of, listing, mapping, read_record, written

from .methods import METHODS, Method, read_method, split_parameters
from .place import Place


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The community's settings that a case may choose."""

    proration: Literal["actual", "thirty"] = "actual"
    auto_apply_prepayment: bool = True


@dataclass(frozen=True, kw_only=True)
class Community:
    """The one community of a case."""

    name: str
    settings: Settings = Settings()


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room; `area` is the built area in ㎡."""

    code: str = field(metadata=written("room"))
    area: Decimal
    floor: int
    building: str | None = None
    unit: str | None = None
    usage: str | None = None
    handed_over: date | None = None


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer with rooms and spaces; without `from` it moves in at each room's hand-over."""

    name: str = field(metadata=written("customer"))
    rooms: tuple[str, ...]
    parking: tuple[str, ...] = ()
    start: date | None = field(default=None, metadata=written("from"))
    end: date | None = field(default=None, metadata=written("to"))

    def __post_init__(self) -> None:
        _check_range(self.start, self.end)


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A meter with its first reading; a meter of no room is a shared one."""

    code: str = field(metadata=written("meter"))
    kind: Literal["water", "electricity", "gas", "heat"]
    room: str | None = field(default=None, metadata=written("room", null=True))
    initial: Decimal
    multiplier: Decimal = Decimal(1)
    loss: Decimal = Decimal(0)
    digits: int = 5


@dataclass(frozen=True, kw_only=True)
class LateFee:
    """A rate a day on the unpaid principal after the grace days, capped by the charge's amount."""

    rate: Decimal
    grace_days: int
    cap: Literal["principal"] = "principal"

    def __post_init__(self) -> None:
        if self.grace_days < 0:
            raise ValueError("grace_days must not be negative")


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A fee on rooms, spaces or meters (exactly one of the three), counted by `method`."""

    name: str = field(metadata=written("fee"))
    method: Method
    rooms: Literal["all"] | tuple[str, ...] | None = None
    parking: Literal["all"] | tuple[str, ...] | None = None
    meters: Literal["all"] | tuple[str, ...] | None = None
    start: date = field(metadata=written("from"))
    end: date | None = field(default=None, metadata=written("to"))
    late_fee: LateFee | None = None
    due_days: int = 0

    def __post_init__(self) -> None:
        if sum(target is not None for target in (self.rooms, self.parking, self.meters)) != 1:
            raise ValueError("exactly one of rooms, parking and meters must be given")
        if () in (self.rooms, self.parking, self.meters):
            raise ValueError("stands on an empty list, so on nothing")
        if self.due_days < 0:
            raise ValueError("due_days must not be negative")
        _check_range(self.start, self.end)


@dataclass(frozen=True, kw_only=True)
class Given:
    """Everything that stands before the first step."""

    community: Community
    rooms: tuple[Room, ...] = ()
    customers: tuple[Customer, ...] = ()
    meters: tuple[Meter, ...] = ()
    fees: tuple[Fee, ...] = ()

    def __post_init__(self) -> None:
        rooms, meters = [r.code for r in self.rooms], [m.code for m in self.meters]
        spaces = [space for customer in self.customers for space in customer.parking]
        _check_once("room", rooms)
        _check_once("meter", meters)
        _check_once("fee", [fee.name for fee in self.fees])
        for customer in self.customers:
            _check_known(f"customer {customer.name}", "room", customer.rooms, rooms)
        for meter in self.meters:
            _check_known(f"meter {meter.code}", "room", [meter.room] if meter.room else [], rooms)
        for fee in self.fees:
            for word, target, known in (
                ("room", fee.rooms, rooms),
                ("parking space", fee.parking, spaces),
                ("meter", fee.meters, meters),
            ):
                if isinstance(target, tuple):
                    _check_known(f"fee {fee.name}", word, target, known)


def read_given(raw: Any, place: Place) -> Given:
    """Read the `given` of a case; raises CaseError."""
    values = dict(mapping(raw, place))
    fees: tuple[Fee, ...] = ()
    if "fees" in values:
        at = place.key("fees")
        items = listing(values.pop("fees"), at)
        fees = tuple(_read_fee(item, at.item(index)) for index, item in enumerate(items))
    return read_record(Given, values, place, fees=fees)


def _read_fee(raw: Any, place: Place) -> Fee:
    word, parameters, rest = split_parameters(raw, place)
    for key in rest:
        if key not in keys_of(Fee):
            known = ", ".join(key for key in (*keys_of(Fee), *keys_of(METHODS[word])))
            raise place.error(f"unknown key {key!r} of a fee counted by {word}; known are {known}")
    return read_record(Fee, rest, place, method=read_method(word, parameters, place))


def _check_range(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end < start:
        raise ValueError("'to' is before 'from'")


def _check_once(word: str, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"the {word} {name} stands in it twice")


def _check_known(owner: str, word: str, names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{owner} names the {word} {name}, which is not given")
