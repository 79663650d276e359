"""预收抵扣 and 抹零: which prepayment settles which charge, and what of a sum is let go; by hand and by property."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from app.collection.rules.prepayment import Applied, Owed, PrepaymentBalance, apply_oldest_first
from app.collection.rules.rounding import rounded
from app.collection.states import Rounding
from app.kernel.money import from_scaled

D = Decimal
JANUARY, MARCH = date(2025, 1, 31), date(2025, 3, 31)
amounts = st.integers(min_value=1, max_value=10**7).map(lambda units: from_scaled(units, 2))


def held(
    key: int, balance: str, *, fee: int | None = None, room: int | None = None, customer: int = 1
) -> PrepaymentBalance:
    return PrepaymentBalance(id=key, customer_id=customer, room_id=room, fee_item_id=fee, balance=D(balance))


def owed(
    key: int,
    due: str,
    *,
    fee: int = 1,
    room: int | None = 1,
    customer: int = 1,
    day: date = JANUARY,
    priority: int = 100,
) -> Owed:
    return Owed(
        id=key,
        customer_id=customer,
        room_id=room,
        fee_item_id=fee,
        due_date=day,
        priority=priority,
        due=D(due),
    )


def test_the_fees_own_goes_before_the_general_one() -> None:
    found = apply_oldest_first(held=[held(1, "50.00"), held(2, "30.00", fee=1)], owed=[owed(7, "60.00")])
    assert found == [Applied(2, 7, D("30.00")), Applied(1, 7, D("30.00"))]


def test_the_oldest_first_then_by_priority_then_by_number() -> None:
    charges = [
        owed(1, "10.00", day=MARCH), owed(4, "10.00"), owed(3, "10.00", priority=50, fee=2), owed(2, "10.00"),
    ]  # fmt: skip
    found = apply_oldest_first(held=[held(9, "35.00")], owed=charges)
    assert [(one.charge_id, one.amount) for one in found] == [
        (3, D("10.00")), (2, D("10.00")), (4, D("10.00")), (1, D("5.00")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "account",
    [held(1, "50.00", fee=2), held(1, "50.00", fee=1, room=2), held(1, "50.00", customer=2)],
)
def test_another_fees_rooms_or_persons_stays_where_it_is(account: PrepaymentBalance) -> None:
    assert apply_oldest_first(held=[account], owed=[owed(7, "60.00")]) == []


accounts = st.lists(
    st.builds(
        PrepaymentBalance,
        id=st.just(0),
        customer_id=st.integers(1, 2),
        room_id=st.sampled_from([None, 1, 2]),
        fee_item_id=st.sampled_from([None, 1, 2]),
        balance=amounts,
    ),
    max_size=5,
)
charges = st.lists(
    st.builds(
        Owed,
        id=st.just(0),
        customer_id=st.integers(1, 2),
        room_id=st.sampled_from([None, 1, 2]),
        fee_item_id=st.integers(1, 2),
        due_date=st.sampled_from([JANUARY, MARCH]),
        priority=st.integers(1, 3),
        due=amounts,
    ),
    max_size=8,
)


def numbered(rows: list[PrepaymentBalance] | list[Owed]) -> list[dict[str, object]]:
    """The same with numbers of their own."""
    names = ("customer_id", "room_id", "fee_item_id", "balance", "due_date", "priority", "due")
    return [
        {"id": key, **{name: getattr(row, name) for name in names if hasattr(row, name)}}
        for key, row in enumerate(rows, start=1)
    ]


@given(accounts, charges)
def test_never_more_than_is_held_or_owed_and_nothing_is_left_undone(
    some_held: list[PrepaymentBalance], some_owed: list[Owed]
) -> None:
    holding = {one.id: one for one in (PrepaymentBalance(**row) for row in numbered(some_held))}  # type: ignore[arg-type]
    owing = {one.id: one for one in (Owed(**row) for row in numbered(some_owed))}  # type: ignore[arg-type]
    found = apply_oldest_first(held=holding.values(), owed=list(owing.values()))
    left = {key: one.balance for key, one in holding.items()}
    open_ = {key: one.due for key, one in owing.items()}
    for one in found:
        account, charge = holding[one.prepayment_id], owing[one.charge_id]
        assert one.amount > 0
        assert account.customer_id == charge.customer_id
        assert account.fee_item_id in (None, charge.fee_item_id)
        assert account.fee_item_id is None or account.room_id in (None, charge.room_id)
        left[account.id] -= one.amount
        open_[charge.id] -= one.amount
    assert min(left.values(), default=D(0)) >= 0
    assert min(open_.values(), default=D(0)) >= 0
    for account in holding.values():
        for charge in owing.values():
            fits = account.fee_item_id is None or (
                account.fee_item_id == charge.fee_item_id and account.room_id in (None, charge.room_id)
            )
            if account.customer_id == charge.customer_id and fits:
                assert not (left[account.id] and open_[charge.id])


@pytest.mark.parametrize(
    ("way", "total", "collected"),
    [
        (None, "244.07", "244.07"),
        (Rounding.DOWN_JIAO, "244.07", "244.00"),
        (Rounding.DOWN_JIAO, "244.19", "244.10"),
        (Rounding.DOWN_YUAN, "244.99", "244.00"),
        (Rounding.HALF_UP_JIAO, "244.05", "244.10"),
        (Rounding.HALF_UP_JIAO, "244.04", "244.00"),
        (Rounding.DOWN_YUAN, "0.99", "0.00"),
    ],
)
def test_odd_cents(way: Rounding | None, total: str, collected: str) -> None:
    assert str(rounded(total=D(total), rounding=way)) == collected


@given(amounts, st.sampled_from(Rounding))
def test_what_is_let_go_is_small(total: Decimal, way: Rounding) -> None:
    step = D(1) if way is Rounding.DOWN_YUAN else D("0.1")
    collected = rounded(total=total, rounding=way)
    assert collected % step == 0
    if way is Rounding.HALF_UP_JIAO:
        assert -step / 2 < total - collected < step / 2 or collected - total == step / 2
    else:
        assert 0 <= total - collected < step
