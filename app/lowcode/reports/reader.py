"""Reads a report: what is kept of closed months, the rest anew, subtotals and the total over both."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.kernel.presence import present
from app.lowcode import listing
from app.lowcode.reports.archive import Kept, kept
from app.lowcode.reports.declaration import (
    APART,
    LINE,
    TOTAL,
    Equation,
    Report,
    ReportLine,
    ReportQuery,
    Total,
)

BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A report as read: the lines of the page (of `lines` all of them, with subtotals), and the total of everything."""

    report: Report
    scope: ReportQuery
    lines: Sequence[ReportLine]
    total: Total
    equations: Sequence[Equation] = ()
    notes: Sequence[str] = ()
    whole: bool = True  # no more lines than these
    kept: Kept | None = field(default=None, repr=False)

    @property
    def holds(self) -> bool:
        """Whether every equation does."""
        return all(one.holds for one in self.equations)


def read(
    *,
    session: Session,
    report: Report,
    scope: ReportQuery,
    limit: int | None = None,
    offset: int = 0,
    anew: bool = False,
) -> Reading:
    """Read a report; of a detail report the lines from `offset` on, at most `limit` (None: no line, the total alone).

    `anew`: from the documents alone, whatever is kept.
    """
    report = report.fitted(session, scope)
    stored = None if anew else kept(session=session, report=report, scope=scope)
    rest = scope if stored is None else replace(scope, without=stored.communities)
    if report.lines is not None:
        leaves = [*(stored.lines(session) if stored else ()), *_anew(session, report, rest, stored)]
        if report.order is not None:
            leaves.sort(key=report.order)
        lines = with_subtotals(report, leaves)
        total = Total(count=sum(one.level == LINE for one in leaves), values=lines[-1].values)
    else:
        leaves = []
        total = _total(session, report, rest, stored)
        lines = [] if limit is None else list(_page(session, report, rest, stored, limit, offset))
    total = replace(total, figures=_figures(session, report, rest, stored))
    equations = list(report.equations(total, leaves)) if report.equations else []
    if report.checks is not None and stored is None:
        equations += report.checks(session, scope, total)
    return Reading(
        report=report,
        scope=scope,
        lines=lines,
        total=total,
        equations=equations,
        notes=[stored.words] if stored else [],
        kept=stored,
        whole=report.lines is not None or len(lines) == total.count,
    )


def stream(*, session: Session, report: Report, scope: ReportQuery) -> Iterator[ReportLine]:
    """Every line of a detail report in order, a batch at a time: for exports and for keeping them."""
    stored = kept(session=session, report=report, scope=scope)
    if stored is not None:
        yield from (_derived(report, one) for one in stored.lines(session))
        if stored.complete:
            return
        scope = replace(scope, without=stored.communities)
    yield from (_derived(report, one) for one in every_line(session=session, report=report, scope=scope))


def every_line(*, session: Session, report: Report, scope: ReportQuery) -> Iterator[ReportLine]:
    """Every line from the documents alone, in order, without subtotals and what is derived: what is kept of it."""
    if report.lines is not None:
        found = list(report.lines(session, scope))
        yield from found if report.order is None else sorted(found, key=report.order)
        return
    page, offset = present(report.page), 0
    while batch := page(session, scope, BATCH, offset):
        yield from batch
        offset += len(batch)


def _anew(session: Session, report: Report, scope: ReportQuery, stored: Kept | None) -> Iterable[ReportLine]:
    return () if stored is not None and stored.complete else present(report.lines)(session, scope)


def _total(session: Session, report: Report, anew: ReportQuery, stored: Kept | None) -> Total:
    parts = [stored.total(session)] if stored is not None else []
    if stored is None or not stored.complete:
        parts.append(present(report.total)(session, anew))
    values = {
        one.name: sum((part.values.get(one.name, 0) for part in parts), _zero(one)) for one in report.totalled
    }
    return Total(count=sum(part.count for part in parts), values=values)


def _page(
    session: Session, report: Report, anew: ReportQuery, stored: Kept | None, limit: int, offset: int
) -> Iterator[ReportLine]:
    """Return a page over both: what is kept stands first."""
    page = present(report.page)
    if stored is not None:
        before = stored.total(session).count
        found = list(stored.lines(session, limit=limit, offset=offset)) if offset < before else []
        yield from (_derived(report, one) for one in found)
        limit, offset = limit - len(found), max(offset - before, 0)
        if stored.complete or not limit:
            return
    yield from (_derived(report, one) for one in page(session, anew, limit, offset))


def _figures(
    session: Session, report: Report, anew: ReportQuery, stored: Kept | None
) -> Mapping[str, Decimal]:
    """Return the figures beside the lines; none where a part of a community is chosen."""
    if report.figures is None or (anew.narrowed and listing.narrowing_grain() != "community_id"):
        return {}
    found: dict[str, Decimal] = dict(stored.total(session).figures) if stored is not None else {}
    if stored is None or not stored.complete:
        for name, value in report.figures(session, anew).items():
            found[name] = found.get(name, Decimal("0.00")) + value
    return found


def with_subtotals(report: Report, leaves: Sequence[ReportLine]) -> list[ReportLine]:
    """Return the lines in their order, a subtotal after each group that ends, the total last.

    A subtotal says 小计 in the column after its own; the total 合计 in the first.
    """
    found: list[ReportLine] = []
    depth = len(report.groups)
    sums = [_Sum(report) for _place in range(depth + 1)]  # the total first, then the groups inwards
    previous: tuple[Any, ...] | None = None
    first: list[ReportLine] = [ReportLine(values={})] * depth
    for line in leaves:
        keys = tuple(line.keys.get(key) for _name, key in report.groups)
        if previous is not None and keys != previous:
            same = next(place for place in range(depth) if keys[place] != previous[place])
            found += _ended(report, sums, first, down_to=same)
        if previous != keys:
            first = [line] * depth
        previous = keys
        for one in sums:
            one.add(line)
        if line.level == LINE:
            found.append(_derived(report, line))
    if previous is not None:
        found += _ended(report, sums, first, down_to=0)
    values = {one.name: None for one in report.fields} | sums[0].values
    values[report.columns[0].name] = _("合计")
    return [*found, _derived(report, ReportLine(values=values, level=TOTAL))]


def _ended(
    report: Report, sums: list["_Sum"], first: Sequence[ReportLine], *, down_to: int
) -> Iterator[ReportLine]:
    """Return the subtotals of the groups that end, innermost first; their sums begin anew."""
    names = [one.name for one in report.columns]
    for place in range(len(report.groups) - 1, down_to - 1, -1):
        name, _key = report.groups[place]
        like = first[place]
        values: dict[str, Any] = dict.fromkeys(names) | sums[place + 1].values
        values |= {its: like.values.get(its) for its, _key in report.groups[: place + 1]}
        values[names[names.index(name) + 1]] = _("小计")
        keys = {its: like.keys.get(its) for _name, its in report.groups[: place + 1]}
        sums[place + 1] = _Sum(report)
        yield _derived(report, ReportLine(values=values, keys=keys, level=name))


class _Sum:
    """Adds up the totalled fields of lines."""

    def __init__(self, report: Report) -> None:
        self._apart = frozenset(report.apart)
        self.values: dict[str, Any] = {one.name: _zero(one) for one in report.totalled}

    def add(self, line: ReportLine) -> None:
        """Add a line: of the fields that are added apart only what its own kind brings."""
        for name in self.values:
            if (name in self._apart) is (line.level == APART):
                self.values[name] += line.values.get(name) or 0


def _zero(one: Any) -> Any:
    return 0 if one.kind == "integer" else Decimal(0).quantize(Decimal(1).scaleb(-(one.scale or 2)))


def _derived(report: Report, line: ReportLine) -> ReportLine:
    if report.derive is None:
        return line
    return replace(line, values={**line.values, **report.derive(line.values)})
