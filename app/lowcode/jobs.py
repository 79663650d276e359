"""Long work: a row in the product's database is the truth, the queue carries its id after the commit."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click import ClickException
from flask import Flask, current_app, flash, has_request_context
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from huey import Huey, RedisHuey, SqliteHuey
from sqlalchemy import JSON, String, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_, DomainError
from app.kernel.sentences import sentence
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, Actor, acting_as, current_actor, person_name, reach_of
from app.lowcode.db import Key, count_anew, db, session_of
from app.lowcode.document import About, DocumentBase
from app.lowcode.engine import current_engine, engine_of
from app.lowcode.fields import choice, long_text, moment, text
from app.lowcode.sentences import spoken
from app.lowcode.storage import QUEUE_ERRORS, private_file
from app.lowcode.unit import JOBS_PATIENCE, in_unit_of_work

log = logging.getLogger(__name__)


class JobState(LabelledEnum):
    """Where a job stands."""

    QUEUED = "queued", N_("排队中"), "secondary"
    RUNNING = "running", N_("进行中"), "blue"
    DONE = "done", N_("已完成"), "green"
    FAILED = "failed", N_("失败"), "red"
    CANCELLED = "cancelled", N_("已取消"), "orange"


OPEN = (JobState.QUEUED, JobState.RUNNING)


class Job(DocumentBase):
    """后台任务: belongs to its starter; runs in the starter's reach."""

    __written_by_parts__ = "work that a person starts for themselves"
    __about__ = About(N_("后台任务"), "label", icon="loader", order=("-id",), readonly=True, menu=False)

    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    label: Mapped[str] = text(N_("任务"), 200, required=True, listed=True, masked=spoken)
    params: Mapped[Any] = mapped_column(JSON, nullable=False)
    user_id: Mapped[int | None] = mapped_column(Key, index=True)
    state: Mapped[JobState] = choice(
        N_("状态"), JobState, required=True, listed=True, default=JobState.QUEUED
    )
    created_at: Mapped[Any] = moment(N_("建立时间"), default=clock.now, required=True, listed=True)
    ended_at: Mapped[Any] = moment(N_("结束时间"), listed=True)
    message: Mapped[str | None] = long_text(N_("结果"), listed=True, masked=spoken)
    file: Mapped[str | None] = text(N_("文件"), 300)
    url: Mapped[str | None] = text(N_("去向"), 300)


class QueueUnavailable(DomainError):
    code = "queue_unavailable"
    message = N_(
        "后台任务的队列不能使用。任务已登记，不必再提交一次；请联系管理员检查队列（jobs.db 损坏时停止系统、删除它），"
        "重新启动后会继续。"
    )


class QueueUnusable(ClickException):
    """A queue with which the office cannot start; run.py and commands show its sentence."""


class Cancelled(Exception):
    """Raised inside a handler at its next progress report after somebody pressed cancel."""


@dataclass(slots=True)
class JobContext:
    """What a handler is given: its parameters, and how to report."""

    job_id: int
    params: dict[str, Any]
    message: str = ""
    file: Path | None = None
    url: str | None = None

    def progress(self, done: int, total: int) -> None:
        """Report how far the work is. Raises Cancelled when somebody asked to stop."""
        queue().put(f"progress-{self.job_id}", (done, total))
        if queue().get(f"cancel-{self.job_id}", peek=True):
            raise Cancelled

    def new_file(self, name: str) -> Path:
        """Return a path for a result to download."""
        folder = Path(current_app.config["INSTANCE_DIR"]) / "files" / "jobs" / str(self.job_id)
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / name.replace("/", "-")  # a title may hold one: 预收/押金余额
        return self.file


Handler = Callable[[JobContext], None]


@dataclass(frozen=True, slots=True)
class JobHandler:
    """Declare the function that does jobs of a kind; it must be safe to run again from the start.

    `abandon` puts right what waits for the job, in the unit of work that cancels it before it has begun.
    """

    kind: str
    run: Handler
    abandon: Handler | None = None


def start_job(*, session: Session, kind: str, label: str, params: dict[str, Any]) -> Job:
    """Add a job inside the open unit of work; it is queued when that unit commits, and only then."""
    job = Job(kind=kind, label=label, params=params, user_id=current_actor().user_id)
    session.add(job)
    session.flush()
    session.info.setdefault("queue_after_commit", []).append(job.id)
    return job


def begin_job(*, kind: str, label: str, params: dict[str, Any]) -> int:
    """Start a job in a unit of its own; returns its id."""
    return in_unit_of_work(lambda: start_job(session=db.session(), kind=kind, label=label, params=params).id)


@event.listens_for(Session, "after_commit")
def _queue(session: Session) -> None:
    waiting = session.info.pop("queue_after_commit", [])
    try:
        for job_id in waiting:
            # The queue may still know a job of this number, of another database or one put back from a backup.
            for left in ("progress", "cancel"):
                queue().get(f"{left}-{job_id}")
            enqueue(job_id)
    except QUEUE_ERRORS as error:
        # The rows stand, and are queued at the next start; what was committed cannot be refused any more.
        log.error("the queue does not answer", exc_info=error)
        if has_request_context():
            flash(gettext(QueueUnavailable.message), "danger")


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop("queue_after_commit", None)


def queue() -> Huey:
    """Return the queue of this app."""
    return current_engine().queue


def enqueue(job_id: int) -> None:
    """Put a job's id into the queue."""
    task = current_engine().run_job.s(job_id)
    task.id = f"job-{job_id}"
    queue().enqueue(task)


def init_jobs(app: Flask) -> None:
    """Make the queue: Redis when `REDIS_URL` is set, else a SQLite file of its own in the instance folder."""
    if app.config.get("REDIS_URL"):
        huey: Huey = RedisHuey("office", url=app.config["REDIS_URL"], immediate=False)
    else:
        path = Path(app.config["INSTANCE_DIR"]) / "jobs.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        private_file(path)
        try:
            huey = SqliteHuey("office", filename=str(path), immediate=False)
        except sqlite3.Error as error:
            raise queue_unusable(path, error) from error
    engine_of(app).queue = huey

    @huey.task(name="run_job")
    def run(job_id: int) -> None:
        with app.app_context():
            run_job(job_id)

    engine_of(app).run_job = run


def queue_unusable(path: Path, error: Exception) -> QueueUnusable:
    """Say what is wrong with the queue's file and what to do."""
    return QueueUnusable(
        f"不能使用任务队列 {path}：{error}。磁盘已满请清理，没有权限请修正；文件损坏请停止系统，"
        "删除 jobs.db（连同 jobs.db-wal、jobs.db-shm）后重新启动：它只是队列，任务记在数据库里，不会丢失。"
    )


def try_queue(app: Flask) -> None:
    """Put something into the queue and take it out. Raises QueueUnusable, and RedisError for a server."""
    huey = engine_of(app).queue
    try:
        huey.put("start", True)
        huey.get("start")
        huey.pending_count()
    except sqlite3.Error as error:
        raise queue_unusable(Path(app.config["INSTANCE_DIR"]) / "jobs.db", error) from error


def run_job(job_id: int) -> None:
    """Do one job to its end and write how it ended; nothing when it already has."""
    with acting_as(SYSTEM):
        claimed = in_unit_of_work(lambda: _claim(db.session(), job_id), patience=JOBS_PATIENCE)
    if claimed is None:
        return
    handler, user_id, run = claimed
    ended, message = JobState.DONE, ""
    try:
        with acting_as(_starter(user_id)):
            handler(run)
        message = run.message
    except Cancelled:
        ended = JobState.CANCELLED
    except DomainError as error:
        ended, message = JobState.FAILED, sentence(error.message, **error.params)
    except Exception:
        log.exception("job %s failed", job_id)
        ended, message = JobState.FAILED, N_("任务出错，已记录。请稍后重试或联系管理员。")
    db.session.rollback()

    def end() -> None:
        session = db.session()
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                state=ended,
                message=message,
                ended_at=clock.now(),
                url=run.url,
                file=str(run.file) if run.file and ended is JobState.DONE else None,
            )
        )
        count_anew(session)  # long work fills tables

    with acting_as(SYSTEM):
        in_unit_of_work(end, patience=JOBS_PATIENCE)


def _claim(session: Session, job_id: int) -> tuple[Handler, int | None, JobContext] | None:
    """Mark a job as running; its handler, its starter and what the handler is given. None when it has ended already."""
    claimed = session.execute(
        update(Job).where(Job.id == job_id, Job.state.in_(OPEN)).values(state=JobState.RUNNING)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return None
    job = session.get_one(Job, job_id)
    return current_engine().job_handlers[job.kind].run, job.user_id, JobContext(job_id, dict(job.params))


def _starter(user_id: int | None) -> Actor:
    if user_id is None:
        return SYSTEM
    user = db.session.get(User, user_id)
    name = person_name(user) if user else "?"
    actor = Actor(user_id, name, reach_of(user_id))
    db.session.rollback()
    return actor


def progress_of(job: Job) -> tuple[int, int]:
    """(done, total) as last reported; (0, 0) before."""
    try:
        found = queue().get(f"progress-{job.id}", peek=True)
    except QUEUE_ERRORS:
        log.warning("the queue does not answer: no progress is known")
        return 0, 0
    return found if isinstance(found, tuple) else (0, 0)


def cancel(job: Job) -> None:
    """Ask a job to stop at its next report; one that still waits is ended at once. Within a unit of work."""
    try:
        queue().put(f"cancel-{job.id}", True)
    except QUEUE_ERRORS as error:
        raise QueueUnavailable from error
    session = session_of(job)
    # A worker may take it at this moment: then it is for the worker to stop.
    ended = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, ended_at=clock.now())
    )
    session.refresh(job)
    handler = current_engine().job_handlers.get(job.kind)
    if ended.rowcount and handler is not None and handler.abandon is not None:  # type: ignore[attr-defined]
        handler.abandon(JobContext(job.id, dict(job.params)))


def requeue_orphans() -> int:
    """Queue again what a killed process left unfinished; returns how many. Called once at start."""
    with acting_as(SYSTEM):
        pending = {task.id for task in (*queue().pending(), *queue().scheduled())}
        orphans = [
            job_id
            for job_id in db.session.scalars(select(Job.id).where(Job.state.in_(OPEN)).order_by(Job.id))
            if f"job-{job_id}" not in pending
        ]
        db.session.rollback()
    for job_id in orphans:
        enqueue(job_id)
    return len(orphans)
