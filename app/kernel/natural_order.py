"""The order in which people count: 2号楼 before 10号楼, whatever the database compares."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 255
_DIGITS: Final = re.compile(r"[0-9]+")


def order_key(text: str | None) -> str:
    """Return a text whose code-point order is the natural order of `text`; at most `LONGEST` characters.

    A run of digits becomes its length in two digits and the digits without leading zeros: "A-10" → "a-0210".
    """
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return _DIGITS.sub(_counted, folded)[:LONGEST]


def _counted(run: re.Match[str]) -> str:
    digits = run[0].lstrip("0")[:99]
    return f"{len(digits):02d}{digits}"
