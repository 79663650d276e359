"""PRC identity numbers (GB 11643) and the mask that lists, exports and prints show."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.kernel.cells import normal_text
from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_, DomainError

# GB 11643: the weight of place i from the right is 2^(i-1) mod 11, and the whole is 1 mod 11.
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_DIGITS: Final = "10X98765432"
_EIGHTEEN: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIFTEEN: Final = re.compile(r"[1-9][0-9]{14}")
# What stands for the X at the end: the sign of multiplication, a cross, the letter of other alphabets.
_CROSSES: Final = re.compile(
    r"(?<=[0-9]{14})(?:[0-9]{3})?[\u00d7\u2715\u2716\u2573\u0425\u0445\u03a7\u03c7](?![0-9])"
)


class BadIdentity(DomainError):
    """Text that has not the shape of an identity number, or whose birthday the calendar lacks."""

    code = "identity_format"
    message = N_("身份证号码应为 18 位（或旧的 15 位），并含有存在的出生日期。请核对。")


class IdentitySex(LabelledEnum):
    """The sex that an identity number says."""

    MALE = "male", N_("男")
    FEMALE = "female", N_("女")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An identity number read: `number` always has 18 places, so that one person's 15 and 18 are the same."""

    number: str
    birth: date
    sex: IdentitySex
    check_digit_right: bool


def plain_identity(text: str) -> str:
    """Return the number of a document as it is compared: half-width, without blanks, in capitals, × and Х at its end an X."""
    return with_plain_ends(re.sub(r"\s", "", normal_text(text))).upper()


def with_plain_ends(text: str) -> str:
    """Return the text, whatever stands for the X at the end of an identity number in it an X."""
    return _CROSSES.sub(lambda match: match[0][:-1] + "X", text)


def check_digit(first_seventeen: str) -> str:
    """Return the 18th place ('0' to '9' or 'X') for the seventeen digits before it (GB 11643)."""
    if not re.fullmatch(r"[0-9]{17}", first_seventeen):
        raise ValueError("seventeen digits expected")
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def read_identity(text: str) -> Identity:
    """Read an identity number of 18 or 15 places; full-width, small x and spaces are accepted.

    A wrong check digit is told, not refused (old registers hold such numbers); a number of 15 places has none
    and is right. Raises BadIdentity.
    """
    number = plain_identity(text)
    if _FIFTEEN.fullmatch(number):
        number = f"{number[:6]}19{number[6:]}"
        number += check_digit(number)
    if not _EIGHTEEN.fullmatch(number):
        raise BadIdentity
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdentity from None
    sex = IdentitySex.MALE if int(number[16]) % 2 else IdentitySex.FEMALE
    right = check_digit(number[:17]) == number[17]
    return Identity(number=number, birth=birth, sex=sex, check_digit_right=right)


def mask_identity(text: str) -> str:
    """Mask an identity number or another certificate's: the birthday is never readable.

    '99010119831111397X' → '990101********397X'; shorter ones keep at most two places at each end.
    """
    number = plain_identity(text)
    if len(number) >= 18:
        return _masked(number, head=6, tail=4)
    if len(number) == 15:
        return _masked(number, head=6, tail=3)
    return _masked(number, head=2, tail=2) if len(number) > 6 else "*" * len(number)


def _masked(text: str, *, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
