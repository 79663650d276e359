"""What a report's URL asks for, the way to the months before and after, and the same in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.kernel.cells import read_date
from app.kernel.errors import N_, DomainError
from app.kernel.periods import BadPeriod, Period
from app.lowcode.reports.declaration import By, Report, ReportQuery

LONGEST = 366 * 3  # days of a report from a day to a day


class BadDay(DomainError):
    """A text that names no day."""

    code = "bad_day"
    message = N_("“%(value)s”不是日期，请按 2026-03-31 的样子填写。")


class BadDays(DomainError):
    """Days the wrong way round, or too many."""

    code = "bad_days"
    message = N_("请填写正确的起止日期：开始不晚于结束，最多三年。")


class BadYear(DomainError):
    """A text that names no year."""

    code = "bad_year"
    message = N_("“%(value)s”不是年份，请按 2026 的样子填写。")


class BadPick(DomainError):
    """A choice that is not offered."""

    code = "bad_pick"
    message = N_("“%(label)s”没有这个选项，请重新选择。")


def query_of(*, session: Session, report: Report, given: Mapping[str, str], today: date) -> ReportQuery:
    """Read a URL's parameters; what is missing is the present. Raises BadPeriod, BadDay, BadDays, BadYear, BadPick."""
    first, last = _days(report, given, today)
    asked = {one.name: given.get(one.name) or one.default for one in report.picks}
    picks = {name: value for name, value in asked.items() if value}
    for one in report.picks:
        if one.name in picks and picks[one.name] not in [value for value, _label in one.options(session)]:
            raise BadPick(field=one.name, label=one.label)
    return ReportQuery(by=report.by, first=first, last=last, picks=picks)


def _days(report: Report, given: Mapping[str, str], today: date) -> tuple[date, date]:
    match report.by:
        case By.PERIOD:
            period = Period.parse(given["period"]) if given.get("period") else Period.of(today)
            return period.first_day, period.last_day
        case By.YEAR:
            text = given.get("year") or str(today.year)
            if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text)):
                raise BadYear(field="year", value=text)
            return date(int(text), 1, 1), date(int(text), 12, 31)
        case By.DAYS:
            last = _day(given, "to", today)
            opens = Period.of(min(last, today)).plus(1 - report.opens_months)
            first = _day(given, "from", opens.first_day)
            if first > last or (last - first).days >= LONGEST:
                raise BadDays(field="from")
            return first, last
    day = _day(given, "day", today)
    return day, day


def _day(given: Mapping[str, str], name: str, otherwise: date) -> date:
    text = given.get(name, "").strip()
    if not text:
        return otherwise
    day = read_date(text)
    if day is None:
        raise BadDay(field=name, value=text)
    return day


def parameters(scope: ReportQuery) -> list[tuple[str, str]]:
    """Return the URL's parameters that ask for this scope again."""
    match scope.by:
        case By.PERIOD:
            found = [("period", str(scope.period))]
        case By.YEAR:
            found = [("year", f"{scope.last.year:04d}")]
        case By.DAYS:
            found = [("from", scope.first.isoformat()), ("to", scope.last.isoformat())]
        case _:
            found = [("day", scope.last.isoformat())]
    return [*found, *scope.picks.items()]


def inputs(scope: ReportQuery) -> Sequence[tuple[str, str, str, str]]:
    """Return the inputs of the form above the report: (name, value, label, kind)."""
    labels = {
        "period": _("账期"),
        "year": _("年份"),
        "from": _("开始日期"),
        "to": _("结束日期"),
        "day": _("截至日期") if scope.by is By.AS_OF else _("日期"),
    }
    kinds = {"period": "month", "year": "year"}
    return [
        (name, value, labels[name], kinds.get(name, "date"))
        for name, value in parameters(scope)
        if name in labels
    ]


def words(scope: ReportQuery) -> str:
    """Return the days asked for, as a person reads them."""
    match scope.by:
        case By.PERIOD:
            return str(scope.period)
        case By.YEAR:
            return _("%(year)s 年", year=scope.last.year)
        case By.DAYS:
            return _("%(first)s 至 %(last)s", first=scope.first.isoformat(), last=scope.last.isoformat())
        case By.AS_OF:
            return _("截至 %(day)s", day=scope.last.isoformat())
    return scope.last.isoformat()


def beside(scope: ReportQuery, direction: int) -> ReportQuery | None:
    """Return the scope before (-1) or after (1); None at the edge of the calendar.

    The state on a day goes from one month's end to the next.
    """
    try:
        match scope.by:
            case By.PERIOD:
                month = scope.period.plus(direction)
                return replace(scope, first=month.first_day, last=month.last_day)
            case By.YEAR:
                year = scope.last.year + direction
                return replace(scope, first=date(year, 1, 1), last=date(year, 12, 31))
            case By.AS_OF:
                month = scope.period
                if direction < 0 or scope.last == month.last_day:
                    month = month.plus(direction)
                return replace(scope, first=month.last_day, last=month.last_day)
        step = ((scope.last - scope.first).days + 1) * direction
        return replace(scope, first=scope.first + timedelta(step), last=scope.last + timedelta(step))
    except (BadPeriod, ValueError, OverflowError):
        return None
