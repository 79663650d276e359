"""The rules reckon as tests/data/numbers.json says; the pages' scripts are held to the same table (tests/js)."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.billing.rules.metering import Dial, is_unusual
from app.collection.rules.rounding import rounded
from app.collection.states import Rounding
from app.collection.views.desk_payload import AmountMissing, BadAmount, _money
from app.kernel.cells import read_decimal
from app.kernel.errors import DomainError
from app.kernel.money import format_exact, format_money

NUMBERS = json.loads((Path(__file__).parents[1] / "data" / "numbers.json").read_text(encoding="utf-8"))


def each(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", NUMBERS[name], ids=str)


def dial(one: dict[str, Any]) -> Dial:
    multiplier, loss = Decimal(one.get("multiplier", "1")), Decimal(one.get("loss", "0"))
    return Dial(multiplier=multiplier, loss=loss, digits=one["digits"])


@each("amounts")
def test_amounts(one: dict[str, str]) -> None:
    kept = _money(one["kept"], "amount")
    assert read_decimal(one["typed"]) == kept
    assert format_money(kept) == one["shown"]


@each("not_amounts")
def test_what_is_no_amount(one: str) -> None:
    with pytest.raises(BadAmount if one else AmountMissing):
        _money(one, "amount")


@each("roundings")
def test_roundings(one: dict[str, Any]) -> None:
    way = one["way"] and Rounding(one["way"])
    assert rounded(total=Decimal(one["total"]), rounding=way) == Decimal(one["collected"])


def test_every_way_of_rounding_is_in_the_table() -> None:
    assert {one["way"] for one in NUMBERS["roundings"]} == {None, *(way.value for way in Rounding)}


@each("usages")
def test_usages(one: dict[str, Any]) -> None:
    last, value = Decimal(one["last"]), Decimal(one["value"])
    used = dial(one).usage(last=last, value=value, rollover=one["rollover"])
    assert format_exact(used, 0) == one["used"]


@each("impossible_readings")
def test_impossible_readings(one: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        dial(one).usage(last=Decimal(one["last"]), value=Decimal(one["value"]), rollover=one["rollover"])
    assert refused.value.code == one["refusal"]


@each("unusual")
def test_unusual(one: dict[str, Any]) -> None:
    before = [Decimal(used) for used in one["before"]]
    assert is_unusual(usage=Decimal(one["used"]), before=before) == one["unusual"]
