"""撤销抵扣: applied prepayment goes back to its accounts by entries of its own, and voids name what stands in their way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem
from app.collection import operations
from app.collection.models import Allocation, PrepaymentEntry, Receipt
from app.collection.states import AllocationKind, PrepaymentKind
from app.estate.models import ScopeGrant
from app.kernel.errors import DomainError
from app.kernel.periods import Period

from .test_prepayment_apply import MARCH, D, Town, advance, balances, due, owners, town

__all__ = ["town"]

TODAY = date(2025, 3, 20)


def charges(town: Town) -> list[int]:
    return town.ask(
        lambda session: list(session.scalars(select(Charge.id).order_by(Charge.room_id, Charge.id)))
    )


def undo(town: Town, charge_id: int, amount: str | None = None, day: date = TODAY) -> Decimal:
    return town.do(
        lambda session: operations.undo_applied(
            session=session,
            charge_id=charge_id,
            day=day,
            reason="改付现金",
            amount=None if amount is None else D(amount),
        )
    )


@pytest.fixture
def settled(town: Town) -> int:
    """The first owner's March settled by 200.00 of the fee's own and 40.00 of the general prepayment; the charge."""
    first = owners(town)[0]
    fee = town.ask(lambda session: session.scalars(select(FeeItem.id)).one())
    advance(town, first, "100.00")
    advance(town, first, "200.00", fee_item_id=fee, room_id=town.room_ids[0])
    town.bill(MARCH)
    assert balances(town) == [D("60.00"), D("0.00")]
    return charges(town)[0]


@pytest.mark.all_databases
def test_what_was_applied_last_goes_back_first(town: Town, settled: int, backend: str) -> None:
    """M4: an undo is entries and settlements of its own, the general prepayment's before the fee's own."""
    assert undo(town, settled, "50.00") == D("50.00")
    assert (balances(town), due(town)[0]) == ([D("100.00"), D("10.00")], D("50.00"))
    assert undo(town, settled) == D("190.00")
    assert (balances(town), due(town)[0]) == ([D("100.00"), D("200.00")], D("240.00"))

    def entries(session: Session) -> list[Any]:
        rows = session.execute(
            select(PrepaymentEntry.kind, PrepaymentEntry.amount).order_by(PrepaymentEntry.id)
        )
        return [amount for kind, amount in rows if kind is PrepaymentKind.UNAPPLIED]

    assert town.ask(entries) == [D("40.00"), D("10.00"), D("190.00")]
    kept = select(func.count(), func.sum(Allocation.amount)).where(
        Allocation.kind == AllocationKind.PREPAYMENT
    )
    assert town.ask(lambda session: tuple(session.execute(kept).one())) == (5, D("0.00"))


def test_a_posting_does_not_apply_to_it_again_and_a_person_may(town: Town, settled: int) -> None:
    """M4: what somebody took off a charge stays off it until somebody puts it on."""
    undo(town, settled)
    town.bill(Period(2025, 4))
    # April's charge took the fee's own 200.00 and 40.00 of the general one; March stays open.
    assert due(town)[:2] == [D("240.00"), D("0.00")]
    first = owners(town)[0]
    town.do(lambda session: operations.apply_held(session=session, customer_id=first, day=date(2025, 4, 30)))
    assert due(town)[0] == D("180.00")


@pytest.mark.parametrize(
    ("amount", "day", "code"),
    [
        ("240.01", TODAY, "over_balance"),
        ("0.00", TODAY, "not_positive"),
        (None, date(2025, 3, 19), "before_applied"),
    ],
)
def test_what_cannot_be_undone_is_refused(
    town: Town, settled: int, amount: str | None, day: date, code: str
) -> None:
    """M4: never more than is applied, nor before it was."""
    with pytest.raises(DomainError) as refused:
        undo(town, settled, amount, day)
    assert refused.value.code == code
    assert balances(town) == [D("60.00"), D("0.00")]


def test_a_void_names_the_charges_and_the_button_and_succeeds_after_it(town: Town, settled: int) -> None:
    """M4: the refusal of a void says which charges used the balance and what to press; pressed, the void succeeds."""
    receipt = town.ask(lambda session: session.scalars(select(Receipt.id).order_by(Receipt.id)).first())

    def void() -> None:
        town.do(
            lambda session: operations.void_or_reverse(
                session=session, receipt_id=receipt, day=TODAY, reason="收错"
            )
        )

    with pytest.raises(DomainError, match=r"物业费 2025-03 40\.00.*撤销抵扣") as refused:
        void()
    assert refused.value.code == "over_balance"
    undo(town, settled)
    void()
    assert balances(town) == [D("0.00"), D("200.00")]


def test_the_pages_offer_it_to_who_may(
    town: Town, settled: int, app: Flask, cast: Any, client_of: Any
) -> None:
    """M4: 撤销抵扣 stands on the charge's and the account's page, and is one dialog."""
    town.do(
        lambda session: [
            session.add(ScopeGrant(user_id=grant.user_id, community_id=town.community_id))
            for grant in session.scalars(
                select(ScopeGrant).where(ScopeGrant.community_id == cast.ours.community_id)
            )
        ]
    )
    client: FlaskClient = client_of("财务")
    assert "撤销抵扣" in client.get(f"/charge/show/{settled}").get_data(as_text=True)
    account = town.ask(
        lambda session: session.scalars(
            select(PrepaymentEntry.prepayment_id).where(PrepaymentEntry.kind == PrepaymentKind.APPLIED)
        ).first()
    )
    page = client.get(f"/prepayment/do/unapply/{account}").get_data(as_text=True)
    assert "物业费 2025-03" in page
    sent = {"charge_id": settled, "reason": "改付现金"}
    assert client.post(f"/prepayment/do/unapply/{account}", data=sent).status_code == 302
    assert due(town)[0] == D("240.00")
    assert "撤销抵扣" not in client_of("客服").get(f"/charge/show/{settled}").get_data(as_text=True)
