"""A room as people say it means the room that the import would have read."""

import pytest

from app.estate.rules.room_code import read_room, room_code
from app.estate.rules.typed_room import typed_room
from app.kernel.patterns import TextPattern


@pytest.mark.parametrize(
    "typed",
    [
        "1号楼101",
        "1栋1单元101",
        "１号楼1单元101室",
        "01栋一单元101",
        "1#101",
        "1#楼 1单元 101",
        "A座1203",
        "1-1-101",
        "1幢-2单元-301室",
    ],
)
def test_the_first_reading_is_the_import_s(typed: str) -> None:
    """D5: whatever way a room is spoken, the code sought first is the one that the import gives it."""
    building, unit, number = read_room(building="", unit="", number=typed)
    assert typed_room(typed)[0] == TextPattern(room_code(building=building, unit=unit, number=number))


@pytest.mark.parametrize(
    ("typed", "patterns"),
    [
        ("1号楼101", [TextPattern("1-101"), TextPattern("1-", "-101")]),
        ("1栋1单元101", [TextPattern("1-1-101")]),
        ("1-101", [TextPattern("1-101"), TextPattern("1-", "-101")]),
        ("三号楼", [TextPattern("3-", "")]),
        ("3栋2单元", [TextPattern("3-2-", "")]),
        ("101室", [TextPattern("", "-101")]),
        ("王一", []),
        ("13812345678", []),
        ("", []),
    ],
)
def test_what_a_typed_room_matches(typed: str, patterns: list[TextPattern]) -> None:
    """D5: without a unit the room of a building that has none, then those of any unit; a building alone, all of it."""
    assert list(typed_room(typed)) == patterns
