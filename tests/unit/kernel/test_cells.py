"""Cells as people type them and as other systems export them. Full-width signs are written as escapes."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.kernel.cells import (
    NoSuchDate,
    UnreadableDate,
    UnreadableNumber,
    normal_text,
    read_date,
    read_decimal,
    read_text,
)

DAY = date(2019, 3, 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\uff11\uff10\uff11", "101"),
        ("\uff33\uff11\uff10\uff11\uff5a", "S101z"),
        ("B1\uff0d001", "B1-001"),
        ("  602 \t\n", "602"),
        ("王\u3000\u3000一\xa0二", "王 一 二"),
        ("\ufeff10\u200b1\u200e", "101"),
        ("a\x00b\x07", "ab"),
        ("注\uff1a三室\uff0c两厅\uff08南\uff09\uff01", "注\uff1a三室\uff0c两厅\uff08南\uff09\uff01"),
        ("甲\uff0d乙", "甲\uff0d乙"),
        ("98.56㎡", "98.56㎡"),
        ("", ""),
    ],
)
def test_normal_text(value: str, text: str) -> None:
    assert normal_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (102, "102"),
        (102.0, "102"),
        (13800001111.0, "13800001111"),
        (1.5, "1.5"),
        (1e20, "100000000000000000000"),
        (100, "100"),
        (Decimal(100), "100"),
        (Decimal("1.50"), "1.5"),
        (float("nan"), ""),
        (True, "TRUE"),
        ("102.0", "102.0"),
        (" 0101 ", "0101"),
        ('=HYPERLINK("http://example.invalid","点我")', '=HYPERLINK("http://example.invalid","点我")'),
        (DAY, "2019-03-05"),
        (datetime(2019, 3, 5), "2019-03-05"),
        (datetime(2019, 3, 5, 8, 30), "2019-03-05 08:30:00"),
    ],
)
def test_read_text(value: object, text: str) -> None:
    assert read_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (143.58, "143.58"),
        (0.1, "0.1"),
        (143.57999999999998, "143.58"),
        (88, "88"),
        (88.0, "88"),
        (2.0**60, "1152921504606846976"),
        (1e-7, "0.0000001"),
        (Decimal("2.350"), "2.350"),
        ("98.56㎡", "98.56"),
        ("98.56 平方米", "98.56"),
        ("98.56m2", "98.56"),
        ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1\uff0c234\uff0e5", "1234.5"),
        ("\uff11\uff14\uff13\uff0e\uff15\uff18", "143.58"),
        (" 12 ", "12"),
        ("-3.5", "-3.5"),
        ("\u22123.5", "-3.5"),
        ("+3", "3"),
        ("\xa53.20", "3.20"),
        ("\uffe5 3.20元", "3.20"),
        ("2.35元/㎡", "2.35"),
        ("0012", "12"),
    ],
)
def test_read_decimal(value: object, number: str) -> None:
    read = read_decimal(value)
    assert isinstance(read, Decimal)
    assert read == Decimal(number)


@pytest.mark.parametrize("value", [None, "", "   ", "\u200b", "\u3000"])
def test_an_empty_cell_is_nothing(value: object) -> None:
    assert read_decimal(value) is None
    assert read_date(value) is None
    assert read_text(value) == ""


@pytest.mark.parametrize(
    "value",
    [
        "约98",
        "98.56.1",
        "12,34",
        "1,2345",
        "1e5",
        "NaN",
        "Infinity",
        "九十",
        "-",
        "㎡",
        "98 56",
        "98.",
        "\u0661\u0662",
        "1_000",
    ],
)
def test_junk_is_no_number(value: str) -> None:
    with pytest.raises(UnreadableNumber) as refused:
        read_decimal(value)
    assert refused.value.code == "unreadable_number"
    assert refused.value.params["value"] == value


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), Decimal("NaN"), DAY])
def test_other_kinds_of_cell_are_no_number(value: object) -> None:
    with pytest.raises(UnreadableNumber):
        read_decimal(value)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        datetime(2019, 3, 5, 23, 59),
        "2019年3月5日",
        "2019年03月05号",
        "2019 年 3 月 5 日",
        "2019年3月5",
        "2019.03.05",
        "2019.3.5",
        "2019/3/5",
        "2019-03-05",
        "2019-03-05 00:00:00",
        "2019-03-05T08:30",
        "20190305",
        20190305,
        20190305.0,
        43529,
        43529.0,
        43529.75,
        Decimal(43529),
        "\uff12\uff10\uff11\uff19\uff0f\uff13\uff0f\uff15",
        "2019\uff0e03\uff0e05",
        " 2019/3/5\xa0",
    ],
)
def test_read_date(value: object) -> None:
    read = read_date(value)
    assert read == DAY
    assert type(read) is date


@pytest.mark.parametrize(
    "value", ["2021/2/30", "2021年2月29日", "2019.13.01", "20190230", 20190230, "2019-00-10", "2019-4-31"]
)
def test_a_date_that_does_not_exist(value: object) -> None:
    with pytest.raises(NoSuchDate) as refused:
        read_date(value)
    assert refused.value.code == "no_such_date"
    assert str(value) in refused.value.text()


@pytest.mark.parametrize(
    "value",
    [
        "交房时",
        "2019-03",
        "19/3/5",
        "2019.3/5",
        "43529",
        "1019-03-05",
        "3019-03-05",
        0,
        2019,
        90000,
        1.5,
        True,
        float("inf"),
        date(1, 1, 1),
    ],
)
def test_what_is_no_date(value: object) -> None:
    with pytest.raises(UnreadableDate) as refused:
        read_date(value)
    assert refused.value.code == "unreadable_date"


def test_a_long_cell_is_shown_short() -> None:
    with pytest.raises(UnreadableNumber) as refused:
        read_decimal("字" * 500)
    assert refused.value.params["value"] == "字" * 40
