"""How a document's columns are declared: each function makes a column that knows its label, format and meaning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from inspect import signature
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import mapped_column

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_
from app.kernel.identity import mask_identity
from app.kernel.patterns import TextPattern
from app.kernel.phones import mask_phone
from app.lowcode.codes import Codes
from app.lowcode.db import Key
from app.lowcode.types import (
    AREA_SCALE,
    MONEY_SCALE,
    PRICE_SCALE,
    Encrypted,
    EnumType,
    Moment,
    PeriodType,
    Scaled,
)

FIELD = "field"  # key of a Field in Column.info
UNKNOWN_OPTIONS = "unknown options"  # key of a declaration's misspelt options in Column.info
KINDS = frozenset(
    {
        "text",
        "long_text",
        "secret",
        "integer",
        "number",
        "money",
        "date",
        "period",
        "moment",
        "choice",
        "code",
        "bool",
        "link",
        "signature",
        "phone",
        "identity",
    }
)
COLUMN_OPTIONS = frozenset(
    name
    for name in signature(mapped_column).parameters
    if not name.startswith("__") and name not in ("kw", "info", "name", "type_")
)

MASKS: Mapping[str, Callable[[str], str]] = {"phone": mask_phone, "identity": mask_identity}
"""Kinds of field that say who somebody is: how each is shown to everybody."""


@dataclass(frozen=True, slots=True)
class Field:
    """What the engine knows of a column. `kind` chooses filter, form field, cell and Excel format:

    text, long_text, phone, identity, integer, number, money, date, period, moment, choice, code, bool, link; signature is
    an input of an action only. A phone or identity masks itself wherever it is shown, unless it is `public`, and is never
    sorted by.
    """

    label: str
    kind: str
    name: str = ""
    group: str = ""
    help: str = ""
    required: bool = False
    listed: bool = False  # a column of the list
    searched: bool = False  # found by the quick search
    reads: Callable[[str], Sequence[TextPattern]] | None = None  # what a typed text means as its value
    initials: str = ""  # the column that keeps the pinyin initials of its text
    filtered: bool = True
    sorted: bool = True
    # A text with numbers in it (10号楼) is ordered as people count, by a column beside it; or by one that is named.
    natural: bool = False
    order_by: str = ""
    totalled: bool = False  # summed under the list
    written: bool = True  # on the add and edit forms
    shown: bool = True  # on the show page
    tracked: bool = True  # in the history
    masked: Callable[[str], str] | None = None  # how lists, exports and prints show it
    width: int = 12  # characters in Excel
    length: int | None = None
    scale: int = 0
    minimum: Decimal | None = None
    judge: Callable[[Any], str | None] | None = (
        None  # what is wrong with a typed value (a message id), or None
    )
    unit: str = ""
    tone: str | None = None  # colour of a yes that calls for attention: a badge with the label instead of 是
    enum: type[LabelledEnum] | None = None
    codes: Codes | None = None  # what the codes of a column mean
    nothing: str = ""  # how an empty link reads: 全公司
    target: str | None = None  # class name of the linked document
    fixed: bool = False  # may be set when adding, never after
    expression: Callable[[], Any] | None = None  # of a computed column of a list: what the database computes
    public: bool = False  # the telephone of an office, for everybody to call

    def __post_init__(self) -> None:
        if self.private:
            object.__setattr__(self, "masked", MASKS[self.kind])
            object.__setattr__(self, "sorted", False)

    @property
    def private(self) -> bool:
        """Whether only who says why may see the whole value."""
        return self.kind in MASKS and not self.public

    def named(self, name: str) -> "Field":
        """Return the same field, knowing its attribute name."""
        order_by = self.order_by or (f"{name}_order" if self.natural else name)
        return replace(self, name=name, order_by=order_by)


def _column(type_: Any, field: Field, *args: Any, **column: Any) -> Any:
    column.setdefault("nullable", not field.required)
    known = {name: value for name, value in column.items() if name in COLUMN_OPTIONS}
    # Told when the app starts (`validate`), where the class and the column's name are known.
    info = {FIELD: field, UNKNOWN_OPTIONS: sorted(column.keys() - known.keys())}
    return mapped_column(type_, *args, info=info, **known)


def field_options(kind: str) -> frozenset[str]:
    """Return the options that a declaring function takes for a field of this kind."""
    more = {"constraint"} if kind == "link" else set()
    return (COLUMN_OPTIONS | Field.__dataclass_fields__.keys() | more) - {"kind", "name"}


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of the field, and options of the column (default, index, unique …)."""
    known = Field.__dataclass_fields__
    return (
        {k: v for k, v in options.items() if k in known},
        {k: v for k, v in options.items() if k not in known},
    )


def text(label: str, length: int = 100, **options: Any) -> Any:
    """Declare a line of text of at most `length` characters."""
    field, column = _split(options)
    field.setdefault("width", min(max(length // 2, 8), 40))
    return _column(String(length), Field(label, "text", length=length, **field), **column)


def long_text(label: str, **options: Any) -> Any:
    """Text of several lines, at most 4,000 characters."""
    field, column = _split(options)
    return _column(Text, Field(label, "long_text", length=4000, sorted=False, width=40, **field), **column)


def telephone(label: str, length: int = 40, **options: Any) -> Any:
    """Return a telephone, shown masked and found by the whole number only; `public`: an office's own, shown as it is."""
    field, column = _split(options)
    return _column(String(length), Field(label, "phone", length=length, width=16, **field), **column)


def identity_number(label: str, **options: Any) -> Any:
    """Return an identity number, encrypted at rest and shown masked; its history says only that it changed."""
    field, column = _split(options)
    field |= {"filtered": False, "searched": False}
    return _column(Encrypted, Field(label, "identity", length=100, **field), **column)


def integer(label: str, **options: Any) -> Any:
    """Declare a whole number."""
    field, column = _split(options)
    return _column(Integer, Field(label, "integer", **field), **column)


def exact(label: str, scale: int, **options: Any) -> Any:
    """Declare an exact number with up to `scale` decimals."""
    field, column = _split(options)
    return _column(Scaled(scale), Field(label, "number", scale=scale, **field), **column)


def money(label: str, **options: Any) -> Any:
    """元, exact to 分."""
    field, column = _split(options)
    return _column(
        Scaled(MONEY_SCALE), Field(label, "money", scale=MONEY_SCALE, unit=N_("元"), **field), **column
    )


def square_metres(label: str, **options: Any) -> Any:
    """㎡, up to four decimals."""
    return exact(label, AREA_SCALE, **{"unit": "㎡", **options})


def unit_price(label: str, **options: Any) -> Any:
    """Declare a price, rate or factor, up to six decimals."""
    return exact(label, PRICE_SCALE, **options)


def date_(label: str, **options: Any) -> Any:
    """Declare a business date."""
    field, column = _split(options)
    return _column(Date, Field(label, "date", **field), **column)


def month(label: str, **options: Any) -> Any:
    """Return a month."""
    field, column = _split(options)
    return _column(PeriodType, Field(label, "period", **field), **column)


def moment(label: str, **options: Any) -> Any:
    """Declare a point in time."""
    field, column = _split(options)
    return _column(Moment, Field(label, "moment", width=18, **field), **column)


def flag(label: str, *, default: bool = False, **options: Any) -> Any:
    """Yes or no; never unknown."""
    field, column = _split(options)
    return _column(
        Boolean(create_constraint=False),
        Field(label, "bool", **field),
        default=default,
        server_default="1" if default else "0",
        **{"nullable": False, **column},
    )


def choice(label: str, enum: type[LabelledEnum], **options: Any) -> Any:
    """One of an enum's members; the database refuses anything else. A declared `default` is a member."""
    field, column = _split(options)
    return _column(EnumType(enum), Field(label, "choice", enum=enum, **field), **column)


def code(label: str, codes: Codes, length: int = 60, **options: Any) -> Any:
    """Declare a code that has a name (`codes`): chosen, filtered and shown by the name."""
    field, column = _split(options)
    return _column(String(length), Field(label, "code", length=length, codes=codes, **field), **column)


def link(label: str, target: str, **options: Any) -> Any:
    """Declare a foreign key to another document, named `<name>_id`; the relationship `<name>` comes with it.

    `constraint=False`: no foreign key in the database (hot tables: each one costs a look-up a row).
    """
    field, column = _split(options)
    constraint = column.pop("constraint", True)
    column.setdefault("index", True)
    arguments = [ForeignKey(f"{table_name(target)}.id")] if constraint else []
    return _column(Key, Field(label, "link", target=target, **field), *arguments, **column)


def table_name(class_name: str) -> str:
    """ParkingSpace → parking_space."""
    return "".join("_" + c.lower() if c.isupper() else c for c in class_name).lstrip("_")


def enum_check(name: str, enum: type[LabelledEnum]) -> CheckConstraint:
    """Return the CHECK that keeps an enum's column to its members."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{name} IN ({values})", name=f"{name}_known")
