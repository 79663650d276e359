"""Jobs on Redis: with `REDIS_URL` the same jobs, the same progress, the same taking up again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from app import create_app
from app.lowcode import jobs
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.engine import engine_of
from app.lowcode.jobs import Job, JobContext, JobHandler, JobState, progress_of, start_job
from app.lowcode.unit import unit_of_work
from tests.cases.databases import NoServer, without_server

URL = "redis://127.0.0.1:6379/11"  # a database of the tests' own


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis.from_url(URL)
    try:
        server.flushdb()
    except RedisError as error:
        without_server(NoServer(f"Redis at {URL}: {error}"))
    yield server
    server.flushdb()
    server.close()


@pytest.fixture
def office(app: Flask, redis: Redis, tmp_path: Path) -> Iterator[Flask]:
    """The office of the tests with its queue on Redis."""
    environ = {
        "INSTANCE_DIR": str(tmp_path),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": URL,
    }
    made = create_app({"ENVIRON": environ, "TESTING": True, "WTF_CSRF_ENABLED": False})
    yield made
    with made.app_context():
        db.engine.dispose()
    engine_of(made).queue.storage.conn.close()


def begin(office: Flask) -> int:
    with office.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        return start_job(session=session, kind="try", label="试", params={}).id


def work_off(office: Flask) -> int:
    queue, done = engine_of(office).queue, 0
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
        done += 1
    return done


def test_a_job_is_queued_done_and_told(
    office: Flask, redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handler(run: JobContext) -> None:
        run.progress(3, 4)
        run.message = "好了。"

    monkeypatch.setitem(engine_of(office).job_handlers, "try", JobHandler("try", handler))
    key = begin(office)
    assert redis.dbsize() > 0
    assert not (tmp_path / "jobs.db").exists(), "nothing is queued in a file beside it"
    assert work_off(office) == 1
    with office.app_context(), acting_as(SYSTEM):
        job = db.session.get_one(Job, key)
        assert (job.state, job.message, progress_of(job)) == (JobState.DONE, "好了。", (3, 4))
        db.session.remove()


def test_cancelled_it_stops_at_its_next_report(office: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []

    def handler(run: JobContext) -> None:
        for done in range(5):
            steps.append(done)
            if done == 1:
                with unit_of_work() as session:
                    jobs.cancel(session.get_one(Job, run.job_id))
            run.progress(done, 5)

    monkeypatch.setitem(engine_of(office).job_handlers, "try", JobHandler("try", handler))
    key = begin(office)
    work_off(office)
    with office.app_context(), acting_as(SYSTEM):
        assert db.session.get_one(Job, key).state is JobState.CANCELLED
        db.session.remove()
    assert steps == [0, 1]


def test_what_was_lost_with_the_process_is_queued_again_once(
    office: Flask, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []
    monkeypatch.setitem(
        engine_of(office).job_handlers, "try", JobHandler("try", lambda run: times.append(run.job_id))
    )
    key = begin(office)
    redis.flushdb()  # Redis keeps nothing over a restart of its own, and a killed worker has taken its task with it
    with office.app_context():
        assert jobs.requeue_orphans() == 1
        assert jobs.requeue_orphans() == 0
    assert work_off(office) == 1
    assert times == [key]
