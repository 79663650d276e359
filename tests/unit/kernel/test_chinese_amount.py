"""人民币大写, number by number."""

from decimal import Decimal

import pytest

from app.kernel.chinese_amount import chinese_amount
from app.kernel.money import NumberTooLarge, TooManyDecimals

# The numbers of the fee rules.
RULES = [
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角"),
    ("10.50", "壹拾元零伍角"),
    ("100.05", "壹佰元零伍分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("1004.00", "壹仟零肆元整"),
    ("1409.50", "壹仟肆佰零玖元伍角"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("10050000.00", "壹仟零伍万元整"),
    ("100000800.00", "壹亿零捌佰元整"),
    ("-480.00", "负肆佰捌拾元整"),
]
# The cases' receipts, and what lies between and beyond.
MORE = [
    ("1180.07", "壹仟壹佰捌拾元零柒分"),
    ("450.00", "肆佰伍拾元整"),
    ("-0.00", "零元整"),
    ("0.11", "壹角壹分"),
    ("-0.01", "负壹分"),
    ("1.00", "壹元整"),
    ("11.11", "壹拾壹元壹角壹分"),
    ("1001.10", "壹仟零壹元壹角"),
    ("10000.00", "壹万元整"),
    ("10001.00", "壹万零壹元整"),
    ("10010.01", "壹万零壹拾元零壹分"),
    ("100100000.00", "壹亿零壹拾万元整"),
    ("100008000.00", "壹亿零捌仟元整"),
    ("180000000.00", "壹亿捌仟万元整"),
    ("20000020000.00", "贰佰亿零贰万元整"),
    ("1000000000000.00", "壹万亿元整"),
    ("1000000000005.00", "壹万亿零伍元整"),
    ("1000023450000.00", "壹万亿贰仟叁佰肆拾伍万元整"),
    ("1000200000000.00", "壹万零贰亿元整"),
    ("1234567890123.45", "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
    ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]


@pytest.mark.parametrize(("amount", "words"), RULES + MORE)
def test_words(amount: str, words: str) -> None:
    assert chinese_amount(Decimal(amount)) == f"人民币{words}"


def test_zeros_are_never_doubled_and_never_last() -> None:
    for yuan in range(0, 10**9, 7919 * 13):
        words = chinese_amount(Decimal(yuan))
        assert "零零" not in words
        assert yuan == 0 or "零元" not in words


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(TooManyDecimals):
        chinese_amount(Decimal("0.001"))
    with pytest.raises(NumberTooLarge):
        chinese_amount(Decimal(10**16))
