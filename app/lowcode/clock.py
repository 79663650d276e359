"""The one clock: views and jobs ask it, rules are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def timezone() -> ZoneInfo:
    """Return the office's time zone (`TIMEZONE`, Asia/Shanghai unless set)."""
    name = current_app.config["TIMEZONE"] if has_app_context() else "Asia/Shanghai"
    return ZoneInfo(name)


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the business date: the calendar day in the office's time zone."""
    return now().astimezone(timezone()).date()


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block: for the demo's history and for tests."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins in the office's time zone."""
    return datetime.combine(day, time(), tzinfo=timezone())
