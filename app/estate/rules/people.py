"""Validate identity documents and plates; compare stays and ages."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.estate.states import Sex
from app.kernel.cells import normal_text
from app.kernel.errors import N_, DomainError
from app.kernel.identity import BadIdentity, plain_identity, read_identity
from app.kernel.patterns import TextPattern

BEGINNING: Final = date(1900, 1, 1)
"""Start of a room's first area: bills look areas up by date, and no bill is older than this."""

_RESIDENT: Final = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_OTHER: Final = re.compile(r"[A-Z0-9()/-]{5,30}")
# Long numbers without a letter are nobody's passport or licence, but an identity number with a place too few or many.
_MISTYPED: Final = re.compile(r"[0-9]{11,}X?")


class WrongCheckDigit(DomainError):
    code = "identity_check_digit"
    message = N_("身份证号码的末位校验码不对，请与证件核对。")


@dataclass(frozen=True, kw_only=True)
class DocumentHolder:
    """What a document says of its holder: `number` tells people apart; birth and sex where it is an identity number."""

    number: str
    born: date | None = None
    sex: Sex | None = None


def read_document(*, text: str) -> DocumentHolder:
    """Read an identity number, or the number of another document (passport, permit, licence of a firm).

    An identity number of 15 places becomes its 18; GB 11643 decides on the check digit, and nobody's card has a wrong
    one. Raises BadIdentity, WrongCheckDigit.
    """
    number = plain_identity(text)
    if _RESIDENT.fullmatch(number):
        try:
            found = read_identity(number)
        except BadIdentity:
            # Licences of firms (GB 32100) begin with 9 and may be without a letter.
            if not number.startswith("9"):
                raise BadIdentity(field="identity") from None
            return DocumentHolder(number=number)
        if not found.check_digit_right:
            raise WrongCheckDigit(field="identity")
        return DocumentHolder(number=found.number, born=found.birth, sex=Sex(found.sex.value))
    if not _OTHER.fullmatch(number) or _MISTYPED.fullmatch(re.sub(r"[()/-]", "", number)):
        raise BadIdentity(field="identity")
    return DocumentHolder(number=number)


def plain_plate(*, text: str) -> str:
    """Return a plate as it is kept and sought: '浙a·12 345' → '浙A12345'."""
    return re.sub(r"[\s·.\-]", "", normal_text(text)).upper()


def typed_plate(text: str) -> tuple[TextPattern, ...]:
    """Return what a plate is like that somebody types: any that begins so."""
    plate = plain_plate(text=text)
    return (TextPattern(plate), TextPattern(plate, "")) if len(plate) > 1 else ()


def overlap(
    *, starts: date | None, ends: date | None, other_starts: date | None, other_ends: date | None
) -> bool:
    """Whether two stays share a day, both ends counted; an open end reaches for ever."""
    return (starts or date.min) <= (other_ends or date.max) and (other_starts or date.min) <= (
        ends or date.max
    )


def postcode_wrong(text: str) -> str | None:
    """Return what is wrong with a Chinese post code, or None."""
    return None if len(text) == 6 and text.isascii() and text.isdigit() else N_("邮政编码是六位数字。")


def birth_wrong(born: date, today: date) -> str | None:
    """Return what is wrong with a day of birth, or None; no form takes a day before 1900."""
    return N_("出生日期不能晚于今天。") if born > today else None


def age_on(*, born: date, today: date) -> int | None:
    """Full years of age on a day; None for who is not born by then. Who is born on a 29 February is older on 1 March."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else None
