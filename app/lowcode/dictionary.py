"""字典: the drop-downs that the office extends. A column keeps an entry's code; people see, rename and order its label.

A module declares its kinds with the entries that they begin with; `flask sync` writes those that are not there yet.
An entry in use, or one of the declared, is never deleted, only 停用: then it is not offered any more, and stays
readable where it stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask import g, has_app_context
from flask_babel import gettext
from sqlalchemy import UniqueConstraint, event, exists, inspect, select
from sqlalchemy.orm import Mapped, Session

from app.kernel.errors import N_, DomainError
from app.lowcode.actors import EVERYTHING, acting_as, current_actor
from app.lowcode.codes import Codes, named
from app.lowcode.db import db
from app.lowcode.document import About, Document, DocumentBase, documents, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.fields import code, flag, integer, text
from app.lowcode.scope import UNSCOPED

LENGTH = 30
STEP = 10  # between the order numbers of entries, so that one can be put between


@dataclass(frozen=True, slots=True)
class DictionaryDeclaration:
    """A kind of drop-down and the entries that it begins with: a label, or a code with its label."""

    kind: str
    label: str
    entries: Sequence[str | tuple[str, str]] = ()

    @property
    def pairs(self) -> dict[str, str]:
        """Code → label; an entry without a code has its first label for one."""
        return dict((one, one) if isinstance(one, str) else one for one in self.entries)


class UnknownEntry(DomainError):
    code = "unknown_entry"
    message = N_("“%(label)s”没有“%(value)s”这一项，或它已停用。请从列表中选择。")


class DictionaryEntry(Document):
    """字典项."""

    __about__ = About(N_("字典"), "label", icon="book", order=("kind", "position", "id"))
    __table_args__ = (UniqueConstraint("kind", "code"), UniqueConstraint("kind", "label"))

    kind: Mapped[str] = code(
        N_("字典"),
        named(lambda: {one.kind: one.label for one in current_engine().dictionaries.values()}),
        LENGTH,
        required=True,
        fixed=True,
        listed=True,
    )
    code: Mapped[str] = text(
        N_("代码"), LENGTH, required=True, written=False, help=N_("存在单据里的值，改名后不变。")
    )
    label: Mapped[str] = text(N_("名称"), LENGTH, required=True, listed=True, searched=True)
    position: Mapped[int] = integer(
        N_("顺序"), listed=True, nullable=False, server_default="0", help=N_("小的在前；不填则排在最后。")
    )
    active: Mapped[bool] = flag(
        N_("启用"), default=True, listed=True, help=N_("停用后不能再选，已用的单据照常显示。")
    )

    def __str__(self) -> str:
        return gettext(self.label)


class Known(NamedTuple):
    """An entry as the pages need it."""

    code: str
    label: str
    active: bool


def entries(kind: str) -> list[Known]:
    """Return the entries of a kind in their order; all kinds are read at once, and once a request."""
    if "dictionary" not in g:
        found: dict[str, list[Known]] = {}
        rows = db.session.execute(
            select(
                DictionaryEntry.kind, DictionaryEntry.code, DictionaryEntry.label, DictionaryEntry.active
            ).order_by(DictionaryEntry.position, DictionaryEntry.id)
        )
        for name, *rest in rows:
            found.setdefault(name, []).append(Known(*rest))
        g.dictionary = found
    kinds: dict[str, list[Known]] = g.dictionary
    return kinds.get(kind, [])


def codes_of(kind: str) -> Codes:
    """Return a kind's entries as the codes of a column."""

    def labels() -> Mapping[str, str]:
        return {one.code: gettext(one.label) for one in entries(kind)}

    def offered() -> Collection[str]:
        return {one.code for one in entries(kind) if one.active}

    return Codes(labels, offered, kind)


def dictionary(label: str, kind: str, **options: Any) -> Any:
    """Return an entry of a drop-down that the office extends (字典); `kind` is one that a manifest declares."""
    return code(label, codes_of(kind), LENGTH, **options)


def adopt(*, session: Session, kind: str, labels: Iterable[str | None]) -> dict[str, str]:
    """Label → code for what a file brings: an entry of that name (a disabled one too), else a new one at the end.

    What it returns may be written in this session. Flushes.
    """
    known = entries(kind)
    found = {one.code: one.code for one in known} | {one.label: one.code for one in known}
    fresh = [one for one in dict.fromkeys(filter(None, labels)) if one not in found]
    last = session.scalar(
        select(DictionaryEntry.position)
        .where(DictionaryEntry.kind == kind)
        .order_by(DictionaryEntry.position.desc())
        .limit(1)
    )
    added = []
    for place, label in enumerate(fresh, start=1):
        cut = label[:LENGTH]
        if cut not in found:
            added.append(DictionaryEntry(kind=kind, code=cut, label=cut, position=(last or 0) + place * STEP))
            found[cut] = cut
        found[label] = found[cut]
    session.flush()
    # What a file brings may be new to the whole office, whatever part of it the person imports into.
    with acting_as(replace(current_actor(), reach=EVERYTHING)):
        session.add_all(added)
        session.flush()
    session.info.setdefault("adopted", set()).update((kind, found[one]) for one in found)
    return found


def seed(*, session: Session) -> int:
    """Write the declared entries that are not there yet; returns the rows written."""
    have: set[tuple[str, str]] = set()
    named_so: set[tuple[str, str]] = set()
    for kind, its_code, label in session.execute(
        select(DictionaryEntry.kind, DictionaryEntry.code, DictionaryEntry.label)
    ):
        have.add((kind, its_code))
        named_so.add((kind, label))
    fresh = [
        DictionaryEntry(kind=one.kind, code=its_code, label=label, position=place * STEP)
        for one in current_engine().dictionaries.values()
        for place, (its_code, label) in enumerate(one.pairs.items(), start=1)
        if (one.kind, its_code) not in have and (one.kind, label) not in named_so
    ]
    session.add_all(fresh)
    session.flush()
    return len(fresh)


def is_declared(entry: DictionaryEntry) -> bool:
    """Whether a module counts on the entry."""
    kind = current_engine().dictionaries.get(entry.kind)
    return kind is not None and entry.code in kind.pairs


def columns_of(kind: str) -> list[tuple[type[DocumentBase], str]]:
    """(document, field) of every column that keeps codes of this kind."""
    return [
        (model, one.name)
        for model in documents.values()
        for one in spec_of(model).coded
        if one.codes is not None and one.codes.dictionary == kind
    ]


def is_used(*, session: Session, entry: DictionaryEntry) -> bool:
    """Whether any row keeps the entry's code, in whatever community."""
    return any(
        session.scalar(
            select(exists().where(getattr(model, name) == entry.code)), execution_options={UNSCOPED: True}
        )
        for model, name in columns_of(entry.kind)
    )


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    """Nothing is written that the dictionary does not offer, by whatever way it comes."""
    for row in (*session.new, *session.dirty):
        if not isinstance(row, DocumentBase):
            continue
        for one in spec_of(type(row)).coded:
            history: Any = inspect(row).attrs[one.name].history
            value = getattr(row, one.name) if history.added else None
            if value is None or one.codes is None or not one.codes.dictionary or history.deleted == [value]:
                continue
            adopted = session.info.get("adopted", ())
            if not one.codes.allows(value) and (one.codes.dictionary, value) not in adopted:
                raise UnknownEntry(field=one.name, label=one.label, value=value)


@event.listens_for(Session, "after_flush")
def _forget(session: Session, _context: object) -> None:
    if any(isinstance(row, DictionaryEntry) for row in (*session.new, *session.dirty, *session.deleted)):
        _read_anew()


@event.listens_for(Session, "after_soft_rollback")
def _forget_all(session: Session, _previous: object) -> None:
    _read_anew()
    session.info.pop("adopted", None)


def _read_anew() -> None:
    if has_app_context():
        g.pop("dictionary", None)
