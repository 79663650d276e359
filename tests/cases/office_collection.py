"""The desk, what is held for customers, and what two persons decide: collection's part of the office behind the cases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.collection.operations import PaymentRequest

from .language import steps
from .protocol import NotBuilt


@contextmanager
def as_person(name: str) -> Iterator[None]:
    """Act as somebody who reaches everything."""
    from app.lowcode.actors import EVERYTHING, Actor, acting_as

    with acting_as(Actor(None, name, EVERYTHING)):
        yield


class CollectionPart:
    """Mixed into the product office."""

    _community: int
    _receipts: dict[str, int]
    _asked: dict[str, tuple[steps.Pay, PaymentRequest]]
    _do: Callable[[Callable[[Any], Any]], Any]
    _ask: Callable[[Callable[[Any], Any]], Any]
    _room: Callable[[Any, str], Any]

    def pay(self, step: steps.Pay) -> None:
        from app.collection.operations import pay

        if step.late_fees:
            raise NotBuilt("late fees at the desk")

        def take(session: Any) -> None:
            self._receipts[step.id] = pay(session=session, request=self._request(session, step))[0].id

        self._do(take)

    def _request(self, session: Any, step: steps.Pay) -> PaymentRequest:
        """What the step asks for; asked again under its key it is the same request, whatever is open by then."""
        asked = replace(step, id="")
        if step.key is not None and step.key in self._asked and self._asked[step.key][0] == asked:
            return self._asked[step.key][1]
        request = self._payment(session, step)
        if step.key is not None:
            self._asked[step.key] = (asked, request)
        return request

    def _payment(self, session: Any, step: steps.Pay) -> PaymentRequest:
        from sqlalchemy import select

        from app.billing.models import Charge, FeeItem
        from app.collection.states import Rounding
        from app.estate.models import Customer

        ids: list[int] | None = None
        if step.charges is not None:
            ids = []
            for named in step.charges:
                of_fee = select(Charge.id).join(FeeItem, Charge.fee_item_id == FeeItem.id)
                ids += session.scalars(
                    of_fee.where(
                        self._of_payer(named.room), FeeItem.name == named.fee, Charge.period == named.period
                    )
                )
        elif step.room is not None:
            # Where nothing is open, naming everything is refused as settled; naming nothing would be all rooms.
            ids = list(
                session.scalars(select(Charge.id).where(self._of_payer(step.room), Charge.due > Decimal(0)))
            ) or list(session.scalars(select(Charge.id).where(self._of_payer(step.room))))
        if step.customer is not None:
            payer = session.scalars(select(Customer.id).where(Customer.name == step.customer)).one()
        else:
            payer = session.scalars(select(Charge.customer_id).where(Charge.id.in_(ids or ()))).first()
            payer = payer or self._holder(session, step.room or "")
        return PaymentRequest(
            customer_id=payer,
            charge_ids=ids,
            amount=step.amount,
            day=step.on,
            tenders=[(_tender(step.method), None)],
            tendered=step.tendered,
            key=step.key,
            rounding=None if step.rounding is None else Rounding(step.rounding),
            keep_change=step.change_to == "prepayment",
        )

    @staticmethod
    def _holder(session: Any, room: str) -> int:
        from sqlalchemy import select

        from app.estate.models import Occupancy, Room

        holder = select(Occupancy.customer_id).join(Room, Occupancy.room_id == Room.id)
        return int(session.scalars(holder.where(Room.code == room)).first())

    @staticmethod
    def _of_payer(code: str) -> Any:
        """Charges of a room or of a parking space, whichever has this name."""
        from sqlalchemy import or_, select

        from app.billing.models import Charge
        from app.estate.models import ParkingSpace, Room

        return or_(
            Charge.room_id.in_(select(Room.id).where(Room.code == code)),
            Charge.space_id.in_(select(ParkingSpace.id).where(ParkingSpace.number == code)),
        )

    def _charge(self, session: Any, step: steps.Waive | steps.Adjust | steps.UndoPrepayment) -> Any:
        from sqlalchemy import select

        from app.billing.models import Charge, FeeItem

        return session.scalars(
            select(Charge)
            .join(FeeItem, Charge.fee_item_id == FeeItem.id)
            .where(self._of_payer(step.room), FeeItem.name == step.fee, Charge.period == step.period)
        ).one()

    def prepay(self, step: steps.Prepay) -> None:
        from app.collection.operations import Advance, pay

        def take(session: Any) -> None:
            line = Advance(
                amount=step.amount,
                room_id=self._room(session, step.room).id,
                fee_item_id=_fee(session, step.fee),
            )
            receipts = pay(
                session=session,
                request=PaymentRequest(
                    customer_id=self._holder(session, step.room),
                    charge_ids=[],
                    advances=[line],
                    tenders=[(_tender(step.method), None)],
                    day=step.on,
                ),
            )
            self._receipts[step.id] = receipts[0].id

        self._do(take)

    def deposit(self, step: steps.Deposit) -> None:
        from app.collection.models import DEPOSIT_ITEM
        from app.collection.operations import DepositLine, pay
        from app.lowcode.dictionary import adopt

        def take(session: Any) -> None:
            item = adopt(session=session, kind=DEPOSIT_ITEM, labels=[step.item])[step.item]
            line = DepositLine(amount=step.amount, item=item, room_id=self._room(session, step.room).id)
            receipts = pay(
                session=session,
                request=PaymentRequest(
                    customer_id=self._holder(session, step.room),
                    charge_ids=[],
                    deposits=[line],
                    tenders=[(_tender(step.method), None)],
                    day=step.on,
                ),
            )
            self._receipts[step.id] = receipts[0].id

        self._do(take)

    def deposit_return(self, step: steps.DepositReturn) -> None:
        self._refund(step, lambda session: {"deposit_id": self._kept(session, step.room, step.item).id})

    def deposit_deduct(self, step: steps.DepositDeduct) -> None:
        from app.collection.operations import deduct

        self._do(
            lambda session: deduct(
                session=session,
                deposit_id=self._kept(session, step.room, step.item).id,
                amount=step.amount,
                reason=step.reason,
                day=step.on,
            )
        )

    def refund_prepayment(self, step: steps.RefundPrepayment) -> None:
        self._refund(step, lambda session: {"prepayment_id": self._held(session, step.room, step.fee).id})

    def _refund(
        self, step: steps.DepositReturn | steps.RefundPrepayment, account: Callable[[Any], dict[str, int]]
    ) -> None:
        from app.billing.operations import guard_open
        from app.collection.operations import request_refund

        def give_back(session: Any) -> None:
            guard_open(session=session, community_id=self._community, day=step.on)
            with as_person(steps.REQUESTER):
                asked = request_refund(
                    session=session,
                    amount=step.amount,
                    tender=_tender(step.method),
                    reason="退款",
                    **account(session),
                )
            _approved(session, asked, steps.APPROVER, step.on)

        self._do(give_back)

    def apply_prepayment(self, step: steps.ApplyPrepayment) -> None:
        from sqlalchemy import select

        from app.billing.models import Charge
        from app.collection.operations import apply_held

        def apply(session: Any) -> None:
            mine = select(Charge.id).where(self._of_payer(step.room), Charge.due > Decimal(0))
            apply_held(
                session=session,
                customer_id=self._holder(session, step.room),
                day=step.on,
                charge_ids=session.scalars(mine).all(),
            )

        self._do(apply)

    def undo_prepayment(self, step: steps.UndoPrepayment) -> None:
        from app.collection.operations import undo_applied

        self._do(
            lambda session: undo_applied(
                session=session,
                charge_id=self._charge(session, step).id,
                day=step.on,
                reason=step.reason,
                amount=step.amount,
            )
        )

    def waive(self, step: steps.Waive) -> None:
        from app.collection.operations import booking_day, request_waiver

        def waive(session: Any) -> None:
            charge = self._charge(session, step)
            with as_person(step.requested_by):
                asked = request_waiver(
                    session=session, charge_id=charge.id, amount=step.amount, reason=step.reason
                )
            day = booking_day(
                session=session, community_id=self._community, today=charge.posting_period.first_day
            )
            _approved(session, asked, step.approved_by, day)

        self._do(waive)

    def adjust(self, step: steps.Adjust) -> None:
        from app.billing.operations import guard_open
        from app.collection.operations import request_adjustment

        def adjust(session: Any) -> None:
            guard_open(session=session, community_id=self._community, day=step.on)
            charge = self._charge(session, step)
            with as_person(steps.REQUESTER):
                asked = request_adjustment(
                    session=session, charge_id=charge.id, amount=step.amount, reason=step.reason
                )
            _approved(session, asked, steps.APPROVER, step.on)

        self._do(adjust)

    def void(self, step: steps.Void) -> None:
        from app.collection.operations import void_or_reverse

        self._do(
            lambda session: void_or_reverse(
                session=session, receipt_id=self._receipts[step.id], day=step.on, reason=step.reason
            )
        )

    def _held(self, session: Any, room: str, fee: str | None) -> Any:
        """The prepayment of a room's customer for a fee, or the general one."""
        from sqlalchemy import or_, select

        from app.collection.models import Prepayment

        of_fee = Prepayment.fee_item_id == _fee(session, fee) if fee else Prepayment.fee_item_id.is_(None)
        room_id = self._room(session, room).id
        return session.scalars(
            select(Prepayment)
            .where(
                Prepayment.customer_id == self._holder(session, room),
                of_fee,
                or_(Prepayment.room_id == room_id, Prepayment.room_id.is_(None)),
            )
            .order_by(Prepayment.room_id.is_(None))
        ).first()

    def _kept(self, session: Any, room: str, item: str) -> Any:
        from sqlalchemy import select

        from app.collection.models import Deposit

        return session.scalars(
            select(Deposit).where(Deposit.room_id == self._room(session, room).id, Deposit.item == item)
        ).one()

    def prepayment(self, *, room: str, fee: str | None) -> Decimal:
        def read(session: Any) -> Decimal:
            account = self._held(session, room, fee)
            return account.balance if account is not None else Decimal(0)

        found: Decimal = self._ask(read)
        return found

    def deposit_balance(self, *, room: str, item: str) -> Decimal:
        found: Decimal = self._ask(lambda session: self._kept(session, room, item).balance)
        return found


def _approved(session: Any, request: Any, by: str, day: date) -> None:
    """Somebody approves a request on a day."""
    from app.lowcode import clock
    from app.lowcode.workflow import move

    with as_person(by), clock.clock_at(clock.midnight(day) + timedelta(hours=12)):
        move(session=session, row=request, action="approve")


def _tender(label: str) -> Any:
    from app.collection.states import Tender

    return next(one for one in Tender if one.label == label)


def _fee(session: Any, name: str | None) -> int | None:
    from sqlalchemy import select

    from app.billing.models import FeeItem

    return None if name is None else session.scalars(select(FeeItem.id).where(FeeItem.name == name)).one()
