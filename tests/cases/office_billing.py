"""The cases' steps of billing beside the runs: vacancies."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from .language import steps
from .language.steps import APPROVER, REQUESTER


class BillingSteps:
    """A part of the product's office; the whole gives it `_do`, `_room` and the community."""

    _community: int
    _do: Callable[[Callable[[Any], Any]], Any]
    _room: Callable[[Any, str], Any]

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
                    session=session, row=Vacancy(), community_id=self._community,
                    room_id=self._room(session, room).id, fee_item_id=item, starts=starts, ends=ends, factor=factor,
                    reason="空置",
                )  # fmt: skip
            if approved:
                with acting_as(Actor(None, APPROVER, EVERYTHING)):
                    move(session=session, row=row, action="approve")

        self._do(ask_and_approve)
