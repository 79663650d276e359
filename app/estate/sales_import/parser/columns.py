"""Finds, on a sheet, the row of headings, what the sheet is about, and which column means what."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from app.estate.sales_import.parser.headings import COLUMNS, REQUIRED, TITLE_WORDS, HeadingColumn, SheetKind
from app.lowcode.workbook import Cell, Sheet, SheetRow

# Titles, "制表:", units and a logo stand above the headings; never as many lines as these.
HEADING_ROWS = 20

_BRACKETS = re.compile(r"[(\[{\u3010\u3014<\u300a].*?[)\]}\u3011\u3015>\u300b]")
_DECORATION = re.compile(r"[\s*\u203b\u2605\u2022\u00b7:,、。/_\-\u2014]+")
_UNIT_TAIL = re.compile(r"(?<=.)(m2|平方米|平米|平方|㎡|元|米|%|层)$")


@dataclass(frozen=True)
class SheetLayout:
    """How a sheet is read: its kind, the 1-based row of its headings, and the 0-based column of each key.

    A guess (`guess_layout`) that the person may correct before the plan is made.
    """

    sheet: str
    kind: SheetKind
    header_row: int
    columns: Mapping[str, int]
    headings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    def heading(self, key: str) -> str:
        """Return the heading as the sheet has it; the column's usual name where the sheet has no such column."""
        index = self.columns.get(key, -1)
        if 0 <= index < len(self.headings) and self.headings[index]:
            return self.headings[index]
        for column in COLUMNS[self.kind]:
            if column.key == key:
                return column.label
        return key


def heading_forms(*, text: Cell) -> tuple[str, ...]:
    """Return the forms in which a heading is looked up, strictest first: widths, blanks, brackets and units taken away."""
    if not isinstance(text, str):
        return ()
    folded = unicodedata.normalize("NFKC", text).lower()
    whole = _DECORATION.sub("", re.sub(r"[()\[\]\u3010\u3011]", "", folded))
    bare = _DECORATION.sub("", _BRACKETS.sub("", folded))
    forms = [whole, bare, _UNIT_TAIL.sub("", whole), _UNIT_TAIL.sub("", bare)]
    return tuple(dict.fromkeys(form for form in forms if form))


def match_columns(*, kind: SheetKind, cells: Sequence[Cell]) -> dict[str, int]:
    """Which 0-based column of a row of headings is which key of the kind; the best name wins, then the leftmost."""
    forms = [heading_forms(text=cell) for cell in cells]
    found: dict[str, int] = {}
    taken: set[int] = set()
    offers: list[tuple[int, int, int, HeadingColumn]] = []
    for order, column in enumerate(COLUMNS[kind]):
        for index, texts in enumerate(forms):
            rank = _rank(column, texts)
            if rank is not None:
                offers.append((rank, index, order, column))
    for _place, index, _order, column in sorted(offers, key=lambda offer: offer[:3]):
        if index in taken:
            continue
        key = column.key if column.key not in found else column.spill
        if key and key not in found:
            found[key] = index
            taken.add(index)
    return found


def _rank(column: HeadingColumn, texts: tuple[str, ...]) -> int | None:
    for text in texts:
        if text in column.names:
            return column.names.index(text)
    return None


def _weights() -> dict[SheetKind, dict[str, int]]:
    """Weigh headings: one that a single kind of sheet has says more than one that all have."""
    kinds_of: dict[str, set[SheetKind]] = {}
    for kind, columns in COLUMNS.items():
        for column in columns:
            for name in column.names:
                kinds_of.setdefault(name, set()).add(kind)
    return {
        kind: {name: 3 if len(kinds_of[name]) == 1 else 1 for column in columns for name in column.names}
        for kind, columns in COLUMNS.items()
    }


_WEIGHTS = _weights()


def score_row(*, kind: SheetKind, row: SheetRow) -> tuple[int, dict[str, int]]:
    """How well a row reads as the headings of a kind (0: not at all), and its columns."""
    found = match_columns(kind=kind, cells=row.cells)
    if not all(found.keys() & needed for needed in REQUIRED[kind]):
        return 0, {}
    score = 0
    for index in found.values():
        texts = heading_forms(text=row.cell(index))
        score += max((_WEIGHTS[kind].get(text, 0) for text in texts), default=0)
    return score, found


def guess_layout(*, sheet: Sheet, kind: SheetKind | None = None) -> SheetLayout | None:
    """Return the most likely layout of a sheet (of the given kind, else of any); None when no row reads as headings."""
    best: SheetLayout | None = None
    best_score = 0
    for row in sheet.rows[:HEADING_ROWS]:
        for candidate in (kind,) if kind else SheetKind:
            score, columns = score_row(kind=candidate, row=row)
            if score and any(word in sheet.title for word in TITLE_WORDS[candidate]):
                score += 2
            if score > best_score:
                headings = tuple(str(cell).strip() for cell in row.cells)
                best_score = score
                best = SheetLayout(sheet.title, candidate, row.number, columns, headings)
    return best


def guess_layouts(*, sheets: Sequence[Sheet]) -> tuple[SheetLayout, ...]:
    """Return the layouts of every visible sheet that reads as one of ours, in the workbook's order."""
    guesses = (guess_layout(sheet=sheet) for sheet in sheets if not sheet.hidden)
    return tuple(layout for layout in guesses if layout is not None)
