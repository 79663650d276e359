"""Identity numbers (all of the region 990101, which nobody has) and masks."""

from datetime import date

import pytest

from app.kernel.identity import (
    BadIdentity,
    IdentitySex,
    check_digit,
    mask_identity,
    read_identity,
)
from app.kernel.phones import mask_phone


# 11010519491231002 → X is the worked example of GB 11643 itself.
@pytest.mark.parametrize(
    ("digits", "last"),
    [
        ("11010519491231002", "X"),
        ("44052418800101001", "4"),
        ("99010119831111397", "5"),
        ("99010119890131315", "X"),
        ("99010119610516056", "0"),
    ],
)
def test_check_digit(digits: str, last: str) -> None:
    assert check_digit(digits) == last


@pytest.mark.parametrize("digits", ["", "1234", "1101051949123100X", "110105194912310021"])
def test_check_digit_wants_seventeen_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="seventeen"):
        check_digit(digits)


def test_eighteen_places() -> None:
    identity = read_identity(" 99010119890131315x ")
    assert identity.number == "99010119890131315X"
    assert identity.birth == date(1989, 1, 31)
    assert identity.sex is IdentitySex.MALE
    assert identity.check_digit_right


def test_full_width_and_female() -> None:
    number = "".join(chr(ord(digit) + 0xFEE0) for digit in "990101196105160560")
    identity = read_identity(number)
    assert (identity.number, identity.sex) == ("990101196105160560", IdentitySex.FEMALE)


def test_a_wrong_check_digit_is_told_not_refused() -> None:
    assert not read_identity("990101198311113974").check_digit_right


def test_fifteen_places_are_the_same_person() -> None:
    identity = read_identity("110105491231002")
    assert identity.number == "11010519491231002X"
    assert identity.birth == date(1949, 12, 31)
    assert identity.sex is IdentitySex.FEMALE
    assert identity.check_digit_right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "E12345678",
        "99010119890131315",
        "9901011989013131XX",
        "990101198902303158",
        "090101198901313158",
        "990101891301315",
    ],
)
def test_what_is_no_identity_number(text: str) -> None:
    with pytest.raises(BadIdentity) as refused:
        read_identity(text)
    assert refused.value.code == "identity_format"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("99010119890131315X", "990101********315X"),
        ("110105491231002", "110105******002"),
        ("E12345678", "E1*****78"),
        ("123456", "******"),
        ("", ""),
    ],
)
def test_mask_identity(text: str, masked: str) -> None:
    assert mask_identity(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812341234", "138****1234"),
        ("199 0000-5329", "199****5329"),
        ("+86 13812341234", "138****1234"),
        ("057188881234", "057*****1234"),
        ("(0571)88881234", "057*****1234"),
        ("88881234", "88****34"),
        ("12345", "*****"),
        ("13812341234/13912345678", "138****1234,139****5678"),
        ("13812341234\u300113912345678", "138****1234,139****5678"),
        ("\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff11\uff12\uff13\uff14", "138****1234"),
        ("", ""),
    ],
)
def test_mask_phone(text: str, masked: str) -> None:
    assert mask_phone(text) == masked
