"""How a fee is counted: one frozen record of parameters for each `method` of the language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias

from tests.cases.language.reader import keys_of, mapping, read_record

from .place import Place


@dataclass(frozen=True, kw_only=True)
class AreaMethod:
    """Price (元/㎡/月) × built area × months."""

    word: ClassVar[str] = "area"
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class FixedMethod:
    """An amount (元) a month."""

    word: ClassVar[str] = "fixed"
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class FloorBandsMethod:
    """An amount (元) a month by floor: (first floor, last floor or None for upwards, amount)."""

    word: ClassVar[str] = "floor_bands"
    bands: tuple[tuple[int, int | None, Decimal], ...]

    def __post_init__(self) -> None:
        if not self.bands:
            raise ValueError("bands must not be empty")


@dataclass(frozen=True, kw_only=True)
class SeasonMethod:
    """Price (元/㎡) × area for the whole season, one charge."""

    word: ClassVar[str] = "season"
    price: Decimal
    season_from: date
    season_to: date

    def __post_init__(self) -> None:
        if self.season_to < self.season_from:
            raise ValueError("season_to is before season_from")


@dataclass(frozen=True, kw_only=True)
class MeteredMethod:
    """Price × usage, flat or by tiers of (inclusive upper bound counted from the start or None, price)."""

    word: ClassVar[str] = "metered"
    price: Decimal | None = None
    tiers: tuple[tuple[Decimal | None, Decimal], ...] | None = None
    tier_basis: Literal["month", "year"] | None = None

    def __post_init__(self) -> None:
        if (self.price is None) == (self.tiers is None):
            raise ValueError("exactly one of price and tiers must be given")
        if (self.tiers is None) != (self.tier_basis is None):
            raise ValueError("tier_basis goes with tiers, and tiers with tier_basis")
        if self.tiers is not None:
            _check_bounds([bound for bound, _ in self.tiers])


@dataclass(frozen=True, kw_only=True)
class SharedMethod:
    """A pool shared out; its amount comes with the step `share`."""

    word: ClassVar[str] = "shared"
    basis: Literal["area", "rooms", "customers", "usage"]


@dataclass(frozen=True, kw_only=True)
class FormulaMethod:
    """An expression over named quantities; to refuse its grammar (`bad_formula`) is the product's part."""

    word: ClassVar[str] = "formula"
    expression: str
    price: Decimal | None = None
    variables: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


Method: TypeAlias = (
    AreaMethod | FixedMethod | FloorBandsMethod | SeasonMethod | MeteredMethod | SharedMethod | FormulaMethod
)

METHODS: dict[str, type[Any]] = {
    kind.word: kind
    for kind in (
        AreaMethod,
        FixedMethod,
        FloorBandsMethod,
        SeasonMethod,
        MeteredMethod,
        SharedMethod,
        FormulaMethod,
    )
}

# `formula: …` beside `method: formula` is the same as `expression: …`.
_SAME = {"formula": {"formula": "expression"}}
# A new value of the one puts the others out of force.
_INSTEAD = {"metered": {"price": ("tiers", "tier_basis"), "tiers": ("price",)}}


def split_parameters(raw: Any, place: Place) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Take a raw fee apart: its method's word, the method's parameters, and every other key."""
    values = dict(mapping(raw, place))
    if "method" not in values:
        raise place.error("the key 'method' is missing")
    word = values.pop("method")
    if not isinstance(word, str) or word not in METHODS:
        raise place.key("method").error(f"unknown method {word!r}; known are {', '.join(METHODS)}")
    own = {*keys_of(METHODS[word]), *_SAME.get(word, {})}
    parameters = {key: value for key, value in values.items() if key in own}
    return word, one_spelling(word, parameters, place), {k: v for k, v in values.items() if k not in own}


def one_spelling(word: str, parameters: dict[str, Any], place: Place) -> dict[str, Any]:
    """Parameters under their one name, when a method has two ways to write one."""
    same = _SAME.get(word, {})
    for other, key in same.items():
        if other in parameters and key in parameters:
            raise place.error(f"{other!r} and {key!r} are the same; give one")
    return {same.get(key, key): value for key, value in parameters.items()}


def read_method(word: str, parameters: dict[str, Any], place: Place) -> Method:
    """Read the parameters of the method `word`; raises CaseError."""
    method: Method = read_record(METHODS[word], parameters, place)
    return method


def with_changes(word: str, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The raw parameters in force after a price change that names only what is new."""
    gone = {old for key in changes for old in _INSTEAD.get(word, {}).get(key, ())}
    return {key: value for key, value in before.items() if key not in gone} | changes


def _check_bounds(bounds: list[Decimal | None]) -> None:
    closed = [bound for bound in bounds[:-1] if bound is not None]
    if not bounds or bounds[-1] is not None:
        raise ValueError("the last tier must have no upper bound (null)")
    if len(closed) != len(bounds) - 1 or sorted(set(closed)) != closed:
        raise ValueError("the tiers' upper bounds must rise, and only the last may be null")
