"""Document numbers: one counter row a community, kind and year, taken last in the unit that uses it."""

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_
from app.lowcode.document import About, CommunityScoped, DocumentBase
from app.lowcode.fields import integer, text


class Counter(CommunityScoped, DocumentBase):
    """编号: the last number given."""

    __about__ = About(N_("编号"), "kind", icon="hash", readonly=True, menu=False)
    __table_args__ = (UniqueConstraint("community_id", "kind", "year"),)

    kind: Mapped[str] = text(N_("种类"), 30, required=True, listed=True)
    year: Mapped[int] = integer(N_("年"), required=True, listed=True)
    value: Mapped[int] = mapped_column(nullable=False, default=0)


def take_number(*, session: Session, community_id: int, kind: str, year: int) -> int:
    """The next number of this community, kind and year, from 1; gapless, for it commits with its document.

    Locks the counter's row until the unit ends: take it after every other lock.
    """
    table = Counter.__table__
    row = {"community_id": community_id, "kind": kind, "year": year, "value": 0}
    dialect = session.get_bind().dialect.name
    if dialect == "mysql" or dialect == "mariadb":
        session.execute(mysql.insert(table).values(row).prefix_with("IGNORE"))
    elif dialect == "postgresql":
        session.execute(postgresql.insert(table).values(row).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(table).values(row).on_conflict_do_nothing())
    counter = session.scalars(
        select(Counter)
        .where(Counter.community_id == community_id, Counter.kind == kind, Counter.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    counter.value += 1
    session.flush()
    return counter.value
