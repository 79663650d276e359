"""The books after the work: what must hold whatever happened."""

from flask import Flask

from app.closing.audit import check_books
from app.closing.reports.month_summary import month_summary
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db


def wrong_in_books(app: Flask) -> list[str]:
    """Return what does not hold, in words; nothing when all does."""
    with app.test_request_context(), acting_as(SYSTEM):
        found = [str(one) for one in check_books(session=db.session())]
        # The months that anything was paid in and the next; those far ahead are the soak's own.
        for number in range(-3, 2):
            period = Period.of(clock.today()).plus(number)
            if not month_summary(session=db.session(), period=period).holds:
                found.append(f"{period} does not add up")
        db.session.remove()
    return found
