"""History: who changed which field of which document, from what, to what, and when; written in the same unit."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, event, inspect
from sqlalchemy.orm import InstanceState, Mapped, Session, mapped_column

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.codes import named
from app.lowcode.db import Key, session_of
from app.lowcode.document import About, CommunityScoped, DocumentBase, document_label, documents, spec_of
from app.lowcode.fields import Field, choice, code, link, long_text, moment, text
from app.lowcode.scope import UNSCOPED
from app.lowcode.sentences import spoken


class AuditAction(LabelledEnum):
    """What was done to a document."""

    ADDED = "added", N_("新增"), "green"
    CHANGED = "changed", N_("修改"), "blue"
    DELETED = "deleted", N_("删除"), "red"
    DONE = "done", N_("操作"), "azure"


def _document_labels() -> dict[str, str]:
    """Every document that keeps a history, in the order of declaration."""
    return {name: model.__about__.label for name, model in documents.items() if name != "History"}


class History(CommunityScoped, DocumentBase):
    """历史(审计): one line a changed field; a line without a field is the deed itself.

    A line belongs to the community of its document. One of the whole office's documents names none: it is shown on
    that document's page, and in the list to those who reach everything.
    """

    __about__ = About(
        N_("历史"),
        "document",
        icon="history",
        order=("-id",),
        readonly=True,
        described=N_("谁在什么时候把什么改成了什么。长期保存（不少于 190 天），任何人都不能修改或删除。"),
    )
    __table_args__ = (Index("ix_history_document_row", "document", "row_id"),)

    at: Mapped[Any] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    community_id: Mapped[int | None] = link(N_("小区"), "Community", constraint=False)  # type: ignore[assignment]
    who: Mapped[str] = text(N_("操作人"), 100, listed=True, searched=True, required=True)
    user_id: Mapped[int | None] = mapped_column(Key)
    document: Mapped[str] = code(N_("单据"), named(_document_labels), required=True, listed=True)
    row_id: Mapped[int] = mapped_column(Key, nullable=False)
    row_title: Mapped[str] = text(N_("对象"), 200, listed=True, searched=True, required=True, masked=spoken)
    deed: Mapped[AuditAction] = choice(N_("动作"), AuditAction, required=True, listed=True)
    field: Mapped[str | None] = mapped_column(String(60))
    label: Mapped[str | None] = text(N_("字段"), 60, listed=True, masked=spoken)
    old: Mapped[str | None] = long_text(N_("原值"), listed=True, masked=spoken)
    new: Mapped[str | None] = long_text(N_("新值"), listed=True, masked=spoken)

    def __str__(self) -> str:
        return f"{document_label(self.document)} {spoken(self.row_title)}"


YES, NO = N_("是"), N_("否")


def words(value: Any, field: Field | None = None) -> str | None:
    """Return a value as the history keeps it: readable, and never a secret in full."""
    if value is None:
        return None
    if field is not None and field.kind == "identity":
        return "●●●"
    if field is not None and field.masked is not None:
        return field.masked(str(value))
    if field is not None and field.codes is not None:
        return field.codes.label(str(value))
    if isinstance(value, LabelledEnum):
        return value.label
    if isinstance(value, bool):
        return YES if value else NO
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def note(row: DocumentBase, *, label: str, reason: str | None = None) -> None:
    """Write a deed on a document that is not a change of a field: printed, voided, posted."""
    actor = current_actor()
    session_of(row).add(
        History(
            community_id=getattr(row, "community_id", None),
            who=actor.name or "?",
            user_id=actor.user_id,
            document=type(row).__name__,
            row_id=row.id,
            row_title=str(row)[:200],
            deed=AuditAction.DONE,
            label=label,
            new=reason,
        )
    )


@event.listens_for(Session, "before_flush")
def _collect(session: Session, _context: object, _instances: object) -> None:
    lines = session.info.setdefault("history", [])
    for row in session.dirty:
        if _keeps(row) and session.is_modified(row):
            lines += [(row, AuditAction.CHANGED, *change) for change in _changes(session, row)]
    for row in session.deleted:
        if _keeps(row):
            lines.append((row, AuditAction.DELETED, None, None, str(row)))
    for row in session.new:
        if _keeps(row):
            lines.append((row, AuditAction.ADDED, None, None, None))


@event.listens_for(Session, "after_flush")
def _write(session: Session, _context: object) -> None:
    lines = session.info.pop("history", [])
    if not lines:
        return
    actor = current_actor()
    moment_now = clock.now()
    session.execute(
        History.__table__.insert(),
        [
            {
                "at": moment_now,
                "community_id": getattr(row, "community_id", None),
                "who": actor.name or "?",
                "user_id": actor.user_id,
                "document": type(row).__name__,
                "row_id": row.id,
                "row_title": str(row)[:200],
                "deed": deed,
                "field": field.name if field else None,
                "label": field.label if field else None,
                "old": old,
                "new": new,
            }
            for row, deed, field, old, new in lines
        ],
    )


def _keeps(row: object) -> bool:
    return isinstance(row, DocumentBase) and not isinstance(row, History) and not row.__about__.readonly


def _changes(session: Session, row: DocumentBase) -> list[tuple[Field, str | None, str | None]]:
    state: InstanceState[Any] = inspect(row)
    found = []
    for name, field in spec_of(type(row)).fields.items():
        history = state.attrs[name].history
        if field.tracked and history.has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            if old != new:
                found.append(
                    (field, _format_change(session, old, field), _format_change(session, new, field))
                )
    return found


def _format_change(session: Session, value: Any, field: Field) -> str | None:
    """Return a value in words; a link by what it is called at this moment, a number among names in quotes.

    Digits alone are the id of a link, as lines of the first version keep it.
    """
    if value is None or field.kind != "link":
        return words(value, field)
    row = session.get(documents[str(field.target)], value, execution_options={UNSCOPED: True})
    title = str(value) if row is None else str(row)
    return f"“{title}”" if row is not None and title.isdigit() else title
