"""What stands on a repair order on paper beside its own columns."""

from typing import Any

from app.estate.queries.letterhead import letterhead
from app.lowcode.attachments import attachments_of
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.values import format_value
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs.effects import SIGNATURE
from app.service.operations.repairs.registration import place_of
from app.service.queries.repairs import materials_of


def repair_paper(row: RepairOrder) -> dict[str, Any]:
    """Return the company's and community's names, where it is, the materials, and the drawn signature if there is one."""
    session, fields = db.session(), spec_of(RepairMaterial).fields
    drawn = [one for one in attachments_of(session=session, row=row) if one.kind == SIGNATURE.name]
    return {
        **letterhead(row),
        "place": place_of(session=session, row=row),
        "materials": [
            {
                name: format_value(getattr(one, name), fields[name])
                for name in ("name", "quantity", "unit", "price", "amount")
            }
            for one in materials_of(session=session, order=row)
        ],
        # The last one: what was signed before a repair was done again is in the attachments.
        "signature": f"/repair_order/attachment/{row.id}/{drawn[-1].id}" if drawn and row.signed_at else None,
    }
