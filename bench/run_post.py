"""Posting a computed run against a plain INSERT … SELECT of the same rows."""

import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import BillingRun, Charge
from app.billing.operations.run_post import FACTS, post_run
from app.billing.operations.runs import begin_run, compute_run
from app.estate.models import Community
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from bench.figures import tell
from bench.office import FEE

ROUNDS = 3


class _Undone(Exception):
    """Takes back what was measured, so that it can be measured again."""


def measure_posting(*, app: Flask, kind: str) -> None:
    """Compute the next month of the biggest community, then post it and take it back, a few times."""
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            community = session.scalar(select(func.min(Community.id))) or 0
            started = time.perf_counter()
            run = begin_run(
                session=session, community_id=community, period=Period.of(clock.today()).next, fee_item_id=FEE
            )
            compute_run(session=session, run=run)
            session.flush()
            tell(f"billing.compute.{kind}", run.lines / (time.perf_counter() - started), "rows/s")
            run_id, lines = run.id, run.lines
        best = {"posted": 0.0, "plain": 0.0}
        for _round in range(ROUNDS):
            for name, work in (("plain", _plain), ("posted", _posted)):
                best[name] = max(best[name], lines / _taken_back(work, run_id))
        tell(f"posting.{kind}", best["posted"], "rows/s", floor=best["plain"], better="more")
        db.session.remove()


def _taken_back(work: Callable[[Session, int], None], run_id: int) -> float:
    took = 0.0
    try:
        with unit_of_work() as session:
            started = time.perf_counter()
            work(session, run_id)
            took = time.perf_counter() - started
            raise _Undone
    except _Undone:
        return took


def _posted(session: Session, run_id: int) -> None:
    post_run(session=session, run=session.get_one(BillingRun, run_id))


def _plain(session: Session, run_id: int) -> None:
    columns = ", ".join((*FACTS, "run_id"))
    mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    session.connection().exec_driver_sql(
        f"INSERT INTO {Charge.__tablename__} ({columns}, due) SELECT {columns}, amount FROM billing_line"
        f" WHERE run_id = {mark} AND billable ORDER BY id",
        (run_id,),
    )
