"""The demo's complaints: taken down over the last weeks, and moved on by the cast as an office would."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Company, Customer, Department, Occupancy
from app.lowcode import clock
from app.lowcode.actors import Actor, acting_as
from app.lowcode.workflow import escalate, move
from app.service.models import Complaint
from app.service.operations import add_complaint
from app.service.states.complaints import ComplaintChannel, ComplaintKind, ReplyWay, Satisfaction

DEPARTMENTS: Final = ("客服部", "工程部", "秩序维护部", "环境部")
MANY: Final = 18

# (kind, what was said, the department, what was done, what came of it)
STORIES: Final[Sequence[tuple[ComplaintKind, str, str, str, str]]] = (
    (
        ComplaintKind.COMPLAINT,
        "楼上晚上十点后还在用电钻，影响休息。",
        "秩序维护部",
        "上门劝阻，重申装修时间规定。",
        "楼上业主已停止夜间施工。",
    ),
    (
        ComplaintKind.COMPLAINT,
        "单元门口的垃圾桶两天没有清运，有异味。",
        "环境部",
        "当日加清一次，调整清运班次。",
        "已清理，以后每天两次。",
    ),
    (
        ComplaintKind.COMPLAINT,
        "地下车库有车长期占用消防通道。",
        "秩序维护部",
        "联系车主挪车，加装提示牌。",
        "通道已恢复畅通。",
    ),
    (
        ComplaintKind.SUGGESTION,
        "建议在儿童游乐区加装照明灯。",
        "工程部",
        "现场勘查，列入下月改造计划。",
        "已答复业主安装时间。",
    ),
    (ComplaintKind.COMPLAINT, "电梯里广告声音太大。", "客服部", "联系广告公司调低音量。", "音量已调低。"),
    (ComplaintKind.PRAISE, "保安师傅帮忙把老人送上楼，非常感谢。", "秩序维护部", "", ""),
    (
        ComplaintKind.COMPLAINT,
        "楼道声控灯不亮，老人上下楼不安全。",
        "工程部",
        "更换灯具两只。",
        "已恢复照明。",
    ),
    (
        ComplaintKind.SUGGESTION,
        "希望快递柜旁增加遮雨棚。",
        "工程部",
        "询价后报公司审批。",
        "已告知业主进度。",
    ),
    (
        ComplaintKind.COMPLAINT,
        "绿化带里有宠物粪便没有清理。",
        "环境部",
        "增加巡查，张贴文明养宠提示。",
        "已清理。",
    ),
)


def add_departments(*, session: Session, company: Company) -> dict[str, int]:
    """Return the departments of the company by name: those of the cast, and what is missing of those that answer complaints."""
    rows = session.execute(select(Department.name, Department.id).where(Department.company_id == company.id))
    found: dict[str, int] = dict(rows.all())
    for name in DEPARTMENTS:
        if name in found:
            continue
        department = Department(company_id=company.id, name=name)
        session.add(department)
        session.flush()
        found[name] = department.id
    return found


def add_complaints(
    *,
    session: Session,
    community_id: int,
    departments: Mapping[str, int],
    cast: Mapping[str, User],
    actor: Callable[[User], Actor],
) -> int:
    """Add some weeks of complaints in a community, the latest still open; return how many."""
    now = clock.now()
    people = session.execute(
        select(Customer.name, Customer.phone, Occupancy.room_id)
        .join(Occupancy, Occupancy.customer_id == Customer.id)
        .where(Customer.community_id == community_id)
        .order_by(Occupancy.id)
        .limit(MANY)
    ).all()
    for place, (name, phone, room_id) in enumerate(people):
        kind, content, department, measures, result = STORIES[place % len(STORIES)]
        began = now - timedelta(hours=7 + 29 * (len(people) - 1 - place))
        with clock.clock_at(began), acting_as(actor(cast["kefu"])):
            row = add_complaint(
                session=session,
                community_id=community_id,
                room_id=room_id,
                complainer=name,
                phone=phone,
                kind=kind,
                channel=list(ComplaintChannel)[place % 4],
                content=content,
            )
        way = _way(kind, departments[department], measures, result, place)
        _go(session, row, way[: _steps(len(people) - place)], began, now, actor(cast["kefu"]))
    escalate(session=session, now=now)
    return len(people)


def _steps(age: int) -> int:
    """How far a complaint has come, by its place from the end: the latest wait, the older are under way or closed."""
    return 0 if age <= 3 else 1 if age <= 8 else 2 if age <= 10 else 3


Way = Sequence[tuple[str, Mapping[str, Any]]]


def _way(kind: ComplaintKind, department_id: int, measures: str, result: str, place: int) -> Way:
    if kind is ComplaintKind.PRAISE:
        return (("file", {}),)
    answer = {"measures": measures, "result": result, "reply_way": list(ReplyWay)[place % 3]}
    satisfied = Satisfaction.ACCEPTED if place % 4 == 1 else Satisfaction.SATISFIED
    return (
        ("pass_on", {"department_id": department_id}),
        ("answer", answer),
        ("follow_up", {"satisfaction": satisfied}),
    )


def _go(session: Session, row: Complaint, way: Way, began: datetime, now: datetime, who: Actor) -> None:
    """Move a complaint on by and by, as far as the time since it began allows."""
    for step, (action, inputs) in enumerate(way):
        moment = began + timedelta(hours=3 + 20 * step)
        if moment >= now:
            return
        with clock.clock_at(moment), acting_as(who):
            move(session=session, row=row, action=action, **inputs)
