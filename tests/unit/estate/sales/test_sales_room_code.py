"""One building, unit and room under all its spellings has one code; two never share one."""

import pytest
from hypothesis import given, strategies as st

from app.estate.rules.room_code import building_part, read_room, room_code


@pytest.mark.parametrize(
    ("spellings", "part"),
    [
        (["1号楼", "\uff11号楼", " 1 号楼", "01栋", "1#", "1#楼", "一号楼", "1幢", "1座", "1", "第1栋"], "1"),
        (["12号楼", "十二号楼", "12栋"], "12"),
        (["20号楼", "二十栋"], "20"),
        (["A座", "a座", "\uff21座", "A"], "A"),
        (["S1号楼", "s1栋"], "S1"),
        (["商业街", "商业 街"], "商业街"),
        (["1号楼东", "1号楼 东"], "1号楼东"),
    ],
)
def test_a_building_has_one_part_under_all_spellings(spellings: list[str], part: str) -> None:
    assert {building_part(name=spelling) for spelling in spellings} == {part}


@pytest.mark.parametrize(
    ("building", "unit", "number", "code"),
    [
        ("1号楼", "1单元", "101", "1-1-101"),
        ("1号楼", "一单元", "101室", "1-1-101"),
        ("1号楼", "", "0101", "1-0101"),
        ("商业街", "", "S101", "商业街-S101"),
        ("A-1栋", "", "2", "A/1栋-2"),
    ],
)
def test_room_codes(building: str, unit: str, number: str, code: str) -> None:
    assert room_code(building=building, unit=unit, number=number) == code


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (("1号楼", "1单元", "101"), ("1号楼", "1单元", "101")),
        (("1号楼", "1单元", "1-1-101"), ("1号楼", "1单元", "101")),
        (("1号楼", "", "1-2-101"), ("1号楼", "2", "101")),
        (("1号楼", "1单元", "1号楼1单元101室"), ("1号楼", "1单元", "101")),
        (("1号楼", "", "1号楼101"), ("1号楼", "", "101")),
        (("1号楼", "2单元", "3-1-101"), ("1号楼", "2单元", "3-1-101")),
        (("1号楼", "", "1-101"), ("1号楼", "", "1-101")),
        (("", "", "1-2-301"), ("1", "2", "301")),
        (("", "", "1号楼2单元301室"), ("1号楼", "2单元", "301")),
        (("", "", "301"), ("", "", "301")),
    ],
)
def test_building_and_unit_before_the_number_are_read(
    given_: tuple[str, str, str], expected: tuple[str, str, str]
) -> None:
    assert read_room(building=given_[0], unit=given_[1], number=given_[2]) == expected


PART = st.text("0123456789AB楼-", min_size=1, max_size=4).filter(lambda text: text.strip("-"))


@given(PART, PART, PART)
def test_a_unit_never_makes_two_rooms_one(building: str, unit: str, number: str) -> None:
    """A code has as many hyphens as it has joints, whatever the names hold."""
    assert room_code(building=building, unit=unit, number=number).count("-") == 2
    assert room_code(building=building, unit="", number=number).count("-") == 1
