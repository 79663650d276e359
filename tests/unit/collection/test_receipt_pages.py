"""A receipt's lines on paper: by room, cut into pages, nothing lost and nothing torn."""

from random import Random
from typing import Any

import pytest

from app.collection.rules.receipt_pages import AHEAD, CHARGE, ROOM, receipt_pages


def line(payer: str, number: int, *, part: bool = False) -> dict[str, Any]:
    return {"payer": payer, "number": number, "part": {"asked": "1.00"} if part else None}


def test_one_room_on_one_page_has_no_heading() -> None:
    (page,) = receipt_pages(lines=[line("101", 1), line("101", 2)], ahead=[line("101", 3)])
    assert [row.kind for row in page] == [CHARGE, CHARGE, AHEAD]
    assert receipt_pages(lines=[], ahead=[]) == [[]]


def test_rooms_are_put_together_each_under_its_heading() -> None:
    """M5: grouped by room, in the order of their first lines."""
    (page,) = receipt_pages(lines=[line("101", 1), line("102", 2), line("101", 3)], ahead=[])
    assert [(row.kind, row.line.get("number", row.line["payer"])) for row in page] == [
        (ROOM, "101"),
        (CHARGE, 1),
        (CHARGE, 3),
        (ROOM, "102"),
        (CHARGE, 2),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_every_line_stands_once_and_no_page_is_over_full(seed: int) -> None:
    """M5: many lines go over several pages; a page that begins within a room says which."""
    random = Random(seed)  # noqa: S311
    rooms = [f"{number}01" for number in range(1, random.randint(2, 6))]
    lines = [line(random.choice(rooms), number, part=random.random() < 0.3) for number in range(40)]
    pages = receipt_pages(lines=lines, ahead=[])
    shown = [row.line["number"] for page in pages for row in page if row.kind == CHARGE]
    assert sorted(shown) == list(range(40)), f"seed {seed}"
    several = len({one["payer"] for one in lines}) > 1
    for page in pages:
        assert sum(row.height for row in page) <= 9, f"seed {seed}"
        assert not several or page[0].kind == ROOM
        assert page[-1].kind != ROOM
