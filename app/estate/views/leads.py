"""What a room's page begins with: who owns it and who rents it."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.estate.models import Customer, Occupancy, Room
from app.estate.queries.list_columns import BETWEEN, holding
from app.lowcode.manifest import Lead
from app.lowcode.pages import Cell, Fact
from app.lowcode.permissions import may


def _names(row: Room) -> Any:
    if not may("read", "Occupancy"):
        return None
    return (
        holding(select(func.aggregate_strings(Customer.name, BETWEEN)))
        .select_from(Occupancy)
        .join(Customer, Customer.id == Occupancy.customer_id)
        .where(Occupancy.room_id == row.id)
        .scalar_subquery()
    )


def _residents(row: Room, names: str | None) -> Fact:
    return Fact(_("业主与租户"), Cell(names or _("没有登记")))


RESIDENTS = Lead(_names, _residents)
"""The names of those who hold the room today."""
