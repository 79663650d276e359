"""Row scope: deny by default, every read narrowed, every write guarded."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.estate.models import Building, Community, Room, Vehicle
from app.kernel.errors import DomainError
from app.lowcode import scope
from app.lowcode.actors import SYSTEM, Actor, Reach, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work


def one_of(place) -> Actor:
    return Actor(1, "某人", Reach(frozenset({place.community_id}), frozenset({place.company_id})))


@pytest.mark.all_databases
def test_nobody_reaches_nothing(app, cast, backend):
    with app.app_context():
        for model in (Community, Building, Room):
            assert db.session.scalars(select(model)).all() == []
            assert db.session.scalar(select(func.count(model.id))) == 0


@pytest.mark.all_databases
def test_reads_of_every_shape_are_narrowed(app, cast, backend):
    theirs = cast.neighbour
    with app.app_context(), acting_as(one_of(cast.ours)):
        assert db.session.get(Room, theirs.room_ids[0]) is None
        assert scope.find(db.session(), Room, theirs.room_ids[0]) is None
        assert set(db.session.scalars(select(Room.community_id))) == {cast.ours.community_id}
        joined = select(Room.code, Building.name).join(Building, Room.building_id == Building.id)
        assert len(db.session.execute(joined).all()) == 2
        assert db.session.scalars(select(Room).where(Room.id == theirs.room_ids[0])).all() == []


def test_what_the_session_already_holds_is_judged_too(app, cast):
    with app.app_context():
        with acting_as(SYSTEM):
            held = db.session.get(Room, cast.neighbour.room_ids[0])
        with acting_as(one_of(cast.ours)):
            assert held is not None
            assert scope.find(db.session(), Room, held.id) is None


def write(app, actor, make) -> None:
    with app.app_context(), acting_as(actor), unit_of_work() as session:
        make(session)
        session.flush()


@pytest.mark.parametrize("place", ["ours", "neighbour"])
def test_a_row_of_another_community_cannot_be_added(app, cast, place):
    community_id = getattr(cast, place).community_id

    def add(session):
        session.add(Building(community_id=community_id, name="9号楼"))

    if place == "ours":
        write(app, one_of(cast.ours), add)
        return
    with pytest.raises(DomainError) as refused:
        write(app, one_of(cast.ours), add)
    assert refused.value.code == "out_of_scope"


def test_a_row_cannot_be_moved_out_of_reach_or_linked_across(app, cast):
    ours, theirs = cast.ours, cast.neighbour

    def move(session):
        session.get(Building, ours.building_id).community_id = theirs.community_id

    def link_out(session):
        session.get(Room, ours.room_ids[0]).building_id = theirs.building_id

    for change in (move, link_out):
        with pytest.raises(DomainError) as refused:
            write(app, one_of(ours), change)
        assert refused.value.code == "out_of_scope"


def test_not_even_the_system_links_across_communities(app, cast):
    def add(session):
        session.add(
            Room(
                community_id=cast.ours.community_id,
                building_id=cast.neighbour.building_id,
                code="x",
                number="x",
                area=Decimal(50),
            )
        )

    with pytest.raises(DomainError) as refused:
        write(app, SYSTEM, add)
    assert refused.value.code == "mixed_communities"


def test_a_foreign_row_cannot_be_deleted(app, cast):
    with app.app_context():
        with acting_as(SYSTEM), unit_of_work() as session:
            vehicle = Vehicle(community_id=cast.neighbour.community_id, plate="浙Z00001")
            session.add(vehicle)
            session.flush()
            key = vehicle.id
        with acting_as(one_of(cast.ours)), pytest.raises(DomainError) as refused, unit_of_work() as session:
            with acting_as(SYSTEM):
                stolen = session.get(Vehicle, key)
            session.delete(stolen)
            session.flush()
        assert refused.value.code == "out_of_scope"
