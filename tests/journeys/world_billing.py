"""Our vacancies (one waits for somebody else, the owner may take one back, one holds), and our meters."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import FeeStandard, Meter, ReadingExemption, Vacancy
from app.billing.operations import NewReading
from app.billing.states import ApprovalState, MeterKind
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.actors import EVERYTHING, Actor, acting_as
from app.lowcode.workflow import move

UNREAD = Period(2030, 1)
"""The month that waits for a meter which nobody read."""


def add_vacancies(
    *, session: Session, community_id: int, room_id: int, owner_id: int, owner: str, words: str
) -> None:
    """Three of a room, each of a year of its own."""
    found = []
    for year, who in (
        (2030, Actor(None, words, EVERYTHING)),
        (2031, Actor(None, words, EVERYTHING)),
        (2032, Actor(owner_id, owner, EVERYTHING)),
    ):
        with acting_as(who):
            found.append(
                billing.request_vacancy(
                    session=session,
                    row=Vacancy(),
                    community_id=community_id,
                    room_id=room_id,
                    starts=date(year, 1, 1),
                    ends=date(year, 12, 31),
                    factor=Decimal("0.7"),
                    reason=words,
                )
            )
    move(session=session, row=found[1], action="approve")


def add_meters(*, session: Session, community_id: int, room_id: int, words: str) -> int:
    """One that was read twice, and one that nothing refers to, whose id is returned."""
    mine = {
        "community_id": community_id,
        "room_id": room_id,
        "kind": MeterKind.WATER,
        "initial": Decimal(100),
        "multiplier": Decimal(1),
        "loss": Decimal(0),
        "digits": 5,
        "active": True,
        "place": words,
    }
    meter = billing.save_meter(session=session, row=Meter(), number=f"{words}1", **mine)
    for day, value in ((date(2025, 3, 31), "115"), (date(2025, 4, 30), "131")):
        # Readings are added by statements: their ids come after the largest that stands.
        billing.record_readings(
            session=session,
            community_id=community_id,
            wanted=[NewReading(meter_id=meter.id, day=day, value=Decimal(value), reason=words)],
        )
    free = billing.save_meter(session=session, row=Meter(), number=f"{words}2", **mine).id
    billing.save_meter(session=session, row=Meter(), number=f"{words}3", **mine)
    return free


def add_exemptions(
    *, session: Session, community_id: int, fee_item_id: int, owner_id: int, owner: str, words: str
) -> int:
    """One that waits for somebody else, one that the owner may take back; the id of the meter that `UNREAD` waits for."""
    number = select(Meter.id).where(Meter.number == f"{words}3")
    meter_id = session.scalars(number).one()
    for month, who in ((1, Actor(None, words, EVERYTHING)), (2, Actor(owner_id, owner, EVERYTHING))):
        with acting_as(who):
            billing.request_exemption(
                session=session,
                row=ReadingExemption(),
                community_id=community_id,
                meter_id=meter_id,
                period=Period(2025, month),
                reason=words,
            )
    metered = billing.save_standard(
        session=session,
        row=FeeStandard(),
        name=f"{words}价",
        fee_item_id=fee_item_id,
        community_id=community_id,
        method=Method.METERED,
        active=True,
        price=Decimal(3),
        price_starts=UNREAD.first_day,
        due_days=0,
    )
    billing.assign(
        session=session,
        standard_id=metered.id,
        starts=UNREAD.first_day,
        ends=UNREAD.last_day,
        meter_ids=[meter_id],
    )
    return meter_id


def exemption(session: Session, community_id: int, *, by_owner: bool) -> int:
    """The not-read request of somebody else, or the owner's."""
    asked = (
        ReadingExemption.requested_by_id.is_not(None)
        if by_owner
        else ReadingExemption.requested_by_id.is_(None)
    )
    wanted = select(ReadingExemption.id).where(ReadingExemption.community_id == community_id, asked)
    return session.scalars(wanted).one()


def waiting(session: Session, community_id: int) -> int:
    """The one that somebody else asked for."""
    return _one(session, community_id, ApprovalState.PENDING, by_owner=False)


def own(session: Session, community_id: int) -> int:
    """The one that the owner asked for."""
    return _one(session, community_id, ApprovalState.PENDING, by_owner=True)


def holding(session: Session, community_id: int) -> int:
    """The one that is approved."""
    return _one(session, community_id, ApprovalState.APPROVED, by_owner=False)


def _one(session: Session, community_id: int, state: ApprovalState, *, by_owner: bool) -> int:
    asked = Vacancy.requested_by_id.is_not(None) if by_owner else Vacancy.requested_by_id.is_(None)
    wanted = select(Vacancy.id).where(Vacancy.community_id == community_id, Vacancy.state == state, asked)
    return session.scalars(wanted).one()
