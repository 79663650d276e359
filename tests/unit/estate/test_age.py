"""年龄: full years on a day."""

from datetime import date

import pytest

from app.estate.rules.people import age_on


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(1980, 3, 31), date(2025, 3, 30), 44),
        (date(1980, 3, 31), date(2025, 3, 31), 45),
        (date(2000, 2, 29), date(2025, 2, 28), 24),
        (date(2000, 2, 29), date(2025, 3, 1), 25),
        (date(2025, 3, 1), date(2025, 3, 1), 0),
        (date(2025, 3, 2), date(2025, 3, 1), None),
    ],
)
def test_a_birthday_makes_older(born: date, today: date, years: int | None) -> None:
    assert age_on(born=born, today=today) == years
