"""What is noted on a receipt itself: how often it was printed."""

from sqlalchemy.orm import Session

from app.collection.models import Receipt
from app.kernel.errors import N_
from app.lowcode import history
from app.lowcode.scope import locked


def count_print(*, session: Session, receipt_id: int) -> int:
    """Count one more print and return which it is: 1 is the original, 2 the first 补打. Raises OutOfScope."""
    receipt = locked(session=session, model=Receipt, row_id=receipt_id)
    receipt.prints += 1
    history.note(receipt, label=N_("打印") if receipt.prints == 1 else N_("补打"))
    session.flush()
    return receipt.prints
