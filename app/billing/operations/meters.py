"""Adding meters and changing what is known of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.billing.models import FeeAssignment, Meter, MeterReading
from app.billing.rules.metering import Dial
from app.kernel.errors import N_, DomainError
from app.lowcode import clock
from app.lowcode.save import save_row

MOST_DIGITS = 12


class WrongDigits(DomainError):
    """A dial of no or of too many digits."""

    code = "wrong_digits"
    message = N_("整数位数应在 1 到 %(most)s 之间。")


class MeterIsRead(DomainError):
    """Another first reading once the meter was read."""

    code = "meter_is_read"
    message = N_("这块表已经抄过，起始读数不能再改。读数有误请在抄表记录里更正。")


class MeterIsCharged(DomainError):
    """Putting a meter away, or taking its room from it, while a fee runs on it."""

    code = "meter_is_charged"
    message = N_("这块表还分配了收费标准“%(standard)s”。请先终止分配。")


def save_meter(*, session: Session, row: Meter, **values: Any) -> Meter:
    """Add a meter or change one; another multiplier, loss or room counts from the next reading on.

    Raises WrongDigits, what `Dial.check` raises for the first reading, MeterIsRead, MeterIsCharged, AlreadyThere.
    """
    digits = values.get("digits", row.digits)
    if not 1 <= digits <= MOST_DIGITS:
        raise WrongDigits(field="digits", most=MOST_DIGITS)
    initial: Decimal = values.get("initial", row.initial)
    try:
        Dial(multiplier=Decimal(1), loss=Decimal(0), digits=digits).check(initial)
    except DomainError as error:
        error.field = "initial"
        raise
    if row.id is not None:
        if initial != row.initial and _is_read(session, row.id):
            raise MeterIsRead(field="initial")
        for name, gone in (
            ("active", row.active and values.get("active") is False),
            ("room_id", row.room_id is not None and values.get("room_id", row.room_id) is None),
        ):
            standard = _standard_on(session, row.id, clock.today()) if gone else None
            if standard is not None:
                raise MeterIsCharged(field=name, standard=standard)
    return save_row(session=session, row=row, values=values)


def _is_read(session: Session, meter_id: int) -> bool:
    found = select(MeterReading.id).where(MeterReading.meter_id == meter_id).limit(1)
    return session.scalar(found) is not None


def _standard_on(session: Session, meter_id: int, day: date) -> str | None:
    """Return the name of a standard that runs on the meter on a day or later."""
    found = session.scalars(
        select(FeeAssignment)
        .where(
            FeeAssignment.meter_id == meter_id,
            or_(FeeAssignment.ends.is_(None), FeeAssignment.ends >= day),
        )
        .limit(1)
    ).first()
    return None if found is None else str(found.standard)
