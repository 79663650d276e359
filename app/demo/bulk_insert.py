"""Rows written by the driver itself: plain tuples with scaled integers, a chunk at a time.

The ORM writes a tenth as fast, and a demo of 100,000 rooms is ten million rows. Nothing here narrows by scope: the
demo is made by the system, in an office without a community.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from app.lowcode.derived import DERIVED
from app.lowcode.document import DocumentBase

CHUNK = 5_000
CACHE_KILOBYTES = 400_000


class Rows:
    """The rows of one document in the making; their ids are given here, in the order of `add`.

    `names` are the columns that each row brings (after its id), `fixed` those that are the same in all, `after` the
    rows that these link to. Values are as the database keeps them: whole 分 and scaled areas, enum values, ISO dates.
    """

    def __init__(
        self,
        session: Session,
        model: type[DocumentBase],
        names: Sequence[str],
        *,
        fixed: Mapping[str, object],
        after: Sequence["Rows"] = (),
    ) -> None:
        self._session, self._after = session, after
        self._table: Table = model.__table__
        self._fixed = tuple(fixed.values())
        kept = {column.name: column.info[DERIVED] for column in self._table.columns if DERIVED in column.info}
        self._derived = [(names.index(source), rule) for source, rule in kept.values()]
        self._waiting: list[tuple[Any, ...]] = []
        self._sql = self._statement(("id", *names, *kept, *fixed))
        self.last_id: int = session.scalar(select(func.max(self._table.c.id))) or 0

    def add(self, *row: object) -> int:
        """Take a row; returns the id that it has from now on."""
        self.last_id += 1
        keys = (rule(str(row[place])) for place, rule in self._derived)
        self._waiting.append((self.last_id, *row, *keys, *self._fixed))
        if len(self._waiting) >= CHUNK:
            self.flush()
        return self.last_id

    def flush(self) -> None:
        """Send what waits, and before it what it links to."""
        for rows in self._after:
            rows.flush()
        if self._waiting:
            self._session.connection().exec_driver_sql(self._sql, self._waiting)
            self._waiting = []

    def close(self) -> None:
        """Send the rest, and tell the server's own counter which ids were given here."""
        self.flush()
        if self._session.get_bind().dialect.name == "postgresql" and self.last_id:
            counter = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            self._session.execute(counter.bindparams(name=self._table.name, last=self.last_id))

    def _statement(self, names: Sequence[str]) -> str:
        """INSERT with the places as the driver writes them. A column without a value is a defect, told at once."""
        dialect = self._session.get_bind().dialect
        columns = [self._table.c[name] for name in names]
        for column in self._table.columns:
            if not column.nullable and column.server_default is None and column.name not in names:
                raise TypeError(f"{self._table.name}: no value for {column.name}")
        place = "?" if dialect.paramstyle == "qmark" else "%s"
        quoted = ", ".join(dialect.identifier_preparer.quote(column.name) for column in columns)
        places = ", ".join([place] * len(columns))
        return f"INSERT INTO {self._table.name} ({quoted}) VALUES ({places})"  # noqa: S608 (names of our own tables)


@contextmanager
def wide_cache(session: Session) -> Iterator[None]:
    """Let SQLite keep pages in memory while the rows are written.

    With its 2 MB each row of a million would read again the pages of eight indexes, and write them one by one.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


def moment_text(moment: datetime) -> str:
    """Return an aware moment as every driver takes it: UTC without a zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def bookkeeping(*, moment: datetime, who: str) -> dict[str, object]:
    """Who added a document and when: the same for every row of the demo."""
    at = moment_text(moment)
    return {"created_at": at, "changed_at": at, "changed_by": who, "row_version": 1}
