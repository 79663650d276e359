"""Filters in the URL, in words: `f.built_area.ge=90`. Unknown names are refused, values are read by the field's kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.kernel.cells import read_date, read_decimal
from app.kernel.errors import N_, DomainError
from app.kernel.money import to_scaled
from app.kernel.periods import Period
from app.kernel.phones import phone_spellings
from app.kernel.presence import present
from app.lowcode import clock
from app.lowcode.document import Spec
from app.lowcode.fields import Field

TEXT = (
    ("has", N_("包含")),
    ("eq", N_("等于")),
    ("starts", N_("开头是")),
    ("ne", N_("不等于")),
    ("none", N_("为空")),
)
ORDERED = (
    ("eq", N_("等于")),
    ("ge", N_("大于等于")),
    ("le", N_("小于等于")),
    ("between", N_("介于")),
    ("ne", N_("不等于")),
    ("none", N_("为空")),
)
WHOLE = (("eq", N_("等于")), ("none", N_("为空")))  # a part of it would give it away place by place
ONE_OF = (("eq", N_("等于")), ("ne", N_("不等于")), ("none", N_("为空")))
OPERATORS = {
    "text": TEXT,
    "long_text": TEXT,
    "integer": ORDERED,
    "number": ORDERED,
    "money": ORDERED,
    "date": ORDERED,
    "period": ORDERED,
    "moment": ORDERED,
    "choice": ONE_OF,
    "bool": (("eq", N_("等于")),),
    "link": ONE_OF,
    "code": ONE_OF,
    "phone": WHOLE,
}
MOST_FILTERS = 40
LONGEST_TEXT = 200
LABELS = {name: label for operators in OPERATORS.values() for name, label in operators}


class BadFilter(DomainError):
    code = "bad_filter"
    message = N_("筛选条件“%(label)s”的值“%(value)s”不正确，请重新填写。")


class TooManyFilters(DomainError):
    code = "too_many_filters"
    message = N_("筛选条件太多，最多 %(most)d 个。请减少后重试。")


class FilterTooLong(DomainError):
    code = "filter_too_long"
    message = N_("筛选条件“%(label)s”太长，最多 %(most)d 个字。")


class UnknownFilter(DomainError):
    code = "unknown_filter"
    message = N_("没有可以按“%(name)s”筛选的列。")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of a list: a field, an operator and the text that was given."""

    field: Field
    operator: str
    text: str

    @property
    def parameter(self) -> str:
        """Its name in the URL."""
        return f"f.{self.field.name}.{self.operator}"

    def value(self) -> Any:
        """Return the text read as the field's kind. Raises BadFilter."""
        return read(self.field, self.text)

    def condition(self, column: Any) -> ColumnElement[bool]:
        """Return the WHERE clause on `column`. Raises BadFilter."""
        match self.operator:
            case "none":
                empty = (
                    column.is_(None)
                    if self.field.kind not in ("text", "phone")
                    else or_(column.is_(None), column == "")
                )
                return empty if self.text in ("", "1") else ~empty
            case "has":
                return column.contains(self.text, autoescape=True)
            case "starts":
                return column.startswith(self.text, autoescape=True)
            case "between":
                low, dots, high = self.text.partition("..")
                if not dots:
                    raise self._bad()
                bounds = [
                    Filter(self.field, name, side).condition(column)
                    for name, side in (("ge", low), ("le", high))
                    if side
                ]
                if not bounds:
                    raise self._bad()
                return and_(*bounds)
        value = self.value()
        if self.field.kind == "phone":
            return column.in_(phone_spellings(value) or (value,))
        if self.field.kind == "moment":
            return self._moment(column, value)
        match self.operator:
            case "eq":
                return column == value
            case "ne":
                return or_(column != value, column.is_(None))
            case "ge":
                return column >= value
            case "le":
                return column <= value
        raise self._bad()

    def _moment(self, column: Any, day: date) -> ColumnElement[bool]:
        # People filter moments by the day of their own calendar.
        start = clock.midnight(day)
        end = clock.midnight(day + timedelta(days=1))
        match self.operator:
            case "eq":
                return and_(column >= start, column < end)
            case "ne":
                return or_(column < start, column >= end)
            case "ge":
                return column >= start
            case _:
                return column < end

    def _bad(self) -> BadFilter:
        return BadFilter(label=self.field.label, value=self.text)


def read(field: Field, text: str) -> Any:
    """`text` as a value of the field's kind. Raises BadFilter."""
    try:
        match field.kind:
            case "integer" | "link":
                number = int(text)
                if abs(number) >= (2**63 if field.kind == "link" else 2**31):
                    raise ValueError(text)
                return number
            case "number" | "money":
                found = read_decimal(text)
                if found is None:
                    raise ValueError(text)
                # More decimals than the column keeps cannot be equal to anything in it.
                kept = found.quantize(Decimal(1).scaleb(-field.scale))
                to_scaled(kept, field.scale)  # refuses what is beyond every column
                return kept
            case "date" | "moment":
                day = read_date(text)
                if day is None:
                    raise ValueError(text)
                return day
            case "period":
                return Period.parse(text)
            case "choice":
                return present(field.enum)(text)
            case "code":
                if text not in present(field.codes).labels():
                    raise ValueError(text)
                return text
            case "bool":
                return {"1": True, "0": False}[text]
            case _:
                return text
    except (ValueError, KeyError, ArithmeticError, DomainError) as error:
        raise BadFilter(label=field.label, value=text) from error


def parse(spec: Spec, arguments: Iterable[tuple[str, str]]) -> list[Filter]:
    """Return the filters among a URL's parameters, in their order. Raises UnknownFilter, BadFilter, TooManyFilters, FilterTooLong."""
    found: list[Filter] = []
    for name, text in arguments:
        if not name.startswith("f."):
            continue
        _f, _dot, rest = name.partition(".")
        field_name, _dot, operator = rest.rpartition(".")
        field = spec.fields.get(field_name)
        if field is None or not field.filtered or operator not in dict(OPERATORS.get(field.kind, ())):
            raise UnknownFilter(name=rest)
        if len(text.strip()) > LONGEST_TEXT:
            raise FilterTooLong(label=field.label, most=LONGEST_TEXT)
        if len(found) == MOST_FILTERS:
            raise TooManyFilters(most=MOST_FILTERS)
        one = Filter(field, operator, text.strip())
        if text.strip() == "" and operator != "none":
            continue
        one.condition(spec.column(field_name))
        found.append(one)
    return found
