"""投诉处理受理单 (CJJY-KF-008)."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import Key
from app.lowcode.document import About, CommunityScoped, Document
from app.lowcode.fields import choice, date_, link, long_text, moment, telephone, text
from app.lowcode.workflow import Flowing
from app.service.states.complaints import (
    COMPLAINT_MACHINE,
    Capacity,
    ComplaintChannel,
    ComplaintKind,
    ComplaintState,
    ReplyWay,
    Satisfaction,
)


class Complaint(Flowing, CommunityScoped, Document):
    """投诉处理受理单: complaints, suggestions and praise; who took it, which department answers, and how it ended."""

    __machine__ = COMPLAINT_MACHINE
    __about__ = About(N_("投诉受理单"), "number", icon="message-report", order=("-id",))
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        Index("ix_complaint_state_community", "state", "community_id"),
    )

    number: Mapped[str] = text(
        N_("编号"), 30, required=True, listed=True, searched=True, written=False, index=True
    )
    kind: Mapped[ComplaintKind] = choice(
        N_("类别"), ComplaintKind, required=True, listed=True, default=ComplaintKind.COMPLAINT
    )
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, fixed=True, listed=True)
    room_id: Mapped[int | None] = link(N_("房号"), "Room", listed=True, searched=True)
    complainer: Mapped[str] = text(N_("投诉人"), 100, required=True, listed=True, searched=True)
    capacity: Mapped[Capacity] = choice(N_("投诉人身份"), Capacity, required=True, default=Capacity.OWNER)
    phone: Mapped[str | None] = telephone(N_("联系电话"), listed=True, searched=True)
    channel: Mapped[ComplaintChannel] = choice(
        N_("投诉方式"),
        ComplaintChannel,
        required=True,
        default=ComplaintChannel.PHONE,
        help=N_("公司或政府部门转办的，由物业经理回复。"),
    )
    received_at: Mapped[datetime] = moment(N_("投诉时间"), default=clock.now, required=True, listed=True)
    content: Mapped[str] = long_text(N_("投诉内容"), required=True, listed=True, searched=True)
    taken_by: Mapped[str] = text(
        N_("受理人"), 100, required=True, written=False, default=lambda: current_actor().name or "?"
    )
    taken_by_id: Mapped[int | None] = mapped_column(Key, default=lambda: current_actor().user_id)
    state: Mapped[ComplaintState] = choice(
        N_("状态"), ComplaintState, required=True, listed=True, written=False, default=ComplaintState.RECEIVED
    )
    department_id: Mapped[int | None] = link(
        N_("责任部门"), "Department", listed=True, written=False, group=N_("处理")
    )
    measures: Mapped[str | None] = long_text(N_("处理措施"), written=False, group=N_("处理"))
    result: Mapped[str | None] = long_text(N_("处理结果"), written=False, group=N_("处理"))
    reply_way: Mapped[ReplyWay | None] = choice(N_("回复方式"), ReplyWay, written=False, group=N_("处理"))
    satisfaction: Mapped[Satisfaction | None] = choice(
        N_("客人满意程度"), Satisfaction, listed=True, written=False, group=N_("处理")
    )
    finished_on: Mapped[date | None] = date_(N_("完成日期"), listed=True, written=False, group=N_("处理"))
    remark: Mapped[str | None] = long_text(N_("备注"))
