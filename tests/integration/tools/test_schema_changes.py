"""E3: a required column says what rows of old hold in it, and a renamed column keeps what it held."""

from pathlib import Path

import pytest
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import DowngradeOps, ModifyTableOps, UpgradeOps
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    insert,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.cases.databases import NoServer, fresh_database, without_server
from tools.schema_changes import Answers, Unanswered, apply_answers, pairs

pytestmark = pytest.mark.all_databases


def before() -> Table:
    return Table("customer", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(40)))


def after() -> MetaData:
    declared = MetaData()
    Table(
        "customer",
        declared,
        Column("id", Integer, primary_key=True),
        Column("full_name", String(40)),
        Column("rate", Numeric(8, 2), nullable=False),
        Column("listed", Boolean, nullable=False),
    )
    return declared


@pytest.fixture
def connection(backend: str, tmp_path: Path):
    try:
        with fresh_database(kind=backend, folder=tmp_path) as url:
            engine = create_engine(url, poolclass=NullPool)
            with engine.connect() as opened:
                table = before()
                table.create(opened)
                opened.execute(insert(table), [{"id": 1, "name": "王一"}, {"id": 2, "name": "李二"}])
                opened.commit()
                yield opened
    except NoServer as error:
        without_server(error)


def changes(connection: Connection, answers: Answers) -> tuple[UpgradeOps, DowngradeOps]:
    script = produce_migrations(MigrationContext.configure(connection), after())
    assert script.upgrade_ops is not None and script.downgrade_ops is not None
    apply_answers(script.upgrade_ops, script.downgrade_ops, answers)
    return script.upgrade_ops, script.downgrade_ops


def do(connection: Connection, wanted: UpgradeOps | DowngradeOps) -> None:
    operations = Operations(MigrationContext.configure(connection))
    for table in wanted.ops:
        assert isinstance(table, ModifyTableOps)
        for change in table.ops:
            with operations.batch_alter_table(table.table_name) as batch:
                batch.invoke(change)
    connection.commit()


GIVEN = Answers(
    defaults={"customer.rate": "1.50", "customer.listed": "1"}, renames={"customer.name": "full_name"}
)


def test_rows_of_old_keep_what_they_held_and_get_what_was_answered(connection: Connection) -> None:
    up, down = changes(connection, GIVEN)
    do(connection, up)
    rows = connection.execute(text("SELECT id, full_name, rate, listed FROM customer ORDER BY id")).all()
    assert [(row[0], row[1], str(row[2])[:3], bool(row[3])) for row in rows] == [
        (1, "王一", "1.5", True),
        (2, "李二", "1.5", True),
    ]
    # Required, and without a default: the office's own code says what a new row holds.
    with pytest.raises(DBAPIError):
        connection.execute(text("INSERT INTO customer (id, full_name) VALUES (3, '赵三')"))
    connection.rollback()
    do(connection, down)
    names = connection.execute(text("SELECT name FROM customer ORDER BY id")).scalars().all()
    assert names == ["王一", "李二"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (Answers(defaults=GIVEN.defaults), "--rename customer.name=full_name"),
        (Answers(renames=GIVEN.renames), "--default customer.rate=VALUE"),
        (Answers(GIVEN.defaults | {"customer.gone": "1"}, GIVEN.renames), "customer.gone"),
        (Answers(GIVEN.defaults, {"customer.name": "nobody"}), "--rename customer.name=full_name"),
    ],
)
def test_what_is_not_answered_is_asked(connection: Connection, answers: Answers, said: str) -> None:
    with pytest.raises(Unanswered, match=said):
        changes(connection, answers)


def test_a_column_that_goes_is_named(connection: Connection) -> None:
    up, _down = changes(connection, Answers(GIVEN.defaults, {}, frozenset({"customer.name"})))
    do(connection, up)
    assert connection.execute(text("SELECT full_name FROM customer")).scalars().all() == [None, None]


@pytest.mark.parametrize("given", ["customer", "customer.name", "name=1", "a.b.c=1", ""])
def test_an_answer_that_names_no_column_is_refused(given: str) -> None:
    with pytest.raises(Unanswered):
        dict(pairs([given]))
