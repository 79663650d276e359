"""The demo's months behind the desk: what was taken is handed over and signed for, and the months that are over close."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.closing.operations import close
from app.collection.operations import hand_over, sign, till_of
from app.collection.queries.open_tills import unhanded
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import Actor, acting_as

EVENING, MORNING = time(17, 30), time(9, 30)
CLOSED_ON = 5  # the day of the next month
LEFT_OPEN = 2  # this month and the one before it
NOT_HANDED_OVER = timedelta(days=3)  # what was taken last


def close_months(
    *,
    session: Session,
    community_id: int,
    periods: Sequence[Period],
    now: datetime,
    finance: Actor,
    desks: Mapping[int, Actor],
    say: Callable[[str], None],
) -> None:
    """Hand over month by month as whoever took it (`desks` by user id), and close all but the last LEFT_OPEN.

    Of the last month's money the hand-over waits for its signature; of the last days it is still at the desk.
    """
    for number, period in enumerate(periods):
        last = min(period.last_day, now.date() - NOT_HANDED_OVER)
        if last < period.first_day:
            continue
        is_over = number < len(periods) - 1
        for cashier_id, _papers in unhanded(session=session, community_id=community_id, period=period):
            till: dict[str, Any] = {
                "session": session,
                "community_id": community_id,
                "cashier_id": cashier_id,
            }
            if cashier_id is None or till_of(**till, until=last).empty:
                continue
            with clock.clock_at(min(_at(last, EVENING), now)), acting_as(desks[cashier_id]):
                paper = hand_over(**till, day=last)
            if is_over:
                with clock.clock_at(min(_at(last + timedelta(days=1), MORNING), now)), acting_as(finance):
                    sign(session=session, handover_id=paper.id)
        if number < len(periods) - LEFT_OPEN:
            with (
                clock.clock_at(_at(period.next.first_day.replace(day=CLOSED_ON), MORNING)),
                acting_as(finance),
            ):
                close(session=session, community_id=community_id, period=period)
            say(f"{period} 已结账")


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=clock.timezone())
