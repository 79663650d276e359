"""What happens to a receipt after the money was taken: it is voided, or printed again."""

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.billing.operations import guard_open
from app.collection.models import Allocation, Receipt, ReceiptVoid
from app.collection.operations.payment import LOCKED_AT_ONCE, allocation_row, move_checked_copies
from app.collection.states import RECEIPT_MACHINE, AllocationKind
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode import history
from app.lowcode.actors import current_actor
from app.lowcode.scope import OutOfScope
from app.lowcode.workflow import change_state, guard_state

guard_state(Receipt, RECEIPT_MACHINE)


class TooLateToVoid(DomainError):
    """A receipt of another day: its money may be handed over and its day reported."""

    code = "too_late_to_void"
    message = N_("收据 %(number)s 是 %(day)s 开的,只能当天作废。隔日的收据要冲红,冲红随月结提供。")


class ReasonMissing(DomainError):
    """A void without a reason."""

    code = "reason_missing"
    message = N_("请填写作废原因。")


def void(*, session: Session, receipt_id: int, day: date, reason: str) -> ReceiptVoid:
    """Take a receipt of the same `day` back: its charges open again, its number and its stamp (作废) stay.

    Raises OutOfScope, period_closed, ReasonMissing, TransitionRefused (voided before), TooLateToVoid.
    """
    receipt = _locked(session, receipt_id)
    guard_open(session=session, community_id=receipt.community_id, day=day)
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(field="reason")
    RECEIPT_MACHINE.find(receipt.state, "void")
    if receipt.day != day:
        raise TooLateToVoid(number=receipt.number, day=receipt.day.isoformat())
    rows = session.execute(
        select(Allocation.charge_id, Allocation.amount).where(
            Allocation.receipt_id == receipt.id, Allocation.kind == AllocationKind.PAYMENT
        )
    )
    parts = {row.charge_id: row.amount for row in rows}
    ids = sorted(parts)
    for start in range(0, len(ids), LOCKED_AT_ONCE):
        charges = session.execute(
            select(
                Charge.id, Charge.community_id, Charge.building_id, Charge.room_id, Charge.space_id,
                Charge.fee_item_id, Charge.period, Charge.paid, Charge.due,
            )
            .where(Charge.id.in_(ids[start : start + LOCKED_AT_ONCE]))
            .order_by(Charge.id)
            .with_for_update()
        ).all()  # fmt: skip
        session.execute(
            insert(Allocation.__table__),
            [
                allocation_row(
                    one, kind=AllocationKind.VOID, receipt_id=receipt.id, day=day, amount=-parts[one.id]
                )
                for one in charges
            ],
        )
        move_checked_copies(session, [(one, -parts[one.id]) for one in charges])
    change_state(session=session, row=receipt, machine=RECEIPT_MACHINE, action="void")
    voided = ReceiptVoid(
        community_id=receipt.community_id,
        receipt_id=receipt.id,
        day=day,
        posting_period=Period.of(day),
        total=receipt.total,
        reason=reason[:200],
        cashier_id=current_actor().user_id,
    )
    session.add(voided)
    history.note(receipt, label=N_("作废"), reason=reason)
    session.flush()
    return voided


def count_print(*, session: Session, receipt_id: int) -> int:
    """Count one more print and return which it is: 1 is the original, 2 the first 补打. Raises OutOfScope."""
    receipt = _locked(session, receipt_id)
    receipt.prints += 1
    history.note(receipt, label=N_("打印") if receipt.prints == 1 else N_("补打"))
    session.flush()
    return receipt.prints


def _locked(session: Session, receipt_id: int) -> Receipt:
    """The receipt under our lock, as it is now. Raises OutOfScope."""
    receipt = session.scalars(
        select(Receipt)
        .where(Receipt.id == receipt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if receipt is None:
        raise OutOfScope
    return receipt
