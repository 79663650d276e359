"""What a typed text may be as the value of a column."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A text that is `begins`; or where `ends` is given ('' for any), one that begins and ends so."""

    begins: str
    ends: str | None = None
