"""Reading what people type, and what other systems export into cells.

A value is what a workbook reader or a form gives: text, int, float, Decimal, bool, date, datetime or None.
"""

import math
import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.kernel.errors import N_, DomainError

# Full-width digits and letters are a keyboard's mode; Chinese punctuation beside them is meant as it stands.
_ALNUM_HALF: Final = {
    code: code - 0xFEE0
    for code in range(0xFF10, 0xFF5B)
    if chr(code - 0xFEE0).isascii() and chr(code - 0xFEE0).isalnum()
}
# In a number or a date every full-width sign stands for its ASCII one.
_ALL_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3002: ".",  # the Chinese full stop
    0x2212: "-",  # the minus sign and two dashes
    0x2013: "-",
    0x2014: "-",
    0xFFE5: "¥",
}
_NUMBER: Final = re.compile(
    r"¥?\s*([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
    r"\s*(?:㎡|m²|m2|平方米|平米|平方|平|元|元/㎡|元/平方米|元/月|m³|m3|立方米|吨|度|kwh)?",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"([0-9]{4})(?:\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]?|\s*([-./])\s*([0-9]{1,2})\s*\4\s*([0-9]{1,2}))"
    r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_COMPACT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_FULL_DATE: Final = re.compile(r"[0-9]{4}([-/])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
_MONTH_DAY: Final = re.compile(r"(1[0-2]|0?[1-9])月(3[01]|[12][0-9]|0?[1-9])日")
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_MONTH: Final = re.compile(
    rf"(?:([0-9]{{1,2}})-)?({'|'.join(_MONTHS)})(?:-([0-9]{{1,2}}))?", re.IGNORECASE
)
_POWER_TEXT: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
# 1927-05-18 to 2119-01-09: five digits; below lie years and counts, above lie dates written as 20190305.
_EXCEL_DAYS: Final = range(10_000, 80_001)
_YEARS: Final = range(1900, 2200)
# A workbook keeps fifteen digits of a number; the ones beyond are the float's.
_EXCEL_DIGITS: Final = 15


class UnreadableNumber(DomainError):
    """A cell that should hold a number and holds something else."""

    code = "unreadable_number"
    message = N_("“%(value)s”不是数字。")


class UnreadableDate(DomainError):
    """A cell that should hold a date and holds something else."""

    code = "unreadable_date"
    message = N_("“%(value)s”不是日期，请按 2025-01-31 的样子填写。")


class NoSuchDate(DomainError):
    """A date that the calendar does not have, such as 2021/2/30."""

    code = "no_such_date"
    message = N_("没有“%(value)s”这一天，请核对日期。")


def normal_text(value: str) -> str:
    """Return text as it was meant.

    Full-width digits and ASCII letters become half-width (and a full-width hyphen between them), invisible
    characters go, any run of white space is one space, none at the ends. Chinese punctuation and ㎡ stay.
    """
    text = value.translate(_ALNUM_HALF)
    text = re.sub(r"(?<=[0-9A-Za-z])\uff0d(?=[0-9A-Za-z])", "-", text)
    seen = (" " if char.isspace() else char for char in text if char.isspace() or not _is_invisible(char))
    return " ".join("".join(seen).split())


def read_text(value: object) -> str:
    """Return a cell as text, '' for an empty one.

    A number that is meant as text loses the workbook's '.0' (102.0 → '102'); a date is written ISO. Text that
    begins with '=' stays that text.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return normal_text(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, int | float | Decimal):
        return _plain(_exact(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return normal_text(str(value))


def read_decimal(value: object) -> Decimal | None:
    """Return a cell as an exact number, None for an empty one.

    Reads '98.56㎡', '1,234.5', '¥3.20', full-width digits and numbers stored as text. A float is what it
    shows (143.58 is 143.58), to fifteen digits as in the workbook. Raises UnreadableNumber.
    """
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise UnreadableNumber(value=str(value))
        return _exact(value)
    if not isinstance(value, str):
        raise UnreadableNumber(value=_quoted(value))
    text = _signs_halved(value)
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UnreadableNumber(value=_quoted(value))
    return Decimal(found[1].replace(",", ""))


def read_date(value: object) -> date | None:
    """Return a cell as a date, None for an empty one. A time of day is dropped.

    Reads dates, '2019年3月5日', '2019.03.05', '2019/3/5', '2019-03-05 00:00:00', '20190305' and,
    when numeric, a workbook's day number. Raises NoSuchDate for a day that the calendar
    lacks, UnreadableDate for the rest and for years outside 1900 to 2199.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return _in_years(value.date(), value)
    if isinstance(value, date):
        return _in_years(value, value)
    if isinstance(value, str):
        text = _signs_halved(value)
        return _date_of_text(text, value) if text else None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return _date_of_number(value)
    raise UnreadableDate(value=_quoted(value))


def _date_of_text(text: str, shown: object) -> date:
    if found := _DATE.fullmatch(text):
        year, month, day = found[1], found[2] or found[5], found[3] or found[6]
    elif found := _COMPACT_DATE.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise UnreadableDate(value=_quoted(shown))
    try:
        return _in_years(date(int(year), int(month), int(day)), shown)
    except ValueError:
        raise NoSuchDate(value=_quoted(shown)) from None


def _date_of_number(value: float | Decimal) -> date:
    whole = math.floor(value)
    if whole in _EXCEL_DAYS:
        return _EXCEL_DAY_ZERO + timedelta(days=whole)
    if whole == value:
        return _date_of_text(str(whole), whole)
    raise UnreadableDate(value=_quoted(value))


def _in_years(day: date, shown: object) -> date:
    if day.year not in _YEARS:
        raise UnreadableDate(value=_quoted(shown))
    return day


def _exact(value: float | Decimal) -> Decimal:
    if isinstance(value, float):
        return Decimal(int(value)) if value.is_integer() else Decimal(format(value, f".{_EXCEL_DIGITS}g"))
    return Decimal(value)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signs_halved(value: str) -> str:
    return normal_text(value).translate(_ALL_HALF)


def has_lost_digits(value: object) -> bool:
    """Whether a cell meant as text is a number whose end a spreadsheet has invented: more than fifteen digits.

    Text such as '2.01903E+19' is what a spreadsheet writes of one into a csv file.
    """
    if isinstance(value, str):
        return bool(_POWER_TEXT.fullmatch(_signs_halved(value)))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return False
    return abs(Decimal(value)) >= 10**_EXCEL_DIGITS


def date_guess(value: object) -> str:
    """Return what a date in a cell meant as text may have been before a spreadsheet made it one; "" for any other cell.

    2026-01-02 → '1-2'; 1945-01-01, which is how 1-45 is read, → '1-45'; a time of day 8:30 → '8:30'. Text is taken in
    the forms in which a spreadsheet writes a date into a csv file.
    """
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, str):
        return _guess_of_text(_signs_halved(value))
    if not isinstance(value, date):
        return ""
    # The first of a month is what a month and a year make.
    short = value.year % 100
    if value.day == 1 and not 1 <= short <= monthrange(value.year, value.month)[1]:
        return f"{value.month}-{short:02}"
    return f"{value.month}-{value.day}"


def _guess_of_text(text: str) -> str:
    if match := _MONTH_DAY.fullmatch(text):
        return f"{int(match[1])}-{int(match[2])}"
    if (match := _NAMED_MONTH.fullmatch(text)) and (match[1] or match[3]):
        month = _MONTHS.index(match[2].lower()) + 1
        return f"{month}-{match[1] or match[3]}"
    if _FULL_DATE.fullmatch(text) and (day := _calendar_day(text)) is not None:
        return date_guess(day)
    return ""


def _calendar_day(text: str) -> date | None:
    try:
        return _date_of_text(text, text)
    except DomainError:
        return None


def _is_invisible(char: str) -> bool:
    """Tell zero-width, direction and control characters, which no cell may carry."""
    return unicodedata.category(char) in {"Cf", "Cc"}


def _quoted(value: object) -> str:
    return read_text(value)[:40]


def cell_text(cell: object) -> str:
    """Return a cell as text (`read_text`), with a cache: the same few texts fill most of a sheet."""
    return _cached_text(cell) if isinstance(cell, str) else read_text(cell)


def folded_text(cell: object) -> str:
    """Return a cell as it is compared, never as it is kept: no white space, full-width signs as ASCII."""
    return _cached_folded(cell_text(cell))


@lru_cache(maxsize=50_000)
def _cached_text(text: str) -> str:
    return read_text(text)


@lru_cache(maxsize=50_000)
def _cached_folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "")
