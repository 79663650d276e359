"""The order in which one walks past rooms: 1-1-901 before 1-1-1001."""

from typing import Any

from app.estate.models import Room


def as_walked() -> list[Any]:
    """Return what rooms are ordered by: community, then building, unit and number as people count."""
    room: Any = Room
    return [room.community_id, room.code_order]
