"""Posting a computed run: its lines become charges by one INSERT … SELECT, whole or not at all."""

from sqlalchemy import exists, insert, literal, select
from sqlalchemy.orm import Session

from app.billing.models import BillingLine, BillingRun, Charge, ChargeFacts
from app.billing.operations.month_sums import add_charged
from app.billing.operations.periods import lock_period
from app.billing.operations.posting_hooks import tell_posted
from app.kernel.errors import N_
from app.kernel.sentences import sentence
from app.lowcode import clock
from app.lowcode.actors import current_actor

FACTS = tuple(ChargeFacts.__annotations__)
"""The columns that a line hands to its charge."""


def post_run(*, session: Session, run: BillingRun) -> int:
    """Make charges of the run's lines, in the open unit; returns how many. A second time it adds nothing.

    A line for days that are charged already is left out, and the run says so: two runs of one month may have been
    computed side by side, and no day is charged twice (design law 5). What is hooked to `Posted` follows in
    the same unit. Raises PeriodClosed.
    """
    # Whoever posts in this month waits here for the one before, and then sees its charges.
    lock_period(session=session, community_id=run.community_id, period=run.period)
    line, charge = BillingLine.__table__, Charge.__table__
    # A charge never leaves its month: the lower bound lets the index of (assignment, starts) answer.
    charged = exists().where(
        charge.c.assignment_id == line.c.assignment_id,
        charge.c.starts >= run.period.first_day,
        charge.c.starts <= line.c.ends,
        charge.c.ends >= line.c.starts,
    )
    now, by = clock.now(), current_actor().name
    source = (
        select(
            *(line.c[name] for name in FACTS),
            line.c.run_id,
            line.c.amount.label("due"),
            literal(now, charge.c.created_at.type),
            literal(by, charge.c.created_by.type),
        )
        .where(line.c.run_id == run.id, line.c.billable.is_(True), ~charged)
        .order_by(line.c.id)
    )
    names = [*FACTS, "run_id", "due", "created_at", "created_by"]
    done = session.execute(insert(Charge).from_select(names, source, include_defaults=False))
    posted = int(done.rowcount)  # type: ignore[attr-defined]
    run.posted_at = now
    if posted < run.lines:
        run.message = sentence(
            N_("有 %(count)s 笔所在的日期已经入账，没有重复入账。"), count=run.lines - posted
        )
    session.flush()
    if posted:
        add_charged(session=session, where=Charge.run_id == run.id)
        tell_posted(session=session, community_id=run.community_id, period=run.period, run_id=run.id)
    return posted
