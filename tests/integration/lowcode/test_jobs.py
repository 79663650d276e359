"""Jobs: queued after the commit, run in the starter's reach, cancelled, failed in Chinese, done once."""

import pytest
from sqlalchemy import select

from app.estate.models import Community
from app.kernel.errors import DomainError
from app.lowcode import jobs
from app.lowcode.actors import SYSTEM, Actor, acting_as, current_actor, reach_of
from app.lowcode.db import db
from app.lowcode.engine import engine_of
from app.lowcode.jobs import Job, JobContext, JobHandler, JobState, start_job
from app.lowcode.unit import unit_of_work


class Refused(DomainError):
    message = "这样不行。"


@pytest.fixture
def handler(app, monkeypatch):
    """`handler(function)`: the handler of jobs of kind "try"; `abandon` as JobHandler's."""

    def register(function, abandon=None) -> None:
        monkeypatch.setitem(engine_of(app).job_handlers, "try", JobHandler("try", function, abandon))

    return register


def start(app, actor: Actor = SYSTEM) -> int:
    with app.app_context(), acting_as(actor), unit_of_work() as session:
        return start_job(session=session, kind="try", label="试", params={}).id


def state_of(app, key: int) -> tuple[JobState, str | None]:
    with app.app_context(), acting_as(SYSTEM):
        job = db.session.get(Job, key)
        return job.state, job.message


def test_a_job_of_a_unit_that_fails_never_runs(app, run_jobs, handler):
    handler(lambda run: None)
    with app.app_context(), acting_as(SYSTEM), pytest.raises(ZeroDivisionError), unit_of_work() as session:
        start_job(session=session, kind="try", label="试", params={})
        raise ZeroDivisionError
    assert run_jobs() == 0


def test_it_runs_in_its_starters_reach(app, cast, run_jobs, handler):
    seen = []

    def work(run: JobContext) -> None:
        seen.append((current_actor().name, set(db.session.scalars(select(Community.id)))))

    handler(work)
    with app.app_context(), acting_as(SYSTEM):
        from flask_appbuilder.security.sqla.models import User

        user = db.session.scalars(select(User).where(User.username == cast["收费员"])).one()
        actor = Actor(user.id, user.last_name, reach_of(user.id))
    key = start(app, actor)
    assert run_jobs() == 1
    assert seen == [("收费员", {cast.ours.community_id})]
    assert state_of(app, key)[0] is JobState.DONE


def test_a_refusal_is_told_in_chinese_and_a_fault_tells_nothing(app, run_jobs, handler):
    def refuse(run: JobContext) -> None:
        raise Refused

    handler(refuse)
    key = start(app)
    run_jobs()
    assert state_of(app, key) == (JobState.FAILED, "这样不行。")

    def fail(run: JobContext) -> None:
        raise RuntimeError("SELECT secret")

    handler(fail)
    key = start(app)
    run_jobs()
    state, message = state_of(app, key)
    assert state is JobState.FAILED
    assert "secret" not in (message or "")


def test_cancel_stops_at_the_next_report(app, run_jobs, handler):
    steps = []

    def work(run: JobContext) -> None:
        for done in range(10):
            steps.append(done)
            if done == 2:
                with unit_of_work() as session:
                    jobs.cancel(session.get_one(Job, run.job_id))
            run.progress(done, 10)

    handler(work)
    key = start(app)
    run_jobs()
    assert steps == [0, 1, 2]
    assert state_of(app, key)[0] is JobState.CANCELLED


def test_what_a_killed_process_left_is_queued_again_once(app, run_jobs, handler):
    times = []
    handler(lambda run: times.append(run.job_id))
    key = start(app)
    # The process dies after taking the task and before doing it: the queue has lost it, the row has not.
    with app.app_context():
        assert engine_of(app).queue.dequeue() is not None
        assert jobs.requeue_orphans() == 1
        assert jobs.requeue_orphans() == 0
    assert run_jobs() == 1
    assert times == [key]
    with app.app_context():
        jobs.enqueue(key)
    run_jobs()
    assert times == [key], "a job that has ended is not done again"


def test_cancelled_while_it_waits_it_ends_at_once_and_what_waits_for_it_is_put_right(app, run_jobs, handler):
    done, abandoned = [], []
    handler(lambda run: done.append(run.job_id), lambda run: abandoned.append(run.job_id))
    key = start(app)
    for _twice in range(2):
        with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            jobs.cancel(session.get_one(Job, key))
        assert state_of(app, key)[0] is JobState.CANCELLED
    run_jobs()
    assert (done, abandoned) == ([], [key])


def test_what_the_queue_remembers_of_another_database_is_forgotten(app, run_jobs, handler):
    handler(lambda run: run.progress(1, 2))
    first = start(app)
    with app.app_context():
        for left in ("progress", "cancel"):
            engine_of(app).queue.put(f"{left}-{first + 1}", True)
    key = start(app)
    run_jobs()
    assert (key, state_of(app, key)[0]) == (first + 1, JobState.DONE)
