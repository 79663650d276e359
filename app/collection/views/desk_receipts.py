"""A customer's receipts at the desk: what each says in a line, and the buttons that it has now."""

from typing import Any

from flask_babel import gettext as _

from app.collection.queries.accounts import PaidReceipt
from app.collection.states import ReceiptState
from app.collection.views import actions
from app.lowcode.permissions import may


def paid_json(paid: PaidReceipt) -> dict[str, Any]:
    """Return a receipt for the desk's list; `actions`: what may be done to it now, each with the address of its dialog."""
    row = paid.row
    return {
        "id": row.id,
        "number": row.number,
        "day": row.day.isoformat(),
        "total": format(row.total, "f"),
        "tenders": [_(tender.label) for tender in paid.tenders],
        "cashier": row.created_by or "",
        "state": "" if row.state is ReceiptState.VALID else _(row.state.label),
        "url": f"/receipt/show/{row.id}",
        "print_url": f"/desk/receipt/{row.id}/print" if may("print", "Receipt") else None,
        "actions": [
            {
                "label": _(action.label),
                "url": f"/receipt/do/{action.name}/{row.id}?stay=1",
                "tone": action.tone,
            }
            for action in actions.RECEIPT
            if may(action.verb, "Receipt") and action.allowed(row)
        ],
    }
