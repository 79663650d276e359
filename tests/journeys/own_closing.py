"""How the pages of the month's end are visited."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.periods import Period
from tests.journeys.visits import Visit
from tests.journeys.world_closing import CLOSED, NEXT


def _months(path: str, period: Period, **more: Any) -> Callable[[Session, Any], list[Visit]]:
    return lambda session, world: [Visit(f"/closing/{path}/{world.community_id}/{period}", **more)]


OWN: dict[tuple[str, str], Callable[[Session, Any], list[Visit]]] = {
    ("BoardView.index", "GET"): lambda session, world: [
        Visit("/closing/", told=True),
        Visit("/closing/?year=2024", told=True),
    ],
    ("BoardView.check", "GET"): lambda session, world: [
        *_months("check", CLOSED, told=True)(session, world),
        *_months("check", NEXT, told=True)(session, world),
    ],
    ("BoardView.findings", "GET"): _months("findings", NEXT),
    ("BoardView.close", "POST"): _months("close", NEXT, method="POST"),
}
