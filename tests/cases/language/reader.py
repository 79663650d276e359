"""Read raw YAML values into the types that a record declares, refusing everything else.

A record is a frozen dataclass: a field without a default is a required key, a field with one is optional, and
a key that is no field is an error. The types understood are listed in `_READERS` and `read`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from app.kernel.errors import DomainError
from app.kernel.periods import Period

from .place import Place

R = TypeVar("R")

# Decimals are strings: a YAML float has lost the digits before anybody could compare them.
_EXACT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written(name: str, *, null: bool = False) -> dict[str, Any]:
    """A field's metadata: its key in the file is `name`; `null` allows an explicit null for None."""
    return {"key": name, "null": null}


def key_of(item: Field[Any]) -> str:
    """The key by which a case file writes this field."""
    return str(item.metadata.get("key", item.name))


def keys_of(record: type[Any]) -> tuple[str, ...]:
    """Every key of a record, in the order of its fields."""
    return tuple(key_of(item) for item in fields(record))


def _hints(record: type[Any]) -> dict[str, Any]:
    if record not in _HINTS:
        _HINTS[record] = get_type_hints(record)
    return _HINTS[record]


_HINTS: dict[type[Any], dict[str, Any]] = {}


def stated(record: Any) -> dict[str, Any]:
    """The keys of `record` that the case states (those that are not None), with their values."""
    pairs = ((key_of(item), getattr(record, item.name)) for item in fields(record))
    return {key: value for key, value in pairs if value is not None}


def mapping(raw: Any, place: Place) -> dict[str, Any]:
    """`raw` as a mapping with string keys; raises CaseError when it is none."""
    if not isinstance(raw, dict):
        raise place.error(f"must be a mapping, is {_shown(raw)}")
    for key in raw:
        if not isinstance(key, str):
            raise place.error(f"the key {_shown(key)} must be a string (quote it)")
    return raw


def listing(raw: Any, place: Place) -> list[Any]:
    """`raw` as a list; raises CaseError when it is none."""
    if not isinstance(raw, list):
        raise place.error(f"must be a list, is {_shown(raw)}")
    return raw


def read_record(record: type[R], raw: Any, place: Place, **ready: Any) -> R:
    """Read one record; `ready` holds fields that the caller has read already and the file may not name."""
    values = mapping(raw, place)
    known = {key_of(item): item for item in fields(record) if item.name not in ready}  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            raise place.error(f"unknown key {key!r}; known are {', '.join(known)}")
    hints = _hints(record)
    found: dict[str, Any] = dict(ready)
    for key, item in known.items():
        if key in values:
            null = values[key] is None and item.metadata.get("null")
            found[item.name] = (
                None if null else read(_without_none(hints[item.name]), values[key], place.key(key))
            )
        elif item.default is MISSING and item.default_factory is MISSING:
            raise place.error(f"the key {key!r} is missing")
    try:
        return record(**found)
    except ValueError as error:  # a record's own check in __post_init__
        raise place.error(str(error)) from error


def read(kind: Any, raw: Any, place: Place) -> Any:
    """Read `raw` as the declared type `kind`; raises CaseError with the place."""
    if kind in _READERS:
        return _READERS[kind](raw, place)
    if is_dataclass(kind):
        return read_record(kind, raw, place)  # type: ignore[arg-type]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _one_of(inner, raw, place)
    if origin is tuple:
        return _sequence(inner, raw, place)
    if origin is Mapping:
        pairs = mapping(raw, place).items()
        return MappingProxyType({read(inner[0], k, place): read(inner[1], v, place.key(k)) for k, v in pairs})
    if origin in (Union, UnionType):
        return _either(inner, raw, place)
    raise TypeError(f"no reader for {kind!r}")


def _sequence(inner: tuple[Any, ...], raw: Any, place: Place) -> tuple[Any, ...]:
    items = listing(raw, place)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(read(inner[0], item, place.item(index)) for index, item in enumerate(items))
    if len(items) != len(inner):
        raise place.error(f"must have {len(inner)} items, has {len(items)}")
    return tuple(
        read(kind, item, place.item(i)) for i, (kind, item) in enumerate(zip(inner, items, strict=True))
    )


def _either(inner: tuple[Any, ...], raw: Any, place: Place) -> Any:
    """A union: null for None, a list for the tuple, anything else for the remaining member."""
    if raw is None and NoneType in inner:
        return None
    members = [kind for kind in inner if kind is not NoneType]
    lists = [kind for kind in members if get_origin(kind) is tuple]
    rest = [kind for kind in members if kind not in lists]
    chosen = lists if lists and (isinstance(raw, list) or not rest) else rest
    return read(chosen[0], raw, place)


def _without_none(kind: Any) -> Any:
    """An optional key is absent or has a value; writing null there would hide a check."""
    if get_origin(kind) in (Union, UnionType):
        members = [member for member in get_args(kind) if member is not NoneType]
        return Union[tuple(members)] if len(members) > 1 else members[0]  # noqa: UP007 (built at run time)
    return kind


def _one_of(allowed: tuple[Any, ...], raw: Any, place: Place) -> Any:
    for value in allowed:
        if type(raw) is type(value) and raw == value:
            return value
    raise place.error(f"must be one of {', '.join(map(str, allowed))}, is {_shown(raw)}")


def _text(raw: Any, place: Place) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise place.error(f"must be a text that is not empty, is {_shown(raw)}")
    return raw


def _flag(raw: Any, place: Place) -> bool:
    if not isinstance(raw, bool):
        raise place.error(f"must be true or false, is {_shown(raw)}")
    return raw


def _count(raw: Any, place: Place) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise place.error(f"must be a plain integer, is {_shown(raw)}")
    return raw


def _exact(raw: Any, place: Place) -> Decimal:
    if not isinstance(raw, str) or not _EXACT.fullmatch(raw):
        raise place.error(f'must be an exact decimal in quotes, such as "12.30", is {_shown(raw)}')
    return Decimal(raw)


def _date(raw: Any, place: Place) -> date:
    if isinstance(raw, str) and _DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise place.error(f"is no date that exists: {raw}") from None
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise place.error(f"must be a date YYYY-MM-DD, is {_shown(raw)}")
    return raw


def _period(raw: Any, place: Place) -> Period:
    if not isinstance(raw, str) or not _PERIOD.fullmatch(raw):
        raise place.error(f"must be a period YYYY-MM, is {_shown(raw)}")
    try:
        return Period.parse(raw)
    except (ValueError, DomainError) as error:
        raise place.error(f"is no period: {raw}") from error


def _shown(raw: Any) -> str:
    return f"{raw!r} ({type(raw).__name__})"


_READERS: dict[Any, Callable[[Any, Place], Any]] = {
    str: _text,
    bool: _flag,
    int: _count,
    Decimal: _exact,
    date: _date,
    Period: _period,
}
