"""Enums that carry their label, so that a page, an export and a CHECK constraint read the same table."""

from enum import Enum
from typing import Self


class LabelledEnum(Enum):
    """An enum stored by its value and shown by its Chinese label.

    Members are written `NAME = "value", N_("标签")`, optionally with a colour name of the theme as a third part.
    """

    label: str
    tone: str | None

    # The default is for the look-up by value, Kind("owner"), which type checkers take for this call.
    def __new__(cls, value: str, label: str = "", tone: str | None = None) -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member
