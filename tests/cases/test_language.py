"""The reader of the case language: it reads all of it, and refuses whatever is not of it."""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.kernel.periods import Period

from .language import REFUSAL_CODES, STEPS, CaseError, parse_case, parse_raw
from .office import ProductOffice
from .protocol import Office

OWN = sorted(Path(__file__).parent.glob("*.yaml"))

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")

# Where null has a meaning: a shared meter, the last band upwards.
NULLABLE = ["given.meters.0.room", "given.fees.2.bands.0.1", "given.fees.2.bands.1.1"]

WHOLE = Path(__file__).with_name("language_whole.txt")


@cache
def _whole() -> Any:
    return yaml.safe_load(WHOLE.read_text(encoding="utf-8"))


def whole() -> dict[str, Any]:
    """A raw case that uses every key of the language once, to be spoilt in one place by a test."""
    raw: dict[str, Any] = deepcopy(_whole())
    return raw


def parsed(raw: Any) -> Any:
    return parse_raw(raw, file="x.yaml")


def accepted(paths: Iterable[str], spoil: Callable[[Any], Any], match: str = r"^x\.yaml: ") -> list[str]:
    """The paths at which a spoilt value was read all the same, or refused without saying where or why."""
    found = []
    for path in paths:
        raw = whole()
        container, last = at(raw, path)
        container[last] = spoil(container.get(last) if isinstance(container, dict) else container[last])
        try:
            parsed(raw)
        except CaseError as error:
            if re.search(match, str(error)):
                continue
        found.append(path)
    return found


def at(raw: Any, path: str) -> tuple[Any, Any]:
    """The container and the last key of a dotted path; a part of digits is a list index."""
    *parts, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parts:
        raw = raw[part]
    return raw, last


def step_path(word: str) -> str:
    """The dotted path of the first step with this word in the whole case."""
    return f"steps.{next(i for i, step in enumerate(whole()['steps']) if word in step)}.{word}"


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_own_case_parses(path: Path) -> None:
    case = parse_case(path)
    assert case.title
    assert case.given.community.name
    assert len(case.steps) == len(case.places) > 0


def test_the_first_sixteen_cases_are_all_there() -> None:
    assert {path.name[:2] for path in OWN} >= {f"{number:02d}" for number in range(1, 17)}


def test_the_whole_language_parses_into_types() -> None:
    case = parsed(whole())
    assert {step.word for step in case.steps} == set(STEPS)
    assert {fee.method.word for fee in case.given.fees} == {
        "area",
        "fixed",
        "floor_bands",
        "season",
        "metered",
        "shared",
        "formula",
    }
    room = case.given.rooms[0]
    assert (room.area, room.floor, room.handed_over) == (Decimal("89.67"), -1, date(2025, 1, 1))
    with pytest.raises(FrozenInstanceError):
        room.area = Decimal(1)
    pay = next(step for step in case.steps if step.word == "pay")
    assert (pay.on, pay.tendered, pay.rounding) == (date(2025, 1, 20), Decimal("700.00"), "down_jiao")
    assert pay.charges[0].period == Period(2025, 1)


def test_defaults() -> None:
    raw = whole()
    del raw["given"]["community"]["settings"]
    for key in ("multiplier", "loss", "digits"):
        del raw["given"]["meters"][0][key]
    container, _ = at(raw, step_path("waive") + ".x")
    del container["requested_by"], container["approved_by"]
    case = parsed(raw)
    settings, meter = case.given.community.settings, case.given.meters[0]
    assert (settings.proration, settings.auto_apply_prepayment) == ("actual", True)
    assert (meter.multiplier, meter.loss, meter.digits) == (1, 0, 5)
    waive = next(step for step in case.steps if step.word == "waive")
    assert (waive.requested_by, waive.approved_by) == ("收费员", "物业经理")


def test_a_price_change_keeps_the_parameters_that_it_does_not_name() -> None:
    changes = [step.method for step in parsed(whole()).steps if step.word == "price_change"]
    season, tiers, flat = changes
    assert (season.price, season.season_from) == (Decimal("31.00"), date(2025, 11, 15))
    assert (tiers.price, tiers.tiers, tiers.tier_basis) == (None, ((None, Decimal("5.00")),), "year")
    assert (flat.price, flat.tiers, flat.tier_basis) == (Decimal("4.00"), None, None)


def test_a_formula_may_be_called_formula_or_expression_but_not_both() -> None:
    raw = whole()
    fee = next(fee for fee in raw["given"]["fees"] if fee["method"] == "formula")
    expression = fee["expression"]
    fee["formula"] = expression
    with pytest.raises(CaseError, match="are the same"):
        parsed(raw)
    del fee["expression"]
    methods = [fee.method for fee in parsed(raw).given.fees]
    assert [method.expression for method in methods if method.word == "formula"] == [expression]


def every_mapping(raw: Any, path: str = "") -> list[str]:
    """The dotted paths of every mapping in a raw case, but those whose keys are free names."""
    found = []
    if isinstance(raw, dict):
        if not path.endswith((".due", ".variables")):
            found.append(path)
        for key, value in raw.items():
            found += every_mapping(value, f"{path}.{key}" if path else str(key))
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            found += every_mapping(value, f"{path}.{index}")
    return found


def test_an_unknown_key_fails_everywhere() -> None:
    paths = [f"{path}.surplus" if path else "surplus" for path in every_mapping(whole())]
    assert len(paths) > 60
    assert accepted(paths, lambda _: "1") == []


def every_leaf(raw: Any, path: str = "") -> list[tuple[str, Any]]:
    """The dotted path and value of every leaf in a raw case."""
    if not isinstance(raw, dict | list):
        return [(path, raw)]
    items = raw.items() if isinstance(raw, dict) else enumerate(raw)
    return [leaf for key, value in items for leaf in every_leaf(value, f"{path}.{key}" if path else str(key))]


def numbers() -> list[str]:
    """The paths of every exact decimal."""
    return [
        path for path, value in every_leaf(whole()) if isinstance(value, str) and DECIMAL.fullmatch(value)
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        float,
        lambda text: int(Decimal(text)),
        "{}元".format,
        "+{}".format,
        " {}".format,
        lambda _: "1e3",
        lambda _: "\uff11\uff12",
    ],
    ids=["float", "int", "unit", "sign", "space", "exponent", "full-width"],
)
def test_a_number_that_is_no_exact_decimal_fails_everywhere(spoil: Callable[[Any], Any]) -> None:
    assert len(numbers()) > 70
    assert accepted(numbers(), spoil, "exact decimal") == []


@pytest.mark.parametrize("value", [{"a": "b"}, [], 1.5, "", None], ids=repr)
def test_a_value_of_another_type_fails_everywhere(value: Any) -> None:
    paths = [path for path, leaf in every_leaf(whole()) if leaf is not None]
    assert accepted(paths, lambda _: value) == (NULLABLE if value is None else [])


REQUIRED = {
    "": ["case", "given", "steps"],
    "given": ["community"],
    "given.community": ["name"],
    "given.rooms.0": ["room", "area", "floor"],
    "given.customers.0": ["customer", "rooms"],
    "given.meters.0": ["meter", "kind", "initial"],
    "given.fees.0": ["fee", "method", "price", "rooms", "from"],
    "given.fees.0.late_fee": ["rate", "grace_days"],
    "reading": ["meter", "date", "value"],
    "meter_change": ["meter", "date", "old_value", "new_initial"],
    "share": ["fee", "period", "amount"],
    "price_change": ["fee", "from", "price"],
    "vacancy": ["room", "from", "to", "factor"],
    "suspend": ["fee", "room", "from", "to", "factor"],
    "bill": ["period"],
    "prepay": ["id", "room", "amount", "date", "method"],
    "deposit": ["id", "room", "item", "amount", "date", "method"],
    "deposit_return": ["room", "item", "amount", "date", "method"],
    "deposit_deduct": ["room", "item", "amount", "date", "reason"],
    "pay": ["id", "customer", "date", "method"],
    "waive": ["room", "fee", "period", "amount", "reason"],
    "adjust": ["room", "fee", "period", "amount", "date", "reason"],
    "void": ["id", "date", "reason"],
    "refund_prepayment": ["room", "amount", "date", "method"],
    "move_out": ["room", "customer", "date"],
    "close": ["period"],
    "reopen": ["period", "reason"],
    "not_read": ["meter", "period", "reason"],
    "unassign": ["fee", "room"],
    "apply_prepayment": ["room", "date"],
    "undo_prepayment": ["room", "fee", "period", "date", "reason"],
    "refused": ["step", "because"],
}


@pytest.mark.parametrize(("where", "key"), [(where, key) for where, keys in REQUIRED.items() for key in keys])
def test_a_required_key_that_is_missing_fails(where: str, key: str) -> None:
    raw = whole()
    path = step_path(where) if where in STEPS else where
    container, last = at(raw, f"{path}.{key}" if path else key)
    del container[last]
    with pytest.raises(CaseError, match=r"^x\.yaml: "):
        parsed(raw)


def test_every_step_but_expect_is_asked_for_its_required_keys() -> None:
    assert set(STEPS) - set(REQUIRED) == {"expect"}


def test_every_code_is_read_and_no_other() -> None:
    raw = whole()
    container, last = at(raw, step_path("refused") + ".because")
    for code in REFUSAL_CODES:
        container[last] = code
        assert any(step.word == "refused" and step.because == code for step in parsed(raw).steps)
    container[last] = "no_such_code"
    with pytest.raises(CaseError, match=r"because: must be one of"):
        parsed(raw)


def test_the_office_has_a_method_for_every_step_and_the_product_binds_them_all() -> None:
    asked = {name for name in vars(Office) if not name.startswith("_")}
    assert set(STEPS) - {"refused", "expect"} <= asked
    assert asked <= set(dir(ProductOffice))
