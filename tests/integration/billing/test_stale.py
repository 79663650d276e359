"""A run whose preview is no longer true is not posted: the person is told to compute it again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import FeeAssignment, FeeStandard, FeeStandardVersion, Meter, MeterReading
from app.billing.operations.run_computation import PRORATION
from app.billing.states import RunState
from app.estate.models import Customer, Occupancy, ParkingSpace, Room, RoomArea
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.jobs import Job
from app.lowcode.settings import Setting

from .meters import add_meter, read, water_fee
from .town import MARCH, Town


@pytest.fixture
def town(app) -> Town:
    town = Town(app)
    owner = town.ask(lambda session: session.scalars(select(Occupancy.customer_id)).first())
    space = town.space(customer_id=owner)
    standard = town.standard()
    town.assign(standard, space_ids=[space], room_ids=town.room_ids)
    meter = add_meter(town)
    water_fee(town, [meter])
    read(town, meter, "2025-03-31", "115")
    return town


def first(session: Session, model: Any) -> Any:
    return session.scalars(select(model).order_by(model.id)).first()


def change(model: Any, **values: Any) -> Callable[[Session], None]:
    def done(session: Session) -> None:
        for name, value in values.items():
            setattr(first(session, model), name, value)

    return done


def another_owner(session: Session) -> None:
    room = first(session, Room)
    person = Customer(community_id=room.community_id, name="新业主")
    session.add(person)
    session.flush()
    session.add(Occupancy(community_id=room.community_id, room_id=room.id, customer_id=person.id))


def new_price(session: Session) -> None:
    standard = first(session, FeeStandard)
    operations.add_price(
        session=session, standard_id=standard.id, starts=date(2025, 3, 16), price=Decimal("3.10")
    )


def surveyed(session: Session) -> None:
    room = first(session, Room)
    session.add(
        RoomArea(community_id=room.community_id, room_id=room.id, starts=date(2025, 1, 1), area=Decimal(99))
    )


def reread(session: Session) -> None:
    reading = first(session, MeterReading)
    operations.correct_reading(session=session, reading_id=reading.id, value=Decimal(116), reason="看错")


STALE: dict[str, Callable[[Session], None]] = {
    "an owner gone": lambda session: session.delete(first(session, Occupancy)),
    "an owner who left": change(Occupancy, ends=date(2025, 3, 10)),
    "an owner who came": another_owner,
    "a new price": new_price,
    "a price gone": lambda session: session.delete(first(session, FeeStandardVersion)),
    "another due day": change(FeeStandard, due_days=30),
    "an end": change(FeeAssignment, ends=date(2025, 3, 10)),
    "a survey": surveyed,
    "an area": change(Room, area=Decimal(90)),
    "a hand-over": change(Room, handed_over=date(2025, 3, 2)),
    "a space let to nobody": change(ParkingSpace, customer_id=None),
    "a reading corrected": reread,
    "a meter of another room": change(Meter, room_id=None),
    "another proration": lambda session: session.add(Setting(key=PRORATION, value="thirty")),
}

FRESH: dict[str, Callable[[Session], None]] = {
    "nothing": lambda session: None,
    "a name": change(Customer, name="改名"),
    "a room's remark": change(Room, remark="朝南"),
    "a price of a later month": lambda session: operations.add_price(
        session=session,
        standard_id=first(session, FeeStandard).id,
        starts=date(2025, 4, 1),
        price=Decimal("3.10"),
    ),
    "another setting": lambda session: session.add(Setting(key="else", value="1")),
}


def posted_after(town: Town, changing: Callable[[Session], None], run_jobs: Callable[[], int]) -> int:
    """Compute, change, post; the run's id."""
    run_id = town.start(MARCH)
    assert run_jobs() == 1
    town.do(changing)
    town.do(lambda session: operations.start_posting(session=session, run_id=run_id))
    assert run_jobs() == 1
    return run_id


@pytest.mark.parametrize("what", STALE)
def test_what_was_computed_on_other_ground_is_not_posted(
    town: Town, run_jobs: Callable[[], int], what: str
) -> None:
    run_id = posted_after(town, STALE[what], run_jobs)
    assert town.charges() == []
    # It is not lost either: it can be thrown away and begun again.
    assert town.run(run_id).state is RunState.READY
    with town.app.app_context(), acting_as(SYSTEM):
        last = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert last is not None and "请作废后重新出账" in str(last.message)
    town.do(lambda session: operations.cancel_run(session=session, run_id=run_id))
    assert town.run(run_id).state is RunState.CANCELLED


def test_computed_again_it_is_posted_as_things_stand_now(town: Town, run_jobs: Callable[[], int]) -> None:
    stale = posted_after(town, STALE["an area"], run_jobs)
    town.do(lambda session: operations.cancel_run(session=session, run_id=stale))
    run_id = posted_after(town, FRESH["nothing"], run_jobs)
    assert town.run(run_id).state is RunState.POSTED
    assert [row[4] for row in town.charges() if row[0] == "1-1-0001"] == ["216.00", "67.50"]


@pytest.mark.parametrize("what", FRESH)
def test_what_has_no_bearing_on_it_does_not_stop_it(
    town: Town, run_jobs: Callable[[], int], what: str
) -> None:
    run_id = posted_after(town, FRESH[what], run_jobs)
    assert town.run(run_id).state is RunState.POSTED
    assert len(town.charges()) >= 3


@pytest.mark.all_databases
def test_an_owner_gone_is_noticed_on_every_database(
    town: Town, run_jobs: Callable[[], int], backend: str
) -> None:
    posted_after(town, STALE["an owner gone"], run_jobs)
    assert town.charges() == []
