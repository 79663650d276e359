"""How a value is read by a person: one place for lists, show pages, prints and exports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.kernel.enums import LabelledEnum
from app.kernel.money import format_exact, format_money
from app.lowcode import clock
from app.lowcode.document import documents, spec_of
from app.lowcode.fields import Field
from app.lowcode.pages import Cell
from app.lowcode.permissions import may

NUMERIC = ("number", "money", "integer")


def format_value(value: Any, field: Field) -> str:
    """Return the value as text, in the reader's language; empty for nothing."""
    if value is None or value == "":
        return ""
    if field.masked is not None:
        return field.masked(str(value))
    if field.codes is not None:
        return field.codes.label(str(value))
    match value:
        case bool():
            return _("是") if value else _("否")
        case LabelledEnum():
            return _(value.label)
        case Decimal():
            return format_money(value) if field.kind == "money" else plain_number(value)
        case datetime():
            return value.astimezone(clock.timezone()).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def plain_number(value: Decimal) -> str:
    """98.5000 → 98.50, with thousands and at least two decimals, so that a column lines up; never an exponent."""
    whole, _point, rest = format_exact(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}.{rest}"


def cell(value: Any, field: Field, *, title: str | None = None) -> Cell:
    """Return the value as a cell; a link is given with the `title` of what it points to."""
    if field.kind == "link":
        target = documents[str(field.target)]
        if value is None or title is None:
            return Cell(_(field.nothing) if value is None and field.nothing else "", "link")
        url = f"{spec_of(target).url}/show/{value}" if may("read", target.__name__) else None
        return Cell(title, "link", href=url)
    if field.tone is not None and field.kind == "bool":
        return Cell(_(field.label) if value else "", "enum", tone=field.tone if value else None)
    tone = value.tone if isinstance(value, LabelledEnum) else None
    return Cell(format_value(value, field), field.kind, tone=tone)
