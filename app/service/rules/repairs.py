"""What a repair order is due by, what it costs, how urgent it is. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from app.kernel.deadlines import after_hours, day_over, same_day
from app.kernel.money import half_up

OPEN_URGENT, OPEN, ENDED = 0, 1, 2
"""Rank in every list: what is urgent and open on top, what has ended below."""

LAST_PROMISE_DAYS: Final = 365


def rank_of(*, urgent: bool, ended: bool) -> int:
    """Return the rank of an order."""
    if ended:
        return ENDED
    return OPEN_URGENT if urgent else OPEN


def due_by(
    *,
    reported: datetime,
    urgent: bool,
    appointment: datetime | None,
    planned: date | None,
    by: time,
    urgent_hours: int,
    zone: tzinfo,
) -> datetime:
    """When an order should be repaired.

    An emergency `urgent_hours` after it was reported. Else the same day by `by` o'clock (S9-45), the day being that of
    the appointment where the reporter asked for a later one, or the planned day.
    """
    if urgent:
        return after_hours(reported, urgent_hours)
    if planned is not None and planned > reported.astimezone(zone).date():
        return datetime.combine(planned, by, tzinfo=zone)
    if appointment is not None and appointment > reported:
        return max(same_day(reported, by, zone), same_day(appointment, by, zone))
    return same_day(reported, by, zone)


def promised_by(*, promised: date, zone: tzinfo) -> datetime:
    """Return the last minute of a promised day."""
    return day_over(promised, zone) - timedelta(minutes=1)


def material_amount(*, quantity: Decimal, price: Decimal | None) -> Decimal:
    """Return what a line of material costs, to 分; what has no price costs nothing yet."""
    return Decimal("0.00") if price is None else half_up(quantity * price)


def suggested_charge(*, labour: Decimal | None, material: Decimal) -> Decimal:
    """Return what a paid repair would be charged: labour and material."""
    return (labour or Decimal(0)) + material
