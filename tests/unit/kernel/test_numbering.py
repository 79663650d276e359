"""Document numbers."""

import pytest

from app.kernel.numbering import document_number


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
