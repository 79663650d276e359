"""What the page of a room or a customer begins with: what is owed, and the way to the desk."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.billing.models import Charge
from app.estate.models import Customer, Room
from app.kernel.money import format_money
from app.lowcode.manifest import Lead
from app.lowcode.pages import Button, Cell, Fact
from app.lowcode.permissions import may


def _due(row: Room | Customer) -> Any:
    if not may("read", "Charge"):
        return None
    mine = getattr(Charge, _link(row)) == row.id
    return select(func.sum(Charge.due)).where(mine, Charge.due > Decimal(0)).scalar_subquery()


def _owed(row: Room | Customer, due: Decimal | None) -> Fact:
    href = f"/charge/list/?{urlencode({f'f.{_link(row)}.eq': row.id, 'f.due.ge': '0.01'})}"
    cell = Cell(format_money(due), "money", href=href) if due else Cell("0.00", "money")
    return Fact(_("欠费"), cell)


def _link(row: Room | Customer) -> str:
    return "room_id" if isinstance(row, Room) else "customer_id"


OWED = Lead(_due, _owed)
"""What is open (元), leading to those charges."""


def to_desk(row: Room | Customer) -> Button | None:
    """Return the button to the desk, with this room or customer looked for."""
    if not may("collect", "Desk"):
        return None
    asked = row.code if isinstance(row, Room) else row.name
    return Button("desk", _("去收费台"), f"/desk/?{urlencode({'q': asked})}", "cash-register")
