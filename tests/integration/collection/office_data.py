"""A dozen of everything that the desk holds, is asked for and hands over, for pages that are counted or looked at."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection import operations as collection
from app.collection.models import ApprovalLimit, Prepayment
from app.collection.states import RequestKind, Tender
from app.estate.models import Customer
from app.lowcode import clock
from app.lowcode.actors import EVERYTHING, Actor, acting_as

CASH = [(Tender.CASH, None)]


def furnish_balances(*, session: Session, people: Sequence[Customer]) -> None:
    """Prepayments and deposits of each, a waiver, an adjustment and a refund asked for, each receipt handed over alone."""
    charges = session.scalars(
        select(Charge.id).where(Charge.due > Decimal(1)).order_by(Charge.id).limit(len(people))
    ).all()
    for place, person in enumerate(people):
        with acting_as(Actor(None, f"员{place}", EVERYTHING)):
            collection.pay(
                session=session,
                request=collection.PaymentRequest(
                    customer_id=person.id,
                    charge_ids=[],
                    day=clock.today(),
                    tenders=CASH,
                    advances=[collection.Advance(amount=Decimal("9.00"))],
                    deposits=[collection.DepositLine(amount=Decimal("8.00"), item="装修保证金")],
                ),
            )
            collection.hand_over(session=session, community_id=person.community_id, day=clock.today())
            held = session.scalars(select(Prepayment.id).where(Prepayment.customer_id == person.id)).one()
            collection.request_refund(
                session=session, prepayment_id=held, amount=Decimal("1.00"), tender=Tender.CASH, reason="退"
            )
            for ask, amount in (
                (collection.request_waiver, "0.01"),
                (collection.request_adjustment, "0.01"),
            ):
                ask(session=session, charge_id=charges[place], amount=Decimal(amount), reason="更正")
    session.add_all(
        ApprovalLimit(role=str(place), kind=RequestKind.WAIVER, amount=Decimal(place))
        for place in range(1, len(people) + 1)
    )
    session.flush()
