"""Reading what the desk's page sends: types, sizes and names are checked, nothing is guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from app.collection.operations import Advance, DepositLine, PaymentRequest
from app.collection.states import Rounding, Tender
from app.kernel.cells import normal_text
from app.kernel.errors import N_, DomainError
from app.kernel.periods import BadPeriod, Period

MOST_CHARGES = 5000
MOST_TENDERS = 10
MOST_AHEAD = 10  # lines of 预收, and of 押金
LONGEST_ITEM = 60
BIGGEST_KEY = 2**63 - 1
_MONEY = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadBody(DomainError):
    """What was sent is not what the desk sends."""

    code = "bad_body"
    message = N_("提交的内容不完整或格式不正确。请刷新页面后再收。")


class AmountMissing(DomainError):
    """An amount that nobody typed."""

    code = "missing_input"
    message = N_("请填写金额。")


class BadAmount(DomainError):
    """An amount that is not written as one."""

    code = "bad_amount"
    message = N_("金额应写成 123.45 的样子，最多两位小数。")


class UnknownRounding(DomainError):
    """A way of rounding off that there is not."""

    code = "unknown_rounding"
    message = N_("没有这种抹零方式，请重新选择。")


class BadUntil(DomainError):
    """A month that is not written as one."""

    code = "bad_until"
    message = N_("月份应写成 2027-12 的样子。")


class UnknownTender(DomainError):
    """A method that the office does not have."""

    code = "unknown_tender"
    message = N_("没有这种结算方式，请重新选择。")


@dataclass(frozen=True, slots=True)
class Application:
    """Charges to be settled by what is held for their customer."""

    customer_id: int
    charge_ids: list[int]


def read_application(body: object) -> Application:
    """Read the JSON of 用预收抵扣. Raises BadBody."""
    given = _object(body, {"customer_id", "charge_ids"}, "body")
    return Application(
        _id(given.get("customer_id"), "customer_id"), _ids(given.get("charge_ids"), "charge_ids")
    )


def read_payment(body: object, *, today: date) -> PaymentRequest:
    """Read the JSON of a payment, `today` where it names no day.

    Raises BadBody, BadAmount, AmountMissing, UnknownTender, UnknownRounding, each naming the field.
    """
    given = _object(body, {field.name for field in fields(PaymentRequest)}, "body")
    for name in ("customer_id", "tenders", "key"):
        if name not in given:
            raise BadBody(field=name)
    return PaymentRequest(
        customer_id=_id(given["customer_id"], "customer_id"),
        charge_ids=_optional(given, "charge_ids", _ids),
        amount=_optional(given, "amount", _money),
        tenders=_tenders(given["tenders"]),
        tendered=_optional(given, "tendered", _money),
        key=_key(given["key"]),
        day=_optional(given, "day", _day) or today,
        rounding=_optional(given, "rounding", _rounding),
        keep_change=_optional(given, "keep_change", _flag) or False,
        advances=_optional(given, "advances", _advances) or [],
        deposits=_optional(given, "deposits", _deposits) or [],
    )


def read_until(given: Mapping[str, str]) -> tuple[Period, int | None, int | None]:
    """Read the month, fee and room of 预收 until a month: '2027-12', '2027/12' and '202712' are one. Raises BadUntil."""
    found = re.fullmatch(
        r"\s*([0-9]{4})\s*[-./年]?\s*([0-9]{1,2})\s*月?\s*", normal_text(given.get("until", ""))
    )
    if found is None:
        raise BadUntil(field="until")
    try:
        until = Period(int(found[1]), int(found[2]))
    except BadPeriod as error:
        raise BadUntil(field="until") from error
    keys = []
    for name in ("fee", "room"):
        text = given.get(name, "")
        if text and not re.fullmatch(r"[0-9]{1,18}", text):
            raise BadBody(field=name)
        keys.append(int(text) if text else None)
    return until, keys[0], keys[1]


def _object(value: object, known: set[str], field: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= known:
        raise BadBody(field=field)
    return value


def _optional(given: dict[str, Any], name: str, read: Callable[[Any, str], Any]) -> Any:
    value = given.get(name)
    return None if value is None else read(value, name)


def _id(value: object, field: str) -> int:
    # A bool is an int to Python, not to the desk.
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= BIGGEST_KEY:
        raise BadBody(field=field)
    return value


def _ids(value: object, field: str) -> list[int]:
    if not isinstance(value, list) or len(value) > MOST_CHARGES:
        raise BadBody(field=field)
    ids = [_id(one, field) for one in value]
    if len(set(ids)) != len(ids):
        raise BadBody(field=field)
    return ids


def _money(value: object, field: str) -> Decimal:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise AmountMissing(field=field)
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        raise BadAmount(field=field)
    return Decimal(value)


def _tenders(value: object) -> list[tuple[Tender, Decimal | None]]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_TENDERS:
        raise BadBody(field="tenders")
    found: list[tuple[Tender, Decimal | None]] = []
    for one in value:
        part = _object(one, {"tender", "amount"}, "tenders")
        found.append(
            (_tender(part.get("tender")), _optional(part, "amount", lambda v, _f: _money(v, "tenders")))
        )
    return found


def _tender(value: object) -> Tender:
    for tender in Tender:
        if value in (tender.value, tender.label):
            return tender
    raise UnknownTender(field="tenders")


def _rounding(value: object, field: str) -> Rounding:
    for rounding in Rounding:
        if value == rounding.value:
            return rounding
    raise UnknownRounding(field=field)


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadBody(field=field)
    return value


def _lines(value: object, known: set[str], field: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_AHEAD:
        raise BadBody(field=field)
    return [_object(one, known, field) for one in value]


def _advances(value: object, field: str) -> list[Advance]:
    return [
        Advance(
            amount=_money(one.get("amount"), field),
            room_id=_optional(one, "room_id", _id),
            fee_item_id=_optional(one, "fee_item_id", _id),
        )
        for one in _lines(value, {"amount", "room_id", "fee_item_id"}, field)
    ]


def _deposits(value: object, field: str) -> list[DepositLine]:
    return [
        DepositLine(
            amount=_money(one.get("amount"), field),
            room_id=_optional(one, "room_id", _id),
            item=_item(one.get("item"), field),
        )
        for one in _lines(value, {"amount", "room_id", "item"}, field)
    ]


def _item(value: object, field: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST_ITEM:
        raise BadBody(field=field)
    return value.strip()


def _key(value: object) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise BadBody(field="key")
    return value


def _day(value: object, field: str) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise BadBody(field=field)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadBody(field=field) from error
