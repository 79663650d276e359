"""Taking money: what is settled, in which order, on which receipts, and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.collection.models import Allocation, Receipt, ReceiptTender
from app.collection.operations import PaymentRequest, pay
from app.collection.queries import serials
from app.collection.states import Tender
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.lowcode.actors import Actor, Reach, acting_as
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work, unit_of_work

from .ledger import DAY, add_charge, add_customer, add_fee, figures

D = Decimal


@dataclass
class Account:
    """One person with a customer in each of the two communities, and what is open."""

    ours: int
    neighbours: int
    january: int
    february: int
    abroad: int


@pytest.fixture
def account(session: Session, cast: Any) -> Account:
    with unit_of_work() as unit:
        fee = add_fee(unit)
        mine = add_customer(unit, cast.ours.community_id, person="p1")
        theirs = add_customer(unit, cast.neighbour.community_id, person="p1")
        room, other = cast.ours.room_ids[0], cast.neighbour.room_ids[0]
        # The later one has the smaller id: order goes by the due date.
        february = add_charge(
            unit, customer_id=mine, fee_id=fee, amount="200.02", period="2025-02", room_id=room
        )
        january = add_charge(
            unit, customer_id=mine, fee_id=fee, amount="100.01", period="2025-01", room_id=room
        )
        abroad = add_charge(unit, customer_id=theirs, fee_id=fee, amount="50.00", room_id=other)
    return Account(mine, theirs, january, february, abroad)


def take(**asked: Any) -> list[int]:
    """Pay in a unit of its own; the ids of the receipts."""
    asked.setdefault("tenders", [(Tender.CASH, None)])
    asked.setdefault("day", DAY)
    return in_unit_of_work(
        lambda: [one.id for one in pay(session=db.session(), request=PaymentRequest(**asked))]
    )


def refused(code: str, **asked: Any) -> None:
    """The payment is refused with this code, and nothing is written."""
    before = counted()
    with pytest.raises(DomainError) as caught:
        take(**asked)
    assert caught.value.code == code
    assert counted() == before


def counted() -> tuple[Any, ...]:
    session = db.session()
    session.rollback()
    return (
        session.scalar(select(func.count(Receipt.id))),
        session.scalar(select(func.count(Allocation.id))),
        session.scalar(select(func.count(AccountingPeriod.id))),
        serials(session=session),
    )


@pytest.mark.all_databases
def test_one_person_pays_over_communities_with_a_receipt_each(session: Session, account: Account) -> None:
    ids = take(customer_id=account.ours, tendered=D("400.00"))
    receipts = [session.get_one(Receipt, one) for one in ids]
    assert [one.total for one in receipts] == [D("300.03"), D("50.00")]
    assert [one.customer_id for one in receipts] == [account.ours, account.neighbours]
    assert [one.number for one in receipts] == ["SJ2025000001", "SJ2025000001"]
    assert [one.words for one in receipts] == ["人民币叁佰元零叁分", "人民币伍拾元整"]
    assert [(one.tendered, one.change_given) for one in receipts] == [
        (D("300.03"), D("0.00")),
        (D("99.97"), D("49.97")),
    ]
    for charge in (account.january, account.february, account.abroad):
        assert figures(session, charge)[1] == 0
    kept = session.scalars(select(Allocation).order_by(Allocation.charge_id)).all()
    assert sum((one.amount for one in kept), D(0)) == D("350.03")
    assert {one.posting_period for one in kept} == {Period(2025, 2)}


@pytest.mark.all_databases
def test_a_part_settles_the_oldest_first(session: Session, account: Account) -> None:
    take(customer_id=account.ours, amount=D("120.00"), charge_ids=[account.february, account.january])
    assert figures(session, account.january) == (D("100.01"), D("0.00"))
    assert figures(session, account.february) == (D("19.99"), D("180.03"))
    assert figures(session, account.abroad) == (D("0.00"), D("50.00"))


def test_methods_add_up_and_go_on_to_the_next_receipt(session: Session, account: Account) -> None:
    ids = take(
        customer_id=account.ours,
        tenders=[(Tender.WECHAT, D("310.00")), (Tender.CASH, D("40.03"))],
        tendered=D("50.00"),
    )
    parts = session.execute(
        select(ReceiptTender.receipt_id, ReceiptTender.tender, ReceiptTender.amount).order_by(
            ReceiptTender.id
        )
    ).all()
    assert parts == [
        (ids[0], Tender.WECHAT, D("300.03")),
        (ids[1], Tender.WECHAT, D("9.97")),
        (ids[1], Tender.CASH, D("40.03")),
    ]
    assert session.get_one(Receipt, ids[1]).change_given == D("9.97")


def test_what_is_refused(session: Session, account: Account) -> None:
    mine = account.ours
    refused("over_balance", customer_id=mine, amount=D("350.04"))
    refused("over_balance", customer_id=mine, tenders=[(Tender.CASH, D("350.04"))])
    refused("tenders_differ", customer_id=mine, tenders=[(Tender.CASH, D("350.02"))])
    refused("not_positive", customer_id=mine, amount=D("0.00"))
    refused("not_positive", customer_id=mine, amount=D("-5.00"))
    refused("not_positive", customer_id=mine, tenders=[(Tender.CASH, D(0)), (Tender.CARD, None)])
    refused("tendered_short", customer_id=mine, tendered=D("350.02"))
    refused("tendered_without_cash", customer_id=mine, tenders=[(Tender.CARD, None)], tendered=D("400.00"))
    refused("nothing_chosen", customer_id=mine, charge_ids=[])
    refused("out_of_scope", customer_id=mine, charge_ids=[account.january, 10**9])
    refused("out_of_scope", customer_id=10**9)
    take(customer_id=mine, charge_ids=[account.january])
    refused("already_settled", customer_id=mine, charge_ids=[account.january, account.february])
    take(customer_id=mine)
    refused("already_settled", customer_id=mine)


def test_another_persons_charge_is_refused_as_unknown(session: Session, cast: Any, account: Account) -> None:
    with unit_of_work() as unit:
        other = add_customer(unit, cast.ours.community_id, name="赵二", person="p2")
    refused("out_of_scope", customer_id=other, charge_ids=[account.january])


def test_a_namesake_without_identity_is_another_person(session: Session, cast: Any, account: Account) -> None:
    with unit_of_work() as unit:
        namesake = add_customer(unit, cast.neighbour.community_id, name="王一")
    refused("already_settled", customer_id=namesake)


def test_out_of_reach_is_neither_paid_nor_told(session: Session, cast: Any, account: Account) -> None:
    desk = Actor(None, "收费员", Reach(frozenset({cast.ours.community_id}), frozenset()))
    with acting_as(desk):
        refused("out_of_scope", customer_id=account.neighbours)
        refused("out_of_scope", customer_id=account.ours, charge_ids=[account.january, account.abroad])
        ids = take(customer_id=account.ours)
    assert len(ids) == 1
    assert figures(session, account.abroad) == (D("0.00"), D("50.00"))


@pytest.mark.all_databases
def test_the_same_key_and_body_give_the_same_receipts(session: Session, account: Account) -> None:
    asked = {"customer_id": account.ours, "amount": D("10.00"), "key": "k-0000001"}
    first = take(**asked)
    before = counted()
    assert take(**asked) == first
    assert take(**{**asked, "amount": D("10.0")}) == first
    assert counted() == before
    refused("key_reused", **{**asked, "amount": D("11.00")})


def test_a_closed_month_refuses_before_anything_else(session: Session, cast: Any, account: Account) -> None:
    with unit_of_work() as unit:
        unit.execute(
            insert(AccountingPeriod.__table__).values(
                community_id=cast.neighbour.community_id, period=Period(2025, 2), state=PeriodState.CLOSED
            )
        )
    # All or none: the neighbouring community's month is closed, so nothing is taken at all.
    refused("period_closed", customer_id=account.ours)
    refused("period_closed", customer_id=account.ours, amount=D("-1.00"))
    assert take(customer_id=account.ours, charge_ids=[account.january])
    assert take(customer_id=account.ours, day=date(2025, 3, 1))


def test_numbers_are_gapless_in_their_year(session: Session, cast: Any, account: Account) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        take(customer_id=account.ours, charge_ids=[account.january], amount=D(amount))
        refused("over_balance", customer_id=account.ours, amount=D("9999.00"))
    take(customer_id=account.ours, charge_ids=[account.january], amount=D("1.00"), day=date(2026, 1, 1))
    ours = cast.ours.community_id
    assert serials(session=session) == {(ours, 2025): [1, 2, 3], (ours, 2026): [1]}


def test_a_lower_fee_priority_comes_first_on_one_day(session: Session, cast: Any) -> None:
    with unit_of_work() as unit:
        late, first = add_fee(unit, "车位费", 200), add_fee(unit, "水费", 10)
        who = add_customer(unit, cast.ours.community_id)
        one = add_charge(unit, customer_id=who, fee_id=late, amount="10.00")
        two = add_charge(unit, customer_id=who, fee_id=first, amount="10.00")
    take(customer_id=who, amount=D("12.00"))
    assert (figures(session, one)[0], figures(session, two)[0]) == (D("2.00"), D("10.00"))


def test_many_charges_are_one_receipt(session: Session, cast: Any, count_queries: Callable[..., Any]) -> None:
    with unit_of_work() as unit:
        fee, who = add_fee(unit), add_customer(unit, cast.ours.community_id)
        for month in range(1, 13):
            for _ in range(60):
                add_charge(unit, customer_id=who, fee_id=fee, amount="0.01", period=f"2024-{month:02d}")
    with count_queries() as queries:
        (receipt,) = take(customer_id=who)
    assert session.get_one(Receipt, receipt).total == D("7.20")
    # Written in bulk: 720 allocations and 720 charges are two statements, whatever the number.
    assert len(queries) < 40
