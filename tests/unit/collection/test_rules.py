"""Methods, change and the way money spreads over receipts: by hand and by property."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from app.collection.rules.payment import ZERO, body_hash, change_of, complete_tenders, spread
from app.collection.states import RECEIPT_MACHINE, ReceiptState, Tender
from app.kernel.errors import DomainError
from app.kernel.money import from_scaled

D = Decimal
cents = st.integers(min_value=1, max_value=10**9).map(lambda units: from_scaled(units, 2))
tenders = st.lists(st.tuples(st.sampled_from(Tender), cents), min_size=1, max_size=6)


def test_one_method_without_an_amount_takes_the_rest() -> None:
    given = [(Tender.CARD, D("30.00")), (Tender.CASH, None)]
    assert complete_tenders(tenders=given, total=D("100.00")) == [
        (Tender.CARD, D("30.00")),
        (Tender.CASH, D("70.00")),
    ]


def test_a_method_named_twice_is_one() -> None:
    given = [(Tender.CASH, D("30.00")), (Tender.CASH, D("70.00"))]
    assert complete_tenders(tenders=given, total=D("100.00")) == [(Tender.CASH, D("100.00"))]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("cash", "100.01")], "over_balance"),
        ([("cash", "99.99")], "tenders_differ"),
        ([("cash", "100.00"), ("card", None)], "tenders_differ"),
        ([("cash", None), ("card", None)], "tenders_differ"),
        ([("cash", "0.00"), ("card", None)], "not_positive"),
        ([("cash", "-1.00"), ("card", None)], "not_positive"),
        ([], "tenders_differ"),
    ],
)
def test_what_does_not_add_up_is_refused(parts: list[tuple[str, str | None]], code: str) -> None:
    given = [(Tender(name), None if amount is None else D(amount)) for name, amount in parts]
    with pytest.raises(DomainError) as caught:
        complete_tenders(tenders=given, total=D("100.00"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cash", "tendered", "change"),
    [("1180.07", "1200.00", "19.93"), ("1180.07", "1180.07", "0.00"), ("1180.07", None, "0.00")],
)
def test_change(cash: str, tendered: str | None, change: str) -> None:
    given = [(Tender.WECHAT, D("5.00")), (Tender.CASH, D(cash))]
    assert change_of(tenders=given, tendered=None if tendered is None else D(tendered)) == D(change)


@pytest.mark.parametrize(
    ("method", "tendered", "code"),
    [
        ("cash", "9.99", "tendered_short"),
        ("card", "10.00", "tendered_without_cash"),
        ("cash", "0.00", "not_positive"),
    ],
)
def test_cash_that_cannot_be(method: str, tendered: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        change_of(tenders=[(Tender(method), D("10.00"))], tendered=D(tendered))
    assert caught.value.code == code


@given(tenders, st.data())
def test_spreading_loses_and_makes_nothing(parts: list[tuple[Tender, Decimal]], data: st.DataObject) -> None:
    total = sum((amount for _tender, amount in parts), ZERO)
    cuts = data.draw(st.lists(st.integers(1, max(1, int(total * 100) - 1)), max_size=4, unique=True))
    edges = [0, *sorted(cut for cut in cuts if cut < total * 100), int(total * 100)]
    totals = {key: from_scaled(high - low, 2) for key, (low, high) in enumerate(itertools.pairwise(edges))}
    found = spread(tenders=parts, totals=totals)
    assert {key: sum((amount for _t, amount in its), ZERO) for key, its in found.items()} == totals
    for tender in Tender:
        taken = sum((amount for its in found.values() for one, amount in its if one is tender), ZERO)
        assert taken == sum((amount for one, amount in parts if one is tender), ZERO)
    assert all(amount > 0 for its in found.values() for _tender, amount in its)


@given(tenders)
def test_completed_methods_add_up(parts: list[tuple[Tender, Decimal]]) -> None:
    total = sum((amount for _tender, amount in parts), ZERO)
    found = complete_tenders(tenders=parts, total=total)
    assert sum((amount for _tender, amount in found), ZERO) == total
    assert len({tender for tender, _amount in found}) == len(found)


def test_spreading_what_does_not_add_up_is_a_defect() -> None:
    with pytest.raises(ValueError, match="add up"):
        spread(tenders=[(Tender.CASH, D("10.00"))], totals={1: D("10.01")})


def test_a_fingerprint_tells_bodies_apart() -> None:
    assert body_hash(a=1, b=[1, 2]) == body_hash(b=[1, 2], a=1)
    assert body_hash(a=1, b=[1, 2]) != body_hash(a=1, b=[2, 1])
    assert len(body_hash(a=None)) == 64


def test_the_machine_of_a_receipt() -> None:
    assert RECEIPT_MACHINE.apply(ReceiptState.VALID, "void") is ReceiptState.VOID
    assert RECEIPT_MACHINE.allowed(ReceiptState.VOID) == ()
