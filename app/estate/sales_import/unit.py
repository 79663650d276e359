"""One import in a unit of its own, for the command and for the wizard's job."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.writer import import_sales
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work


def import_in_unit(
    *, plan: SalesPlan, good_rows: bool, keep: Callable[[dict[str, Any]], None] = lambda told: None
) -> dict[str, Any]:
    """Store a plan, all of it or nothing; returns the report. Raises what import_sales raises.

    `keep` is handed the report before the unit commits: what it raises takes everything back.
    """

    def once() -> dict[str, Any]:
        told = import_sales(session=db.session(), plan=plan, good_rows=good_rows)
        keep(told)
        return told

    try:
        return in_unit_of_work(once)
    except IntegrityError:
        # Somebody made the same community, room or customer meanwhile: now it is there to be recognised.
        return in_unit_of_work(once)
