"""A full disk, a read-only or broken file: a sentence and what to do, at start and on the page; people can still read."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, get_flashed_messages
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.lowcode.db import db
from app.lowcode.jobs import QueueUnavailable, begin_job, cancel, progress_of
from app.lowcode.storage import BROKEN, FULL, READ_ONLY, storage_fault

ROOT = Path(__file__).resolve().parents[3]


def database_says(words: str) -> OperationalError:
    return OperationalError("INSERT …", {}, sqlite3.OperationalError(words))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (database_says("database or disk is full"), FULL),
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (database_says("attempt to write a readonly database"), READ_ONLY),
        (PermissionError(errno.EACCES, "x"), READ_ONLY),
        (database_says("cannot execute INSERT in a read-only transaction"), READ_ONLY),
        (database_says("database disk image is malformed"), BROKEN),
        (database_says("file is not a database"), BROKEN),
        (database_says("no such table: x"), None),
        (OSError(errno.ECONNRESET, "x"), None),
    ],
)
def test_what_disk_and_files_say_is_told_in_a_sentence(error: Exception, sentence: str | None) -> None:
    """X14: SQLite's, PostgreSQL's and the system's own words."""
    assert storage_fault(error) == sentence


def test_what_cannot_be_saved_is_told_and_what_is_there_is_read(
    app: Flask, client_of: Callable[[str], FlaskClient]
) -> None:
    """X14: a full disk on the page."""
    client = client_of("物业经理")

    def full(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            raise sqlite3.OperationalError("database or disk is full")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", full)
    try:
        answer = client.post("/building/delete/1")
        assert client.get("/room/list/").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", full)
    assert answer.status_code in (404, 507)
    if answer.status_code == 507:
        assert "磁盘已满" in answer.text


def test_a_broken_queue_refuses_a_job_with_a_sentence_and_nothing_else(
    app: Flask, client_of: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """X14: pages open, and the job that was asked for is done after the next start."""
    from app.lowcode import jobs
    from app.lowcode.actors import SYSTEM, acting_as
    from app.lowcode.jobs import Job
    from app.lowcode.unit import unit_of_work

    client = client_of("物业经理")

    class Broken:
        def __getattr__(self, _name: str) -> Any:
            def fail(*_given: Any, **_options: Any) -> Any:
                raise sqlite3.DatabaseError("file is not a database")

            return fail

    monkeypatch.setattr(jobs, "queue", Broken)
    for url in ("/", "/room/list/", "/jobs/mine.json", "/notices/"):
        assert client.get(url).status_code in (200, 302), url
    with app.test_request_context("/"), acting_as(SYSTEM):
        begin_job(kind="export", label="导出", params={})
        ((_tone, told),) = get_flashed_messages(with_categories=True)
        assert told == QueueUnavailable.message
        job = db.session.query(Job).one()
        assert progress_of(job) == (0, 0)
        with pytest.raises(QueueUnavailable), unit_of_work():
            cancel(job)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("jobs.db", "删除 jobs.db"), ("office.db", "从备份恢复"), ("data.key", "请从备份恢复")],
)
def test_a_broken_file_is_told_at_the_start(tmp_path: Path, name: str, sentence: str) -> None:
    """X14: run.py ends with what is broken and what to do, never with a traceback."""
    (tmp_path / name).write_bytes(os.urandom(8192))
    kept = {one: os.environ[one] for one in ("PATH", "HOME") if one in os.environ}
    answer = subprocess.run(
        [sys.executable, "run.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**kept, "INSTANCE_DIR": str(tmp_path), "PYTHONUTF8": "1", "DEMO": "0", "PORT": "1"},
    )
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
