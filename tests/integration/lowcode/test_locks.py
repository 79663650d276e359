"""No lock error reaches a person: a unit that met a lock is done again, with patience (Z2)."""

import ast
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from pymysql.err import OperationalError as MariaDBError
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Receipt
from app.collection.operations.allocations import lock_charges
from app.estate.models import Building
from app.lowcode import unit
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.numbers import take_number
from app.lowcode.scope import locked_rows
from app.lowcode.unit import TooBusy, in_unit_of_work, is_passing, unit_of_work

ROOT = Path(__file__).resolve().parents[3]


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


LOCK_ERRORS: dict[str, Exception] = {
    "MariaDB deadlock": MariaDBError(1213, "Deadlock found when trying to get lock"),
    "MariaDB lock wait": MariaDBError(1205, "Lock wait timeout exceeded"),
    "MariaDB changed": MariaDBError(1020, "Record has changed since last read"),
    "PostgreSQL deadlock": DeadlockDetected("deadlock detected"),
    "PostgreSQL serialization": SerializationFailure("could not serialize access"),
    "PostgreSQL lock wait": LockNotAvailable("canceling statement due to lock timeout"),
    "SQLite busy": of_sqlite(sqlite3.SQLITE_BUSY),
    "SQLite snapshot": of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "SQLite locked": of_sqlite(sqlite3.SQLITE_LOCKED),
}
OTHER_ERRORS: dict[str, Exception] = {
    "MariaDB syntax": MariaDBError(1064, "You have an error in your SQL syntax"),
    "MariaDB gone": MariaDBError(2006, "MySQL server has gone away"),
    "SQLite full": of_sqlite(sqlite3.SQLITE_FULL),
}


def met(error: Exception) -> OperationalError:
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize("error", LOCK_ERRORS.values(), ids=LOCK_ERRORS)
def test_what_passes_is_done_again(error: Exception) -> None:
    assert is_passing(met(error))


@pytest.mark.parametrize("error", OTHER_ERRORS.values(), ids=OTHER_ERRORS)
def test_what_stays_is_not(error: Exception) -> None:
    assert not is_passing(met(error))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the units waited between their attempts, without waiting."""
    slept: list[float] = []
    monkeypatch.setattr(unit.time, "sleep", slept.append)
    return slept


def test_a_unit_is_done_again_until_it_meets_no_lock(
    session: Session, cast: Any, pauses: list[float]
) -> None:
    """Z2: nine locks in a row, after which the work is done once; the pauses grow and have an end."""
    left = list(LOCK_ERRORS.values())

    def operation() -> int:
        building = Building(community_id=cast.ours.community_id, name="9号楼")
        db.session().add(building)
        db.session().flush()
        if left:
            raise met(left.pop())
        return building.id

    with acting_as(SYSTEM):
        key = in_unit_of_work(operation)
    session.rollback()
    assert session.scalars(select(Building.id).where(Building.name == "9号楼")).all() == [key]
    assert len(pauses) == len(LOCK_ERRORS)
    assert pauses[0] < 0.02 and max(pauses) < 1 and sum(pauses[-3:]) > sum(pauses[:3])


def test_patience_has_an_end_and_says_so(session: Session, pauses: list[float], monkeypatch: Any) -> None:
    """Z2: what always meets a lock is a refusal in words, and nothing of it is kept."""
    clock = iter(range(100))
    monkeypatch.setattr(unit.time, "monotonic", lambda: next(clock))

    def operation() -> None:
        raise met(LOCK_ERRORS["MariaDB deadlock"])

    with acting_as(SYSTEM), pytest.raises(TooBusy):
        in_unit_of_work(operation, patience=5)
    assert 3 <= len(pauses) <= 6
    with acting_as(SYSTEM), unit_of_work():  # and the next unit begins as ever
        pass


def test_another_error_is_raised_at_once(session: Session, pauses: list[float]) -> None:
    def operation() -> None:
        raise met(OTHER_ERRORS["MariaDB syntax"])

    with acting_as(SYSTEM), pytest.raises(OperationalError):
        in_unit_of_work(operation)
    assert pauses == []


@pytest.mark.parametrize("path", ["/room/list/", "/charge/list/"])
def test_a_reading_page_that_meets_a_lock_says_so(
    app: Flask, client_of: Any, path: str, monkeypatch: Any
) -> None:
    """Z2: outside a unit nothing is done again; a sentence and 503, never 系统出错."""
    client: FlaskClient = client_of("收费员")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def refuse(*_arguments: Any) -> None:
        raise met(LOCK_ERRORS["SQLite busy"])

    name = path.split("/")[1]
    with app.app_context():
        engine: Engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def busy(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if f"FROM {name}" in sql:
            refuse()

    try:
        answer = client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", busy)
    assert answer.status_code == 503
    assert "请稍等几秒" in answer.text and "系统出错" not in answer.text


@pytest.mark.all_databases
def test_a_counter_that_is_there_is_locked_and_not_inserted(session: Session, cast: Any) -> None:
    """Z2: on MariaDB an INSERT that finds its row leaves a shared lock on it, and two of those wait in a ring."""
    here, statements = cast.ours.community_id, []

    def numbers() -> list[int]:
        return [take_number(session=db.session(), community_id=here, kind="receipt", year=2031) for _ in "ab"]

    assert in_unit_of_work(numbers) == [1, 2]

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        statements.append(sql)

    try:
        assert in_unit_of_work(numbers) == [3, 4]
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    assert [sql for sql in statements if sql.lstrip().upper().startswith("INSERT")] == []


@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
def test_rows_are_locked_by_their_primary_key(quarter: Any, session: Session) -> None:
    """Z2: MariaDB locks the entries of the index that it reads by, in its order; ids in order mean one order for all."""
    statements: list[tuple[str, Any]] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_more: Any) -> None:
        if sql.endswith("FOR UPDATE"):
            statements.append((sql, values))

    try:
        with unit_of_work() as work:
            ids = work.scalars(select(Charge.id)).all()
            lock_charges(session=work, ids=ids)
            locked_rows(session=work, model=Charge, ids=ids)
            locked_rows(session=work, model=Receipt, ids=[])
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len(statements) == 2
    for sql, values in statements:
        plan = session.connection().exec_driver_sql(f"EXPLAIN {sql}", values).mappings().one()
        assert plan["key"] == "PRIMARY"


def test_views_and_jobs_open_units_that_are_repeated() -> None:
    """Z2: a `with unit_of_work()` is done once only; commands and the start of the office alone may."""
    once = {
        "app/lowcode/unit.py",
        "app/lowcode/commands.py",
        "app/lowcode/data_key.py",
        "app/demo/command.py",
        "run.py",
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for path in [*ROOT.glob("app/**/*.py"), ROOT / "run.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "unit_of_work"
    }
    assert found == once
