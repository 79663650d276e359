"""When a time limit ends: pure, with the office's time zone handed in."""

from datetime import date, datetime, time, timedelta, tzinfo


def after_hours(since: datetime, hours: int) -> datetime:
    """`hours` after `since`."""
    return since + timedelta(hours=hours)


def same_day(since: datetime, by: time, zone: tzinfo) -> datetime:
    """`by` o'clock of the local day of `since`; of the next day for what began at that time or later."""
    local = since.astimezone(zone)
    day = local.date() if local.time() < by else local.date() + timedelta(days=1)
    return datetime.combine(day, by, tzinfo=zone)


def day_over(promised: date, zone: tzinfo) -> datetime:
    """Return the first moment after the promised day."""
    return datetime.combine(promised + timedelta(days=1), time(), tzinfo=zone)
