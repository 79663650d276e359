"""What the home page says is to be closed."""

from collections.abc import Iterator

from flask_babel import gettext as _

from app.closing.queries.periods_due import months_over
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.home import Task

EACH = 3
"""Communities that are named one by one; more are counted."""


def months_waiting() -> Iterator[Task]:
    """Months that are over: each leads to what it still wants, many to the board."""
    found = months_over(session=db.session(), now=Period.of(clock.today()))
    if len(found) > EACH:
        yield Task(_("待结账的小区"), "/closing/", len(found), any(one.late for one in found))
        return
    for one in found:
        text = _("待结账：%(community)s %(period)s", community=one.community, period=str(one.period))
        yield Task(text, f"/closing/check/{one.community_id}/{one.period}", late=one.late)
