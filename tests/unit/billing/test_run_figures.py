"""A run beside last month, as its page says it."""

from decimal import Decimal

import pytest

from app.billing.queries import FeeFigures
from app.billing.views.runs import texts_of_figures


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("99999.99", ["-0.01", "-0.00%"]), ("100000.00", ["0.00", "0.00%"]), ("100000.01", ["0.01", "+0.00%"]),
     ("150000.00", ["50,000.00", "+50.00%"]), ("50000.00", ["-50,000.00", "-50.00%"])],
)  # fmt: skip
def test_a_change_and_its_percent_have_one_sign(amount: str, shown: list[str]) -> None:
    """M6: a difference of −0.01 is less, never +0.00%."""
    figures = FeeFigures(
        fee="物业费",
        lines=1,
        unbillable=0,
        amount=Decimal(amount),
        charged=Decimal(0),
        previous=Decimal(100000),
    )
    assert texts_of_figures(figures)[-2:] == shown
