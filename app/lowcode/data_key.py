"""Tie the data key to its database: a fingerprint kept there is compared at every start and before the first use.

A key is made only for a database that nothing is encrypted in. Over any other a missing or another key is refused.
"""

import hmac
from pathlib import Path

from cryptography.fernet import InvalidToken
from flask import Flask
from flask_appbuilder import Model
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.exc import DontWrapMixin

from app.kernel.errors import N_, DomainError
from app.lowcode.db import insert_new, reading_connection
from app.lowcode.document import TABLE_OPTIONS
from app.lowcode.engine import current_engine, engine_of
from app.lowcode.secrets import derived_from, fernet_of, kept_key, key_from
from app.lowcode.types import Encrypted
from app.lowcode.unit import unit_of_work

FINGERPRINT = Table(
    "data_key",
    Model.metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("fingerprint", String(64), nullable=False),
    mysql_charset=TABLE_OPTIONS["mysql_charset"],
    mysql_collate=TABLE_OPTIONS["mysql_collate"],
)
"""One row: the HMAC of a fixed text under the key with which this database is encrypted."""


class DataKeyMissing(DomainError, DontWrapMixin):
    code = "data_key_missing"
    message = N_(
        "缺少数据密钥：数据库里已有用它加密的身份证号，系统不会另造一把。"
        "请从备份恢复 %(path)s（或设置原来的 DATA_KEY），然后重新启动。"
    )


class DataKeyDiffers(DomainError, DontWrapMixin):
    code = "data_key_differs"
    message = N_(
        "数据密钥与数据库不符：数据库里的身份证号是用另一把密钥加密的，用这一把读不出来。"
        "请从备份恢复原来的 %(path)s（或设置原来的 DATA_KEY），然后重新启动；数据没有改动。"
    )


class DataKey:
    """The data key of an app, proved against its database before it is first used."""

    def __init__(self, *, given: str | None, path: Path) -> None:
        self.path = path
        self._given = given
        self._proved: str | None = None

    def in_use(self) -> str:
        """Return the key, made now if there is none and nothing is encrypted. Raises DataKeyMissing, DataKeyDiffers."""
        if self._proved is None:
            # A connection of its own: the first use may lie in the middle of somebody's statement.
            with reading_connection() as connection:
                self._proved = self._prove(connection)
        return self._proved

    def forget(self) -> None:
        """Prove the key again at the next use."""
        self._proved = None

    def _prove(self, connection: Connection) -> str:
        key = self._given or kept_key(self.path)
        recorded, token = recorded_fingerprint(connection), oldest_token(connection)
        if key is None:
            if recorded is not None or token is not None:
                raise DataKeyMissing(path=str(self.path))
            return key_from(given=None, path=self.path)
        if recorded is not None:
            fits = hmac.compare_digest(recorded, fingerprint_of(key))
        else:
            # Encrypted before fingerprints were kept.
            fits = token is None or opens(key, token)
        if not fits:
            raise DataKeyDiffers(path=str(self.path))
        return key


def init_data_key(app: Flask) -> None:
    """Give the app its data key, read but not yet proved."""
    engine_of(app).data_key = DataKey(
        given=app.config["DATA_KEY"], path=Path(app.config["INSTANCE_DIR"]) / "data.key"
    )


def adopt_data_key() -> None:
    """Prove the data key and record its fingerprint where the database has none yet; opens a unit of its own.

    Of two processes that start at once over an empty database the first one's key counts.
    Raises DataKeyMissing, DataKeyDiffers.
    """
    data_key = current_engine().data_key
    data_key.forget()
    mine = fingerprint_of(data_key.in_use())
    with reading_connection() as connection:
        if not inspect(connection).has_table(FINGERPRINT.name):
            return  # not upgraded yet
        recorded = recorded_fingerprint(connection)
    if recorded is None:
        with unit_of_work() as session:
            insert_new(session=session, table=FINGERPRINT, row={"id": 1, "fingerprint": mine})
        data_key.forget()
        data_key.in_use()


def recorded_fingerprint(connection: Connection) -> str | None:
    """Read the fingerprint of the key that the database is encrypted with, None where there is none yet."""
    if not inspect(connection).has_table(FINGERPRINT.name):
        return None
    return connection.scalar(select(FINGERPRINT.c.fingerprint))


def oldest_token(connection: Connection) -> str | None:
    """Read the oldest encrypted value of the database, None where nothing is encrypted."""
    there = inspect(connection)
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, Encrypted) or not there.has_table(table.name):
                continue
            if column.name not in {one["name"] for one in there.get_columns(table.name)}:
                continue
            token = type_coerce(column, Text)
            oldest = select(token).where(token.is_not(None)).order_by(*table.primary_key.columns).limit(1)
            found: str | None = connection.scalar(oldest)
            if found is not None:
                return found
    return None


def fingerprint_of(key: str) -> str:
    """Return what is recorded of a key; it tells nothing of the key itself."""
    return derived_from(key, b"key of this database").hex()


def opens(key: str, token: str) -> bool:
    """Whether a key decrypts a value."""
    try:
        fernet_of(key).decrypt(token.encode())
    except InvalidToken:
        return False
    return True
