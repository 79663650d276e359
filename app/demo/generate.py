"""The demo as a whole: communities, the cast, and month after month what is charged and what is paid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from itertools import chain, count

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem, FeeStandard
from app.billing.operations import add_price, bill, save_standard
from app.collection import operations as desk
from app.collection.models import Receipt
from app.collection.states import Tender
from app.demo.closing import close_months
from app.demo.complaints import add_complaints, add_departments
from app.demo.estate import DemoCommunity
from app.demo.payments import HistoryMonth, collect_month
from app.demo.repairs import add_repairs
from app.demo.staff import add_cast, check_cast
from app.demo.tariffs import DUE_DAYS, FEES, TARIFFS
from app.demo.transactions import Dealings, People
from app.demo.utilities import Meters
from app.estate.models import Community, Company
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import EVERYTHING, Actor, acting_as, person_name
from app.lowcode.db import count_anew
from app.lowcode.logins import check_password

COMPANY, HERE, NEXT_DOOR = "和顺物业服务有限公司", "云栖花园", "邻里苑"
NEXT_DOOR_ROOMS = 60
# The first few of those who live next door have a home here as well: their numbers are drawn in both.
IN_BOTH, ONLY_NEXT_DOOR = range(11, 14), 10_000_000
MOST_CLOSED = 2_000  # rooms; what is kept of a larger community's months takes long
OFFICE_OPENS = time(8, 30)
VOIDED_ON, VOIDED_AT, WRONG = 28, time(16), "付款方式选错"


class NotEmpty(DomainError):
    """A database that somebody works in."""

    code = "not_empty"
    message = N_("数据库里已有小区，不生成演示数据。请换一个空的数据库。")


@dataclass(frozen=True, slots=True)
class Made:
    """What there is afterwards."""

    charges: int
    receipts: int


def make_demo(
    *,
    session: Session,
    rooms: int,
    months: int,
    password: str | None,
    say: Callable[[str], None],
    dealings: bool = True,
) -> Made:
    """Fill an empty database in the open unit: `rooms` in two communities, `months` up to this one.

    The second community has a fifth of the rooms, 60 at most. `dealings`: in the first one there is more than paying
    (meters, vacancies, money in advance, deposits …), and where it is small its months are closed. Raises NotEmpty, RolesMissing, NamesTaken, WeakPassword
    before anything is written.
    """
    if session.scalar(select(Community.id).limit(1)) is not None:
        raise NotEmpty
    if password is not None:
        check_password(password)
    check_cast(session=session)
    today, now = clock.today(), clock.now()
    periods = [Period.of(today).plus(number - months + 1) for number in range(months)]
    next_door_rooms = min(max(1, rooms // 5), NEXT_DOOR_ROOMS)
    places = ((HERE, rooms - next_door_rooms, count(1)), (NEXT_DOOR, next_door_rooms, _next_door()))
    with clock.clock_at(min(now, _moment(periods[0], 1, OFFICE_OPENS))):
        company = _company(session)
        communities = [_community(session, company, name) for name, _rooms, _people in places]
        fees = _fees(session)
        for community, (name, its_rooms, people) in zip(communities, places, strict=True):
            DemoCommunity(
                session=session,
                community=community,
                standards=_standards(session, community, fees, periods),
                people=people,
                first_day=periods[0].first_day,
                last_day=today,
            ).build(rooms=its_rooms)
            say(f"{name}：{its_rooms} 套房间")
    here, next_door = ([community.id] for community in communities)
    cast = add_cast(
        session=session,
        company_id=company.id,
        here=frozenset(here),
        next_door=frozenset(next_door),
        password=password,
    )
    cashiers = {here[0]: cast["shoufei"], next_door[0]: cast["linqu"]}
    both = People(_actor(cast["shoufei"]), _actor(cast["jingli"]))
    deals: Dealings | None = None
    if dealings:
        with clock.clock_at(min(now, _moment(periods[0], 1, OFFICE_OPENS))), acting_as(both.manager):
            meters = Meters(session=session, community_id=here[0], first_day=periods[0].first_day)
        deals = Dealings(session=session, community_id=here[0], people=both, now=now)
        deals.begin(first=periods[0], months=months)
    for number, period in enumerate(periods):
        for community_id, cashier in cashiers.items():
            dealing = deals if community_id == here[0] else None
            with (
                clock.clock_at(min(now, _moment(period, 1, OFFICE_OPENS))),
                acting_as(_actor(cast["jingli"])),
            ):
                if dealing is not None:
                    meters.read(period, cashier=both.cashier)
                bill(session=session, community_id=community_id, period=period)
            with acting_as(_actor(cashier)):
                month = HistoryMonth(period, number, months, today)
                collect_month(session=session, community_id=community_id, month=month)
                if _moment(period, VOIDED_ON, VOIDED_AT) < now:
                    _void_one(session, community_id, period)
            if dealing is not None:
                dealing.month(period, number)
        charges = session.scalar(select(func.count(Charge.id))) or 0
        receipts = session.scalar(select(func.count(Receipt.id))) or 0
        say(f"{period}：累计应收 {charges} 笔，收据 {receipts} 张（{number + 1}/{months}）")
    departments = add_departments(session=session, company=company)
    with clock.clock_at(now):
        add_complaints(
            session=session, community_id=here[0], departments=departments, cast=cast, actor=_actor
        )
        add_repairs(
            session=session,
            community_id=here[0],
            company_id=company.id,
            since=clock.midnight(periods[0].first_day),
            cast=cast,
            actor=_actor,
        )
    if dealings and rooms <= MOST_CLOSED:
        close_months(
            session=session,
            community_id=here[0],
            periods=periods,
            now=now,
            finance=_actor(cast["caiwu"]),
            desks={user.id: _actor(user) for user in cast.values()},
            say=say,
        )
    count_anew(session)
    return Made(charges, receipts)


def _next_door() -> Iterator[int]:
    return chain(IN_BOTH, count(ONLY_NEXT_DOOR))


def _moment(period: Period, day: int, at: time) -> datetime:
    return datetime.combine(period.first_day.replace(day=day), at, tzinfo=clock.timezone())


def _actor(user: User) -> Actor:
    """Return a person of the cast who has not logged in: the demo itself reaches everything."""
    return Actor(user.id, person_name(user), EVERYTHING)


def _company(session: Session) -> Company:
    found = session.scalars(select(Company).where(Company.name == COMPANY)).one_or_none()
    if found is None:
        found = Company(name=COMPANY, address="文三路 66 号", phone="0571-00000000")
        session.add(found)
        session.flush()
    return found


def _community(session: Session, company: Company, name: str) -> Community:
    community = Community(company_id=company.id, name=name, address=f"{name}路 1 号")
    session.add(community)
    session.flush()
    return community


def _fees(session: Session) -> dict[str, int]:
    """Return the fee items by name; those that the office has already are used as they are."""
    found = dict(session.execute(select(FeeItem.name, FeeItem.id)).all())
    for fee in FEES:
        if fee.name not in found:
            item = FeeItem(name=fee.name, kind=fee.kind, priority=fee.priority)
            session.add(item)
            session.flush()
            found[fee.name] = item.id
    return found


def _standards(
    session: Session, community: Community, fees: dict[str, int], periods: list[Period]
) -> dict[str, int]:
    """Return the standards of a community by the tariff's key, dearer from the middle of the history on."""
    found = {}
    for tariff in TARIFFS:
        standard = save_standard(
            session=session,
            row=FeeStandard(),
            community_id=community.id,
            fee_item_id=fees[tariff.fee],
            name=tariff.name,
            method=tariff.method,
            due_days=DUE_DAYS,
            price=tariff.price,
            price_starts=periods[0].first_day,
        )
        if tariff.later != tariff.price and len(periods) > 1:
            starts = periods[len(periods) // 2].first_day
            add_price(session=session, standard_id=standard.id, starts=starts, price=tariff.later)
        found[tariff.key] = standard.id
    return found


def _void_one(session: Session, community_id: int, period: Period) -> None:
    """One receipt a month is taken back on its day, by the desk's own operations."""
    oldest = session.execute(
        select(Charge.id, Charge.customer_id)
        .where(Charge.community_id == community_id, Charge.due > Decimal(0))
        .order_by(Charge.id)
        .limit(1)
    ).first()
    if oldest is None:
        return
    with clock.clock_at(_moment(period, VOIDED_ON, VOIDED_AT)):
        receipts = desk.pay(
            session=session,
            request=desk.PaymentRequest(
                customer_id=oldest.customer_id,
                charge_ids=[oldest.id],
                tenders=[(Tender.WECHAT, None)],
                day=clock.today(),
            ),
        )
        desk.void(session=session, receipt_id=receipts[0].id, day=clock.today(), reason=WRONG)
