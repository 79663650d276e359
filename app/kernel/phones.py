"""Telephone numbers: how they are kept, validated, compared and masked."""

import re
from typing import Final

from app.kernel.cells import normal_text
from app.kernel.errors import N_, DomainError

_PHONE: Final = re.compile(r"[0-9+()\uff08\uff09-]+(?:转[0-9]{1,6})?")
_BETWEEN_PHONES: Final = re.compile(r"[,\uff0c、;\uff1b/]")
_PUNCTUATION: Final = re.compile(r"[\s()\uff08\uff09-]")
_COUNTRY: Final = "+86"
_WHOLE: Final = re.compile(r"1[0-9]{10}|[02-9][0-9]{6,11}")


class NotAPhone(DomainError):
    """What nobody could call."""

    code = "not_a_phone"
    message = N_("电话不正确：应有 7 到 20 位数字，可以有空格、+ 和 -。")


def plain_phone(*, text: str) -> str:
    """Return a telephone as it is kept and sought: half-width, without blanks."""
    return re.sub(r"\s", "", normal_text(text))


def read_phone(*, text: str, stands: str | None = None, field: str = "phone") -> str | None:
    """Return a telephone that somebody is to be called at, as it is kept; several may be told apart by a comma or a slash.

    Each has 7 to 20 digits, with +, - and brackets between, and an extension (转 8) if need be. What `stands` already is
    no reason to refuse the rest of a form. Raises NotAPhone.
    """
    plain = plain_phone(text=text)
    if not plain or plain == stands:
        return plain or None
    for one in _BETWEEN_PHONES.split(plain):
        if not _PHONE.fullmatch(one) or not 7 <= len(re.sub(r"[^0-9]", "", one)) <= 20:
            raise NotAPhone(field=field)
    return plain


def whole_phone(text: str) -> str | None:
    """Return the digits of one whole number, without country code; None for what is none or only a part of one.

    A mobile number has its eleven places; no other number begins with 1.
    """
    digits = _PUNCTUATION.sub("", normal_text(text)).removeprefix(_COUNTRY)
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits if _WHOLE.fullmatch(digits) else None


def phone_spellings(text: str) -> tuple[str, ...]:
    """How the whole number in `text` may be kept: as typed, bare, with country code; nothing for a part of one."""
    digits = whole_phone(text)
    if digits is None:
        return ()
    ways = {plain_phone(text=text), digits, _COUNTRY + digits}
    if digits.startswith("1"):
        dashed = f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
        ways |= {dashed, _COUNTRY + dashed}
    elif digits.startswith("0"):
        ways |= {f"{digits[:3]}-{digits[3:]}", f"{digits[:4]}-{digits[4:]}"}
    return tuple(sorted(ways))


def mask_phone(text: str) -> str:
    """Mask a telephone: '13812341234' → '138****1234'; several in one text are masked one by one."""
    numbers = (_PUNCTUATION.sub("", part) for part in _BETWEEN_PHONES.split(normal_text(text)))
    return ",".join(_mask_number(number.removeprefix(_COUNTRY)) for number in numbers if number)


def _mask_number(number: str) -> str:
    if len(number) >= 11:
        return _masked(number, head=3, tail=4)
    return _masked(number, head=2, tail=2) if len(number) > 6 else "*" * len(number)


def _masked(text: str, *, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
