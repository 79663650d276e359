"""Document numbers: a rule a kind says how they read, one counter row a community, kind and year counts them.

A changed rule holds for the numbers given from then on: what is given stays, the counter goes on, and a prefix
belongs for ever to the kind that had it first, so that no number ever comes twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase
from typing import NamedTuple

from flask_babel import gettext
from sqlalchemy import UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_
from app.kernel.number_rules import WIDTH, NumberFormat
from app.lowcode.codes import named
from app.lowcode.db import insert_new
from app.lowcode.document import About, CommunityScoped, Document, DocumentBase, OfficeOrCommunityScoped
from app.lowcode.engine import current_engine
from app.lowcode.fields import code, flag, integer, link, text
from app.lowcode.scope import UNSCOPED


@dataclass(frozen=True, slots=True)
class NumberDeclaration:
    """A kind of numbered document: how it is called, and the prefix that it begins with."""

    kind: str
    label: str
    prefix: str


def kind_label(kind: str) -> str:
    """Return a kind as people call it."""
    declared = current_engine().numbers
    return gettext(declared[kind].label) if kind in declared else kind


class Number(NamedTuple):
    """A number as given: its text, and the counter of the year behind it."""

    number: str
    serial: int
    year: int


class Counter(CommunityScoped, DocumentBase):
    """编号: the last number given."""

    __about__ = About(N_("编号"), "kind", icon="hash", readonly=True, menu=False)
    __table_args__ = (UniqueConstraint("community_id", "kind", "year"),)

    kind: Mapped[str] = text(N_("种类"), 30, required=True, listed=True)
    year: Mapped[int] = integer(N_("年"), required=True, listed=True)
    value: Mapped[int] = mapped_column(nullable=False, default=0)


class NumberRule(OfficeOrCommunityScoped, Document):
    """编号规则: the office's for each kind, and a community's own where it has one."""

    __about__ = About(N_("编号规则"), "kind", icon="hash", order=("kind", "community_id"))
    __table_args__ = (UniqueConstraint("kind", "community_id"),)

    kind: Mapped[str] = code(
        N_("单据"),
        named(lambda: {one.kind: one.label for one in current_engine().numbers.values()}),
        30,
        required=True,
        fixed=True,
        listed=True,
    )
    community_id: Mapped[int | None] = link(
        N_("小区"), "Community", fixed=True, listed=True, nothing=N_("全公司")
    )
    prefix: Mapped[str] = text(
        N_("前缀"),
        6,
        required=True,
        listed=True,
        help=N_("1 至 6 个英文字母；一种单据用过的前缀，别的单据不能再用。"),
    )
    month: Mapped[bool] = flag(
        N_("含月份"),
        listed=True,
        help=N_("如 SJ202603-000001；不含则为 SJ2026000001。流水号都是每年从 1 开始。"),
    )
    width: Mapped[int] = integer(
        N_("流水号位数"), required=True, listed=True, default=WIDTH, help=N_("4 至 10 位，不够时自动加长。")
    )

    def __str__(self) -> str:
        return kind_label(self.kind)

    @property
    def format(self) -> NumberFormat:
        """The rule as it is applied."""
        return NumberFormat(self.prefix, self.month, self.width)


class NumberPrefix(DocumentBase):
    """编号前缀: which kind a prefix belongs to, from its first use on."""

    __written_by_parts__ = "a rule of one community takes its prefix for good"
    __about__ = About(N_("编号前缀"), "prefix", icon="hash", readonly=True, menu=False)

    prefix: Mapped[str] = text(N_("前缀"), 6, required=True, unique=True)
    kind: Mapped[str] = text(N_("单据"), 30, required=True)


def next_number(*, session: Session, kind: str, community_id: int, day: date) -> Number:
    """Return the next number of a kind in a community for a document of this day; gapless, for it commits with its document.

    Locks the counter until the unit ends: take it after every other lock. Raises KeyError for an undeclared kind.
    """
    rule = format_of(session=session, kind=kind, community_id=community_id)
    serial = take_number(session=session, community_id=community_id, kind=kind, year=day.year)
    return Number(rule.number(day=day, value=serial), serial, day.year)


def format_of(*, session: Session, kind: str, community_id: int | None) -> NumberFormat:
    """How numbers of a kind read: by the community's rule, else the office's, else as declared. Raises KeyError."""
    default = NumberFormat(current_engine().numbers[kind].prefix)
    rules = session.execute(
        select(NumberRule.community_id, NumberRule.prefix, NumberRule.month, NumberRule.width).where(
            NumberRule.kind == kind,
            or_(NumberRule.community_id.is_(None), NumberRule.community_id == community_id),
        ),
        # Who may write the document needs no more.
        execution_options={UNSCOPED: True},
    )
    found = {row[0]: NumberFormat(*row[1:]) for row in rules}
    return found.get(community_id) or found.get(None) or default


def seed(*, session: Session) -> int:
    """Write the office's rule of every declared kind that has none; returns the rows written."""
    have = set(session.scalars(select(NumberRule.kind).where(NumberRule.community_id.is_(None))))
    owners: dict[str, str] = dict(session.execute(select(NumberPrefix.prefix, NumberPrefix.kind)).all())
    written = 0
    for one in current_engine().numbers.values():
        if one.kind in have:
            continue
        prefix = next(p for p in _candidates(one.prefix) if owners.get(p, one.kind) == one.kind)
        session.add(NumberRule(kind=one.kind, prefix=prefix))
        if prefix not in owners:
            session.add(NumberPrefix(prefix=prefix, kind=one.kind))
            owners[prefix] = one.kind
        written += 1
    session.flush()
    return written


def _candidates(prefix: str) -> Iterator[str]:
    """Return the declared prefix, then others where the office gave that one to another kind before."""
    yield prefix
    yield from (f"{prefix[:5]}{letter}" for letter in ascii_uppercase)


def take_number(*, session: Session, community_id: int, kind: str, year: int) -> int:
    """Return the next counter of this community, kind and year, from 1. What has a number uses `next_number`.

    Locks the counter's row until the unit ends: take it after every other lock.
    """
    one = (
        select(Counter)
        .where(Counter.community_id == community_id, Counter.kind == kind, Counter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Not inserted first: MariaDB would leave a shared lock on the row that is there, and two that hold one wait in a ring.
    counter = session.scalars(one).one_or_none()
    if counter is None:
        row = {"community_id": community_id, "kind": kind, "year": year, "value": 0}
        insert_new(session=session, table=Counter.__table__, row=row)
        counter = session.scalars(one).one()
    counter.value += 1
    session.flush()
    return counter.value
