"""One community under test: each deed is the operation that a page calls, by two persons."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import Charge, FeeItem, FeeStandard
from app.closing import operations as closing
from app.closing.models import PeriodReopen
from app.collection import operations as collection
from app.collection.models import Deposit, Prepayment
from app.collection.states import Tender
from app.estate.models import Building, Community, Company, Customer, Occupancy, Room
from app.estate.operations.people import developer_of
from app.estate.states import RoomState
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode import clock
from app.lowcode.actors import EVERYTHING, SYSTEM, Actor, Reach, acting_as
from app.lowcode.db import db
from app.lowcode.unit import in_unit_of_work
from app.lowcode.workflow import move

ONE, TWO = "申请人", "审批人"
SINCE = date(2025, 1, 1)
# Areas in ㎡ and prices in 元: the ledger works its own amounts out of the same figures, written as whole numbers.
ROOMS = {"甲-1": ("甲", "89.67"), "甲-2": ("甲", "101.35"), "乙-1": ("乙", "63.08")}
PRICE, PARKING = "2.35", "150.50"
_names = count(1)


@dataclass
class Desk:
    """The community's ids and the office that it stands in."""

    app: Flask
    community_id: int
    company_id: int
    customers: dict[str, int]
    fees: dict[str, int]

    @property
    def reach(self) -> Reach:
        """This community alone."""
        return Reach(frozenset([self.community_id]), frozenset([self.company_id]))

    @contextmanager
    def at(self, day: date, *, reach: Reach = EVERYTHING) -> Iterator[Session]:
        """Somebody at noon of a day."""
        person = Actor(None, ONE, reach)
        noon = clock.midnight(day) + timedelta(hours=12)
        with self.app.app_context(), acting_as(person), clock.clock_at(noon):
            try:
                yield db.session()
            finally:
                db.session.remove()

    def do(self, day: date, operation: Callable[[Session], Any]) -> tuple[Any, str]:
        """(what the operation gave, "") or (None, the code of its refusal); in one unit."""
        with self.at(day):
            try:
                return in_unit_of_work(lambda: operation(db.session())), ""
            except DomainError as error:
                return None, error.code

    def by_two(self, day: date, ask: Callable[[Session], Any], *, same: bool = False) -> tuple[Any, str]:
        """One person asks, another (or the same, who is refused) approves."""

        def both(session: Session) -> Any:
            request = ask(session)
            with acting_as(Actor(None, ONE if same else TWO, EVERYTHING)):
                return _approved(session, request)

        return self.do(day, both)

    def pay(self, day: date, customer: str, amount: Decimal | None) -> tuple[int | None, str]:
        """Take cash for all that is open, or for a part."""
        return self._receipt(day, customer, {"amount": amount})

    def prepay(self, day: date, customer: str, fee: str, amount: Decimal) -> tuple[int | None, str]:
        """Take cash in advance, for a fee or ("general") for any."""
        line = collection.Advance(amount=amount, fee_item_id=self.fees.get(fee))
        return self._receipt(day, customer, {"charge_ids": [], "advances": [line]})

    def take_deposit(self, day: date, customer: str, amount: Decimal) -> tuple[int | None, str]:
        """Take a deposit."""
        line = collection.DepositLine(amount=amount, item="装修保证金")
        return self._receipt(day, customer, {"charge_ids": [], "deposits": [line]})

    def _receipt(self, day: date, customer: str, more: dict[str, Any]) -> tuple[int | None, str]:
        return self.do(
            day,
            lambda session: (
                collection.pay(
                    session=session,
                    request=collection.PaymentRequest(
                        customer_id=self.customers[customer], day=day, tenders=[(Tender.CASH, None)], **more
                    ),
                )[0].id
            ),
        )

    def account(self, session: Session, customer: str, fee: str) -> Prepayment:
        """A customer's account for a fee or for any."""
        of_fee = (
            Prepayment.fee_item_id == self.fees[fee] if fee in self.fees else Prepayment.fee_item_id.is_(None)
        )
        return session.scalars(
            select(Prepayment).where(Prepayment.customer_id == self.customers[customer], of_fee)
        ).one()

    def deposit(self, session: Session) -> Deposit:
        """The one deposit."""
        return session.scalars(select(Deposit).where(Deposit.community_id == self.community_id)).one()

    def bill(self, day: date, period: Period) -> tuple[list[Charge], str]:
        """Bill a month; the charges that it posted."""
        known: set[int] = set()
        with self.at(day) as session:
            known = set(session.scalars(select(Charge.id).where(Charge.community_id == self.community_id)))
        _runs, refused = self.do(
            day,
            lambda session: billing.bill(session=session, community_id=self.community_id, period=period),
        )
        with self.at(day) as session:
            rows = session.scalars(select(Charge).where(Charge.community_id == self.community_id))
            return [row for row in rows if row.id not in known], refused

    def close(self, day: date, period: Period) -> str:
        """Close a month."""
        return self.do(
            day, lambda session: closing.close(session=session, community_id=self.community_id, period=period)
        )[1]

    def reopen(self, day: date, period: Period, *, same: bool) -> str:
        """Open the latest closed month again."""
        return self.by_two(
            day,
            lambda session: closing.request_reopen(
                session=session,
                row=PeriodReopen(),
                community_id=self.community_id,
                period=period,
                reason="更正",
            ),
            same=same,
        )[1]


def _approved(session: Session, request: Any) -> int:
    key: int = move(session=session, row=request, action="approve").id
    return key


def settle_down(app: Flask) -> Desk:
    """A new community with three rooms of two customers, a fee by area and one for parking."""
    number = next(_names)

    def make(session: Session) -> Desk:
        company = Company(name=f"公司{number}")
        session.add(company)
        session.flush()
        community = Community(name=f"小区{number}", company_id=company.id)
        session.add(community)
        session.flush()
        building = Building(community_id=community.id, name="1号楼")
        people = {name: Customer(community_id=community.id, name=name) for name in ("甲", "乙")}
        fees = {
            name: FeeItem(name=f"{name}{number}", priority=priority)
            for name, priority in (("物业费", 10), ("车位费", 20))
        }
        session.add_all([building, *people.values(), *fees.values()])
        developer_of(session=session, community_id=community.id)
        session.flush()
        rooms = []
        for code, (owner, area) in ROOMS.items():
            room = Room(
                community_id=community.id,
                building_id=building.id,
                code=code,
                number=code,
                area=Decimal(area),
                state=RoomState.SOLD,
                handed_over=SINCE,
            )
            session.add(room)
            session.flush()
            session.add(
                Occupancy(
                    community_id=community.id, room_id=room.id, customer_id=people[owner].id, starts=SINCE
                )
            )
            rooms.append(room.id)
        for name, method, price, whose in (
            ("物业费", Method.AREA, PRICE, rooms),
            ("车位费", Method.FIXED, PARKING, rooms[:1]),
        ):
            standard = billing.save_standard(
                session=session,
                row=FeeStandard(),
                community_id=community.id,
                name=name,
                fee_item_id=fees[name].id,
                due_days=0,
                method=method,
                active=True,
                price=Decimal(price),
                price_starts=SINCE,
            )
            billing.assign(session=session, standard_id=standard.id, starts=SINCE, room_ids=whose)
        return Desk(
            app,
            community.id,
            company.id,
            {name: one.id for name, one in people.items()},
            {name: one.id for name, one in fees.items()},
        )

    with app.app_context(), acting_as(SYSTEM):
        try:
            return in_unit_of_work(lambda: make(db.session()))
        finally:
            db.session.remove()
