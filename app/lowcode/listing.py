"""The query behind every list: filters, quick search, whitelisted order, totals, and pages cut before anything joins."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import has_request_context
from flask_babel import force_locale, get_locale, gettext as _
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.errors import N_, DomainError
from app.kernel.phones import phone_spellings, whole_phone
from app.lowcode.db import db
from app.lowcode.document import DocumentBase, Spec, documents, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.fields import Field
from app.lowcode.filters import Filter, parse
from app.lowcode.lookups import look_up
from app.lowcode.quick_search import read_conditions
from app.lowcode.scope import scoped_core
from app.lowcode.titles import Title, title_of

SIZES = (25, 50, 100, 200, 500)
MOST_ORDERS = 8
MOST_COUNTED = 1000  # rows of a tab; more are not told apart


class UnknownOrder(DomainError):
    code = "unknown_order"
    message = N_("不能按“%(name)s”排序。")


class TooManyOrders(DomainError):
    code = "too_many_orders"
    message = N_("最多按 %(most)d 列排序。请减少后重试。")


class BadPage(DomainError):
    code = "bad_page"
    message = N_("页码或每页行数不正确。")


@dataclass(frozen=True, slots=True)
class Query:
    """What a list's URL asks for."""

    spec: Spec
    filters: Sequence[Filter] = ()
    search: str = ""
    order: Sequence[tuple[str, bool]] = ()  # (field, descending)
    page: int = 1
    size: int = SIZES[0]
    narrowed: bool = True
    within: str = ""  # a node of the tree that a tab of its page is held to, whatever is chosen beside it
    extra: Sequence[ColumnElement[bool]] = field(default=())

    @classmethod
    def of(cls, spec: Spec, arguments: Sequence[tuple[str, str]]) -> "Query":
        """Read a URL's parameters. Raises UnknownFilter, BadFilter, UnknownOrder, BadPage."""
        given: Mapping[str, str] = dict(arguments)
        order = []
        for part in filter(None, given.get("order", "").split(",")):
            name, descending = part.removeprefix("-"), part.startswith("-")
            one = spec.fields.get(name)
            if one is None or not one.sorted:
                raise UnknownOrder(name=name)
            order.append((name, descending))
            if len(order) > MOST_ORDERS:
                raise TooManyOrders(most=MOST_ORDERS)
        try:
            page, size = int(given.get("page", "1")), int(given.get("size", SIZES[0]))
        except ValueError as error:
            raise BadPage from error
        if size not in SIZES or not 1 <= page <= 10**9:
            raise BadPage
        query = cls(
            spec,
            parse(spec, arguments),
            given.get("q", "").strip()[:100],
            order,
            page,
            size,
            narrowed="embedded" not in given,
            within=given.get("in", ""),
        )
        if asked := query.private_terms():
            look_up(asked, query._finds_something)
        return query

    def private_terms(self) -> str:
        """Return the masked values whose presence the answer tells: filters by them, and a quick search that reaches them."""
        terms = [one.text for one in self.filters if one.field.private and one.operator != "none"]
        return " ".join([*terms, self.search] if self._searches_private() else terms)

    def _searches_private(self) -> bool:
        if whole_phone(self.search) is None:
            return False
        reached = [
            self.spec,
            *(spec_of(documents[str(one.target)]) for one in self.spec.links.values() if one.searched),
        ]
        return any(one.private and one.searched for spec in reached for one in spec.fields.values())

    def _finds_something(self) -> bool:
        return db.session.scalar(select(self.spec.model.id).where(*self.conditions()).limit(1)) is not None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the WHERE clauses."""
        found = [one.condition(self.spec.column(one.field.name)) for one in self.filters]
        if self.search:
            found.append(self._searching())
        if self.narrowed:
            narrowing = narrowing_condition(self.spec.model)
            found += [] if narrowing is None else [narrowing]
        if self.within:
            held = narrowing_condition(self.spec.model, key=self.within)
            found += [] if held is None else [held]
        return [*found, *self.extra]

    def _searching(self) -> ColumnElement[bool]:
        """Every searched column of the row itself, and the titles of what it links to."""
        ways = []
        phones = phone_spellings(self.search)
        for one in self.spec.fields.values():
            column = self.spec.column(one.name)
            if one.searched and one.kind in ("text", "long_text"):
                ways.append(column.contains(self.search, autoescape=True))
                ways += read_conditions(self.spec.model, one, self.search)
            elif one.searched and one.kind == "phone" and phones:
                ways.append(column.in_(phones))
            elif one.searched and one.codes is not None:
                typed = self.search.casefold()
                ways.append(
                    column.in_([c for c, label in one.codes.labels().items() if typed in label.casefold()])
                )
            elif one.searched and one.kind == "link":
                target = documents[str(one.target)]
                searched = [f for f in spec_of(target).fields.values() if f.searched]
                its = [f for f in searched if f.kind == "text"]
                own = [getattr(target, f.name).contains(self.search, autoescape=True) for f in its]
                own += [way for f in its for way in read_conditions(target, f, self.search)]
                if phones:
                    own += [getattr(target, f.name).in_(phones) for f in searched if f.kind == "phone"]
                ways.append(column.in_(select(target.id).where(or_(*own))))
        return or_(*ways) if ways else self.spec.model.id == -1

    def ordering(self, *, backwards: bool = False) -> list[Any]:
        """ORDER BY: what was asked, else the document's own; the key last, so that pages never overlap."""
        asked = list(self.order) or [(n.removeprefix("-"), n.startswith("-")) for n in self.spec.about.order]
        if "id" not in [name for name, _descending in asked]:
            asked.append(("id", bool(asked) and asked[0][1]))
        columns = [(self.spec.order_column(name), descending is not backwards) for name, descending in asked]
        return [column.desc() if descending else column.asc() for column, descending in columns]


@dataclass(frozen=True, slots=True)
class Result:
    """A page of rows as read: per row its key, its values by field name, the titles of its links."""

    count: int
    totals: dict[str, Decimal]
    rows: list[tuple[int, dict[str, Any], dict[str, str | None]]]


def summary(*, session: Session, query: Query, fields: Sequence[Field]) -> tuple[int, dict[str, Decimal]]:
    """Return (number of rows, totals by field) of everything the filter finds: one statement.

    Every row is one of the number; the totals add up those that the document counts.
    """
    totalled = [f for f in fields if f.totalled]
    counted = query.spec.about.counted
    counts = None if counted is None else counted.rows(query.spec.model)

    def summed(name: str) -> ColumnElement[Any]:
        column = query.spec.column(name)
        # Without an ELSE the others are NULL, which a sum passes over; MariaDB knows no FILTER.
        return func.sum(column if counts is None else case((counts, column)))

    row = session.execute(
        select(func.count(query.spec.model.id), *(summed(f.name) for f in totalled)).where(
            *query.conditions()
        )
    ).one()
    zero = Decimal(0)
    return int(row[0]), {
        f.name: row[i + 1] or zero.quantize(Decimal(1).scaleb(-f.scale)) for i, f in enumerate(totalled)
    }


def some_count(query: Query) -> Any:
    """Return the scalar expression of how many rows a query finds, up to MOST_COUNTED."""
    model = query.spec.model
    # The session narrows statements, and is not asked to look for what stands within one.
    found = scoped_core(select(model.id).where(*query.conditions()), model).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def total_words(spec: Spec) -> str:
    """How the totals of a document's lists are called: 合计, or what it says where they leave rows out."""
    return _("合计") if spec.about.counted is None else _(spec.about.counted.label)


def page_of(*, session: Session, query: Query, fields: Sequence[Field]) -> Result:
    """Return the page asked for: keys first, cut to the page, and only then the rows with the titles of their links."""
    count, totals = summary(session=session, query=query, fields=fields)
    first = (query.page - 1) * query.size
    behind = max(count - first - query.size, 0)
    # From whichever end is nearer: the last page of a million rows is as quick as the first.
    backwards = first > behind
    skipped, length = (behind, min(query.size, count - first)) if backwards else (first, query.size)
    model = query.spec.model
    ids = (
        select(model.id)
        .where(*query.conditions())
        .order_by(*query.ordering(backwards=backwards))
        .limit(max(length, 0))
        .offset(skipped)
    )
    keys = list(session.scalars(ids))
    if backwards:
        keys.reverse()
    return Result(count, totals, rows_of(session=session, spec=query.spec, fields=fields, keys=keys))


def rows_of(
    *, session: Session, spec: Spec, fields: Sequence[Field], keys: Sequence[int]
) -> list[tuple[int, dict[str, Any], dict[str, str | None]]]:
    """Return the rows of these keys in their order, with the titles of their links: one statement."""
    statement, read = _reading(spec, fields)
    found = {r[0]: r for r in session.execute(statement.where(spec.model.id.in_(keys)))} if keys else {}
    return [read(found[key]) for key in keys if key in found]


def stream(*, session: Session, query: Query, fields: Sequence[Field], batch: int = 2000) -> Iterator[Any]:
    """Every row that the filter finds, in order, a batch at a time: for exports and prints."""
    statement, read = _reading(query.spec, fields)
    statement = statement.where(*query.conditions()).order_by(*query.ordering())
    for row in session.execute(statement, execution_options={"yield_per": batch}):
        yield read(row)


def titles_of(*, session: Session, spec: Spec, row_id: int) -> dict[str, str | None]:
    """Return what the links of a row are called, all in one statement; None for what is out of reach."""
    statement, read = _reading(spec, list(spec.links.values()))
    row = session.execute(statement.where(spec.model.id == row_id)).first()
    titles: dict[str, str | None] = {} if row is None else read(row)[2]
    return titles


def _reading(spec: Spec, fields: Sequence[Field]) -> tuple[Select[Any], Callable[[Any], Any]]:
    """Return a SELECT of the key, the fields and the titles of the links, and what reads a row of it."""
    columns: list[Any] = [spec.model.id]
    joins: list[tuple[Any, Any]] = []
    places: list[tuple[str, int, Title | None]] = []
    for one in fields:
        columns.append(spec.column(one.name) if one.expression is None else one.expression())
        place = len(columns) - 1
        title = None
        if one.kind == "link":
            model = documents[str(one.target)]
            target = aliased(model)
            title = title_of(model, target)
            joins += [(target, spec.column(one.name) == target.id), *title.joins]
            columns += title.columns
        places.append((one.name, place, title))
    statement = select(*columns).select_from(spec.model)
    for target, condition in joins:
        statement = statement.outerjoin(target, condition)

    def read(row: Any) -> tuple[int, dict[str, Any], dict[str, str | None]]:
        values = {name: row[place] for name, place, _title in places}
        titles = {
            name: title.read(row[place + 1 : place + 1 + len(title.columns)])
            for name, place, title in places
            if title is not None
        }
        return row[0], values, titles

    return statement, read


@dataclass(slots=True)
class Narrowing:
    """How the estate narrows lists by the chosen tree node: what is chosen now, how it applies, how it reads.

    `choices`: what a form's remote select is held to; wider than the list, for a form links what is not linked yet.
    `begins`: what the form of a new row begins with, by field. `grain`: the key that tells
    whether a row stands in the node: community_id, building_id, room_id or space_id. `offered`: whether the person
    may read any node at all; who may not has no use for the tree.
    """

    chosen: Callable[[], str | None]
    condition: Callable[[str, type[DocumentBase]], ColumnElement[bool] | None]
    words: Callable[[str], str | None]
    choices: Callable[[str, type[DocumentBase]], ColumnElement[bool] | None]
    begins: Callable[[str], Mapping[str, str]]
    grain: Callable[[str], str]
    offered: Callable[[], bool]


_held: ContextVar[str | None] = ContextVar("narrowing", default=None)


def narrowing_now() -> str | None:
    """Return the key of the tree node chosen at the page (or held by a job); None for none."""
    if _held.get() is not None:
        return _held.get() or None
    narrowing = current_engine().narrowing if has_request_context() else None
    return None if narrowing is None else narrowing.chosen()


def narrowing_offered() -> bool:
    """Whether this person may choose a node."""
    narrowing = current_engine().narrowing
    return narrowing is not None and narrowing.offered()


def narrowing_words(*, key: str | None = None) -> str | None:
    """Return the chosen node (or that of `key`) in words."""
    key = key or narrowing_now()
    narrowing = current_engine().narrowing if key else None
    return None if key is None or narrowing is None else narrowing.words(key)


def narrowing_condition(model: type[DocumentBase], *, key: str | None = None) -> ColumnElement[bool] | None:
    """Return the WHERE clause of the chosen node (or that of `key`) on a document; None where it says nothing of it."""
    key = key or narrowing_now()
    narrowing = current_engine().narrowing if key else None
    return None if key is None or narrowing is None else narrowing.condition(key, model)


def narrowing_choices(model: type[DocumentBase]) -> ColumnElement[bool] | None:
    """Return the WHERE clause of the chosen node on what a form's select offers; None where it says nothing of it."""
    key = narrowing_now()
    narrowing = current_engine().narrowing if key else None
    return None if key is None or narrowing is None else narrowing.choices(key, model)


def narrowing_begins(*, key: str | None = None) -> Mapping[str, str]:
    """Return what a row added in the chosen node (or that of `key`) begins with, by field."""
    key = key or narrowing_now()
    narrowing = current_engine().narrowing if key else None
    return {} if key is None or narrowing is None else narrowing.begins(key)


def narrowing_grain() -> str:
    """Return the key that tells whether a row stands in the chosen node; community_id where nothing is chosen."""
    key = narrowing_now()
    narrowing = current_engine().narrowing if key else None
    return "community_id" if key is None or narrowing is None else narrowing.grain(key)


@contextmanager
def narrowed_as(key: str | None) -> Iterator[None]:
    """Hold a chosen node in a job."""
    token = _held.set(key or "")
    try:
        yield
    finally:
        _held.reset(token)


def language_now() -> str:
    """Return the reader's language."""
    return str(get_locale() or "zh")


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a language in a job."""
    with force_locale(language):
        yield
