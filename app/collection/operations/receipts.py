"""What is noted on a receipt itself: how often it was printed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Receipt
from app.kernel.errors import N_
from app.lowcode import history
from app.lowcode.scope import OutOfScope


def locked_receipt(*, session: Session, receipt_id: int) -> Receipt:
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


def count_print(*, session: Session, receipt_id: int) -> int:
    """Count one more print and return which it is: 1 is the original, 2 the first 补打. Raises OutOfScope."""
    receipt = locked_receipt(session=session, receipt_id=receipt_id)
    receipt.prints += 1
    history.note(receipt, label=N_("打印") if receipt.prints == 1 else N_("补打"))
    session.flush()
    return receipt.prints
