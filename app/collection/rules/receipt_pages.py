"""The pages of a receipt's paper: its lines by room, as many as the paper holds, the sums on the last. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROOM, CHARGE, AHEAD = "room", "charge", "ahead"
"""Kinds of rows: a room's heading, what was charged, what was taken in advance."""
PER_PAGE = 9
"""Rows that stand above the sums on 241 × 140 mm; a part payment takes two."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of the table: its kind, and the line that it is of (of a room's heading the payer alone)."""

    kind: str
    line: Mapping[str, Any]

    @property
    def height(self) -> int:
        """How many rows of the paper it takes."""
        return 2 if self.line.get("part") else 1


def receipt_pages(
    *, lines: Sequence[Mapping[str, Any]], ahead: Sequence[Mapping[str, Any]], per_page: int = PER_PAGE
) -> list[list[PaperRow]]:
    """Group the lines by room in the order of their first line and cut them into pages; at least one page.

    Where there are several rooms each has a heading, which a page repeats that begins within it.
    """
    rows = [PaperRow(CHARGE, line) for line in lines] + [PaperRow(AHEAD, line) for line in ahead]
    payers = list(dict.fromkeys(row.line.get("payer") or "" for row in rows))
    pages: list[list[PaperRow]] = [[]]
    room = 0
    for payer in payers:
        heading = PaperRow(ROOM, {"payer": payer}) if len(payers) > 1 and payer else None
        for place, row in enumerate(one for one in rows if (one.line.get("payer") or "") == payer):
            wanted = [heading, row] if heading and place == 0 else [row]
            if room + sum(one.height for one in wanted) > per_page and pages[-1]:
                pages.append([])
                room, wanted = 0, [heading, row] if heading else [row]
            pages[-1] += wanted
            room += sum(one.height for one in wanted)
    return pages
