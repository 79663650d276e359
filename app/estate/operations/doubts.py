"""What is odd about typed values though nothing forbids it: the office is asked before they are saved."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Room, Vehicle
from app.estate.rules.people import plain_plate


def doubts_of_room(*, session: Session, row: Room | None, **values: Any) -> list[str]:
    """Return whether more can be used than was built (㎡)."""
    area, inside = values.get("area"), values.get("inside_area")
    if area is None or inside is None or inside <= area:
        return []
    return [_("使用面积 %(inside)s ㎡ 大于建筑面积 %(area)s ㎡。", inside=inside, area=area)]


def doubts_of_vehicle(*, session: Session, row: Vehicle | None, **values: Any) -> list[str]:
    """Return whether the plate stands in the community already; lists of sold rooms carry some twice."""
    plate = plain_plate(text=values.get("plate") or "") or values.get("plate")
    if row is not None and row.plate == plate:
        return []
    community_id = values.get("community_id") or (row.community_id if row is not None else None)
    found = session.scalars(
        select(Vehicle)
        .join(Community, Community.id == Vehicle.community_id)
        .where(Vehicle.plate == plate, Vehicle.community_id == community_id)
        .limit(1)
    ).first()
    if found is None:
        return []
    owner = found.customer.name if found.customer is not None else _("没有登记客户")
    return [_("车牌 %(plate)s 已经登记过（%(owner)s）。", plate=plate, owner=owner)]
