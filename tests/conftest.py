"""Fixtures of every test that needs the app. Plugins are never needed: the Makefile's command line adds them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.cases.databases import KINDS, NoServer, without_server
from tests.queries import Queries, counting

try:
    from hypothesis import settings
except ImportError:  # the money cases run with pytest and PyYAML alone
    pass
else:
    # The same examples every time, and no deadline on a shared machine.
    settings.register_profile("office", deadline=None, derandomize=True)
    settings.load_profile("office")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks, and look at every statement that a test executes (tests/dialects.py)."""
    config.addinivalue_line("markers", "all_databases: run on SQLite, PostgreSQL and MariaDB")
    try:
        from tests.dialects import watch
    except ImportError:  # as above
        return
    watch()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.all_databases`: once for each kind of database."""
    if metafunc.definition.get_closest_marker("all_databases") and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", KINDS, indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test: SQLite unless the test is marked."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The prepared offices of this session, one for each kind of database."""
    from tests.offices import Offices  # unit tests need no app

    made = Offices(folder=tmp_path_factory.mktemp("offices"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def full_office(offices: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The office with a community in full (tests/journeys/full_office.py); `full_office.open()` puts it back."""
    from tests.journeys.full_office import build

    return build(offices=offices, folder=tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="session")
def app_on(offices: Any) -> Callable[[str], Flask]:
    """`app_on("postgresql")`: the app on that kind of database, as the migrations and `sync` left it."""

    def on(backend: str) -> Flask:
        try:
            app: Flask = offices.on(backend).app
        except NoServer as error:
            without_server(error)
        return app

    return on


@pytest.fixture
def app(app_on: Callable[[str], Flask], backend: str) -> Flask:
    """The app on a database with the migrations' tables, the roles, and nothing else."""
    return app_on(backend)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the system's, to look with; what writes opens `unit_of_work()`."""
    from app.lowcode.actors import SYSTEM, acting_as
    from app.lowcode.db import db

    with app.app_context(), acting_as(SYSTEM):
        yield db.session()
        db.session.rollback()


@pytest.fixture
def cast(app: Flask, offices: Any, backend: str) -> Any:
    """The named cast (tests/people.py): `cast["收费员"]` is a login name, `cast.ours` a community with rooms."""
    return offices.made(backend).settled()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture(scope="session")
def login() -> Callable[..., FlaskClient]:
    """`login(client, "收费员")`: log one of the cast in (or any login name with its password); returns the client."""
    from tests.people import CAST, PASSWORD

    known = {person.name: person.login for person in CAST}

    def log_in(client: FlaskClient, name: str, password: str = PASSWORD) -> FlaskClient:
        answer = client.post("/login/", data={"username": known.get(name, name), "password": password})
        # A refused login shows the page again; only the way out of it proves the way in.
        assert answer.status_code == 302, answer.get_data(as_text=True)
        assert "/login" not in answer.headers["Location"]
        return client

    return log_in


@pytest.fixture
def client_of(app: Flask, cast: Any, login: Callable[..., FlaskClient]) -> Callable[[str], FlaskClient]:
    """`client_of("收费员")`: a browser of its own, with that one of the cast logged in."""
    return lambda name: login(app.test_client(), name)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """`run_jobs()`: do every job that waits, here and now; returns how many there were."""

    def run() -> int:
        from contextvars import Context

        from app.lowcode.engine import engine_of

        queue, done = engine_of(app).queue, 0
        while (task := queue.dequeue()) is not None:
            Context().run(queue.execute, task)
            done += 1
        return done

    return run


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Queries]]:
    """`with count_queries() as queries: …` then `len(queries)`; BEGIN and the like are not counted."""
    return lambda: counting(app)
