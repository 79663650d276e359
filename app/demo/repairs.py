"""The demo's repairs: called in over the last weeks, and led on by the cast as an office would."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.billing.states import FeeKind
from app.estate.models import Customer, Employee, Occupancy
from app.lowcode import clock
from app.lowcode.actors import Actor, acting_as
from app.lowcode.workflow import escalate, move
from app.service.models import RepairMaterial, RepairOrder, TechnicianTrade
from app.service.operations.repairs import save_material, save_repair, save_trade
from app.service.states.repairs import Stars

MANY: Final = 40
HOURS_BETWEEN: Final = 31
PAID_FEE: Final = "有偿维修费"
COLLEAGUE: Final = "何师傅"


@dataclass(frozen=True, slots=True)
class Story:
    """What was called in and how it was repaired; `material` (name, unit, quantity, price); `labour`: it was paid for."""

    trade: str
    content: str
    done: str
    material: tuple[str, str, str, str] | None = None
    labour: str | None = None
    urgent: bool = False


STORIES: Final[Sequence[Story]] = (
    Story(
        "水电",
        "厨房水槽下面漏水，地柜已经湿了。",
        "更换角阀和软管，试水不漏。",
        ("角阀", "个", "2", "18.50"),
        "40.00",
    ),
    Story("门窗五金", "卧室窗户关不严，漏风。", "更换合页，调整窗扇。", ("合页", "副", "1", "12.00")),
    Story("水电", "客厅插座没有电。", "线头松脱，重新接线。", None, "30.00"),
    Story("管道疏通", "卫生间地漏返水。", "机器疏通。", None, "80.00"),
    Story("水电", "单元门口感应灯不亮。", "更换感应灯头。", ("感应灯头", "只", "1", "25.00")),
    Story(
        "水电",
        "楼上漏水，天花板在滴水！",
        "关阀止水，更换楼上接头。",
        ("PPR 接头", "个", "1", "6.50"),
        urgent=True,
    ),
    Story("弱电监控", "门禁对讲听不到声音。", "更换听筒。", ("对讲听筒", "只", "1", "65.00")),
    Story("土建泥瓦", "阳台瓷砖翘起。", "重新铺贴四块。", ("瓷砖胶", "袋", "1", "42.00"), "60.00"),
)

Step = tuple[str, str, Mapping[str, Any]]  # who, action, inputs


def add_repairs(
    *,
    session: Session,
    community_id: int,
    company_id: int,
    since: datetime,
    cast: Mapping[str, User],
    actor: Callable[[User], Actor],
) -> int:
    """Add some weeks of repairs in a community, none before `since`, the latest under way; return how many."""
    now = clock.now()
    technician, colleague = _technicians(session, company_id, cast["weixiu"])
    fee = FeeItem(name=PAID_FEE, kind=FeeKind.SERVICE)
    session.add(fee)
    session.flush()
    people = session.execute(
        select(Customer.id, Customer.name, Customer.phone, Occupancy.room_id)
        .join(Occupancy, Occupancy.customer_id == Customer.id)
        .where(Customer.community_id == community_id)
        .order_by(Occupancy.id.desc())
        .limit(MANY)
    ).all()
    for place, (customer_id, name, phone, room_id) in enumerate(people):
        story, age = STORIES[place % len(STORIES)], len(people) - 1 - place
        began = now - timedelta(hours=2 + HOURS_BETWEEN * age)
        if began < since:
            continue
        with clock.clock_at(began), acting_as(actor(cast["kefu"])):
            row = save_repair(
                session=session,
                row=RepairOrder(),
                community_id=community_id,
                room_id=room_id,
                customer_id=customer_id,
                reporter=name,
                phone=phone,
                source="微信" if place % 3 else "电话",
                trade=story.trade,
                content=story.content,
                urgent=story.urgent,
            )
        way = list(_way(story, place, technician if story.trade != "土建泥瓦" else colleague, fee.id))
        reached = len(way) if age > 8 else age
        _go(session, row, way[:reached], began, now, {login: actor(user) for login, user in cast.items()})
    escalate(session=session, now=now)
    return len(people)


def _technicians(session: Session, company_id: int, user: User) -> tuple[int, int]:
    """Return the technician of the cast, and a colleague without a login, with their trades."""
    one = session.scalars(select(Employee).where(Employee.user_id == user.id)).one()
    other = Employee(
        company_id=company_id,
        number="901",
        name=COLLEAGUE,
        department_id=one.department_id,
        position="维修工",
    )
    session.add(other)
    session.flush()
    trades = {one.id: ("水电", "管道疏通", "门窗五金", "弱电监控"), other.id: ("土建泥瓦", "水电")}
    for employee_id, known in trades.items():
        for trade in known:
            save_trade(session=session, row=TechnicianTrade(), employee_id=employee_id, trade=trade)
    return one.id, other.id


def _way(story: Story, place: int, technician_id: int, fee_id: int) -> Iterator[Step]:
    """Who does what, in order; every ninth order is put off, every thirteenth called off."""
    if place % 13 == 12:
        yield "kefu", "cancel", {"reason": "报修人说已自行修好。"}
        return
    sent = {"trade": story.trade, "technician_id": technician_id}
    if story.urgent:
        yield "gongcheng", "rush", sent
    else:
        yield "kefu", "pass_on", {}
        yield "gongcheng", "dispatch", sent
    yield "gongcheng", "take", {}
    if story.material is not None:
        yield "gongcheng", "material", {}
    if place % 9 == 4:
        yield "gongcheng", "delay", {"reason": "配件要订货。"}
        yield "gongcheng", "resume", {}
    paid = story.labour is not None
    yield (
        "gongcheng",
        "complete",
        {
            "work_done": story.done,
            "labour": Decimal(story.labour) if story.labour else None,
            "chargeable": paid,
            "charge_amount": None,
        },
    )
    yield "kefu", "sign", {"signature": None, "signed_by": "本人", "proxy_reason": "电话确认"}
    yield "gongcheng", "check", {"check_opinion": "合格", "fee_item_id": fee_id if paid else None}
    if place % 3:
        stars = list(Stars)[place % 7 % 3]
        yield "kefu", "rate", {"rating": stars, "rating_words": None}


def _go(
    session: Session,
    row: RepairOrder,
    way: Sequence[Step],
    began: datetime,
    now: datetime,
    cast: Mapping[str, Actor],
) -> None:
    """Lead an order on by and by, as far as the time since it was called in allows."""
    moment = began
    for place, (who, action, inputs) in enumerate(way):
        moment += timedelta(minutes=11 + 17 * place)
        if moment >= now:
            return
        with clock.clock_at(moment), acting_as(cast[who]):
            _step(session, row, action, dict(inputs), moment)


def _step(session: Session, row: RepairOrder, action: str, inputs: dict[str, Any], moment: datetime) -> None:
    if action == "material":
        name, unit, quantity, price = (
            next(one.material for one in STORIES if one.content == row.content) or ("",) * 4
        )
        save_material(
            session=session,
            row=RepairMaterial(),
            order_id=row.id,
            name=name,
            unit=unit,
            quantity=Decimal(quantity),
            price=Decimal(price),
        )
        return
    if action == "delay":
        inputs["promised_day"] = clock.today() + timedelta(days=2)
    if action == "complete":
        inputs["finished_at"] = moment
    move(session=session, row=row, action=action, **inputs)
