"""未抄登记: asked for with a reason, approved by somebody else; the month is then billed without the meter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Meter, MeterReading, ReadingExemption
from app.billing.operations.approvals import approval_flow, sign_request
from app.billing.operations.periods import guard_period
from app.billing.queries.unread_meters import is_missing
from app.billing.states import ApprovalState, ReadingKind
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.lowcode.scope import MixedCommunities, OutOfScope
from app.lowcode.workflow import Board, TransitionContext


class AlreadyRead(DomainError):
    """A month in which the meter was read."""

    code = "already_read"
    message = N_("这块表 %(period)s 已经抄过，不用登记未抄。读错的请在抄表记录里更正。")


class AlreadyExempted(DomainError):
    """The same meter and month a second time."""

    code = "overlap"
    message = N_("这块表 %(period)s 已有未抄登记（%(state)s）。")


def request_exemption(
    *, session: Session, row: ReadingExemption, community_id: int, meter_id: int, period: Period, reason: str
) -> ReadingExemption:
    """Ask that a month is billed without a meter that was not read.

    Raises PeriodClosed, OutOfScope, MixedCommunities, AlreadyRead, AlreadyExempted.
    """
    guard_period(session=session, community_id=community_id, period=period)
    _lock_meter(session, meter_id, community_id)
    _refuse_read(session, community_id, meter_id, period)
    _refuse_twice(session, row, meter_id, period)
    row.community_id, row.meter_id, row.period, row.reason = community_id, meter_id, period, reason
    sign_request(row)
    session.add(row)
    session.flush()
    return row


def _approving(move: TransitionContext) -> None:
    """Judge once more, for the meter may have been read meanwhile."""
    session, row = move.session, move.row
    guard_period(session=session, community_id=row.community_id, period=row.period)
    _lock_meter(session, row.meter_id, row.community_id)
    _refuse_read(session, row.community_id, row.meter_id, row.period)


EXEMPTION_FLOW = approval_flow(
    ReadingExemption,
    approving=_approving,
    board=Board(facts=("meter_id", "period", "reason", "requested_by")),
)


def _lock_meter(session: Session, meter_id: int, community_id: int) -> None:
    """Wait for whoever reads the meter. Raises OutOfScope, MixedCommunities."""
    found = session.scalar(select(Meter.community_id).where(Meter.id == meter_id).with_for_update())
    if found is None:
        raise OutOfScope(field="meter_id")
    if found != community_id:
        raise MixedCommunities(field="meter_id", label=Meter.__about__.label)


def _refuse_read(session: Session, community_id: int, meter_id: int, period: Period) -> None:
    """Take a reading outside the days of the fee for none of the month."""
    reading = (
        select(MeterReading.id)
        .where(
            MeterReading.meter_id == meter_id,
            MeterReading.period == period,
            MeterReading.kind == ReadingKind.READ,
            MeterReading.replaced.is_(False),
        )
        .limit(1)
    )
    if session.scalar(reading) is not None and not is_missing(
        session=session, community_id=community_id, period=period, meter_id=meter_id
    ):
        raise AlreadyRead(field="period", period=str(period))


def _refuse_twice(session: Session, row: ReadingExemption, meter_id: int, period: Period) -> None:
    other = session.scalar(
        select(ReadingExemption.state).where(
            ReadingExemption.meter_id == meter_id,
            ReadingExemption.period == period,
            ReadingExemption.state.in_((ApprovalState.PENDING, ApprovalState.APPROVED)),
            ReadingExemption.id != (row.id or 0),
        )
    )
    if other is not None:
        raise AlreadyExempted(field="period", period=str(period), state=other.label)
