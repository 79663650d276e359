"""Stores what a sales system's export means to make (S9-18).

Nothing that the office has entered is overwritten: a document that is there is recognised, its blanks are filled in,
and what differs is warned of. So the same file a second time makes nothing, and a later export brings what is new.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.parser.report import report
from app.estate.sales_import.writer.ledger import Ledger
from app.estate.sales_import.writer.parking import store_spaces, store_vehicles
from app.estate.sales_import.writer.people import store_occupancies
from app.estate.sales_import.writer.places import (
    reach_with,
    store_buildings,
    store_community,
    store_rooms,
    wait_for_others,
)
from app.estate.sales_import.writer.register import Register
from app.lowcode.actors import acting_as

__all__ = ["ImportResult", "import_sales"]


@dataclass(frozen=True)
class ImportResult:
    """What an import did: its report (app/estate/sales_import/parser/report.py), and the communities that it made."""

    report: dict[str, Any]
    communities: tuple[str, ...] = ()


def import_sales(
    *,
    session: Session,
    plan: SalesPlan,
    good_rows: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportResult:
    """Store a plan. `progress` is told how many rows of how many are stored.

    With a rejected row nothing is stored, unless `good_rows` asks for the others. Missing communities are made, in
    the actor's first company, and that too when there is none. Raises CommunityOutOfReach, CompanyMissing.
    """
    if plan.rejected and not good_rows:
        return ImportResult(report(plan=plan, stored=False))
    ledger = Ledger(rows=plan.rows, pieces=_pieces(plan), progress=progress)

    wait_for_others(session=session)
    for community in plan.communities:
        row = store_community(session=session, planned=community, ledger=ledger)
        with session.no_autoflush, acting_as(reach_with(community_id=row.id)):
            register = Register(session=session, community=row)
            for store in (store_buildings, store_rooms, store_occupancies, store_spaces, store_vehicles):
                store(session=session, plan=plan, register=register, ledger=ledger)
            session.flush()
    unanswered = tuple(one for one in plan.warnings if (one.sheet, one.row, one.code) not in ledger.settled)
    found = replace(plan, warnings=(*unanswered, *ledger.warnings))
    told = report(plan=found, stored=True, created=ledger.created, updated=ledger.updated)
    return ImportResult(told, tuple(ledger.communities))


def _pieces(plan: SalesPlan) -> int:
    """How many documents are stored piece by piece: by these the rows done are reckoned."""
    return sum(map(len, (plan.buildings, plan.rooms, plan.occupancies, plan.spaces)))
