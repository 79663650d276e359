"""What refers to a row, by the links that documents declare."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.lowcode.document import DocumentBase, documents, spec_of
from app.lowcode.fields import Field
from app.lowcode.history import History
from app.lowcode.scope import UNSCOPED


@dataclass(frozen=True, slots=True)
class Referrer:
    """Rows of one document that link to a row: by which field, how many there are and how many are in reach."""

    document: type[DocumentBase]
    field: Field
    count: int
    reached: int

    def url(self, row_id: int) -> str:
        """Return the list of exactly these rows."""
        return f"{spec_of(self.document).url}/list/?f.{self.field.name}.eq={row_id}"


def referrers(*, session: Session, row: DocumentBase, unchecked: bool = False) -> Iterator[Referrer]:
    """Count the rows of every document that link to `row`, beyond the person's reach too; its history outlives it.

    `unchecked`: only by links that the database keeps no foreign key for, so that it would let the row go.
    """
    name = type(row).__name__
    for document in documents.values():
        if document is History:
            continue
        for field in spec_of(document).links.values():
            if field.target != name or (unchecked and document.__table__.c[field.name].foreign_keys):
                continue
            statement = select(func.count(document.id)).where(getattr(document, field.name) == row.id)
            count = session.scalar(statement, execution_options={UNSCOPED: True}) or 0
            if count:
                yield Referrer(document, field, count, session.scalar(statement) or 0)
