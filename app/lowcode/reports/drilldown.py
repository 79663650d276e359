"""From a figure to what it is the sum of: the list of documents, or the page of rows that add up to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.permissions import may
from app.lowcode.reports.declaration import ReportLine, ReportQuery
from app.lowcode.reports.parameters import parameters

FIELD, KEY = "field", "k."
"""Parameters of the page of rows: which figure, and (each with its name behind) the keys of its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A document's part in a figure: what it is, whose, when, where it is seen, and how much (元, or a count)."""

    kind: str
    title: str
    amount: Decimal | int
    day: date | None = None
    url: str | None = None


def rows_url(report_url: str, line: ReportLine, name: str, scope: ReportQuery) -> str | None:
    """Return the page of the rows behind a figure of a line; None where there is nothing behind it."""
    if not line.values.get(name):
        return None
    keys = [(f"{KEY}{key}", "" if value is None else str(value)) for key, value in line.keys.items()]
    return f"{report_url}/rows?{urlencode([*parameters(scope), (FIELD, name), *keys])}"


def keys_of_url(given: Iterable[tuple[str, str]]) -> Mapping[str, int | None]:
    """Read the keys of a line from the page's parameters. Raises ValueError."""
    found = {name.removeprefix(KEY): value for name, value in given if name.startswith(KEY)}
    return {name: int(value) if value else None for name, value in found.items()}


def documents_url(model: type[DocumentBase], filters: Iterable[tuple[str, object]]) -> str | None:
    """Return the list of a document under filters (`("period.le", "2025-01")`), for who may read it; None for who may not.

    `("building_id.eq", None)` asks for those that name none.
    """
    spec = spec_of(model)
    if not may("read", spec.name):
        return None
    pairs = []
    for name, value in filters:
        field, _dot, operator = name.partition(".")
        if value is None and operator == "eq":
            pairs.append((f"f.{field}.none", "1"))
        elif value is not None:
            pairs.append((f"f.{field}.{operator}", str(value)))
    return f"{spec.url}/list/?{urlencode(pairs)}"


def document_url(model: type[DocumentBase], key: int) -> str | None:
    """Return a document's own page, for who may read it; None for who may not."""
    spec = spec_of(model)
    return f"{spec.url}/show/{key}" if may("read", spec.name) else None
