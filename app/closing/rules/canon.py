"""Figures as text and back: the one spelling in which a closed month's reports are kept and compared. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.kernel.enums import LabelledEnum
from app.kernel.periods import Period

_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def canonical(values: Mapping[str, Any]) -> str:
    """Values as JSON text, keys sorted, nothing idle: the same values are always the same bytes.

    Amounts go as text, exactly; nothing is a float. Raises TypeError for what has no spelling.
    """
    plain = {name: value if type(value) in _AS_THEY_ARE else _plain(value) for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case Period():
            return str(value)
        case Enum():
            return value.value
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
    raise TypeError(f"no spelling for {type(value).__name__}")


def read_value(kind: str, value: Any, enum: type[LabelledEnum] | None = None) -> Any:
    """Return a value of a field's kind as it was before it was written."""
    if value is None:
        return None
    match kind:
        case "money" | "number":
            return Decimal(value)
        case "date":
            return date.fromisoformat(value)
        case "moment":
            return datetime.fromisoformat(value)
        case "period":
            return Period.parse(value)
        case "choice" if enum is not None:
            return enum(value)
    return value


def text_of_lines(totals: str, lines: Iterable[Sequence[Any]]) -> str:
    """Return a kept report as one text: its sums, then a line each: level, places and values, a tab between them.

    Values are canonical, in which neither a tab nor a line's end stands.
    """
    return "\n".join(
        [totals, *("\t".join("" if one is None else str(one) for one in line) for line in lines)]
    )


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
