"""The names by which a room is known: building, unit and number, and the code made of them.

Two spellings of one building (1号楼, １号楼, 01栋, 1#, 一号楼) have one part, so that a file and a later one, or two
sheets of one file, mean the same room by it.
"""

import re
from functools import lru_cache

from app.kernel.cells import folded_text

_HAN_DIGITS = {han: value for value, han in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_BUILDING = re.compile(
    r"(?:第)?([A-Za-z]?[0-9]+[A-Za-z]?|[A-Za-z]{1,2}|[零〇一二三四五六七八九十]+)"
    r"(?:号楼|号栋|号幢|号座|#楼|#栋|#|号|栋|幢|座|楼|楼栋)?"
)
_UNIT = re.compile(r"(?:第)?([0-9A-Za-z]+|[一二三四五六七八九十]+)(?:单元|号单元|门|梯)?")
_NUMBER = re.compile(r"([0-9A-Za-z-]+)(?:室|房|号房|号)")
_SPOKEN = re.compile(
    r"(.+?(?:号楼|#楼|#|栋|幢|座|楼))-?(?:([0-9A-Za-z一二三四五六七八九十]+单元)-?)?([0-9A-Za-z]+)(?:室|房|号)?"
)


@lru_cache(maxsize=20_000)
def building_part(*, name: str) -> str:
    """Return what tells a building from the others of its community: '1号楼' → '1', 'A座' → 'A', '商业街' stays."""
    text = _squeezed(name)
    found = _BUILDING.fullmatch(text)
    return _without_hyphen(_plain_number(found[1]) if found else text)


@lru_cache(maxsize=20_000)
def unit_part(*, name: str) -> str:
    """Return what tells a unit from the others of its building: '1单元' → '1', '' for none."""
    text = _squeezed(name)
    found = _UNIT.fullmatch(text)
    return _without_hyphen(_plain_number(found[1]) if found else text)


@lru_cache(maxsize=20_000)
def number_part(*, name: str) -> str:
    """Return what tells a room from the others of its unit: '101室' → '101'; leading zeros belong to it."""
    text = _squeezed(name)
    found = _NUMBER.fullmatch(text)
    return _without_hyphen(found[1] if found else text)


def room_code(*, building: str, unit: str, number: str) -> str:
    """Return the code of a room (楼-单元-号), unique in its community: '1号楼', '1单元', '101' → '1-1-101'.

    A room without a unit has two parts: '商业街-S101'.
    """
    parts = (building_part(name=building), unit_part(name=unit), number_part(name=number))
    return "-".join(part for part in parts if part)


def split_room(*, text: str) -> tuple[str, str, str] | None:
    """Return building, unit ('' for none) and number out of one text: '1-2-301', '1号楼2单元301室'; None if it is no such text."""
    squeezed = _squeezed(text)
    if found := _SPOKEN.fullmatch(squeezed):
        return found[1], found[2] or "", found[3]
    parts = squeezed.split("-")
    if not all(parts) or len(parts) not in {2, 3}:
        return None
    return parts[0], parts[1] if len(parts) == 3 else "", parts[-1]


def read_room(*, building: str, unit: str, number: str) -> tuple[str, str, str]:
    """Return building, unit and number as three texts, where the sheet repeats the first two before the number.

    '1号楼', '', '1-1-101' → '1号楼', '1', '101'; '', '', '1号楼101室' → '1号楼', '', '101'. A prefix that contradicts
    its own columns, and '1-101' beside a building, stay: nothing says what they mean.
    """
    text = _squeezed(number)
    split = split_room(text=text)
    if split and not building:
        return split[0], split[1] or unit, split[2]
    if split and building_part(name=split[0]) == building_part(name=building):
        same_unit = not unit or unit_part(name=split[1]) == unit_part(name=unit)
        spoken = not text.startswith(f"{split[0]}-")
        if (split[1] and same_unit) or (not split[1] and spoken):
            return building, unit or split[1], split[2]
    found = _NUMBER.fullmatch(text)
    return building, unit, found[1] if found else text


def _squeezed(name: str) -> str:
    return folded_text(name).replace("\u2014", "-")


def _plain_number(text: str) -> str:
    """Digits without leading zeros; 一 to 九十九 as digits; letters upper-case."""
    if text.isdecimal():
        return str(int(text))
    if text.isascii():
        return text.upper()
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    if not ten:
        return "".join(str(_HAN_DIGITS.get(char, char)) for char in ones)
    if len(tens) > 1 or len(ones) > 1:
        return text
    return str(_HAN_DIGITS.get(tens, 1) * 10 + (_HAN_DIGITS.get(ones, 0)))


def _without_hyphen(text: str) -> str:
    """Return the hyphen parts the code; inside a part it would make two rooms one."""
    return text.strip("-").replace("-", "/")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts as people count: 2号楼 before 10号楼."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)
