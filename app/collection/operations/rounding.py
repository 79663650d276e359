"""抹零: the odd 角分 of a payment are let go as an approved waiver, up to the community's limit."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.billing.operations.approvals import sign_request
from app.billing.states import APPROVAL_MACHINE
from app.collection.models import Receipt, Waiver
from app.collection.operations.allocations import AllocationPart, LockedCharge, Origin, settle
from app.collection.rules.rounding import rounded
from app.collection.states import AllocationKind, Rounding
from app.kernel.allocation import NotPositive
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.settings import setting_number
from app.lowcode.workflow import change_state

LIMIT = "collection.rounding_limit"
ZERO = Decimal("0.00")
REASON = N_("抹零")
WITHIN_LIMIT = N_("限额以内")


class RoundingBeyondLimit(DomainError):
    """More is let go than the community allows without an approval."""

    code = "rounding_beyond_limit"
    message = N_("抹零 %(amount)s 元超过本小区的限额 %(limit)s 元。请少抹一些，或申请减免。")


def rounding_discount(
    *,
    session: Session,
    applied: Mapping[int, Decimal],
    charges: Mapping[int, LockedCharge],
    rounding: Rounding | None,
) -> tuple[dict[int, Decimal], Decimal]:
    """Return what of each charge is let go, the last settled first; and what is paid above the sum (元, half up to 角 only).

    Raises RoundingBeyondLimit, NotPositive where nothing would be left to pay.
    """
    total = sum(applied.values(), ZERO)
    collected = rounded(total=total, rounding=rounding)
    if collected >= total:
        return {}, collected - total
    if not collected:
        raise NotPositive(field="rounding")
    left, given_up = total - collected, {}
    communities = {charges[key].community_id for key in applied}
    limit = min(setting_number(session=session, key=LIMIT, community_id=one) for one in communities)
    if left > limit:
        raise RoundingBeyondLimit(field="rounding", amount=format_money(left), limit=format_money(limit))
    for key, part in reversed(list(applied.items())):
        if not left:
            break
        given_up[key] = min(left, part)
        left -= given_up[key]
    return given_up, ZERO


def post_rounding_waiver(
    *,
    session: Session,
    parts: Mapping[int, tuple[LockedCharge, Decimal]],
    receipts: Sequence[Receipt],
    day: date,
) -> None:
    """Post what was let go as waivers beside the receipts; the charges are locked, the month is held open."""
    receipt_of = {receipt.community_id: receipt.id for receipt in receipts}
    for charge, amount in parts.values():
        waiver = Waiver(
            community_id=charge.community_id,
            charge_id=charge.id,
            customer_id=charge.customer_id,
            room_id=charge.room_id,
            fee_item_id=charge.fee_item_id,
            period=charge.period,
            amount=amount,
            day=day,
            posting_period=Period.of(day),
            receipt_id=receipt_of.get(charge.community_id),
            reason=REASON,
        )
        sign_request(waiver)
        session.add(waiver)
        session.flush()
        change_state(session=session, row=waiver, machine=APPROVAL_MACHINE, action="approve")
        waiver.decided_by, waiver.decided_at = WITHIN_LIMIT, clock.now()
        origin = Origin(
            kind=AllocationKind.WAIVER, day=day, receipt_id=waiver.receipt_id, waiver_id=waiver.id
        )
        settle(session=session, parts=[AllocationPart(charge, amount)], origin=origin)
