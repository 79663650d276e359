"""The report of an import, as the command writes it (JSON) and the wizard shows it."""

from collections.abc import Mapping
from typing import Any, Final

from app.estate.sales_import.parser.plan_rows import SalesPlan

CREATED: Final = ("building", "room", "customer", "occupancy", "parking_space")


def report(
    *, plan: SalesPlan, stored: bool, created: Mapping[str, int] | None = None, updated: int = 0
) -> dict[str, Any]:
    """Return the report's dictionary.

    `rows`: lines of data on every sheet read (communities, buildings, rooms, spaces). `imported`: those of them that
    were not rejected, 0 when nothing was stored. `created`: documents made, always the same five plain numbers.
    `updated`: documents changed. `skipped`: lines that hold no data. A row with two reasons stands twice in `rejected`.
    """
    return {
        "rows": plan.rows,
        "imported": plan.accepted if stored else 0,
        "created": {kind: int((created or {}).get(kind, 0)) for kind in CREATED},
        "updated": updated,
        "skipped": plan.skipped,
        "rejected": [finding.as_dict() for finding in plan.rejected],
        "warnings": [finding.as_dict() for finding in plan.warnings],
    }
