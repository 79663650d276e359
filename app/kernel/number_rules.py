"""How a document's number is written."""

import re
from dataclasses import dataclass
from datetime import date

WIDTH = 6
PREFIX = re.compile(r"[A-Z]{1,6}")
"""Letters only: what follows a prefix begins with a digit, so that a number tells its prefix."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """SJ2025000001, or with the month SJ202503-000001; the counter is the year's in both.

    Two counters of a year never give the same text, whichever formats they were written in: only with the month
    a hyphen stands before the counter, and without it nothing but the counter varies.
    """

    prefix: str
    month: bool = False
    width: int = WIDTH

    def number(self, *, day: date, value: int) -> str:
        """Return the number of this counter for a document of this day. Raises ValueError for a value below 1."""
        if self.month:
            if value < 1:
                raise ValueError(f"no document has the number {value}")
            return f"{self.prefix}{day.year:04d}{day.month:02d}-{value:0{self.width}d}"
        return document_number(self.prefix, day.year, value, self.width)


def document_number(prefix: str, year: int, value: int, width: int = WIDTH) -> str:
    """Return a number such as 'SJ2025000001': prefix, year of the date, counter of that year.

    A counter beyond `width` digits grows longer rather than stop the desk; it stays unique, because the year
    has four digits always. A value below 1 is a programming error (ValueError).
    """
    if value < 1 or not 1 <= year <= 9999:
        raise ValueError(f"no document has the number {value} of {year}")
    return f"{prefix}{year:04d}{value:0{width}d}"
