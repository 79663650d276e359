"""Only a unit of work writes and commits, and what it refuses leaves nothing."""

import threading

import pytest
from sqlalchemy import func, select

from app.estate.models import Building
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db, insert_new
from app.lowcode.numbers import Counter
from app.lowcode.unit import NotInUnitOfWork, unit_of_work


def test_a_document_is_never_written_outside_a_unit(app, cast):
    with app.app_context(), acting_as(SYSTEM):
        db.session.add(Building(community_id=cast.ours.community_id, name="9号楼"))
        with pytest.raises(NotInUnitOfWork):
            db.session.flush()
        db.session.rollback()


def test_units_do_not_nest(app):
    with app.app_context(), acting_as(SYSTEM), unit_of_work(), pytest.raises(NotInUnitOfWork), unit_of_work():
        pass


@pytest.mark.all_databases
def test_what_fails_leaves_nothing(app, cast, backend):
    with app.app_context(), acting_as(SYSTEM):
        before = db.session.scalar(select(func.count(Building.id)))
        with pytest.raises(ZeroDivisionError), unit_of_work() as session:
            session.add(Building(community_id=cast.ours.community_id, name="9号楼"))
            session.flush()
            raise ZeroDivisionError
        assert db.session.scalar(select(func.count(Building.id))) == before


def test_sqlite_writers_wait_for_each_other(app, cast):
    """A unit that read first and writes later would fail at once on SQLite if it had not begun IMMEDIATE."""
    barrier, errors = threading.Barrier(4), []

    def work(number: int) -> None:
        with app.app_context(), acting_as(SYSTEM):
            try:
                barrier.wait()
                for turn in range(10):
                    with unit_of_work() as session:
                        session.scalar(select(func.count(Building.id)))
                        session.add(Building(community_id=cast.ours.community_id, name=f"{number}-{turn}"))
            except Exception as error:  # noqa: BLE001 (whatever it is fails the test)
                errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with app.app_context(), acting_as(SYSTEM):
        names = set(db.session.scalars(select(Building.name)))
    assert {f"{number}-{turn}" for number in range(4) for turn in range(10)} <= names


@pytest.mark.all_databases
def test_a_row_whose_key_is_there_is_not_inserted_again(session, cast):
    row = {"community_id": cast.ours.community_id, "kind": "试", "year": 2026, "value": 0}
    with unit_of_work() as unit:
        told = [insert_new(session=unit, table=Counter.__table__, row=row) for _again in range(3)]
    assert told == [True, False, False]
