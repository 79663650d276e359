"""A charge of another source, and what follows as soon as charges are posted."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import AccountingPeriod, Charge, FeeItem
from app.billing.operations import Posted
from app.billing.queries import explain
from app.billing.states import PeriodState
from app.estate.models import Occupancy, Room
from app.kernel.errors import DomainError
from app.lowcode import clock
from app.lowcode.engine import engine_of

from .town import APRIL, MARCH, Town


@pytest.fixture
def town(app: Any) -> Town:
    return Town(app)


@pytest.fixture
def told(app: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Posted, list[int]]]:
    """What was told after each posting, with the charges that the condition found then."""
    found: list[tuple[Posted, list[int]]] = []

    def follow(session: Session, posted: Posted) -> None:
        ids = session.scalars(select(Charge.id).where(posted.charges()).order_by(Charge.id))
        found.append((posted, list(ids)))

    also(app, follow, monkeypatch)
    return found


def also(app: Any, follow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hook `follow` behind what the app's modules hook to postings."""
    monkeypatch.setitem(engine_of(app).hooks, Posted, [*engine_of(app).hooks[Posted], follow])


def posted(town: Town, **changes: Any) -> int:
    """Post a repair's charge for the first room."""

    def post(session: Session) -> int:
        item = session.scalars(select(FeeItem).where(FeeItem.name == "有偿维修")).one_or_none()
        if item is None:
            item = FeeItem(name="有偿维修")
            session.add(item)
            session.flush()
        owner = session.scalars(
            select(Occupancy.customer_id).where(Occupancy.room_id == town.room_ids[0])
        ).one()
        terms: dict[str, Any] = {
            "community_id": town.community_id,
            "customer_id": owner,
            "room_id": town.room_ids[0],
            "fee_item_id": item.id,
            "amount": Decimal("85.50"),
            "day": date(2025, 3, 12),
            "source": "repair",
            "source_id": 7,
            "words": "报修单 BX2025-0007：更换水龙头。",
        }
        return operations.post_charge(session=session, **(terms | changes)).id

    return int(town.do(post))


def test_a_charge_of_another_source_is_owed_and_says_why(town: Town) -> None:
    charge_id = posted(town)
    charge = town.ask(lambda session: session.get_one(Charge, charge_id))
    building = town.ask(lambda session: session.get_one(Room, town.room_ids[0]).building_id)
    assert (charge.amount, charge.due, charge.building_id) == (Decimal("85.50"), Decimal("85.50"), building)
    assert (str(charge.period), str(charge.posting_period), charge.due_date) == (
        "2025-03",
        "2025-03",
        date(2025, 3, 12),
    )
    sentences = town.ask(lambda session: explain(session=session, row=session.get_one(Charge, charge_id)))
    assert ["更换水龙头" in message % places for message, places in sentences] == [True]


def test_the_same_source_again_is_the_same_charge(town: Town) -> None:
    assert posted(town) == posted(town)
    assert posted(town, part=1) != posted(town)
    assert town.ask(lambda session: session.scalar(select(func.count(Charge.id)))) == 2
    with pytest.raises(DomainError) as refused:
        posted(town, amount=Decimal(90))
    assert refused.value.code == "source_charged"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Decimal(0)}, "not_positive"),
        ({"amount": Decimal(-5)}, "not_positive"),
        ({"amount": Decimal("1.005")}, "too_many_decimals"),
        ({"customer_id": 10**9}, "out_of_scope"),
        ({"room_id": 10**9}, "out_of_scope"),
        ({"fee_item_id": 10**9}, "out_of_scope"),
    ],
)
def test_what_is_not_right_is_refused(town: Town, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        posted(town, **changes)
    assert refused.value.code == code
    assert town.charges() == []


def test_another_communitys_room_is_refused(town: Town, cast: Any) -> None:
    other = town.ask(
        lambda session: session.scalars(select(Room.id).where(Room.community_id != town.community_id)).first()
    )
    with pytest.raises(DomainError) as refused:
        posted(town, room_id=other)
    assert refused.value.code == "mixed_communities"


def test_nothing_is_posted_in_a_closed_month(town: Town) -> None:
    posted(town)
    town.do(lambda session: session.execute(update(AccountingPeriod).values(state=PeriodState.CLOSED)))
    with pytest.raises(DomainError) as refused:
        posted(town, source_id=8, amount=Decimal(0))
    assert refused.value.code == "period_closed"


@pytest.mark.all_databases
def test_after_posting_every_hook_is_told_in_the_books_month(
    town: Town, told: list[tuple[Posted, list[int]]], backend: str
) -> None:
    town.assign(town.standard())
    with clock.clock_at(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        charge_id = posted(town)
        runs = town.bill(MARCH) + town.bill(APRIL)
        assert town.bill(APRIL) == []
    with clock.clock_at(datetime(2025, 9, 1, 4, tzinfo=UTC)):
        posted(town, source_id=8, day=date(2025, 4, 9))
    assert [(one.run_id, one.charge_id is None, str(one.period), one.day.isoformat()) for one, _ in told] == [
        (None, False, "2025-03", "2025-03-20"),
        (runs[0], True, "2025-03", "2025-03-20"),
        (runs[1], True, "2025-04", "2025-04-01"),
        (None, False, "2025-04", "2025-04-30"),
    ]
    assert [len(ids) for _, ids in told] == [1, 3, 3, 1]
    assert told[0][1] == [charge_id]


def test_what_follows_can_undo_the_posting(town: Town, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(session: Session, posted: Posted) -> None:
        raise DomainError

    town.assign(town.standard())
    also(app, refuse, monkeypatch)
    with pytest.raises(DomainError):
        town.bill(MARCH)
    assert town.charges() == []
