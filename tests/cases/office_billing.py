"""The cases' steps of billing beside the runs: vacancies and meters."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from app.kernel.periods import Period

from .language import given, steps
from .language.steps import APPROVER, REQUESTER


class BillingSteps:
    """A part of the product's office; the whole gives it `_do`, `_room` and the community."""

    _community: int
    _ask: Callable[[Callable[[Any], Any]], Any]
    _do: Callable[[Callable[[Any], Any]], Any]
    _room: Callable[[Any, str], Any]

    def add_meter(self, meter: given.Meter) -> None:
        from app.billing.models import Meter
        from app.billing.operations import save_meter
        from app.billing.states import MeterKind

        def add(session: Any) -> None:
            save_meter(
                session=session,
                row=Meter(),
                community_id=self._community,
                number=meter.code,
                kind=MeterKind(meter.kind),
                room_id=self._room(session, meter.room).id if meter.room else None,
                initial=meter.initial,
                multiplier=meter.multiplier,
                loss=meter.loss,
                digits=meter.digits,
                active=True,
            )

        self._do(add)

    def reading(self, step: steps.Reading) -> None:
        from app.billing.operations import NewReading, record_readings

        def read(session: Any) -> None:
            wanted = NewReading(
                meter_id=self._meter(session, step.meter),
                day=step.on,
                value=step.value,
                rollover=step.rollover,
            )
            record_readings(session=session, community_id=self._community, wanted=[wanted])

        self._do(read)

    def meter_change(self, step: steps.MeterChange) -> None:
        from app.billing.operations import change_meter

        self._do(
            lambda session: change_meter(
                session=session,
                meter_id=self._meter(session, step.meter),
                day=step.on,
                old_value=step.old_value,
                onward=step.new_initial,
                reason="换表",
            )
        )

    def usage(self, *, meter: str, period: Period) -> Decimal:
        from sqlalchemy import func, select

        from app.billing.models import MeterReading

        def read(session: Any) -> Decimal | None:
            used: Decimal | None = session.scalar(
                select(func.sum(MeterReading.used)).where(
                    MeterReading.meter_id == self._meter(session, meter),
                    MeterReading.period == period,
                    MeterReading.replaced.is_(False),
                )
            )
            return used

        return self._ask(read) or Decimal(0)

    @staticmethod
    def _meter(session: Any, code: str) -> int:
        from sqlalchemy import select

        from app.billing.models import Meter

        return int(session.scalars(select(Meter.id).where(Meter.number == code)).one())

    def not_read(self, step: steps.NotRead) -> None:
        from app.billing.models import ReadingExemption
        from app.billing.operations import request_exemption
        from app.lowcode.actors import EVERYTHING, Actor, acting_as
        from app.lowcode.workflow import move

        def ask_and_approve(session: Any) -> None:
            with acting_as(Actor(None, step.requested_by, EVERYTHING)):
                row = request_exemption(
                    session=session,
                    row=ReadingExemption(),
                    community_id=self._community,
                    meter_id=self._meter(session, step.meter),
                    period=step.period,
                    reason=step.reason,
                )
            with acting_as(Actor(None, step.approved_by, EVERYTHING)):
                move(session=session, row=row, action="approve")

        self._do(ask_and_approve)

    def unassign(self, step: steps.Unassign) -> None:
        from sqlalchemy import select

        from app.billing.models import FeeAssignment, FeeItem, FeeStandard
        from app.billing.operations import end_assignment, take_back_assignments

        def take_back(session: Any) -> None:
            room_id = self._room(session, step.room).id
            (key,) = session.scalars(
                select(FeeAssignment.id)
                .join(FeeStandard, FeeStandard.id == FeeAssignment.standard_id)
                .join(FeeItem, FeeItem.id == FeeStandard.fee_item_id)
                .where(FeeAssignment.room_id == room_id, FeeItem.name == step.fee)
            ).all()
            if step.end is None:
                take_back_assignments(session=session, assignment_ids=[key])
            else:
                end_assignment(session=session, assignment_id=key, ends=step.end)

        self._do(take_back)

    def vacancy(self, step: steps.Vacancy) -> None:
        self._vacant(step.room, step.start, step.end, step.factor, approved=step.approved)

    def suspend(self, step: steps.Suspend) -> None:
        self._vacant(step.room, step.start, step.end, step.factor, fee=step.fee)

    def _vacant(
        self,
        room: str,
        starts: date,
        ends: date,
        factor: Decimal,
        *,
        fee: str | None = None,
        approved: bool = True,
    ) -> None:
        from sqlalchemy import select

        from app.billing.models import FeeItem, Vacancy
        from app.billing.operations import request_vacancy
        from app.lowcode.actors import EVERYTHING, Actor, acting_as
        from app.lowcode.workflow import move

        def ask_and_approve(session: Any) -> None:
            item = session.scalars(select(FeeItem.id).where(FeeItem.name == fee)).one() if fee else None
            with acting_as(Actor(None, REQUESTER, EVERYTHING)):
                row = request_vacancy(
                    session=session,
                    row=Vacancy(),
                    community_id=self._community,
                    room_id=self._room(session, room).id,
                    fee_item_id=item,
                    starts=starts,
                    ends=ends,
                    factor=factor,
                    reason="空置",
                )
            if approved:
                with acting_as(Actor(None, APPROVER, EVERYTHING)):
                    move(session=session, row=row, action="approve")

        self._do(ask_and_approve)
