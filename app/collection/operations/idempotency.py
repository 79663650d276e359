"""One press of the button is one payment: the key that came before answers with the receipts made then."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Receipt
from app.collection.operations.payment_request import PaymentRequest
from app.collection.rules.payment import body_hash
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen
from app.lowcode.actors import current_actor


class KeyReused(DomainError):
    """An idempotency key that came before with another body."""

    code = "key_reused"
    message = N_("这次提交的编号已用于另一笔收款，没有重复收款。请刷新页面后再收。")


def request_hash(request: PaymentRequest) -> str:
    """Hash what was asked for and by whom, without the key: the same press gives the same."""
    return body_hash(
        customer=request.customer_id,
        charges=None if request.charge_ids is None else sorted(set(request.charge_ids)),
        amount=None if request.amount is None else fen(request.amount),
        tenders=[(tender.value, None if part is None else fen(part)) for tender, part in request.tenders],
        tendered=None if request.tendered is None else fen(request.tendered),
        day=request.day,
        by=current_actor().user_id,
        rounding=request.rounding and request.rounding.value,
        keep_change=request.keep_change,
        advances=[(fen(line.amount), line.room_id, line.fee_item_id) for line in request.advances],
        deposits=[(fen(line.amount), line.room_id, line.item) for line in request.deposits],
    )


def earlier_receipts(*, session: Session, key: str | None, asked: str) -> list[Receipt]:
    """Return the receipts that this key made before; none for a new key. Raises KeyReused for another body."""
    if key is None:
        return []
    found = list(session.scalars(select(Receipt).where(Receipt.key == key).order_by(Receipt.community_id)))
    if any(receipt.body_hash != asked for receipt in found):
        raise KeyReused(field="key")
    return found
