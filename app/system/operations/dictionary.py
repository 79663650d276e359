"""字典: entries added, renamed, put in order, taken out of use; deleted only while nothing keeps them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.dictionary import LENGTH, STEP, DictionaryEntry, is_declared, is_used
from app.lowcode.engine import current_engine
from app.lowcode.save import save_row, set_values


class UnknownDictionary(DomainError):
    code = "unknown_dictionary"
    message = N_("没有这个字典。")


class EntryUsed(DomainError):
    code = "entry_used"
    message = N_("“%(label)s”已被使用，不能删除。请改为停用：不能再选，已用的照常显示。")


class EntryDeclared(DomainError):
    code = "entry_declared"
    message = N_("“%(label)s”是系统自带的，不能删除。可以改名或停用。")


def save_entry(*, session: Session, row: DictionaryEntry, **values: Any) -> DictionaryEntry:
    """Add or change an entry; its code, made of its first name, stays when it is renamed.

    Without `position` it goes to the end. Raises UnknownDictionary, AlreadyThere.
    """
    kind = values.get("kind", row.kind)
    if kind not in current_engine().dictionaries:
        raise UnknownDictionary(field="kind")
    with session.no_autoflush:
        set_values(row, values)
        if row.position is None:
            last = select(func.max(DictionaryEntry.position)).where(DictionaryEntry.kind == kind)
            row.position = (session.scalar(last.where(DictionaryEntry.id != (row.id or 0))) or 0) + STEP
        if row.id is None:
            row.code = _free_code(session, kind=kind, label=row.label)
    return save_row(session=session, row=row)


def switch_entries(*, session: Session, entry_ids: Collection[int], active: bool) -> None:
    """Offer entries again, or no more."""
    for row in session.scalars(
        select(DictionaryEntry).where(DictionaryEntry.id.in_(entry_ids)).order_by(DictionaryEntry.id)
    ):
        row.active = active
    session.flush()


def remove_entry(*, session: Session, row: DictionaryEntry) -> None:
    """Delete an entry that nothing keeps. Raises EntryDeclared, EntryUsed."""
    if is_declared(row):
        raise EntryDeclared(label=row.label)
    if is_used(session=session, entry=row):
        raise EntryUsed(label=row.label)
    session.delete(row)


def _free_code(session: Session, *, kind: str, label: str) -> str:
    """Return the label, or where an entry that is called otherwise by now has that code, one with a number behind."""
    taken = set(session.scalars(select(DictionaryEntry.code).where(DictionaryEntry.kind == kind)))
    found, number = label, 1
    while found in taken:
        number += 1
        found = f"{label[: LENGTH - len(str(number))]}{number}"
    return found
