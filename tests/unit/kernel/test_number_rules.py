"""Document numbers."""

from datetime import date

import pytest

from app.kernel.number_rules import NumberFormat, document_number


@pytest.mark.parametrize(
    ("value", "width", "number"),
    [
        (1, 6, "SJ2025000001"),
        (123456, 6, "SJ2025123456"),
        (1234567, 6, "SJ20251234567"),
        (7, 4, "SJ20250007"),
    ],
)
def test_document_number(value: int, width: int, number: str) -> None:
    assert document_number("SJ", 2025, value, width=width) == number


def test_six_digits_unless_said_otherwise() -> None:
    assert document_number("BX", 2026, 42) == "BX2026000042"


@pytest.mark.parametrize(("year", "value"), [(2025, 0), (2025, -1), (0, 1), (10000, 1)])
def test_no_such_number(year: int, value: int) -> None:
    with pytest.raises(ValueError, match="no document"):
        document_number("SJ", year, value)


@pytest.mark.parametrize(
    ("form", "number"),
    [
        (NumberFormat("SJ"), "SJ2025000042"),
        (NumberFormat("SJ", month=True), "SJ202503-000042"),
        (NumberFormat("BX", month=True, width=4), "BX202503-0042"),
    ],
)
def test_a_format_writes_a_number(form: NumberFormat, number: str) -> None:
    assert form.number(day=date(2025, 3, 31), value=42) == number


def test_no_counter_of_a_year_reads_like_another_one_in_any_format() -> None:
    formats = [NumberFormat("SJ", month, width) for month in (False, True) for width in (4, 6, 10)]
    days = [date(2025, month, 1) for month in range(1, 13)]
    counters = [1, 11, 1001, 10001, 110001, 1010001, 12000001]
    written: dict[str, int] = {}
    for form in formats:
        for day in days:
            for value in counters:
                assert written.setdefault(form.number(day=day, value=value), value) == value
