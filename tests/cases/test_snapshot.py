"""What a refusal changed is seen on every database, and each case finds the database as it was prepared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from . import databases
from .snapshot import Baseline, changes, connect_to, rows_of_every_table

# Rows that refer to each other in a circle, a name that is a reserved word, JSON, bytes and numbers.
TABLES = (
    'CREATE TABLE "order" (id INTEGER PRIMARY KEY, word VARCHAR(9), parent INTEGER REFERENCES "order" (id))',
    (
        "CREATE TABLE a (id INTEGER PRIMARY KEY, amount NUMERIC(9, 2), facts {json}, seal {bytes},"
        ' owner INTEGER REFERENCES "order" (id))'
    ),
    'ALTER TABLE "order" ADD COLUMN a_id INTEGER REFERENCES a (id)',
    "INSERT INTO \"order\" (id, word, parent) VALUES (1, '甲:b', NULL), (2, '乙', 1)",
    "INSERT INTO a VALUES (1, 12.30, '{{\"a\": [1]}}', {seal}, 2)",
    'UPDATE "order" SET a_id = 1, parent = 2 WHERE id = 1',
)
TYPES = {
    "sqlite": {"json": "TEXT", "bytes": "BLOB", "seal": "x'00ff'"},
    "postgresql": {"json": "JSONB", "bytes": "BYTEA", "seal": "decode('00ff', 'hex')"},
    "mariadb": {"json": "JSON", "bytes": "BLOB", "seal": "x'00ff'"},
}


def tell(url: str, *statements: str) -> None:
    with connect_to(url).begin() as connection:
        if connection.dialect.name == "mysql":
            connection.exec_driver_sql("SET sql_mode = 'ANSI_QUOTES'")
        for statement in statements:
            connection.execute(text(statement.replace(":b", "\\:b")))


@pytest.fixture(params=databases.KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    try:
        with databases.fresh_database(kind=request.param, folder=tmp_path) as url:
            tell(url, *(statement.format(**TYPES[request.param]) for statement in TABLES))
            yield url
    except databases.NoServer as error:
        databases.without_server(error)


def test_rows_are_seen_gone_and_new_and_are_put_back(url: str) -> None:
    baseline, before = Baseline.of(url=url), rows_of_every_table(url=url)
    assert [len(rows) for rows in before.values()] == [1, 2]
    tell(
        url,
        "UPDATE a SET amount = 12.31",
        "CREATE TABLE b (id INTEGER)",
        "INSERT INTO b VALUES (5), (6), (7), (8)",
    )
    found = changes(before, rows_of_every_table(url=url))
    assert [line.split(" ")[:2] for line in found] == [
        ["a:", "gone"],
        ["a:", "new"],
        *[["b:", "new"]] * 3,
        ["b:", "and"],
    ]
    baseline.restore()
    assert rows_of_every_table(url=url) == before | {"b": ()}


def test_the_same_rows_twice_are_counted() -> None:
    assert changes({"a": ("1", "1")}, {"a": ("1", "1")}) == []
    assert changes({"a": ("1", "1")}, {"a": ("1",)}) == ["a: gone 1"]
    assert changes({}, {"a": ("1",)}) == ["a: new 1"]
