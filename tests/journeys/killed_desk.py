"""The test's own look into a database of ten thousand charges a month, and the office that is killed beside it."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.jobs import Job, JobState
from app.lowcode.unit import unit_of_work
from tests.cases.databases import NoServer, fresh_database, without_server
from tests.journeys.kill import Mortal, mortal, wait_for_moment, wait_until
from tests.journeys.ten_thousand import compute, found
from tests.offices import PreparedOffice


@dataclass
class Desk:
    """The test's own look into the database, and the office that is killed beside it."""

    app: Any
    office: Mortal
    community_id: int
    runs: list[int]
    chance: random.Random

    def do(self, operation: Callable[[Session], Any]) -> Any:
        """One unit of the system's; what it starts is queued for the office."""
        with self.app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            return operation(session)

    def ask(self, *columns: Any, **equals: Any) -> Any:
        """The first row of columns of one document."""
        with self.app.app_context(), acting_as(SYSTEM):
            try:
                return db.session.execute(select(*columns).filter_by(**equals)).first()
            finally:
                db.session.rollback()

    def state(self, job_id: int) -> JobState:
        """Where a job stands."""
        return self.ask(Job.state, id=job_id)[0]

    def wait(self, job_id: int, *states: JobState) -> float:
        """Wait for a job to stand so; one that fails is not waited for."""

        def is_so() -> bool:
            state, message = self.ask(Job.state, Job.message, id=job_id)
            assert state is not JobState.FAILED, message
            return state in states

        return wait_until(is_so, f"job {job_id} {states}")

    def undisturbed(self, begin: Callable[[Session], int]) -> float:
        """Let a job run to its end; the seconds that it takes."""
        job_id = self.do(begin)
        began = self.wait(job_id, JobState.RUNNING, JobState.DONE)
        return self.wait(job_id, JobState.DONE) - began

    def killed(self, begin: Callable[[Session], int], *, lasts: float, moment: float) -> JobState:
        """Begin a job, kill the office at `moment` (0: it begins, 1: it should end), start it again, see the job done.

        Returns where the job stood when the office was dead.
        """
        job_id = self.do(begin)
        if moment >= 0:
            began = self.wait(job_id, JobState.RUNNING, JobState.DONE)
            wait_for_moment(began + moment * lasts)
        self.office.kill()
        stood = self.state(job_id)
        self.office.start()
        self.wait(job_id, JobState.DONE)
        return stood

    def moments(self, count: int) -> list[float]:
        """One at random in each of `count` equal parts of the time from before the beginning to after the end."""
        return [-0.1 + 1.3 * (place + self.chance.random()) / count for place in range(count)]


@contextmanager
def desk_on(*, kind: str, folder: Path, months: int) -> Iterator[Desk]:
    """A desk at a database of a kind, with so many months computed and waiting to be posted."""
    try:
        with fresh_database(kind=kind, folder=folder) as url:
            prepared = PreparedOffice(url=url, folder=folder)
            with closing(prepared):
                with prepared.app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
                    community_id = found(session=session)
                    runs = compute(session=session, community_id=community_id, months=months)
                with mortal(folder=folder / "instance", url=url) as office:
                    chance = random.Random(20250310)  # noqa: S311 (moments, no secrets)
                    yield Desk(prepared.app, office, community_id, runs, chance)
    except NoServer as error:
        without_server(error)
