"""The log of states: which row went from which state to which, by whom, why, and how long it had been there."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, DocumentBase, document_label
from app.lowcode.fields import flag, integer, long_text, moment, text
from app.lowcode.sentences import spoken


class StateChange(CommunityScoped, DocumentBase):
    """流转记录: one line a transition, and one for the row's beginning; times taken are added up from it."""

    __about__ = About(N_("流转记录"), "row_title", icon="timeline", order=("-id",), readonly=True)
    __table_args__ = (Index("ix_state_change_document_row", "document", "row_id"),)

    at: Mapped[datetime] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    document: Mapped[str] = text(N_("单据"), 60, required=True, listed=True, masked=document_label)
    row_id: Mapped[int] = mapped_column(Key, nullable=False)
    row_title: Mapped[str] = text(N_("对象"), 200, required=True, listed=True, searched=True)
    action: Mapped[str] = mapped_column(String(40), nullable=False)
    label: Mapped[str] = text(N_("动作"), 60, required=True, listed=True, masked=gettext)
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40), nullable=False)
    was: Mapped[str | None] = text(N_("原状态"), 60, listed=True, masked=gettext)
    became: Mapped[str] = text(N_("新状态"), 60, required=True, listed=True, masked=gettext)
    seconds: Mapped[int | None] = integer(N_("在原状态的秒数"), listed=True)
    who: Mapped[str] = text(N_("操作人"), 100, required=True, listed=True, searched=True)
    user_id: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str | None] = long_text(N_("原因"), listed=True, masked=spoken)


class Flowing:
    """Mixin: a document with a workflow also knows since when it is in its state, and whether a limit has passed.

    The class itself declares `state`, a choice with the machine's initial state as default, not `written`.
    """

    state_since: Mapped[Any] = moment(
        N_("进入状态时间"), default=clock.now, nullable=True, written=False, tracked=False, group="-"
    )
    overdue: Mapped[bool] = flag(N_("超时"), written=False, tracked=False, listed=True, tone="red")
