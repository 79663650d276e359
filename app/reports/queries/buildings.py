"""欠费 by building and age, for the home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.closing.queries.arrears import owed
from app.closing.queries.names import values_by_id
from app.closing.reports.ageing import NAMES, aged
from app.estate.models import Building, Community
from app.lowcode.reports.declaration import By, ReportQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """What a building owes, 元 by bucket; without ids: all others together, or what has no building."""

    community_id: int | None
    building_id: int | None
    name: str
    sums: Sequence[Decimal]

    @property
    def total(self) -> Decimal:
        """All buckets together."""
        return sum(self.sums, Decimal(0))


def owing_buildings(*, session: Session, as_of: date, most: int, others: str) -> list[Owing]:
    """Return the buildings that owe most, the largest first, and all `others` together; within reach and the chosen node."""
    scope = ReportQuery(by=By.AS_OF, first=as_of, last=as_of)
    found = owed(session, scope)
    place = (found.c.community_id, found.c.building_id)
    rows = session.execute(select(*place, *aged(found, scope)).group_by(*place)).all()
    rows = sorted(rows, key=lambda row: (-row.due, row.community_id, row.building_id or 0))
    named = [row for row in rows if row.building_id is not None][:most]
    rest = [row for row in rows if row not in named]
    buildings = values_by_id(session, Building, Building.name, (row.building_id for row in named))
    communities = values_by_id(session, Community, Community.name, (row.community_id for row in named))
    many = len(communities) > 1

    def name(row: Any) -> str:
        building = str(buildings[row.building_id])
        return f"{communities[row.community_id]} {building}" if many else building

    owing = [
        Owing(
            community_id=row.community_id,
            building_id=row.building_id,
            name=name(row),
            sums=[getattr(row, one) for one in NAMES],
        )
        for row in named
    ]
    if rest:
        sums = [sum((getattr(row, one) for row in rest), Decimal("0.00")) for one in NAMES]
        owing.append(Owing(community_id=None, building_id=None, name=others, sums=sums))
    return owing
