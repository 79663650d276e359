"""Calendar months and date ranges. Both ends of a range are inclusive."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Self

from app.kernel.errors import N_, DomainError


class BadPeriod(DomainError):
    """Text or numbers that name no month."""

    code = "bad_period"
    message = N_("“%(value)s”不是月份，请按 2025-01 的样子填写。")


class BadSpan(DomainError):
    """A range that ends before it begins."""

    code = "bad_span"
    message = N_("结束日期 %(last)s 早于开始日期 %(first)s。")


@dataclass(frozen=True, order=True)
class Period:
    """One calendar month, ordered by time. Raises BadPeriod for a month that is none."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (MINYEAR <= self.year <= MAXYEAR and 1 <= self.month <= 12):
            raise BadPeriod(value=f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 'YYYY-MM'. Raises BadPeriod."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            raise BadPeriod(value=text)
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month that `day` lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Period":
        """Return the month `months` later (earlier when negative). Raises BadPeriod outside the calendar."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Period(year, month + 1)

    @property
    def next(self) -> "Period":
        """The month after this one."""
        return self.plus(1)

    @property
    def previous(self) -> "Period":
        """The month before this one."""
        return self.plus(-1)

    @property
    def days(self) -> int:
        """The number of days of this month."""
        return monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        """The 1st."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The 28th to the 31st."""
        return date(self.year, self.month, self.days)

    @property
    def span(self) -> "DateSpan":
        """The whole month as a range."""
        return DateSpan(self.first_day, self.last_day)

    def nearest(self, day: date) -> date:
        """Return the day of this month that is nearest to `day`."""
        return min(max(day, self.first_day), self.last_day)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, order=True)
class DateSpan:
    """The days from `first` to `last`, both included. Raises BadSpan when they are the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadSpan(first=self.first.isoformat(), last=self.last.isoformat())

    @classmethod
    def since(cls, first: date, last: date | None) -> Self:
        """Return the range from `first` to `last`, or without an end where `last` is None."""
        return cls(first, date.max if last is None else last)

    @property
    def days(self) -> int:
        """The number of days, at least 1."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: "DateSpan") -> bool:
        """Tell whether the two ranges share a day."""
        return self.first <= other.last and other.first <= self.last

    def intersect(self, other: "DateSpan") -> "DateSpan | None":
        """Return the days that both ranges hold, or None."""
        if not self.overlaps(other):
            return None
        return DateSpan(max(self.first, other.first), min(self.last, other.last))

    def split(self, starts: Iterable[date]) -> tuple["DateSpan", ...]:
        """Cut the range so that a part begins on each of `starts` inside it; other days change nothing."""
        inner = sorted({day for day in starts if self.first < day <= self.last})
        ends = [day - timedelta(days=1) for day in inner]
        return tuple(map(DateSpan, [self.first, *inner], [*ends, self.last]))

    def periods(self) -> Iterator[Period]:
        """Yield every month that the range touches, in order."""
        period, final = Period.of(self.first), Period.of(self.last)
        while period < final:
            yield period
            period = period.next
        yield final

    def __str__(self) -> str:
        return f"{self.first.isoformat()}~{self.last.isoformat()}"
