"""A fresh database of each kind that the product supports, for as long as it is needed.

`CASES_POSTGRESQL` and `CASES_MARIADB` name other servers than the local ones (a URL whose user may create databases).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

KINDS = ("sqlite", "postgresql", "mariadb")

_SERVERS = {
    "postgresql": ("CASES_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1/postgres"),
    "mariadb": ("CASES_MARIADB", "mysql+pymysql://root@127.0.0.1/mysql"),
}


class NoServer(Exception):
    """No server of this kind answers (or its driver is not installed)."""


def without_server(error: NoServer) -> NoReturn:
    """Skip the test; where CI says that every server must be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(error))
    pytest.skip(str(error))


@contextmanager
def fresh_database(*, kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards; raises NoServer."""
    name = f"cases_{uuid4().hex[:12]}"
    if kind == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    variable, standard = _SERVERS[kind]
    server = make_url(os.environ.get(variable) or standard)
    charset = " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if kind == "mariadb" else ""
    try:
        _tell(server.render_as_string(hide_password=False), f"CREATE DATABASE {name}{charset}")
    except (SQLAlchemyError, ImportError) as error:
        raise NoServer(f"{kind} at {server.render_as_string()}: {error}") from error
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _tell(server.render_as_string(hide_password=False), f"DROP DATABASE {name}{force}")


def _tell(url: str, statement: str) -> None:
    engine = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
