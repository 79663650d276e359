"""The demo's water meters: some rooms have one, read on the first of each month before the month is billed."""

from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import FeeItem, FeeStandard, Meter, ReadingExemption
from app.billing.operations import (
    NewReading,
    assign,
    record_readings,
    request_exemption,
    save_meter,
    save_standard,
)
from app.billing.states import FeeKind, MeterKind
from app.demo.tariffs import DUE_DAYS
from app.estate.models import Room
from app.estate.states import RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.actors import Actor, acting_as
from app.lowcode.workflow import move

METERS = 24
FEE, STANDARD, PRICE = "水费", "居民生活用水", Decimal("3.35")


class Meters:
    """The water meters of a community: every so many rooms one, at most METERS."""

    def __init__(self, *, session: Session, community_id: int, first_day: date) -> None:
        self._session, self._community = session, community_id
        rooms = session.execute(
            select(Room.id, Room.code)
            .where(Room.community_id == community_id, Room.state == RoomState.SOLD)
            .order_by(Room.id)
            .limit(METERS)
        ).all()
        self._dials: dict[int, Decimal] = {}
        for place, (room_id, code) in enumerate(rooms):
            initial = Decimal(120 + 7 * place)
            meter = save_meter(
                session=session,
                row=Meter(),
                community_id=community_id,
                number=f"S-{code}",
                kind=MeterKind.WATER,
                room_id=room_id,
                initial=initial,
                multiplier=Decimal(1),
                loss=Decimal(0),
                digits=5,
                active=True,
                installed=first_day,
            )
            self._dials[meter.id] = initial
        if self._dials:
            assign(
                session=session,
                standard_id=self._standard(first_day),
                starts=first_day,
                meter_ids=list(self._dials),
            )

    def read(self, period: Period, *, cashier: Actor) -> None:
        """Read all of them on the month's first day; in some months nobody was at home at the last one."""
        random = Random(f"{self._community} {period}")
        wanted, locked = [], max(self._dials, default=0) if period.month % 4 == 0 else 0
        for meter_id, before in self._dials.items():
            if meter_id == locked:
                self._not_read(meter_id, period, cashier)
                continue
            self._dials[meter_id] = before + random.randrange(5, 19)
            wanted.append(NewReading(meter_id=meter_id, day=period.first_day, value=self._dials[meter_id]))
        if wanted:
            record_readings(session=self._session, community_id=self._community, wanted=wanted)

    def _not_read(self, meter_id: int, period: Period, cashier: Actor) -> None:
        with acting_as(cashier):
            row = request_exemption(
                session=self._session,
                row=ReadingExemption(),
                community_id=self._community,
                meter_id=meter_id,
                period=period,
                reason="家中无人，没有抄到",
            )
        move(session=self._session, row=row, action="approve")

    def _standard(self, first_day: date) -> int:
        item = self._session.scalars(select(FeeItem).where(FeeItem.name == FEE)).one_or_none()
        if item is None:
            item = FeeItem(name=FEE, kind=FeeKind.UTILITY, priority=50)
            self._session.add(item)
            self._session.flush()
        standard = save_standard(
            session=self._session,
            row=FeeStandard(),
            community_id=self._community,
            fee_item_id=item.id,
            name=STANDARD,
            method=Method.METERED,
            due_days=DUE_DAYS,
            price=PRICE,
            price_starts=first_day,
        )
        return standard.id
