"""The order in which one walks past rooms: 1-1-901 before 1-1-1001, which text would put the other way round."""

from typing import Any

from sqlalchemy import func

from app.estate.models import Room


def as_walked() -> list[Any]:
    """What rooms are ordered by: community, building, unit, number; shorter codes first."""
    of: Any = Room
    return [
        of.community_id,
        of.building_id,
        func.char_length(of.unit),
        of.unit,
        func.char_length(of.code),
        of.code,
    ]
