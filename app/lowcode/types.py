"""Column types: exact numbers as scaled whole numbers, enums by value, months, moments, secrets."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, String, Text, type_coerce, types as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from app.kernel.enums import LabelledEnum
from app.kernel.money import from_scaled, to_scaled
from app.kernel.periods import Period
from app.lowcode.secrets import decrypt, encrypt


class Sums(sa.TypeDecorator.Comparator[Decimal]):
    """Sums keep the type; any other arithmetic would mix scales and is done in Python or in plain integers."""


class Scaled(sa.TypeDecorator[Decimal]):
    """An exact decimal kept as a whole number of 10^-scale; more decimals than that are refused, not rounded."""

    impl = BigInteger
    cache_ok = True
    comparator_factory = Sums

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_scaled(value, self.scale)

    def process_literal_param(self, value: Decimal | None, dialect: Dialect) -> str:
        return "NULL" if value is None else str(to_scaled(value, self.scale))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        # SUM of a BIGINT is NUMERIC on PostgreSQL and DECIMAL on MariaDB: whole all the same.
        return None if value is None else from_scaled(int(value), self.scale)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self


MONEY_SCALE, AREA_SCALE, PRICE_SCALE = 2, 4, 6
Money = Scaled(MONEY_SCALE)
Area = Scaled(AREA_SCALE)
Price = Scaled(PRICE_SCALE)


def raw(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Return the whole number behind a scaled column: 分 for money; for sums and INSERT … SELECT in plain integers."""
    return type_coerce(column, BigInteger)


class EnumType(sa.TypeDecorator[LabelledEnum]):
    """A LabelledEnum kept by its value; `lowcode.fields.choice` adds the CHECK."""

    impl = String(30)
    cache_ok = True

    def __init__(self, enum: type[LabelledEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.enum(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> LabelledEnum | None:
        return None if value is None else self.enum(value)


class PeriodType(sa.TypeDecorator[Period]):
    """A month, kept as YYYY-MM: sorts as it reads."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: Period | str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Period | None:
        return None if value is None else Period.parse(value)


class Moment(sa.TypeDecorator[datetime]):
    """A point in time: UTC in the database, aware in Python."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Encrypted(sa.TypeDecorator[str]):
    """Text encrypted at rest with the office's data key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value)
