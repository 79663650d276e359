"""A community with two owners and a fee, its months billed, paid and closed by the operations that the pages call."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.billing import operations as billing
from app.billing.models import AccountingPeriod, Charge, FeeItem, FeeStandard
from app.billing.states import PeriodState
from app.closing import operations as closing
from app.collection import operations as collection
from app.collection.states import Tender
from app.estate.models import Customer, Occupancy, Room
from app.estate.states import RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work

JANUARY, FEBRUARY, MARCH = Period(2025, 1), Period(2025, 2), Period(2025, 3)
D = Decimal


class Months:
    """The books of one place of the cast; every method is one unit of work of whoever acts."""

    def __init__(self, place: Any, *, owners: tuple[str, str] = ("王一", "赵二")) -> None:
        self.community_id, self.room_ids = place.community_id, place.room_ids
        self.customer_ids, self.standard_id = in_unit_of_work(lambda: self._found(owners))

    def _found(self, owners: tuple[str, str]) -> tuple[list[int], int]:
        session, ids = db.session(), []
        for room_id, name in zip(self.room_ids, owners, strict=True):
            room = session.get_one(Room, room_id)
            room.state, room.handed_over = RoomState.SOLD, date(2025, 1, 1)
            owner = Customer(community_id=self.community_id, name=name)
            session.add(owner)
            session.flush()
            session.add(Occupancy(community_id=self.community_id, room_id=room_id, customer_id=owner.id))
            ids.append(owner.id)
        item = session.scalars(select(FeeItem).where(FeeItem.name == "物业费")).one_or_none()
        if item is None:
            item = FeeItem(name="物业费")
            session.add(item)
        session.flush()
        self.fee_item_id = item.id
        standard = billing.save_standard(
            session=session,
            row=FeeStandard(),
            name=f"标准{self.community_id}",
            fee_item_id=item.id,
            community_id=self.community_id,
            method=Method.FIXED,
            active=True,
            price=D("100.00"),
            price_starts=date(2025, 1, 1),
            due_days=0,
        )
        billing.assign(
            session=session, standard_id=standard.id, starts=date(2025, 1, 1), room_ids=self.room_ids
        )
        return ids, standard.id

    def bill(self, period: Period) -> None:
        """Post a month: 100.00 a room."""
        in_unit_of_work(
            lambda: billing.bill(session=db.session(), community_id=self.community_id, period=period)
        )

    def pay(self, day: date, amount: str | None = None, *, who: int = 0) -> int:
        """Take money of an owner at the desk; the receipt's id."""
        return in_unit_of_work(
            lambda: (
                collection.pay(
                    session=db.session(),
                    request=collection.PaymentRequest(
                        customer_id=self.customer_ids[who],
                        day=day,
                        charge_ids=None,
                        amount=None if amount is None else D(amount),
                        tenders=[(Tender.CASH, None)],
                    ),
                )[0].id
            )
        )

    def hand_over(self, period: Period) -> None:
        """Hand over what the desk took up to the month's end."""
        in_unit_of_work(
            lambda: collection.hand_over(
                session=db.session(), community_id=self.community_id, day=period.last_day
            )
        )

    def close(self, period: Period) -> int:
        """Close a month; its version."""
        return in_unit_of_work(
            lambda: closing.close(session=db.session(), community_id=self.community_id, period=period).version
        )

    def state(self, period: Period) -> PeriodState | None:
        """How a month stands."""
        db.session().rollback()
        return db.session().scalar(
            select(AccountingPeriod.state).where(
                AccountingPeriod.community_id == self.community_id, AccountingPeriod.period == period
            )
        )

    def charge(self, period: Period, *, who: int = 0) -> int:
        """The charge of an owner's month."""
        return (
            db.session()
            .scalars(
                select(Charge.id).where(Charge.customer_id == self.customer_ids[who], Charge.period == period)
            )
            .one()
        )

    def january(self) -> None:
        """January billed, partly paid, handed over and closed."""
        self.bill(JANUARY)
        self.pay(date(2025, 1, 20), "70.00")
        self.hand_over(JANUARY)
        self.close(JANUARY)
