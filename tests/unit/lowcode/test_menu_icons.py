"""Icons are those of the font that the pages load."""

import pytest

from app.lowcode.menu.icons import WORDS, find_icons, icon_names, is_icon


def test_every_icon_that_a_word_stands_for_is_in_the_font() -> None:
    assert len(icon_names()) > 4000
    assert [name for names in WORDS.values() for name in names.split() if not is_icon(name)] == []


def test_found_by_chinese_and_by_english() -> None:
    assert find_icons("抄表", 20)[0] == "gauge"
    assert find_icons("Home", 20)[0] == "home"
    assert find_icons("水 off", 5) == ["droplet-off"]
    assert "building" in find_icons("", 96)


@pytest.mark.parametrize(
    ("typed", "icon"),
    [
        ("水", "droplet"),
        ("停", "parking"),
        ("维修", "tool"),
        ("退款", "receipt-refund"),
        ("访客", "user-check"),
    ],
)
def test_a_chinese_word_or_its_beginning_finds_what_it_means(typed: str, icon: str) -> None:
    """A4: an office types its own words, and sees the icon before the word is whole."""
    assert icon in find_icons(typed, 10)


def test_nothing_fits() -> None:
    assert find_icons("没有这种东西", 20) == []
    assert find_icons("no-such-icon", 20) == []
    assert find_icons('">.', 20) == []
    assert not is_icon("") and not is_icon("gauge x")


def test_no_more_than_wanted() -> None:
    assert len(find_icons("a", 7)) == 7
