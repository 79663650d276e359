"""Three months of one community through the operations themselves, small enough to be added up by hand.

January: 101 is charged 100.00 and pays 60.00 in cash on the 10th (reversed in February) and 50.00 in advance by WeChat on the
12th; 201 is charged 80.00, pays 30.00 with a deposit of 500.00 on the 13th, and 10.00 on the 15th, voided at once.
February: 101 is charged 100.00; the 10th's receipt is reversed on the 3rd; the 50.00 are applied to January's charge on the
4th; on the 5th 201 is waived 5.00 and 101's January is adjusted by −8.00; on the 6th 100.00 of the deposit are given back in
cash, on the 7th 50.00 are kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.billing.operations import open_period
from app.collection.models import DEPOSIT_ITEM, Deposit
from app.collection.operations import (
    Advance,
    DepositLine,
    PaymentRequest,
    apply_held,
    deduct,
    pay,
    request_adjustment,
    request_refund,
    request_waiver,
    reverse,
    void,
)
from app.collection.states import Tender
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.db import db
from app.lowcode.dictionary import adopt
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import move
from tests.integration.collection.ledger import add_charge, add_customer, add_fee

D = Decimal


class Quarter:
    """The ids of what was made."""

    def __init__(self, place: Any, cashier: int, neighbour: Any) -> None:
        self.community_id, self.rooms, self._cashier = place.community_id, place.room_ids, cashier
        with unit_of_work() as session:
            self.fee = add_fee(session, "物业费")
            self.wang, self.zhao = (
                add_customer(session, place.community_id, name=name) for name in ("王一", "赵二")
            )
            self.jan_a = self._charge(session, self.wang, 0, "100.00", "2025-01")
            self.jan_b = self._charge(session, self.zhao, 1, "80.00", "2025-01")
            self.feb_a = self._charge(session, self.wang, 0, "100.00", "2025-02")
            for community, month in ((place, 1), (place, 2), (neighbour, 1)):
                open_period(session=session, community_id=community.community_id, period=Period(2025, month))
            other = add_customer(session, neighbour.community_id, name="钱三")
            add_charge(
                session, customer_id=other, fee_id=self.fee, amount="999.00", room_id=neighbour.room_ids[0]
            )
        self._january()
        self._february()

    def _charge(self, session: Any, who: int, room: int, amount: str, period: str) -> int:
        return add_charge(
            session, customer_id=who, fee_id=self.fee, amount=amount, period=period, room_id=self.rooms[room]
        )

    def _january(self) -> None:
        first = self._pay(self.wang, "2025-01-10", [self.jan_a], amount=D("60.00"))
        ahead = [Advance(amount=D("50.00"), room_id=self.rooms[0])]
        self._pay(self.wang, "2025-01-12", [], advances=ahead, tender=Tender.WECHAT)
        self._do("2025-01-13", lambda session: adopt(session=session, kind=DEPOSIT_ITEM, labels=["装修押金"]))
        held = [DepositLine(amount=D("500.00"), item="装修押金", room_id=self.rooms[1])]
        self._pay(self.zhao, "2025-01-13", [self.jan_b], amount=D("30.00"), deposits=held)
        gone = self._pay(self.zhao, "2025-01-15", [self.jan_b], amount=D("10.00"))
        self._do(
            "2025-01-15",
            lambda session: void(session=session, receipt_id=gone, day=date(2025, 1, 15), reason="错"),
        )
        self.first_receipt = first

    def _february(self) -> None:
        self._do(
            "2025-02-03",
            lambda session: reverse(
                session=session, receipt_id=self.first_receipt, day=date(2025, 2, 3), reason="错"
            ),
        )
        self._do(
            "2025-02-04",
            lambda session: apply_held(
                session=session, customer_id=self.wang, day=date(2025, 2, 4), charge_ids=[self.jan_a]
            ),
        )
        self._approve("2025-02-05", request_waiver, charge_id=self.jan_b, amount=D("5.00"))
        self._approve("2025-02-05", request_adjustment, charge_id=self.jan_a, amount=D("-8.00"))
        with self._at("2025-02-06"):
            self.deposit = db.session().scalars(select(Deposit.id)).one()
        self._approve(
            "2025-02-06", request_refund, deposit_id=self.deposit, amount=D("100.00"), tender=Tender.CASH
        )
        self._do(
            "2025-02-07",
            lambda session: deduct(
                session=session,
                deposit_id=self.deposit,
                amount=D("50.00"),
                reason="损坏",
                day=date(2025, 2, 7),
            ),
        )

    @contextmanager
    def _at(self, day: str, name: str = "李收费") -> Iterator[None]:
        when = clock.midnight(date.fromisoformat(day)) + timedelta(hours=12)
        who = Actor(self._cashier if name == "李收费" else None, name, EVERYTHING)
        with clock.clock_at(when), acting_as(who):
            yield

    def _do(self, day: str, operation: Callable[[Any], Any]) -> Any:
        with self._at(day), unit_of_work() as session:
            return operation(session)

    def _pay(
        self, who: int, day: str, charges: list[int], *, tender: Tender = Tender.CASH, **more: Any
    ) -> int:
        return self._do(
            day,
            lambda session: (
                pay(
                    session=session,
                    request=PaymentRequest(
                        customer_id=who,
                        charge_ids=charges,
                        tenders=[(tender, None)],
                        day=date.fromisoformat(day),
                        **more,
                    ),
                )[0].id
            ),
        )

    def _approve(self, day: str, request: Any, **asked: Any) -> None:
        with self._at(day), unit_of_work() as session:
            row = request(session=session, reason="说明", **asked)
            with acting_as(Actor(None, "王经理", EVERYTHING)):
                move(session=session, row=row, action="approve")
