"""What the office holds for our customer, and what was asked for: by somebody else, and by the owner."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.states import ApprovalState
from app.collection import operations as collection
from app.collection.models import Adjustment, ApprovalLimit, CashHandover, Deposit, Prepayment, Refund, Waiver
from app.collection.states import RequestKind, Tender
from app.lowcode import clock
from app.lowcode.actors import EVERYTHING, Actor, acting_as

TILL = Decimal("7.00")
"""What the owner took and has not handed over."""


def add_balances(
    *,
    session: Session,
    customer_id: int,
    room_id: int,
    charge_id: int,
    community_id: int,
    owner_id: int,
    words: str,
) -> tuple[int, int]:
    """A prepayment, a deposit, requests on them, a hand-over; returns a receipt that was handed over, and a limit."""
    day = clock.today() - timedelta(days=1)
    with acting_as(Actor(None, words, EVERYTHING)):
        receipt = collection.pay(
            session=session,
            request=collection.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                day=day,
                tenders=[(Tender.CASH, None)],
                advances=[collection.Advance(amount=Decimal("90.00"), room_id=room_id)],
                deposits=[
                    collection.DepositLine(amount=Decimal("80.00"), item="装修保证金", room_id=room_id)
                ],
            ),
        )[0]
        other = collection.pay(
            session=session,
            request=collection.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                day=day,
                tenders=[(Tender.CASH, None)],
                advances=[collection.Advance(amount=Decimal("10.00"), room_id=room_id)],
            ),
        )[0]
        collection.hand_over(session=session, community_id=community_id, day=day)
        # One yuan of the prepayment is applied to a charge, where it may be undone.
        collection.apply_held(
            session=session, customer_id=customer_id, day=clock.today(), charge_ids=[charge_id]
        )
        applied = collection.applied_to(session=session, charge_id=charge_id)
        collection.undo_applied(
            session=session, charge_id=charge_id, day=clock.today(), reason=words, amount=applied - 1
        )
        collection.reverse(session=session, receipt_id=other.id, day=clock.today(), reason=words)
    # What the owner has to hand over.
    with acting_as(Actor(owner_id, "主人", EVERYTHING)):
        collection.pay(
            session=session,
            request=collection.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                day=clock.today(),
                tenders=[(Tender.CASH, None)],
                advances=[collection.Advance(amount=TILL, room_id=room_id)],
            ),
        )
    # What lists show first: the last one of each kind waits for somebody else than who asked.
    for who in (Actor(owner_id, "主人", EVERYTHING), Actor(None, words, EVERYTHING)):
        with acting_as(who):
            held = session.scalars(select(Prepayment).where(Prepayment.customer_id == customer_id)).one()
            for amount in ("1.00", "2.00"):
                collection.request_waiver(
                    session=session, charge_id=charge_id, amount=Decimal(amount), reason=words
                )
            collection.request_adjustment(
                session=session, charge_id=charge_id, amount=Decimal("-1.00"), reason=words
            )
            collection.request_refund(
                session=session,
                prepayment_id=held.id,
                amount=Decimal("1.00"),
                tender=Tender.CASH,
                reason=words,
            )
    limit = ApprovalLimit(role="1", kind=RequestKind.WAIVER, amount=Decimal("50000.00"))
    session.add(limit)
    session.flush()
    return receipt.id, limit.id


def asked(session: Session, model: Any, *, by_owner: bool) -> int:
    """A request that waits: the owner's own, or somebody else's."""
    whose = model.requested_by_id.is_not(None) if by_owner else model.requested_by_id.is_(None)
    found: int = session.scalars(
        select(model.id).where(model.state == ApprovalState.PENDING, whose).order_by(model.id).limit(1)
    ).one()
    return found


REQUESTS = {"Waiver": Waiver, "Adjustment": Adjustment, "Refund": Refund}
ACTIONS: dict[tuple[str, str], Any] = {
    **{
        (name, action): (
            lambda session, _world, model=model, action=action, given=given: (
                asked(session, model, by_owner=action == "withdraw"),
                given,
            )
        )
        for name, model in REQUESTS.items()
        for action, given in (
            ("approve", {"decision": "同意"}),
            ("refuse", {"reason": "不行"}),
            ("withdraw", {}),
        )
    },
    ("Charge", "waive"): lambda _s, world: (world.open_charge_id, {"amount": "1.00", "reason": "服务瑕疵"}),
    ("Charge", "unapply"): lambda _s, world: (world.open_charge_id, {"amount": "0.40", "reason": "改付现金"}),
    ("Prepayment", "unapply"): lambda session, world: (
        session.scalars(select(Prepayment.id)).one(),
        {"charge_id": str(world.open_charge_id), "reason": "改付现金"},
    ),
    ("Charge", "waive_ticked"): lambda _s, world: (
        world.open_charge_id,
        {"percent": "10", "reason": "服务瑕疵"},
    ),
    ("Prepayment", "apply"): lambda session, _w: (session.scalars(select(Prepayment.id)).one(), {}),
    ("Charge", "adjust"): lambda _s, world: (world.open_charge_id, {"amount": "-1.00", "reason": "面积更正"}),
    ("Prepayment", "refund"): lambda session, _w: (
        session.scalars(select(Prepayment.id)).one(),
        {"amount": "5.00", "tender": "cash", "reason": "搬走"},
    ),
    ("Deposit", "refund"): lambda session, _w: (
        session.scalars(select(Deposit.id)).one(),
        {"amount": "5.00", "tender": "cash", "reason": "完工"},
    ),
    ("Deposit", "deduct"): lambda session, _w: (
        session.scalars(select(Deposit.id)).one(),
        {"amount": "5.00", "reason": "损坏墙面"},
    ),
    ("CashHandover", "sign"): lambda session, _w: (session.scalars(select(CashHandover.id)).one(), {}),
    ("Receipt", "reverse"): lambda _s, world: (world.handed_receipt_id, {"reason": "金额有误"}),
}
