"""空置 and 停供: asked for, approved by somebody else, ended early. What is billed already is left as it is."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge, FeeItem, FeeStandard, Vacancy
from app.billing.operations.approvals import approval_flow, sign_request
from app.billing.operations.assignment_targets import WrongDates
from app.billing.operations.periods import guard_open
from app.billing.states import ApprovalState
from app.estate.models import Room
from app.kernel.errors import N_, DomainError
from app.kernel.money import PRICE_SCALE, to_scaled
from app.kernel.pricing import Method
from app.lowcode import scope
from app.lowcode.history import note
from app.lowcode.scope import MixedCommunities, OutOfScope, locked
from app.lowcode.workflow import TransitionContext

BY_DAYS = tuple(method for method in Method if method.by_days)


class VacancyOverlaps(DomainError):
    """The same room and fees on a day that another request stands for."""

    code = "overlap"
    message = N_("这个房间在 %(starts)s 至 %(ends)s 已有同样的空置登记（%(state)s），日期不能重叠。")


class WrongFactor(DomainError):
    """A factor that is not from 0 to 1."""

    code = "wrong_factor"
    message = N_("缴费系数应在 0 到 1 之间，例如 0.7 表示按七成缴纳。")


class NotByDays(DomainError):
    """A fee that is not counted by days."""

    code = "not_by_days"
    message = N_("“%(fee)s”按用量计费，没有用量就没有费用，不用登记空置。")


class VacancyNotApproved(DomainError):
    """Ending what does not hold."""

    code = "vacancy_not_approved"
    message = N_("只有已批准的空置登记才能提前结束。")


class VacancyBilled(DomainError):
    """An end before days that were billed with it."""

    code = "vacancy_billed"
    message = N_("到 %(billed)s 的费用已按空置出账，不能更早结束。已出账的差额请用应收调整补收。")


def request_vacancy(
    *,
    session: Session,
    row: Vacancy,
    room_id: int,
    starts: date,
    ends: date,
    factor: Decimal,
    reason: str,
    community_id: int,
    fee_item_id: int | None = None,
) -> Vacancy:
    """Ask that a room pays only `factor` of its fees (None: all that count days) from a day to a day.

    A request for one fee may stand beside one for the whole room, and goes before it. Raises PeriodClosed, OutOfScope,
    MixedCommunities, WrongDates, WrongFactor, TooManyDecimals, NotByDays, VacancyOverlaps.
    """
    guard_open(session=session, community_id=community_id, day=starts)
    if ends < starts:
        raise WrongDates(field="ends")
    if not 0 <= to_scaled(factor, PRICE_SCALE) <= 10**PRICE_SCALE:
        raise WrongFactor(field="factor")
    _lock_room(session, room_id, community_id)
    _refuse_metered(session, community_id, fee_item_id)
    _refuse_overlap(session, row, room_id, fee_item_id, starts, ends)
    row.community_id, row.room_id, row.fee_item_id = community_id, room_id, fee_item_id
    row.starts, row.ends, row.factor, row.reason = starts, ends, factor, reason
    sign_request(row)
    session.add(row)
    session.flush()
    return row


def end_vacancy(*, session: Session, vacancy_id: int, ends: date, reason: str) -> Vacancy:
    """Let an approved vacancy end earlier than it was approved for, not before what is billed with it.

    Raises OutOfScope, VacancyNotApproved, WrongDates, VacancyBilled.
    """
    row = locked(session=session, model=Vacancy, row_id=vacancy_id)
    if row.state is not ApprovalState.APPROVED:
        raise VacancyNotApproved
    if not row.starts <= ends < row.ends:
        raise WrongDates(field="ends")
    billed = max((one.ends for one in _billed(session, row)), default=None)
    if billed is not None and ends < min(billed, row.ends):
        raise VacancyBilled(field="ends", billed=min(billed, row.ends).isoformat())
    note(row, label=N_("提前结束"), reason=f"{row.ends} → {ends}：{reason}")
    row.ends = ends
    session.flush()
    return row


def _approving(move: TransitionContext) -> None:
    """Judge once more, for time has passed, and say which months it comes too late for."""
    session, row = move.session, move.row
    guard_open(session=session, community_id=row.community_id, day=row.starts)
    _lock_room(session, row.room_id, row.community_id)
    _refuse_overlap(session, row, row.room_id, row.fee_item_id, row.starts, row.ends)
    months = sorted({str(one.period) for one in _billed(session, row)})
    if months:
        told = gettext(
            "%(months)s 已出账，不再减免；确需减免的，请另做减免或应收调整。", months="、".join(months)
        )
        row.decision = told if row.decision is None else f"{row.decision}\n{told}"


VACANCY_FLOW = approval_flow(Vacancy, approving=_approving)


def _lock_room(session: Session, room_id: int, community_id: int) -> None:
    """Wait for whoever asks for the same room. Raises OutOfScope, MixedCommunities."""
    found = session.scalar(select(Room.community_id).where(Room.id == room_id).with_for_update())
    if found is None:
        raise OutOfScope(field="room_id")
    if found != community_id:
        raise MixedCommunities(field="room_id", label=Room.__about__.label)


def _refuse_metered(session: Session, community_id: int, fee_item_id: int | None) -> None:
    if fee_item_id is None:
        return
    item = scope.find(session, FeeItem, fee_item_id)
    if item is None:
        raise OutOfScope(field="fee_item_id")
    methods = set(
        session.scalars(
            select(FeeStandard.method)
            .where(FeeStandard.community_id == community_id, FeeStandard.fee_item_id == fee_item_id)
            .distinct()
        )
    )
    if methods and not methods & set(BY_DAYS):
        raise NotByDays(field="fee_item_id", fee=item.name)


def _refuse_overlap(
    session: Session, row: Vacancy, room_id: int, fee_item_id: int | None, starts: date, ends: date
) -> None:
    other = session.scalars(
        select(Vacancy)
        .where(
            Vacancy.room_id == room_id,
            Vacancy.fee_item_id == fee_item_id if fee_item_id is not None else Vacancy.fee_item_id.is_(None),
            Vacancy.state.in_((ApprovalState.PENDING, ApprovalState.APPROVED)),
            Vacancy.starts <= ends,
            Vacancy.ends >= starts,
            Vacancy.id != (row.id or 0),
        )
        .limit(1)
    ).first()
    if other is not None:
        raise VacancyOverlaps(
            field="starts",
            starts=other.starts.isoformat(),
            ends=other.ends.isoformat(),
            state=other.state.label,
        )


def _billed(session: Session, row: Vacancy) -> list[Any]:
    """Return the charges (period, last day) of the room that the vacancy would have been for."""
    found = (
        select(Charge.period, Charge.ends)
        .join(FeeStandard, Charge.standard_id == FeeStandard.id)
        .where(
            Charge.room_id == row.room_id,
            Charge.starts <= row.ends,
            Charge.ends >= row.starts,
            FeeStandard.method.in_(BY_DAYS),
        )
    )
    if row.fee_item_id is not None:
        found = found.where(Charge.fee_item_id == row.fee_item_id)
    return list(session.execute(found))
