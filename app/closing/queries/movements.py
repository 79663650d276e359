"""What moved the sum of what is owed, by month, building, fee and kind: what the month's reports add up."""

from typing import Any

from sqlalchemy import FromClause, func, literal, select, type_coerce, union_all

from app.billing.models import NO_BUILDING, Charge, MonthSum
from app.billing.states import MovementKind
from app.closing.queries.report_filters import wanted
from app.collection.models import Allocation
from app.collection.states import MOVES
from app.lowcode import listing
from app.lowcode.reports.declaration import ReportQuery
from app.lowcode.types import Money, raw

COLUMNS = ("community_id", "posting_period", "building_id", "fee_item_id", "period", "kind")
PAID = (MovementKind.CASH, MovementKind.PREPAYMENT)
"""What is collected of what was charged."""
KEPT_BY = ("community_id", "building_id")
"""The tree's grains that the sums are kept by."""


def moves(scope: ReportQuery) -> FromClause:
    """Return the movements in a scope: COLUMNS, and `amount`, 元, what each adds to what is owed. A subquery.

    Read from the sums of the months; of a room, a space or whatever else is finer than a building, from the documents.
    """
    if not scope.narrowed or listing.narrowing_grain() in KEPT_BY:
        of: Any = MonthSum
        columns = [getattr(of, name) for name in (*COLUMNS, "amount")]
        return select(*columns).where(*wanted(scope, MonthSum)).subquery()
    return of_documents(wanted(scope, Charge), wanted(scope, Allocation))


def of_documents(on_charges: list[Any], on_allocations: list[Any]) -> FromClause:
    """Return the same of the charges and allocations themselves, a row each, under these conditions."""
    charge, allocation = _columns(Charge), _columns(Allocation)
    kind = MonthSum.__table__.c.kind.type

    def amount(units: Any) -> Any:
        return type_coerce(units, Money).label("amount")

    def charged(move: MovementKind, units: Any) -> Any:
        return select(*charge, literal(move, kind).label("kind"), amount(units)).where(
            units != 0, *on_charges
        )

    def settled(move: MovementKind) -> Any:
        kinds = [one for one, its in MOVES.items() if its is move]
        return select(*allocation, literal(move, kind).label("kind"), amount(-raw(Allocation.amount))).where(
            Allocation.kind.in_(kinds), *on_allocations
        )

    return union_all(
        charged(MovementKind.CHARGED, raw(Charge.gross)),
        charged(MovementKind.RELIEVED, -raw(Charge.waived)),
        *(settled(move) for move in dict.fromkeys(MOVES.values())),
    ).subquery()


def _columns(model: Any) -> list[Any]:
    building = func.coalesce(model.building_id, NO_BUILDING).label("building_id")
    return [building if name == "building_id" else getattr(model, name) for name in COLUMNS if name != "kind"]
