"""The jobs that people start in the demo's office, on each database: every one ends well."""

from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.closing.audit import check_books
from app.estate.models import Community
from app.lowcode.clock import clock_at
from app.lowcode.engine import engine_of
from app.lowcode.jobs import Job, JobState
from app.lowcode.views import lists
from tests.cases.databases import KINDS
from tests.integration.demo.demos import NOW, demo_on, forget, looking_at


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, app_on: Callable[[str], Flask]) -> Flask:
    """One demo for each kind of database."""
    return demo_on(app_on(request.param), rooms=24, months=4, dealings=True)


@pytest.fixture
def office(demo: Flask) -> Iterator[Session]:
    with clock_at(NOW), looking_at(demo) as session:
        yield session


@pytest.fixture
def person(demo: Flask, office: Session, login: Any) -> Callable[[str], FlaskClient]:
    """`person("caiwu")`: one of the demo's people, logged in."""
    return lambda name: login(demo.test_client(), name)


def test_every_job_is_done(demo: Flask, office: Session, person: Any, monkeypatch: Any) -> None:
    """Z1: long exports of lists and of every report, a run computed and posted."""
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", 0)
    jobs = Jobs(demo, office)
    manager = person("jingli")
    for path in ("/room/export", "/charge/export", "/receipt/export"):
        jobs.ended(manager, manager.post(path))
    for report in ("summary", "takings", "arrears", "ageing", "balances", "daily", "ledger"):
        jobs.ended(manager, manager.post(f"/reports/{report}/export"))
    here = office.scalars(select(Community.id).order_by(Community.id)).first()
    fee = office.scalars(select(FeeItem.id).where(FeeItem.name == "物业费")).one()
    asked = {"community_id": here, "period": "2026-03", "fee_item_id": fee}
    run = jobs.ended(manager, manager.post("/billing/start/", data=asked))
    jobs.ended(manager, manager.post(run.replace("/show/", "/do/post/"), data={}))
    forget(office)
    assert [str(one) for one in check_books(session=office)] == []


class Jobs:
    """The queue of a demo's office."""

    def __init__(self, app: Flask, session: Session) -> None:
        self._app, self._session = app, session

    def ended(self, client: FlaskClient, answer: Any) -> str:
        """Do the job that an answer leads to; where it led in the end. Its page, its progress and its file answer."""
        assert answer.status_code == 302, answer.get_data(as_text=True)
        url = answer.headers["Location"]
        assert url.startswith("/jobs/")
        self.do()
        job = self._session.scalars(select(Job).where(Job.id == int(url.rpartition("/")[2]))).one()
        assert job.state is JobState.DONE, f"{job.label}: {job.message}"
        for path in (url, f"{url}.json", *([f"{url}/result"] if job.file else [])):
            assert client.get(path).status_code == 200
        return job.url or ""

    def do(self) -> None:
        """Do what waits in the queue."""
        while (task := engine_of(self._app).queue.dequeue()) is not None:
            Context().run(self._at_noon, task)
        forget(self._session)

    def _at_noon(self, task: Any) -> None:
        with clock_at(NOW):
            engine_of(self._app).queue.execute(task)
