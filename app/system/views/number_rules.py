"""What a number rule's page says beside its columns: how the next number reads."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.numbers import Counter, NumberRule
from app.lowcode.pages import Cell, Fact


def example(row: NumberRule) -> list[Fact]:
    """Return the number that comes next; of the office's rule, the first of this year in a community that begins."""
    today, given = clock.today(), 0
    if row.community_id is not None:
        given = (
            db.session.scalar(
                select(Counter.value).where(
                    Counter.community_id == row.community_id,
                    Counter.kind == row.kind,
                    Counter.year == today.year,
                )
            )
            or 0
        )
    label = _("下一个编号") if row.community_id is not None else _("编号示例")
    return [
        Fact(label, Cell(row.format.number(day=today, value=given + 1))),
        Fact(_("流水号"), Cell(_("每个小区各自连续，每年从 1 开始。"))),
    ]
