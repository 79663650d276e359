"""Read a room's name as people say it (1号楼101, 1栋1单元101室, 101室) as patterns of its code."""

import re
from typing import Final

from app.estate.rules.room_code import building_part, number_part, room_code, split_room, unit_part
from app.kernel.cells import folded_text
from app.kernel.patterns import TextPattern

_BUILDING: Final = re.compile(
    r"(.+?(?:号楼|号栋|号幢|号座|#楼|#栋|#|栋|幢|座|楼))-?(?:([0-9A-Za-z一二三四五六七八九十]+单元))?"
)
_NUMBER: Final = re.compile(r"([0-9A-Za-z]+)(?:室|房|号房)")


def typed_room(text: str) -> tuple[TextPattern, ...]:
    """Return what the code of a room is like that somebody types, the surest first; nothing for what names no room.

    '1号楼2单元301' and '1-2-301室' → '1-2-301'; without a unit ('1号楼101', '1-101') the room of a building that has
    none, then those of any unit; '1栋1单元' → all that begins with '1-1-'; '101室' → all that ends in '-101'.
    """
    squeezed = folded_text(text).replace("\u2014", "-")
    if split := split_room(text=squeezed):
        building, unit, number = split
        exact = TextPattern(room_code(building=building, unit=unit, number=number))
        if unit:
            return (exact,)
        ends = f"-{number_part(name=number)}"
        return exact, TextPattern(f"{building_part(name=building)}-", ends)
    if found := _BUILDING.fullmatch(squeezed):
        parts = [building_part(name=found[1]), *([unit_part(name=found[2])] if found[2] else ())]
        return (TextPattern("".join(f"{part}-" for part in parts), ""),)
    if found := _NUMBER.fullmatch(squeezed):
        return (TextPattern("", f"-{found[1]}"),)
    return ()
