"""Months that are over wait on the home page of who closes them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.billing.models import AccountingPeriod
from app.billing.states import PeriodState
from app.closing.queries.periods_due import months_over
from app.kernel.periods import Period
from app.lowcode.clock import clock_at, midnight
from app.lowcode.unit import unit_of_work


def add_periods(community_id: int, **states: PeriodState) -> None:
    with unit_of_work() as session:
        for name, state in states.items():
            session.execute(
                insert(AccountingPeriod.__table__).values(
                    community_id=community_id, period=Period.parse(name[1:].replace("_", "-")), state=state
                )
            )


def test_the_earliest_open_month_of_each_community(session: Session, cast: Any) -> None:
    add_periods(
        cast.ours.community_id,
        m2025_01=PeriodState.CLOSED,
        m2025_02=PeriodState.CLOSED,
        m2025_05=PeriodState.OPEN,
    )
    add_periods(cast.neighbour.community_id, m2025_03=PeriodState.OPEN)

    def waiting(now: str) -> list[tuple[str, str, bool]]:
        session.rollback()
        found = months_over(session=session, now=Period.parse(now))
        return [(one.community, str(one.period), one.late) for one in found]

    assert waiting("2025-03") == []
    # Nothing was dated in March: it closes like any other.
    assert waiting("2025-04") == [("邻里苑", "2025-03", False), ("锦绣园", "2025-03", False)]
    assert waiting("2025-05") == [("邻里苑", "2025-03", True), ("锦绣园", "2025-03", True)]


def test_who_may_close_is_told(session: Session, cast: Any, client_of: Callable[[str], FlaskClient]) -> None:
    add_periods(cast.ours.community_id, m2025_01=PeriodState.OPEN)
    add_periods(cast.neighbour.community_id, m2025_01=PeriodState.OPEN)
    with clock_at(midnight(date(2025, 2, 3)) + timedelta(hours=12)):
        page = client_of("财务").get("/home/duties").get_data(as_text=True)
        assert "待结账：锦绣园 2025-01" in page
        assert f'href="/closing/check/{cast.ours.community_id}/2025-01"' in page
        assert "邻里苑" not in page
        assert "待结账" not in client_of("收费员").get("/home/duties").get_data(as_text=True)
