"""One press of the button is one payment: the key that came before answers with the receipts made then."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Receipt
from app.collection.operations.receipt_drafts import Advance, DepositLine
from app.collection.rules.payment import body_hash
from app.collection.states import Rounding, Tender
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen
from app.lowcode.actors import current_actor


class KeyReused(DomainError):
    """An idempotency key that came before with another body."""

    code = "key_reused"
    message = N_("这次提交的编号已用于另一笔收款，没有重复收款。请刷新页面后再收。")


def request_hash(
    *,
    customer_id: int,
    charge_ids: Sequence[int] | None,
    amount: Decimal | None,
    tenders: Sequence[tuple[Tender, Decimal | None]],
    tendered: Decimal | None,
    day: date,
    rounding: Rounding | None,
    keep_change: bool,
    ahead: Sequence[Advance | DepositLine],
) -> str:
    """What was asked for, and by whom: the same press gives the same."""
    return body_hash(
        customer=customer_id,
        charges=None if charge_ids is None else sorted(set(charge_ids)),
        amount=None if amount is None else fen(amount),
        tenders=[(tender.value, None if part is None else fen(part)) for tender, part in tenders],
        tendered=None if tendered is None else fen(tendered),
        day=day,
        by=current_actor().user_id,
        rounding=rounding and rounding.value,
        keep_change=keep_change,
        ahead=[repr(one) for one in ahead],
    )


def earlier_receipts(*, session: Session, key: str | None, asked: str) -> list[Receipt]:
    """The receipts that this key made before; none for a new key. Raises KeyReused for another body."""
    if key is None:
        return []
    found = list(session.scalars(select(Receipt).where(Receipt.key == key).order_by(Receipt.community_id)))
    if any(receipt.body_hash != asked for receipt in found):
        raise KeyReused(field="key")
    return found
