"""What a demo's people do beside paying what they owe: empty rooms, money in advance, deposits, waivers, reversals."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, Vacancy
from app.billing.operations import request_vacancy
from app.collection import operations as desk
from app.collection.models import DEPOSIT_ITEM, Deposit, Receipt, Reminder
from app.collection.states import ReceiptState, ReminderWay, Tender
from app.estate.models import Occupancy, Room
from app.estate.states import OccupancyRole, RoomState
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import Actor, acting_as
from app.lowcode.dictionary import adopt
from app.lowcode.workflow import move

VACANCIES, FACTOR = 6, Decimal("0.7")
DAY, AT = 28, time(16, 30)  # of the month
IN_ADVANCE, DEPOSIT, KEPT, WAIVED, ADJUSTED = (Decimal(n) for n in (600, 2000, 150, 20, -15))
DEPOSIT_FOR = "装修押金"


@dataclass(frozen=True, slots=True)
class People:
    """Who acts: the cashier asks and collects, the manager approves."""

    cashier: Actor
    manager: Actor


class Dealings:
    """A community's dealings, month by month, by the operations that the pages call; nothing happens after `now`."""

    def __init__(self, *, session: Session, community_id: int, people: People, now: datetime) -> None:
        self._session, self._community, self._people, self._now = session, community_id, people, now
        owners = session.execute(
            select(Occupancy.customer_id, Occupancy.room_id)
            .join(Room, Room.id == Occupancy.room_id)
            .where(
                Occupancy.community_id == community_id,
                Occupancy.role == OccupancyRole.OWNER,
                Occupancy.payer.is_(True),
                Room.state == RoomState.SOLD,
            )
            .order_by(Occupancy.id)
            .limit(60)
        )
        self._owners = [(row.customer_id, row.room_id) for row in owners]

    def begin(self, *, first: Period, months: int) -> None:
        """Let some rooms stand empty from a month on, for three; approved before they are billed."""
        rooms = self._session.scalars(
            select(Room.id)
            .where(Room.community_id == self._community, Room.state == RoomState.SOLD, Room.vacant.is_(True))
            .order_by(Room.id)
            .limit(VACANCIES)
        ).all()
        for place, room_id in enumerate(rooms):
            starts = first.plus(place % months)
            ends = starts.plus(2).last_day
            asked = {"room_id": room_id, "starts": starts.first_day, "ends": ends}
            self._approved(starts.first_day, partial(self._vacancy, asked))

    def month(self, period: Period, number: int) -> None:
        """Return what happens in the month `number` of the history: on one afternoon, after all that is paid at the desk.

        So receipts' numbers rise with their days.
        """
        if not self._owners:
            return
        deals: list[Callable[[date], None]] = [
            lambda day: self._pay_ahead(day, number),
            lambda day: self._deposit(day, number),
            self._waive,
            self._remind,
        ]
        if number % 3 == 2:
            deals.append(self._adjust)
        if number >= 1:
            deals.append(self._reverse)
        if number >= 2:
            deals.append(self._give_back)
        for place, deal in enumerate(deals):
            at = datetime.combine(period.first_day.replace(day=DAY), AT, tzinfo=clock.timezone())
            at += timedelta(minutes=10 * place)
            if at < self._now:
                with clock.clock_at(at), acting_as(self._people.cashier):
                    deal(at.date())

    def _approved(self, day: date, request: Callable[[], Any]) -> None:
        """Asked for by the cashier, approved by the manager."""
        # Never later than now: what lies ahead would make every run look stale.
        at = min(self._now, datetime.combine(day, AT, tzinfo=clock.timezone()))
        with clock.clock_at(at):
            with acting_as(self._people.cashier):
                row = request()
            with acting_as(self._people.manager):
                move(session=self._session, row=row, action="approve")

    def _vacancy(self, asked: dict[str, Any]) -> Vacancy:
        return request_vacancy(
            session=self._session,
            row=Vacancy(),
            community_id=self._community,
            factor=FACTOR,
            reason="空置登记",
            **asked,
        )

    def _owner(self, number: int) -> tuple[int, int]:
        return self._owners[number % len(self._owners)]

    def _pay_ahead(self, day: date, number: int) -> None:
        customer_id, room_id = self._owner(3 + 5 * number)
        desk.pay(
            session=self._session,
            request=desk.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                tenders=[(Tender.WECHAT, None)],
                day=day,
                advances=[desk.Advance(amount=IN_ADVANCE, room_id=room_id)],
            ),
        )

    def _deposit(self, day: date, number: int) -> None:
        customer_id, room_id = self._owner(7 + 4 * number)
        item = adopt(session=self._session, kind=DEPOSIT_ITEM, labels=[DEPOSIT_FOR])[DEPOSIT_FOR]
        desk.pay(
            session=self._session,
            request=desk.PaymentRequest(
                customer_id=customer_id,
                charge_ids=[],
                tenders=[(Tender.TRANSFER, None)],
                day=day,
                deposits=[desk.DepositLine(amount=DEPOSIT, item=item, room_id=room_id)],
            ),
        )

    def _reverse(self, day: date) -> None:
        """Return the last receipt of the month before was wrong: its charges open again."""
        last = self._session.scalar(
            select(Receipt.id)
            .where(
                Receipt.community_id == self._community,
                Receipt.state == ReceiptState.VALID,
                Receipt.day < day,
                Receipt.prepaid == Decimal(0),
                Receipt.deposited == Decimal(0),
            )
            .order_by(Receipt.day.desc(), Receipt.id.desc())
            .limit(1)
        )
        if last is not None:
            desk.void_or_reverse(session=self._session, receipt_id=last, day=day, reason="收款方式登记有误")

    def _open_charge(self) -> int | None:
        return self._session.scalar(
            select(Charge.id)
            .where(Charge.community_id == self._community, Charge.due > Decimal(50))
            .order_by(Charge.id.desc())
            .limit(1)
        )

    def _waive(self, day: date) -> None:
        charge = self._open_charge()
        if charge is not None:
            self._approved(
                day,
                lambda: desk.request_waiver(
                    session=self._session, charge_id=charge, amount=WAIVED, reason="服务瑕疵"
                ),
            )

    def _remind(self, day: date) -> None:
        """Remind some of those who have owed longest."""
        debtors = self._session.execute(
            select(Charge.customer_id, Charge.room_id)
            .where(Charge.community_id == self._community, Charge.due > Decimal(0), Charge.due_date < day)
            .order_by(Charge.due_date, Charge.id)
            .limit(len(ReminderWay))
        )
        for way, debtor in zip(ReminderWay, debtors, strict=False):
            self._session.add(
                Reminder(
                    community_id=self._community,
                    customer_id=debtor.customer_id,
                    room_id=debtor.room_id,
                    day=day,
                    way=way,
                    promised=day + timedelta(days=7),
                    said="答应下周来交",
                )
            )
        self._session.flush()

    def _adjust(self, day: date) -> None:
        charge = self._open_charge()
        if charge is not None:
            self._approved(
                day,
                lambda: desk.request_adjustment(
                    session=self._session, charge_id=charge, amount=ADJUSTED, reason="面积更正"
                ),
            )

    def _give_back(self, day: date) -> None:
        """Return the oldest deposit that is held goes back, less what was damaged."""
        held = self._session.execute(
            select(Deposit.id, Deposit.balance)
            .where(Deposit.community_id == self._community, Deposit.balance > KEPT)
            .order_by(Deposit.id)
            .limit(1)
        ).first()
        if held is None:
            return
        desk.deduct(session=self._session, deposit_id=held.id, amount=KEPT, reason="公共部位损坏", day=day)
        self._approved(
            day,
            lambda: desk.request_refund(
                session=self._session,
                deposit_id=held.id,
                amount=held.balance - KEPT,
                tender=Tender.TRANSFER,
                reason="装修验收合格",
            ),
        )
