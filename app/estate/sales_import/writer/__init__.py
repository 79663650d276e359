"""Stores what a sales system's export means to make (S9-18).

Nothing that the office has entered is overwritten: a document that is there is recognised, its blanks are filled in,
and what differs is warned of. So the same file a second time makes nothing, and a later export brings what is new.
"""

from dataclasses import replace
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

__all__ = ["import_sales"]


def import_sales(*, session: Session, plan: SalesPlan, good_rows: bool) -> dict[str, Any]:
    """Store a plan and return its report (app/estate/sales_import/parser/report.py).

    With a rejected row nothing is stored, unless `good_rows` asks for the others. Missing communities are made, in
    the actor's first company, and that too when there is none. Raises CommunityOutOfReach, CompanyMissing.
    """
    if plan.rejected and not good_rows:
        return report(plan=plan, stored=False)
    ledger = Ledger()
    wait_for_others(session=session)
    for community in plan.communities:
        row = store_community(session=session, planned=community, ledger=ledger)
        with session.no_autoflush, acting_as(reach_with(community_id=row.id)):
            register = Register(session=session, community=row)
            store_buildings(session=session, plan=plan, register=register, ledger=ledger)
            store_rooms(session=session, plan=plan, register=register, ledger=ledger)
            store_occupancies(session=session, plan=plan, register=register, ledger=ledger)
            store_spaces(session=session, plan=plan, register=register, ledger=ledger)
            store_vehicles(session=session, plan=plan, register=register, ledger=ledger)
            session.flush()
    unanswered = tuple(one for one in plan.warnings if (one.sheet, one.row, one.code) not in ledger.settled)
    found = replace(plan, warnings=(*unanswered, *ledger.warnings))
    return report(plan=found, stored=True, created=ledger.created, updated=ledger.updated)
