"""What the keys of a page of lines are called: a query for each kind, whatever the number of lines."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.billing.states import FeeKind
from app.estate.models import Building, Community, Customer, ParkingSpace, Room


def values_by_id(session: Session, model: Any, column: Any, keys: Iterable[int | None]) -> dict[Any, Any]:
    """Return a column of the rows with these ids, by id; None stands for nothing."""
    wanted = sorted({key for key in keys if key is not None})
    if not wanted:
        return {}
    return dict(session.execute(select(model.id, column).where(model.id.in_(wanted))).all())


def late_fee_items(session: Session) -> frozenset[int]:
    """Return the fees that are 违约金."""
    return frozenset(session.scalars(select(FeeItem.id).where(FeeItem.kind == FeeKind.LATE_FEE)))


class Names:
    """Communities, buildings, rooms, spaces, customers and fees by id, of the rows of a page."""

    def __init__(self, session: Session, rows: Iterable[Any]) -> None:
        found = list(rows)

        def of(name: str, model: Any, column: Any) -> dict[Any, Any]:
            return values_by_id(session, model, column, (getattr(row, name, None) for row in found))

        self._communities = of("community_id", Community, Community.name)
        self._buildings = of("building_id", Building, Building.name)
        self._rooms = of("room_id", Room, Room.code)
        self._spaces = of("space_id", ParkingSpace, ParkingSpace.number)
        self._customers = of("customer_id", Customer, Customer.name)
        self._fees = of("fee_item_id", FeeItem, FeeItem.name)

    def values(self, row: Any) -> dict[str, str]:
        """community, building, place (房号, or the space's number), customer and fee of a row."""
        room, space = getattr(row, "room_id", None), getattr(row, "space_id", None)
        return {
            "community": self._communities.get(row.community_id, ""),
            "building": self._buildings.get(getattr(row, "building_id", None), ""),
            "place": self._rooms.get(room, "") if room is not None else self._spaces.get(space, ""),
            "customer": self._customers.get(getattr(row, "customer_id", None), ""),
            "fee": self._fees.get(getattr(row, "fee_item_id", None), ""),
        }


def keys_of(row: Any, *names: str) -> dict[str, int | None]:
    """Return the keys of a line, from its row."""
    return {name: getattr(row, name) for name in names}
