"""What a charge waived, shared among the vacancies that were the reason."""

from datetime import date
from decimal import Decimal

from hypothesis import given, strategies as st

from app.closing.rules.relief import ELSEWHERE, ApprovedVacancy, Days, shares

D = Decimal


def held(key: int, first: int, last: int, factor: str, *, own: bool = False) -> ApprovedVacancy:
    return ApprovedVacancy(
        id=key, first=date(2025, 3, first), last=date(2025, 3, last), factor=D(factor), own=own
    )


def days(first: int, last: int, factor: str) -> Days:
    return Days(first=date(2025, 3, first), last=date(2025, 3, last), factor=D(factor))


def test_one_vacancy_has_it_all() -> None:
    assert shares(waived=D("12.34"), days=[days(3, 9, "0.7")], held=[held(5, 1, 31, "0.7")]) == {
        5: D("12.34")
    }


def test_by_days_and_factor() -> None:
    found = shares(
        waived=D("13.51"), days=[days(1, 10, "0.7"), days(11, 31, "0.5")],
        held=[held(1, 1, 10, "0.7"), held(2, 11, 31, "0.5")],
    )  # fmt: skip
    assert found == {1: D("3.00"), 2: D("10.51")}


def test_the_fees_own_goes_before_the_rooms() -> None:
    both = [held(1, 1, 31, "0.7"), held(2, 1, 31, "0.7", own=True)]
    assert shares(waived=D("1.00"), days=[days(1, 31, "0.7")], held=both) == {2: D("1.00")}


def test_what_nothing_explains() -> None:
    assert shares(waived=D("1.00"), days=[], held=[held(1, 1, 31, "0.7")]) == {ELSEWHERE: D("1.00")}
    assert shares(waived=D("1.00"), days=[days(1, 31, "0.6")], held=[held(1, 1, 31, "0.7")]) == {
        ELSEWHERE: D("1.00")
    }
    assert shares(waived=D("1.00"), days=[days(1, 31, "1")], held=[held(1, 1, 31, "1")]) == {
        ELSEWHERE: D("1.00")
    }


@given(
    waived=st.decimals(min_value=0, max_value=10**6, places=2),
    cuts=st.lists(st.integers(2, 31), max_size=4, unique=True),
)
def test_the_parts_add_up(waived: Decimal, cuts: list[int]) -> None:
    starts = sorted({1, *cuts})
    ends = [one - 1 for one in starts[1:]] + [31]
    spans = list(zip(starts, ends, strict=True))
    found = shares(
        waived=waived,
        days=[days(first, last, f"0.{n + 1}") for n, (first, last) in enumerate(spans)],
        held=[held(n + 1, first, last, f"0.{n + 1}") for n, (first, last) in enumerate(spans)],
    )
    assert sum(found.values()) == waived
