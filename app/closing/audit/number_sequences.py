"""编号: given one by one without a gap, and none twice."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from app.closing.audit.check import Within
from app.collection.models import CashHandover, Receipt, ReceiptVoid, Refund
from app.collection.operations.handovers import HANDOVER_BOOK
from app.collection.operations.receipt_issue import BOOK
from app.collection.operations.refunds import REFUND_BOOK
from app.collection.operations.void import REVERSAL_BOOK
from app.kernel.errors import N_
from app.lowcode.numbers import Counter, kind_label

MISSING = N_("%(year)s 年第 %(serial)s 号缺失。")
COUNTED = N_("%(year)s 年编到第 %(counter)s 号，现有 %(count)s 张。")
TWICE = N_("单号出现 %(count)s 次。")
OTHERS: tuple[tuple[str, Any], ...] = (
    (REVERSAL_BOOK, ReceiptVoid),
    (REFUND_BOOK, Refund),
    (HANDOVER_BOOK, CashHandover),
)
Found = tuple[str, str, int, Mapping[str, Any]]
"""(code, sentence, community, its values; `document` is what it is said of)."""


def wrong_numbers(session: Session, within: Within) -> Iterator[Found]:
    """Return what is wrong with the numbers of receipts and of what else carries a number."""
    yield from _books(session, within)
    yield from _counted(session, within)
    for model in (Receipt, ReceiptVoid, Refund, CashHandover):
        yield from _twice(session, within, model)


def _books(session: Session, within: Within) -> Iterator[Found]:
    """Check that the serials of a year run from 1 to the counter of their book."""
    counters = _counters(session, within, BOOK)
    serial: Any = Receipt.serial
    counted = (func.min(serial), func.max(serial), func.count(serial.distinct()), func.count(serial))
    books = {
        (community, year): tuple(numbers)
        for community, year, *numbers in session.execute(
            select(Receipt.community_id, Receipt.year, *counted)
            .where(*within.of(Receipt))
            .group_by(Receipt.community_id, Receipt.year)
        )
    }
    for community, year in sorted({*counters, *books}):
        counter = counters.get((community, year), 0)
        first, last, different, count = books.get((community, year), (1, 0, 0, 0))
        if (first, last, different, count) != (1, counter, counter, counter):
            yield from _gaps(session, community, year, counter, count)


def _gaps(session: Session, community: int, year: int, counter: int, count: int) -> Iterator[Found]:
    """Return the serials that are not there; where none is missing, that the counter says something else."""
    there = set(
        session.scalars(select(Receipt.serial).where(Receipt.community_id == community, Receipt.year == year))
    )
    name, missing = kind_label(BOOK), sorted(set(range(1, max([counter, *there]) + 1)) - there)
    for serial in missing:
        yield "number_missing", MISSING, community, {"document": name, "year": year, "serial": serial}
    if not missing:
        told = {"document": name, "year": year, "counter": counter, "count": count}
        yield "number_counter", COUNTED, community, told


def _counted(session: Session, within: Within) -> Iterator[Found]:
    """Of what keeps its number alone: as many papers of a year as its counter gave numbers."""
    for kind, model in OTHERS:
        year = extract("year", model.day)
        papers: dict[tuple[int, int], int] = {
            (community, int(in_year)): count
            for community, in_year, count in session.execute(
                select(model.community_id, year, func.count(model.id))
                .where(model.number.is_not(None), *within.of(model))
                .group_by(model.community_id, year)
            )
        }
        counters = _counters(session, within, kind)
        for community, in_year in sorted({*counters, *papers}):
            counter = counters.get((community, in_year), 0)
            count = papers.get((community, in_year), 0)
            if counter != count:
                told = {"document": kind_label(kind), "year": in_year, "counter": counter, "count": count}
                yield "number_counter", COUNTED, community, told


def _counters(session: Session, within: Within, kind: str) -> dict[tuple[int, int], int]:
    return {
        (community, year): value
        for community, year, value in session.execute(
            select(Counter.community_id, Counter.year, Counter.value).where(
                Counter.kind == kind, *within.of(Counter)
            )
        )
    }


def _twice(session: Session, within: Within, model: Any) -> Iterator[Found]:
    """Return the same number on two papers of a kind; the database refuses it by itself, unless it was restored without."""
    rows = session.execute(
        select(model.community_id, model.number, func.count(model.id).label("count"))
        .where(model.number.is_not(None), *within.of(model))
        .group_by(model.community_id, model.number)
        .having(func.count(model.id) > 1)
    )
    for row in rows:
        yield "number_twice", TWICE, row.community_id, {"document": row.number, "count": row.count}
