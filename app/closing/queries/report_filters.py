"""欠费 of one place and fee: what may be picked above 欠费明细, and how it narrows what is read."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.billing.models import NO_BUILDING, FeeItem, MonthSum
from app.estate.models import Building, Community
from app.kernel.errors import N_
from app.lowcode.reports.declaration import Pick, ReportQuery

COMMUNITY, BUILDING, OTHERS = "c", "b", "o"
"""How a picked place begins: a community, a building, or what of a community stands in no building."""
OTHER_PLACES = N_("车位及其他")
"""The building of what has none: spaces and other charges."""


def place_key(community_id: int | None, building_id: int | None, *, whole: bool) -> str:
    """Return a place as it is picked; `whole`: everything of the community."""
    if whole:
        return f"{COMMUNITY}{community_id}"
    return f"{OTHERS}{community_id}" if building_id is None else f"{BUILDING}{building_id}"


def wanted(scope: ReportQuery, model: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of a scope on a document or the sums of months: the tree's, and what is picked."""
    found = scope.where(model)
    place, fee = scope.picks.get("place", ""), scope.picks.get("fee")
    if fee:
        found.append(model.fee_item_id == int(fee))
    if place:
        kind, key = place[0], int(place[1:])
        if kind == BUILDING:
            found.append(model.building_id == key)
        else:
            found.append(model.community_id == key)
        if kind == OTHERS:
            none: Any = model.building_id
            found.append(none == NO_BUILDING if model is MonthSum else none.is_(None))
    return found


def _places(session: Session) -> Sequence[tuple[str, str]]:
    communities = session.execute(select(Community.id, Community.name).order_by(Community.name)).all()
    buildings: dict[int, list[tuple[int, str]]] = {}
    for key, name, community in session.execute(select(Building.id, Building.name, Building.community_id)):
        buildings.setdefault(community, []).append((key, name))
    found = []
    for community, name in communities:
        found.append((f"{COMMUNITY}{community}", name))
        mine = sorted(buildings.get(community, ()), key=lambda one: (len(one[1]), one[1]))
        found += [(f"{BUILDING}{key}", f"{name} {building}") for key, building in mine]
        found.append((f"{OTHERS}{community}", f"{name} {_(OTHER_PLACES)}"))
    return found


def _fees(session: Session) -> Sequence[tuple[str, str]]:
    rows = session.execute(select(FeeItem.id, FeeItem.name).order_by(FeeItem.priority, FeeItem.id))
    return [(str(key), name) for key, name in rows]


PLACE = Pick(name="place", label=N_("楼宇"), options=_places)
FEE = Pick(name="fee", label=N_("收费项目"), options=_fees)
