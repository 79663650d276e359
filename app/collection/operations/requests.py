"""减免 and 应收调整: asked for by one person; approved by another they post in an open month, of the charge's period."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod, Charge
from app.billing.operations import open_period
from app.billing.operations.approvals import approval_flow, sign_request
from app.billing.states import PeriodState
from app.collection.models import Adjustment, Waiver
from app.collection.operations.allocations import AllocationPart, Origin, lock_charges, settle
from app.collection.operations.approval_limits import check_limit
from app.collection.operations.reasons import stated
from app.collection.states import AllocationKind, RequestKind
from app.kernel.allocation import NotPositive
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen, format_money, half_up
from app.kernel.periods import Period
from app.lowcode.scope import OutOfScope, find
from app.lowcode.workflow import Board, TransitionContext


class MoreThanOpen(DomainError):
    """More is waived, or taken off, than is still open."""

    code = "over_balance"
    message = N_("%(amount)s 元超过这笔费用现在的欠费 %(due)s 元。已收的部分请先冲红或退款。")


class NothingOpen(DomainError):
    """A waiver of charges that are all settled."""

    code = "already_settled"
    message = N_("所选费用都没有欠费，不需要减免。")


class NothingChanges(DomainError):
    """An adjustment of nothing."""

    code = "not_positive"
    message = N_("调整金额不能为零。")


def request_waiver(*, session: Session, charge_id: int, amount: Decimal, reason: str) -> Waiver:
    """Ask to waive `amount` (元) of a charge. Raises OutOfScope, NotPositive, MoreThanOpen, ReasonMissing."""
    if fen(amount) <= 0:
        raise NotPositive(field="amount")
    charge = _charge(session, charge_id)
    _check_open(amount, charge.due)
    row: Waiver = _added(session, Waiver, charge, amount, reason)
    return row


def request_waivers(
    *, session: Session, charge_ids: Sequence[int], percent: Decimal, reason: str
) -> list[Waiver]:
    """Ask to waive `percent` of what is open of each charge; those with nothing open are passed over.

    Raises OutOfScope, NotPositive, NothingOpen, MoreThanOpen (above 100), ReasonMissing.
    """
    if percent <= 0:
        raise NotPositive(field="percent")
    asked = []
    for charge_id in sorted(set(charge_ids)):
        amount = half_up(_charge(session, charge_id).due * percent / 100)
        if amount > 0:
            asked.append(request_waiver(session=session, charge_id=charge_id, amount=amount, reason=reason))
    if not asked:
        raise NothingOpen
    return asked


def request_adjustment(*, session: Session, charge_id: int, amount: Decimal, reason: str) -> Adjustment:
    """Ask to change what a charge asks for by a signed `amount` (元).

    Raises OutOfScope, NothingChanges, MoreThanOpen (below what is paid), ReasonMissing.
    """
    if not fen(amount):
        raise NothingChanges(field="amount")
    charge = _charge(session, charge_id)
    _check_open(-amount, charge.due)
    row: Adjustment = _added(session, Adjustment, charge, amount, reason)
    return row


def _waive(move: TransitionContext) -> None:
    """Post an approved waiver in the open month. Raises period_closed, BeyondLimit, MoreThanOpen."""
    row: Waiver = move.row
    _post(
        move,
        RequestKind.WAIVER,
        row.amount,
        Origin(kind=AllocationKind.WAIVER, day=_day(move), waiver_id=row.id),
    )


def _adjust(move: TransitionContext) -> None:
    """Post an approved adjustment in the open month. Raises period_closed, BeyondLimit, MoreThanOpen."""
    row: Adjustment = move.row
    origin = Origin(kind=AllocationKind.ADJUSTMENT, day=_day(move), adjustment_id=row.id)
    _post(move, RequestKind.ADJUSTMENT, -row.amount, origin)


_BOARD = Board(
    heading="amount", facts=("customer_id", "room_id", "fee_item_id", "period", "reason", "requested_by")
)
WAIVER_FLOW = approval_flow(Waiver, approving=_waive, board=_BOARD)
ADJUSTMENT_FLOW = approval_flow(Adjustment, approving=_adjust, board=_BOARD)


def booking_day(*, session: Session, community_id: int, today: date) -> date:
    """Return the day to book a correction on: today, or where its month is closed the first day that is open."""
    closed = session.scalar(
        select(AccountingPeriod.period)
        .where(AccountingPeriod.community_id == community_id, AccountingPeriod.state == PeriodState.CLOSED)
        .order_by(AccountingPeriod.period.desc())
        .limit(1)
    )
    return today if closed is None or Period.of(today) > closed else closed.next.first_day


def _charge(session: Session, charge_id: int) -> Charge:
    charge: Charge | None = find(session, Charge, charge_id)
    if charge is None:
        raise OutOfScope(field="charge_id")
    return charge


def _added(session: Session, model: Any, charge: Charge, amount: Decimal, reason: str) -> Any:
    row = model(
        community_id=charge.community_id,
        charge_id=charge.id,
        customer_id=charge.customer_id,
        room_id=charge.room_id,
        fee_item_id=charge.fee_item_id,
        period=charge.period,
        amount=amount,
        reason=stated(reason),
    )
    sign_request(row)
    session.add(row)
    session.flush()
    return row


def _day(move: TransitionContext) -> date:
    return booking_day(session=move.session, community_id=move.row.community_id, today=move.today)


def _post(move: TransitionContext, kind: RequestKind, taken: Decimal, origin: Origin) -> None:
    """Take `taken` (signed, 元) off the charge: the month before the charge, so that closing waits or refuses."""
    session, row, period = move.session, move.row, Period.of(origin.day)
    open_period(session=session, community_id=row.community_id, period=period)
    check_limit(session=session, kind=kind, amount=row.amount)
    [charge] = lock_charges(session=session, ids=[row.charge_id])
    _check_open(taken, charge.due)
    row.day, row.posting_period = origin.day, period
    settle(session=session, parts=[AllocationPart(charge, taken)], origin=origin)


def _check_open(taken: Decimal, due: Decimal) -> None:
    if taken > due:
        raise MoreThanOpen(field="amount", amount=format_money(taken), due=format_money(due))
