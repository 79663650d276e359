"""Sharing out without losing a 分, and settling the oldest charge first."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from app.kernel.allocation import (
    NegativeWeight,
    NothingToShareBy,
    NotPositive,
    OpenItem,
    largest_remainder,
    settle_oldest_first,
)
from app.kernel.money import NotANumber, TooManyDecimals, from_scaled

D = Decimal
money = st.integers(-(10**10), 10**10).map(lambda units: from_scaled(units, 2))
weights = (
    st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 10**7), min_size=1, max_size=12)
    .filter(lambda shares: any(shares.values()))
    .map(lambda shares: [(key, from_scaled(units, 4)) for key, units in shares.items()])
)
FIRST, SECOND, THIRD = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)


def test_a_pool_by_area_is_the_pool() -> None:
    rooms = [("1-1-0101", D("90")), ("1-1-0102", D("90")), ("1-1-0201", D("90")), ("1-1-0202", D("60"))]
    assert largest_remainder(D("200.00"), rooms) == {
        "1-1-0101": D("54.55"),
        "1-1-0102": D("54.55"),
        "1-1-0201": D("54.54"),
        "1-1-0202": D("36.36"),
    }


def test_ties_go_by_code_point_whatever_the_order_given() -> None:
    parts = largest_remainder(D("0.02"), [("乙", D(1)), ("b", D(1)), ("B", D(1))])
    assert parts == {"乙": D("0.00"), "b": D("0.01"), "B": D("0.01")}
    assert list(parts) == ["乙", "b", "B"]


@given(money, weights)
def test_the_parts_are_the_total(total: Decimal, shares: list[tuple[str, Decimal]]) -> None:
    assert sum(largest_remainder(total, shares).values()) == total


@given(money, weights)
def test_each_part_is_less_than_a_fen_from_the_exact_share(
    total: Decimal, shares: list[tuple[str, Decimal]]
) -> None:
    whole = sum(weight for _, weight in shares)
    parts = largest_remainder(total, shares)
    for key, weight in shares:
        assert abs(parts[key] * whole - total * weight) < whole * D("0.01")


@given(money, weights)
def test_order_changes_nothing_and_minus_mirrors(total: Decimal, shares: list[tuple[str, Decimal]]) -> None:
    parts = largest_remainder(total, shares)
    assert largest_remainder(total, shares[::-1]) == parts
    assert largest_remainder(-total, shares) == {key: -part for key, part in parts.items()}


@pytest.mark.parametrize("shares", [[], [("a", D(0)), ("b", D("0.00"))]])
def test_nothing_to_share_by_is_refused(shares: list[tuple[str, Decimal]]) -> None:
    with pytest.raises(NothingToShareBy):
        largest_remainder(D("1.00"), shares)


def test_odd_weights_and_totals_are_refused() -> None:
    with pytest.raises(NegativeWeight):
        largest_remainder(D("1.00"), [("a", D(2)), ("b", D(-1))])
    with pytest.raises(NotANumber):
        largest_remainder(D("1.00"), [("a", D("Infinity"))])
    with pytest.raises(TooManyDecimals):
        largest_remainder(D("1.001"), [("a", D(1))])
    with pytest.raises(ValueError, match="twice"):
        largest_remainder(D("1.00"), [("a", D(1)), ("a", D(1))])


def item(number: int, due: date, outstanding: str, priority: int = 0) -> OpenItem:
    """An open charge."""
    return OpenItem(id=number, due=due, priority=priority, outstanding=D(outstanding))


def test_the_oldest_is_settled_first() -> None:
    months = [item(3, THIRD, "210.00"), item(1, FIRST, "210.00"), item(2, SECOND, "210.00")]
    settled = settle_oldest_first(months, D("500.00"))
    assert settled.applied == ((1, D("210.00")), (2, D("210.00")), (3, D("80.00")))
    assert settled.left == 0


def test_one_due_date_goes_by_priority_then_id() -> None:
    charges = [item(1, FIRST, "10.00", priority=2), item(3, FIRST, "10.00"), item(2, FIRST, "10.00")]
    settled = settle_oldest_first(charges, D("25.00"))
    assert settled.applied == ((2, D("10.00")), (3, D("10.00")), (1, D("5.00")))


def test_what_finds_no_open_charge_is_left() -> None:
    settled = settle_oldest_first(
        [item(1, FIRST, "0.00"), item(2, FIRST, "7.00"), item(3, FIRST, "-3.00")], D("9.00")
    )
    assert settled.applied == ((2, D("7.00")),)
    assert settled.left == D("2.00")


@given(
    st.lists(st.tuples(st.dates(), st.integers(0, 3), st.integers(0, 10**6)), max_size=10),
    st.integers(1, 10**7),
)
def test_no_fen_is_lost_and_nothing_is_overpaid(rows: list[tuple[date, int, int]], units: int) -> None:
    charges = [
        OpenItem(id=number, due=due, priority=priority, outstanding=from_scaled(open_units, 2))
        for number, (due, priority, open_units) in enumerate(rows)
    ]
    amount = from_scaled(units, 2)
    settled = settle_oldest_first(charges, amount)
    outstanding = {charge.id: charge.outstanding for charge in charges}
    assert sum((part for _, part in settled.applied), settled.left) == amount
    assert all(0 < part <= outstanding[number] for number, part in settled.applied)
    assert settled.left == max(D(0), amount - sum(outstanding.values()))
    # Only the last one touched may stay open.
    assert all(part == outstanding[number] for number, part in settled.applied[:-1])


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_payment_is_positive(amount: str) -> None:
    with pytest.raises(NotPositive) as refused:
        settle_oldest_first([], D(amount))
    assert refused.value.code == "not_positive"
    assert refused.value.field == "amount"


def test_a_charge_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        settle_oldest_first([item(1, FIRST, "1.00"), item(1, SECOND, "1.00")], D("1.00"))
