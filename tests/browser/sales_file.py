"""What the sales system's export says, read once more and independently of the product: the rooms that count."""

import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

FILE = Path(__file__).resolve().parents[1] / "data" / "sales-export-jinxiu.xlsx"


def room_areas() -> dict[tuple[str, str, str], Decimal]:
    """(building, unit, number) → ㎡ of every room that nothing is wrong with."""
    book = load_workbook(FILE, read_only=True)
    buildings = {_text(row[1]) for row in book["楼宇"].iter_rows(min_row=2, values_only=True)}
    lines = list(book["房源及客户"].iter_rows(values_only=True))
    top = next(index for index, line in enumerate(lines) if "房号" in line)
    rooms: dict[tuple[str, str, str], Decimal] = {}
    for line in lines[top + 1 :]:
        row = dict(zip(lines[top], line, strict=True))
        key = (_text(row["楼栋"]), _text(row["单元"]), _text(row["房号"]))
        area = _area(row["建筑面积(㎡)"])
        sold_to_nobody = _text(row["销售状态"]) == "已售" and not _text(row["客户姓名"])
        dates = all(_is_day(row[name]) for name in ("签约日期", "交付日期"))
        if key[0] in buildings and key[2] and area and dates and not sold_to_nobody:
            rooms.setdefault(key, area)
    return rooms


def _text(value: Any) -> str:
    return unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()


def _area(value: Any) -> Decimal | None:
    try:
        area = Decimal(_text(value).replace("m2", ""))  # NFKC writes ㎡ so
    except InvalidOperation:
        return None
    return area if area > 0 else None


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not value.strip():
        return True
    parts = [
        int(part)
        for part in _text(value)
        .replace("年", "/")
        .replace("月", "/")
        .strip("日")
        .replace(".", "/")
        .replace("-", "/")
        .split("/")
    ]
    try:
        date(*parts)
    except ValueError:
        return False
    return True
