"""The pinyin of names: surnames that are read otherwise, words beside characters, and what counts as initials."""

import pytest

from app.kernel.pinyin import pinyin_initials, pinyin_key, typed_initials


@pytest.mark.parametrize(
    ("name", "key", "initials"),
    [
        ("李晓峰", "li xiao feng", "lxf"),
        ("曾小贤", "zeng xiao xian", "zxx"),
        ("单单", "shan dan", "sd"),
        ("欧阳小兰", "ou yang xiao lan", "oyxl"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("John Smith", "john smith", "js"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("Ａ座3号", "a zuo 3 hao", "az3h"),
        ("", "", ""),
        ("—·", "", ""),
    ],
)
def test_a_name_has_a_key_and_initials(name: str, key: str, initials: str) -> None:
    """D5: what sorts a name, and the letters that find it."""
    assert (pinyin_key(name), pinyin_initials(name)) == (key, initials)


def test_the_keys_fit_their_columns() -> None:
    assert (len(pinyin_key("庄" * 100)), len(pinyin_initials("庄" * 100))) == (200, 100)


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("lxf", "lxf"),
        ("LXF", "lxf"),
        ("l x f", "lxf"),
        ("ｌｘｆ", "lxf"),
        ("l", ""),
        ("a1", ""),
        ("李xf", ""),
        ("%", ""),
    ],
)
def test_only_letters_are_initials(typed: str, letters: str) -> None:
    assert typed_initials(typed) == letters
