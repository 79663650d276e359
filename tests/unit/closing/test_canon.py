"""The spelling in which closed reports are kept: the same figures are the same bytes, and come back as they were."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.billing.states import PeriodState
from app.closing.rules.canon import canonical, digest_of, read_value, text_of_lines
from app.kernel.periods import Period


def test_the_same_values_are_the_same_bytes() -> None:
    one = {
        "b": Decimal("1.50"),
        "a": "锦绣园",
        "c": None,
        "d": date(2026, 3, 1),
        "e": Period(2026, 3),
        "f": True,
    }
    assert canonical(one) == canonical(dict(reversed(one.items())))
    assert canonical(one) == '{"a":"锦绣园","b":"1.50","c":null,"d":"2026-03-01","e":"2026-03","f":true}'
    assert canonical({"n": Decimal("1.5")}) != canonical({"n": Decimal("1.50")})


def test_what_has_no_spelling_is_a_defect() -> None:
    with pytest.raises(TypeError):
        canonical({"a": 1.5})
    with pytest.raises(TypeError):
        canonical({"a": object()})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", Decimal("-0.01")),
        ("number", Decimal("98.5000")),
        ("integer", 3),
        ("text", "1-1-0101"),
        ("date", date(2026, 3, 31)),
        ("period", Period(2026, 3)),
        ("bool", False),
        ("money", None),
        ("moment", datetime(2026, 3, 31, 4, tzinfo=UTC)),
    ],
)
def test_a_value_comes_back_as_it_was(kind: str, value: Any) -> None:
    import json

    found = read_value(kind, json.loads(canonical({"x": value}))["x"])
    assert (found, type(found)) == (value, type(value))
    assert str(found) == str(value)


def test_a_choice_comes_back_as_its_member() -> None:
    assert read_value("choice", "closed", PeriodState) is PeriodState.CLOSED


@given(st.lists(st.text(max_size=20), max_size=5), st.integers(0, 4))
def test_another_line_is_another_digest(texts: list[str], place: int) -> None:
    lines = [("line", 1, None, canonical({"x": one})) for one in texts]
    whole = text_of_lines("{}", lines)
    assert len(whole.split("\n")) == len(texts) + 1  # whatever stands in the values
    if place < len(lines):
        lines[place] = ("line", 2, None, lines[place][3])
        assert digest_of(text_of_lines("{}", lines)) != digest_of(whole)
