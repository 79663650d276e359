"""A document is declared once: this base turns the class into what every other part of the engine reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from flask_appbuilder import Model
from flask_babel import gettext
from sqlalchemy import Column, ColumnElement, Index, Text, UniqueConstraint, inspect, text as sql_text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, object_session, relationship, synonym

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.machines import Machine
from app.kernel.natural_order import LONGEST, order_key
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import Key
from app.lowcode.declaration_error import DeclarationError, Fault, file_of, unknown
from app.lowcode.derived import derived
from app.lowcode.fields import FIELD, Field, enum_check, link, moment, table_name

# Code-point order for every text on MariaDB too, where the default would sort and compare without case.
TABLE_OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def part_of_title(value: Any, field: Field | None) -> str | None:
    """Return a value as it stands in a row's title, in the reader's language where it is a word of ours."""
    if value is None:
        return None
    if isinstance(value, LabelledEnum):
        return gettext(value.label)
    text = str(value)
    if field is not None and field.codes is not None:
        return field.codes.label(text)
    return field.masked(text) if field is not None and field.masked is not None else text


@dataclass(frozen=True, slots=True)
class Counted:
    """Which of a document's rows its totals add up, and how a total reads that leaves the others out."""

    rows: Callable[[Any], ColumnElement[bool]]  # the model → the condition
    label: str


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself beside its columns."""

    label: str
    # The column that names a row to a person; of a row without a name of its own the columns and links that tell
    # whose it is, what and when.
    title: str | tuple[str, ...]
    icon: str = "file"
    subtitle: str = ""
    order: Sequence[str] = ("id",)  # the list's own order; "-name" is descending
    described: str = ""
    readonly: bool = False  # written by operations only: no add, edit or delete pages
    deletable: bool = True
    menu: bool = True
    depends: Sequence[
        tuple[str, str]
    ] = ()  # (field, field it depends on), beside those the engine finds itself
    tabs: Sequence[str] | None = (
        None  # class names of the related documents to show, in their order; None: all that link here
    )
    # The fields that a row's page begins with, large: what whoever opens it wants to know first.
    leads: Sequence[str] = ()
    counted: Counted | None = None  # None: the totals of its lists add up every row
    # The column whose day (or month) places a row in a month's books, of a document that is no MoneyDocument.
    dated: str = ""


class DocumentBase(Model):
    """Every table that the engine knows. Subclass `Document`, or `MoneyDocument` for what is never edited."""

    __abstract__ = True
    __about__: ClassVar[About]
    __spec__: ClassVar["Spec"]  # made by `spec_of`
    # How `state` changes: by a declared workflow or `change_state`; the session refuses any other way.
    __machine__: ClassVar[Machine[Any] | None] = None
    __table_args__: Any = TABLE_OPTIONS
    # Why people of one community may write rows that belong to no community. Empty: such rows hold for the whole
    # office, and only who reaches all of it writes them (app/lowcode/scope.py).
    __written_by_parts__: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        if not cls.__dict__.get("__abstract__"):
            _refuse_unfinished(cls)
            _complete(cls)
        super().__init_subclass__(**options)
        if not cls.__dict__.get("__abstract__"):
            documents[cls.__name__] = cls

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return table_name(cls.__name__)

    def __str__(self) -> str:
        spec = spec_of(type(self))
        parts = [self._part_of_title(name, spec) for name in spec.title_parts]
        return " ".join(part for part in parts if part)

    def _part_of_title(self, name: str, spec: "Spec") -> str | None:
        value = getattr(self, name)
        if name not in spec.links:
            return part_of_title(value, spec.fields.get(name))
        # A new row's link is not read yet while the row is written.
        linked = getattr(self, name.removesuffix("_id"))
        if linked is None and value is not None and (session := object_session(self)) is not None:
            linked = session.get(documents[str(spec.links[name].target)], value)
        return None if linked is None else str(linked)


class Document(DocumentBase):
    """A document that people add and edit: knows who did so last, and refuses to overwrite what it has not seen."""

    __abstract__ = True

    created_at: Mapped[Any] = moment(
        N_("建立时间"), default=clock.now, nullable=True, written=False, tracked=False, group="-"
    )
    changed_at: Mapped[Any] = moment(
        N_("修改时间"),
        default=clock.now,
        onupdate=clock.now,
        nullable=True,
        written=False,
        tracked=False,
        group="-",
    )
    changed_by: Mapped[str | None] = mapped_column(
        Text, default=lambda: current_actor().name, onupdate=lambda: current_actor().name
    )
    row_version: Mapped[int] = mapped_column(nullable=False, default=1, server_default=sql_text("1"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__dict__.get("row_version", Document.row_version)}


class MoneyDocument(DocumentBase):
    """A document that is never edited or deleted; operations add others that change its meaning."""

    __abstract__ = True

    created_at: Mapped[Any] = moment(
        N_("制单时间"), default=clock.now, nullable=True, written=False, tracked=False, group="-"
    )
    created_by: Mapped[str | None] = mapped_column(
        Text,
        default=lambda: current_actor().name,
        info={FIELD: Field(N_("制单人"), "text", written=False, tracked=False, group="-")},
    )


class CommunityScoped:
    """Mixin: a row belongs to one community, and only those who reach that community may know of it."""

    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)


class OfficeOrCommunityScoped:
    """Mixin: a row belongs to one community, or where it names none to the whole office, and everybody may know of it."""

    community_id: Mapped[int | None] = link(N_("小区"), "Community", listed=True, nothing=N_("全公司"))


class CompanyScoped:
    """Mixin: a row belongs to a company of the tree."""

    company_id: Mapped[int] = link(N_("公司"), "Company", required=True)


documents: dict[str, type[DocumentBase]] = {}
"""Every declared document by class name, in the order of declaration.

Filled by the class statement, like SQLAlchemy's own registry of mapped classes, and like that one right for every app
of the process: a class has its table and its columns whatever app looks at it.
"""


def _refuse_unfinished(cls: type[DocumentBase]) -> None:
    """Refuse a class without `__about__`, and a second one of a name. Raises DeclarationError."""
    texts = []
    if not hasattr(cls, "__about__"):
        texts.append("a document says of itself what it is: __about__ = About(…)")
    if cls.__name__ in documents:
        texts.append(f"declared already in {file_of(documents[cls.__name__])}")
    if texts:
        raise DeclarationError([Fault(file_of(cls), cls.__name__, text) for text in texts])


def _complete(cls: type[DocumentBase]) -> None:
    """Before mapping: relationships for the links, CHECKs for the enums, table options."""
    checks = []
    for name, column in _declared_columns(cls).items():
        field: Field | None = column.info.get(FIELD)
        if field is None:
            continue
        if field.kind == "link" and name.endswith("_id") and not hasattr(cls, name[:-3]):
            setattr(cls, name[:-3], _relationship(cls, name, field))
        if field.kind == "choice" and field.enum is not None:
            checks.append(enum_check(name, field.enum))
    given = cls.__dict__.get("__table_args__", ())
    arguments = list(given if isinstance(given, tuple) else ())
    arguments += _order_naturally(cls)
    cls.__table_args__ = (*arguments, *checks, TABLE_OPTIONS)


def _order_naturally(cls: type[DocumentBase]) -> list[Index]:
    """Add the columns that order texts as people count, and return their indexes."""
    columns = _declared_columns(cls)
    names = [name for name, column in columns.items() if getattr(column.info.get(FIELD), "natural", False)]
    if not names:
        return []
    for name in names:
        setattr(cls, f"{name}_order", derived(name, order_key, LONGEST, deferred=True))
    leading = ["community_id"] if "community_id" in columns else []
    return [
        Index(f"ix_{table_name(cls.__name__)}_{name}_order", *leading, f"{name}_order")
        for name in names
        if name in cls.__about__.order
    ]


def _relationship(cls: type[DocumentBase], name: str, field: Field) -> Any:
    return relationship(
        lambda: _target(cls, name, field),
        foreign_keys=lambda: [cls.__table__.c[name]],
        primaryjoin=lambda: cls.__table__.c[name] == _target(cls, name, field).__table__.c.id,
        remote_side=lambda: [_target(cls, name, field).__table__.c.id],
        lazy="select",
        viewonly=False,
    )


def _target(cls: type[DocumentBase], name: str, field: Field) -> type[DocumentBase]:
    """Return the document that a link points to. Raises DeclarationError."""
    if field.target not in documents:
        text = unknown("document", str(field.target), documents)
        raise DeclarationError([Fault(file_of(cls), f"{cls.__name__}.{name}", text)])
    return documents[field.target]


def _declared_columns(cls: type[DocumentBase]) -> dict[str, Column[Any]]:
    """Columns that the class and its mixins declare, before mapping."""
    found: dict[str, Column[Any]] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            column = getattr(value, "column", None)
            if isinstance(column, Column):
                found[name] = column
            elif name in found and isinstance(value, type(synonym("id"))):
                del found[name]
    return found


class Spec:
    """The declaration of a document, read once: its fields in order, links, totals, what may be searched and sorted."""

    def __init__(self, model: type[DocumentBase]) -> None:
        self.model = model
        self.about = model.__about__
        self.name = model.__name__

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every declared field by attribute name, the class's own before its mixins' bookkeeping."""
        # The attribute's info is the column's, or that of a column_property: what is computed in the database is
        # declared like what is kept there.
        named = [
            self.column(name).info[FIELD].named(name)
            for name in inspect(self.model).column_attrs.keys()  # noqa: SIM118 (iterating it gives the attributes, not their names)
            if FIELD in self.column(name).info
        ]
        own = [f for f in named if f.group != "-"]
        scope_first = sorted(own, key=lambda f: f.name not in ("company_id", "community_id"))
        return {f.name: f for f in (*scope_first, *(f for f in named if f.group == "-"))}

    @cached_property
    def title_parts(self) -> tuple[str, ...]:
        """The columns that name a row, in the order in which they are read."""
        title = self.about.title
        return (title,) if isinstance(title, str) else title

    @cached_property
    def links(self) -> dict[str, Field]:
        """The fields that point to another document."""
        return {name: f for name, f in self.fields.items() if f.kind == "link"}

    @cached_property
    def coded(self) -> list[Field]:
        """The fields that keep a code with a name."""
        return [f for f in self.fields.values() if f.kind == "code"]

    @cached_property
    def listed(self) -> list[Field]:
        """The columns of the list, in the order of declaration."""
        return [f for f in self.fields.values() if f.listed]

    @cached_property
    def private(self) -> list[Field]:
        """The fields that are shown masked."""
        return [f for f in self.fields.values() if f.private]

    @cached_property
    def written(self) -> list[Field]:
        """The fields of the form."""
        return [f for f in self.fields.values() if f.written]

    @cached_property
    def dependencies(self) -> dict[str, list[str]]:
        """Which fields narrow a link's choices: found where both ends link to the same document under one name."""
        found: dict[str, list[str]] = {}
        names = list(self.links)
        for place, name in enumerate(names):
            target = documents[str(self.links[name].target)]
            its_links = spec_of(target).links
            found[name] = [other for other in names[:place] if other in its_links]
        for name, other in self.about.depends:
            found.setdefault(name, []).append(other)
        return {name: others for name, others in found.items() if others}

    @cached_property
    def unique_sets(self) -> list[list[str]]:
        """Column names of each unique constraint, to be checked before the database refuses."""
        table = self.model.__table__
        sets = [[c.name for c in u.columns] for u in table.constraints if isinstance(u, UniqueConstraint)]
        return sets + [[c.name] for c in table.columns if c.unique]

    def column(self, name: str) -> Any:
        """Return the mapped attribute of a field."""
        return getattr(self.model, name)

    def order_column(self, name: str) -> Any:
        """Return the attribute that a field is sorted by: of a text with numbers the one beside it."""
        return getattr(self.model, self.fields[name].order_by if name in self.fields else name)

    @property
    def url(self) -> str:
        """The document's route base: /parking_space."""
        return f"/{table_name(self.name)}"


def document_label(name: str) -> str:
    """Return what people call a document (by class name), in the reader's language."""
    return gettext(documents[name].__about__.label) if name in documents else name


def spec_of(model: type[DocumentBase]) -> Spec:
    """Return the reading of a document's declaration, kept on its class."""
    # Of the class itself: a subclass has columns of its own. Flask-AppBuilder's models are documents too.
    spec: Spec | None = model.__dict__.get("__spec__")
    if spec is None:
        spec = Spec(model)
        model.__spec__ = spec
    return spec
