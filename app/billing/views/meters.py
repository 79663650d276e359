"""What may be done to meters and readings on their pages."""

from datetime import date
from decimal import Decimal

from flask import flash
from flask_babel import gettext as _

from app.billing import operations
from app.billing.rules.metering import READING_SCALE
from app.kernel.errors import N_
from app.kernel.money import format_exact
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.manifest import Action

ROLLOVER = Field(N_("回零"), "bool", name="rollover", help=N_("表走满一圈后从零重新计数时勾选。"))
REASON = Field(N_("原因"), "text", name="reason", required=True, length=200)


def _number(name: str, label: str, help_text: str = "") -> Field:
    return Field(
        label, "number", name=name, required=True, scale=READING_SCALE, minimum=Decimal(0), help=help_text
    )


def _change(
    *, row_id: int, day: date, old_value: Decimal, onward: Decimal, reason: str, rollover: bool = False
) -> str | None:
    operations.change_meter(
        session=db.session(),
        meter_id=row_id,
        day=day,
        old_value=old_value,
        onward=onward,
        rollover=rollover,
        reason=reason,
    )
    return None


def _correct(*, row_id: int, value: Decimal, reason: str, rollover: bool = False) -> str | None:
    found = operations.correct_reading(
        session=db.session(), reading_id=row_id, value=value, rollover=rollover, reason=reason
    )
    if found.charged:
        words = {"before": format_exact(found.used_before, 0), "used": format_exact(found.reading.used, 0)}
        flash(
            _(
                "用量由 %(before)s 改为 %(used)s。已出账的费用没有改变，差额请另做应收调整。",
                **words,
            ),
            "warning",
        )
    return f"/meter_reading/show/{found.reading.id}"


CHANGE = Action(
    "change",
    N_("换表"),
    run=_change,
    icon="replace",
    confirm=N_(
        "旧表的用量计到换表那天，以后从新表的起始读数接着计。已结账月份的读数有误时，旧表读数填上次读数，新表起始读数填正确的读数。"
    ),
    fields=(
        Field(N_("换表日期"), "date", name="day", required=True),
        _number("old_value", N_("旧表读数")),
        ROLLOVER,
        _number("onward", N_("新表起始读数")),
        REASON,
    ),
    allowed=lambda row: bool(row.active),
    begins=lambda row: {"day": clock.today()},
    done=N_("换表已登记。"),
)

CORRECT = Action(
    "correct",
    N_("更正"),
    run=_correct,
    icon="edit",
    confirm=N_("原来的读数保留，另记一条更正后的读数，其后的一次抄表随之重新计算用量。"),
    fields=(_number("value", N_("正确的读数")), ROLLOVER, REASON),
    allowed=lambda row: not row.replaced,
    begins=lambda row: {"value": row.value, "rollover": row.rollover},
    done=N_("读数已更正。"),
)
