"""Offices for the tests: the app on a database that the migrations built, as it was before every test."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from flask_migrate import upgrade
from sqlalchemy import func, select

from app import create_app
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.engine import engine_of
from app.lowcode.history import History
from app.lowcode.sync import synchronise
from app.lowcode.unit import unit_of_work
from tests.cases.databases import fresh_database
from tests.cases.snapshot import Baseline
from tests.people import Cast, settle
from tests.visitors import Visitor


class PreparedOffice:
    """An app on a database of its own, built by the migrations and synchronised once; `reset` goes back to that."""

    def __init__(self, *, url: str, folder: Path) -> None:
        self.app = make_app(url=url, folder=folder)
        self._sqlite = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
        self._template = folder / "template.db"
        with self.app.app_context():
            upgrade()
            with acting_as(SYSTEM), unit_of_work() as session:
                synchronise(session=session, app=self.app)
            db.session.remove()
        if self._sqlite is not None:
            self.keep(self._template)
        with self.app.app_context():
            db.engine.dispose()
        self._baseline = None if self._sqlite is not None else Baseline.of(url=url)
        self._peopled = folder / "peopled.db"
        self._cast: tuple[Cast, Any] | None = None

    def reset(self) -> None:
        """Put the database back to what the migrations and `sync` made, and empty the queue of jobs."""
        if self._sqlite is not None:
            self.put_back(self._template)
        with self.app.app_context():
            if self._baseline is not None:
                db.session.remove()
                db.engine.dispose()
                self._baseline.restore()
            engine_of(self.app).queue.flush()

    def settled(self) -> Cast:
        """Put the cast into it. On SQLite it is made once and then copied, where nothing else has been written yet."""
        with self.app.app_context(), acting_as(SYSTEM):
            written = (
                db.session.scalar(select(func.count(User.id))),
                db.session.scalar(select(func.max(History.id))),
            )
            db.session.remove()
            if self._cast is not None and self._cast[1] == written:
                self.put_back(self._peopled)
                return self._cast[0]
            with unit_of_work() as session:
                cast = settle(session=session)
            db.session.remove()
        if self._sqlite is not None and self._cast is None:
            self.keep(self._peopled)
            self._cast = cast, written
        return cast

    def keep(self, copy: Path) -> None:
        """Copy the SQLite database as it stands."""
        # Copying the file itself would lose what still stands in its write-ahead log.
        with self.app.app_context(), db.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("VACUUM INTO ?", (str(copy),))

    def put_back(self, copy: Path) -> None:
        """Make the SQLite database what was kept in `copy`."""
        assert self._sqlite is not None
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self._sqlite}{ending}").unlink(missing_ok=True)
        shutil.copyfile(copy, self._sqlite)

    def close(self) -> None:
        """Let go of every connection, so that the database can be dropped."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        engine_of(self.app).queue.storage.close()


class Offices:
    """The prepared offices of this session, made when first asked for: one for each kind of database."""

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, PreparedOffice] = {}
        self._open = ExitStack()

    def on(self, backend: str) -> PreparedOffice:
        """The office on `backend` (sqlite, postgresql, mariadb), reset. Raises NoServer."""
        if backend not in self._made:
            folder = self._folder / backend
            folder.mkdir(parents=True)
            url = self._open.enter_context(fresh_database(kind=backend, folder=folder))
            office = PreparedOffice(url=url, folder=folder)
            self._open.callback(office.close)
            self._made[backend] = office
        self._made[backend].reset()
        return self._made[backend]

    def made(self, backend: str) -> PreparedOffice:
        """The office on `backend` as it stands now."""
        return self._made[backend]

    def close(self) -> None:
        """Drop every database."""
        self._open.close()


def make_app(*, url: str, folder: Path) -> Flask:
    """The product's app on any database, with keys and files in `folder` and nothing taken from the environment."""
    environ = {"INSTANCE_DIR": str(folder / "instance"), "DATABASE_URL": url}
    # Forms are posted without a token here; tests of the protection switch it on (monkeypatch.setitem).
    # A password's hash takes no time here: thousands of people log in.
    hashing = {"FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1"}
    app = create_app({"ENVIRON": environ, "TESTING": True, "WTF_CSRF_ENABLED": False, **hashing})
    app.test_client_class = Visitor
    return app
