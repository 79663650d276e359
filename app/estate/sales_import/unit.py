"""One import in a unit of its own, for the command and for the wizard's job."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.writer import ImportResult, import_sales
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work


def import_in_unit(
    *,
    plan: SalesPlan,
    good_rows: bool,
    keep: Callable[[ImportResult], None] = lambda result: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportResult:
    """Store a plan, all of it or nothing. Raises what import_sales raises.

    `keep` is handed the result before the unit commits: what it raises takes everything back.
    """

    def once() -> ImportResult:
        result = import_sales(session=db.session(), plan=plan, good_rows=good_rows, progress=progress)
        keep(result)
        return result

    try:
        return in_unit_of_work(once)
    except IntegrityError:
        # Somebody made the same community, room or customer meanwhile: now it is there to be recognised.
        return in_unit_of_work(once)
