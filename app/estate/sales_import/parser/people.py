"""Reads names, identity numbers, co-owners and telephones as sales systems write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from app.estate.rules.people import WrongCheckDigit, read_document
from app.kernel.cells import folded_text, has_lost_digits, normal_text, read_text
from app.kernel.identity import BadIdentity, plain_identity, with_plain_ends
from app.lowcode.workbook import Cell

_POWER = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_COMMAS: Final = r"、,\uff0c;\uff1b/\uff0f|&"
_SEPARATORS = re.compile(rf"[{_COMMAS}]|(?<=\))\s+")
_BRACKETS: Final = str.maketrans(
    "[{\u3010\u3014\uff08\uff3b\uff5b]}\u3011\u3015\uff09\uff3d\uff5d", "((((((()))))))"
)
_NUMBER: Final = r"([0-9]{14,17}[0-9X]|[A-Z]{1,2}[0-9]{6,10})"
_WITH_IDENTITY = re.compile(rf"([^()0-9]+?)[:\uff1a\s]*(?:\([^()0-9]*?{_NUMBER}\)|{_NUMBER})", re.IGNORECASE)
_WITH_REMARK = re.compile(r"([^()]+)\(([^()]*)\)")
_HAN: Final = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
# A Chinese name; the names of other peoples are longer and have a dot between their parts.
_HAN_NAME = re.compile(rf"{_HAN}{{2,6}}|{_HAN}+(?:·{_HAN}+)+")
_DOTS = re.compile(r"(?<=\w)\s*[\u2022\u2027\u22c5\u30fb\uff0e\uff65\u2219.]\s*(?=[\u3400-\u9fff])")
_LATIN_NAME = re.compile(r"[^\W\d_]+(?:[ .'’·-]+[^\W\d_]+)+\.?")
_FIRM = re.compile(
    r"公司|集团|工厂|商店|超市|酒店|宾馆|银行|医院|学校|学院|大学|中学|小学|幼儿园|委员会|管委会|协会|基金|合作社|事务所|研究"
    r"|中心|分行|支行|工作室|经营部|个体户|政府|物业|有限"
)
_MOBILE = re.compile(r"1[0-9]{10}")
_LONGEST_PHONE: Final = 40
_LONGEST_IDENTITY: Final = 40
_LONGEST_NAME: Final = 100
_LANDLINE = re.compile(r"(?:0[0-9]{2,3})?[2-9][0-9]{6,7}(?:[-转][0-9]{1,6})?|[48]00[0-9]{7}")


@dataclass(frozen=True)
class IdentityReading:
    """An identity number as it tells people apart ('' when it cannot), and the warning it deserves ('' for none)."""

    number: str
    warning: str = ""


@dataclass(frozen=True)
class ParsedPerson:
    """A name with the identity number that stood beside it."""

    name: str
    identity: IdentityReading = IdentityReading("")


def identity_of(*, cell: Cell, kind: str = "") -> IdentityReading:
    """Read the cell of an identity number; `kind` is the document's kind where the sheet says it.

    A number of 15 places becomes its 18; a wrong check digit still tells people apart, as the same wrong number is
    written wherever the person is. What a spreadsheet rounded does not, for it makes different people equal; nor does
    what is too short or one sign repeated.
    """
    text = plain_identity(folded_text(cell))
    if not text:
        return IdentityReading("")
    if has_lost_digits(cell) or _POWER.fullmatch(text):
        return IdentityReading("", "identity_precision_lost")
    if isinstance(cell, date | time | timedelta):
        return IdentityReading("", "identity_format")
    text = re.sub(r"^[^0-9A-Z]*(?:身份证|护照|证件)?[^0-9A-Z]*", "", text) or text
    if not 6 <= len(text) <= _LONGEST_IDENTITY or len(set(text)) == 1 or not re.search(r"[0-9]{4}", text):
        return IdentityReading("", "identity_format")
    try:
        return IdentityReading(read_document(text=text).number)
    except WrongCheckDigit:
        if _is_other(kind):
            return IdentityReading(text)
        # Nobody's number ends in three zeros; a workbook's fifteen digits do.
        if text.endswith("000"):
            return IdentityReading("", "identity_precision_lost")
        return IdentityReading(text, "identity_check_digit")
    except BadIdentity:
        return IdentityReading(text, "identity_format")


def _is_other(kind: str) -> bool:
    return bool(kind) and "身份证" not in kind and "居民" not in kind


def name_of(*, text: str) -> str:
    """Return a person's name: blanks inside a Chinese name go (张 三 → 张三), those of a foreign one stay."""
    name = _DOTS.sub("·", normal_text(text)[:_LONGEST_NAME].rstrip())
    squeezed = name.replace(" ", "")
    return squeezed if _HAN_NAME.fullmatch(squeezed) else name


def people_of(*, names: str, identities: Cell, kind: str = "") -> tuple[ParsedPerson, ...]:
    """Return the people of a customer cell, the first being the customer; several stand beside as many identity numbers.

    '张三、李四' is two people when each part is a person's name, or has a number of its own; a firm's name is never
    taken apart.
    """
    parts, numbers = _parts(names), _numbers(identities)
    if _are_people(names, parts, numbers):
        if len(numbers) == len(parts):
            readings = [identity_of(cell=number, kind=kind) for number in numbers]
        else:
            first = identity_of(cell=numbers[0] if len(numbers) > 1 else identities, kind=kind)
            readings = [first, *(IdentityReading("") for _part in parts[1:])]
        return tuple(
            ParsedPerson(name_of(text=name), reading) for name, reading in zip(parts, readings, strict=True)
        )
    beside = [_person(part) for part in parts]
    if len(parts) > 1 and all(person and person.identity.number for person in beside):
        return tuple(person for person in beside if person)
    only = _person(names) if len(parts) == 1 else None
    if only and only.identity.number and not numbers:
        return (only,)
    name = only.name if only and only.identity.number else name_of(text=names)
    return (ParsedPerson(name, identity_of(cell=identities, kind=kind)),) if name else ()


def owners_unclear(*, names: str, identities: Cell) -> tuple[int, int] | None:
    """(people, numbers) where several people stand beside another number of identity numbers; None where all is clear."""
    parts, numbers = _parts(names), _numbers(identities)
    if not numbers or len(numbers) == len(parts) or not _are_people(names, parts, numbers):
        return None
    return len(parts), len(numbers)


def _numbers(identities: Cell) -> list[str]:
    return [part for part in _SEPARATORS.split(read_text(identities)) if part.strip()]


def _are_people(names: str, parts: Sequence[str], numbers: Sequence[str]) -> bool:
    """Whether the parts of a customer cell are as many people."""
    if len(parts) < 2 or any(_FIRM.search(part) for part in parts):
        return False
    if all(_HAN_NAME.fullmatch(name_of(text=part)) for part in parts):
        return True
    if len(numbers) == len(parts) and all(identity_of(cell=number).number for number in numbers):
        return all(re.search(r"\w", part) and not re.search(r"[0-9]{5}", part) for part in parts)
    # 'Smith, John' is one person.
    return not re.search("[,\uff0c]", names) and all(
        _LATIN_NAME.fullmatch(normal_text(part)) for part in parts
    )


def co_owners_of(*, text: str) -> tuple[tuple[ParsedPerson, ...], tuple[str, ...]]:
    """Return the co-owners of a cell, '名(证号)' each, and the parts that are nobody's name."""
    people: list[ParsedPerson] = []
    unread: list[str] = []
    for part in _parts(text):
        person = _person(part)
        if person is None:
            unread.append(part)
        elif person.name:
            people.append(person)
    return tuple(people), tuple(unread)


def _parts(text: str) -> list[str]:
    """Return the parts between separators, those inside brackets left alone ('张三(1;2)' is one)."""
    flat = text.translate(_BRACKETS)
    masked = re.sub(r"\([^()]*\)", lambda found: ")" * len(found[0]), flat)
    parts, start = [], 0
    for found in _SEPARATORS.finditer(masked):
        parts.append(text[start : found.start()])
        start = found.end()
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _person(part: str) -> ParsedPerson | None:
    """'名(证号)', '名 证号' or '名'; None when there is no name in it."""
    flat = with_plain_ends(normal_text(part.translate(_BRACKETS)))
    if found := _WITH_IDENTITY.fullmatch(flat):
        return ParsedPerson(name_of(text=found[1]), identity_of(cell=found[2] or found[3]))
    if found := _WITH_REMARK.fullmatch(flat):
        inside = identity_of(cell=found[2]) if re.search(r"[0-9]{5}", found[2]) else IdentityReading("")
        return ParsedPerson(name_of(text=found[1]), inside)
    if re.search(r"[0-9()]", flat) or not re.search(r"\w", flat):
        return None
    return ParsedPerson(name_of(text=flat))


def phones_of(*, cell: Cell) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the telephones of a cell, mobile ones as eleven digits, and those of them that do not look like any.

    '199 0000-5329' is one number; '19900005329/0571-8888666' are two.
    """
    numbers: list[str] = []
    odd: list[str] = []
    for part in re.split(rf"[{_COMMAS}或]", read_text(cell)):
        number = _phone(part)[:_LONGEST_PHONE]
        if not number:
            continue
        numbers.append(number)
        if not _MOBILE.fullmatch(number) and not _LANDLINE.fullmatch(number.replace("-", "", 1)):
            odd.append(number)
    return tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(odd))


def _phone(text: str) -> str:
    flat = re.sub(r"[().\u00b7]", "", folded_text(text).translate(_BRACKETS)).replace("\u2014", "-")
    if re.fullmatch(r"[0-9+-]+", flat):
        digits = re.sub(r"[^0-9]", "", flat)
        mobile = digits[-11:] if digits[:-11] in {"86", "0086"} else digits
        if _MOBILE.fullmatch(mobile):
            return mobile
    return flat
