"""A real-shaped export; every number is counted here with openpyxl, independently of the code under test."""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.estate.sales_import.parser.plan import plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.parser.report import report
from app.lowcode.workbook import read_workbook

FILE = Path(__file__).parents[3] / "data" / "sales-export-jinxiu.xlsx"


def text(value: Any) -> str:
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip()


def digits(value: Any) -> str:
    return re.sub(r"\D", "", text(value))


def area(value: Any) -> Decimal | None:
    found = re.match(r"-?[0-9.]+", text(value))
    return Decimal(found[0]) if found else None


def exists(value: Any) -> bool:
    if not value or isinstance(value, date):
        return True
    try:
        year, month, day = re.findall(r"[0-9]+", text(value))
        datetime(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def check_right(number: str) -> bool:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(n) * w for n, w in zip(number, weights, strict=False)) % 11] == number[17]


class Count:
    """The file, counted by hand."""

    def __init__(self) -> None:
        book = openpyxl.load_workbook(FILE, data_only=True)
        lines = list(book["房源及客户"].iter_rows(values_only=True))
        headings = lines[2]
        self.rooms: list[dict[str, Any]] = []
        self.other_lines = 0
        for number, line in enumerate(lines[3:], 4):
            if isinstance(line[0], int | float):
                self.rooms.append(dict(zip(headings, line, strict=True)) | {"row": number})
            else:
                self.other_lines += 1
        spaces = list(book["车位"].iter_rows(values_only=True))
        self.spaces = [
            dict(zip(spaces[0], line, strict=True)) | {"row": row} for row, line in enumerate(spaces[1:], 2)
        ]
        self.buildings = {line[1] for line in book["楼宇"].iter_rows(min_row=2, values_only=True)}
        self.reasons: dict[int, str] = {}
        seen: set[tuple[str, str, str]] = set()
        for room in self.rooms:
            key = (text(room["楼栋"]), text(room["单元"]), text(room["房号"]))
            built = area(room["建筑面积(㎡)"])
            if key[0] not in self.buildings:
                reason = "unknown_building"
            elif built is None:
                reason = "area_missing"
            elif built <= 0:
                reason = "area_not_positive"
            elif not (exists(room["签约日期"]) and exists(room["交付日期"])):
                reason = "no_such_date"
            elif room["销售状态"] == "已售" and not text(room["客户姓名"]):
                reason = "sold_without_customer"
            elif key in seen:
                reason = "room_repeated"
            else:
                reason = ""
            seen.add(key)
            if reason:
                self.reasons[room["row"]] = reason
        self.good = [room for room in self.rooms if room["row"] not in self.reasons]
        self.sold = [room for room in self.good if room["销售状态"] == "已售"]


@pytest.fixture(scope="module")
def count() -> Count:
    return Count()


@pytest.fixture(scope="module")
def plan() -> SalesPlan:
    return plan_sales(sheets=read_workbook(content=FILE.read_bytes(), filename=FILE.name))


def test_finds_every_row_to_reject_and_no_other(plan: SalesPlan, count: Count) -> None:
    assert {finding.row: finding.code for finding in plan.rejected} == count.reasons
    assert Counter(finding.code for finding in plan.rejected) == {
        "unknown_building": 5,
        "area_missing": 5,
        "area_not_positive": 3,
        "no_such_date": 6,
        "sold_without_customer": 5,
        "room_repeated": 3,
    }


def test_rejections_name_the_sheets_own_column_and_speak_chinese(plan: SalesPlan) -> None:
    columns = {finding.code: finding.column for finding in plan.rejected}
    assert columns == {
        "unknown_building": "楼栋",
        "area_missing": "建筑面积(㎡)",
        "area_not_positive": "建筑面积(㎡)",
        "no_such_date": "交付日期",
        "sold_without_customer": "客户姓名",
        "room_repeated": "房号",
    }
    assert all(re.search(r"[\u4e00-\u9fff]", finding.message) for finding in (*plan.rejected, *plan.warnings))
    assert not any("%(" in finding.message for finding in (*plan.rejected, *plan.warnings))


def test_counts_rows_and_skipped_lines(plan: SalesPlan, count: Count) -> None:
    assert [(part.sheet, part.rows, part.accepted, part.skipped) for part in plan.counts] == [
        ("小区", 1, 1, 0),
        ("楼宇", 16, 16, 0),
        ("房源及客户", len(count.rooms), len(count.good), count.other_lines),
        ("车位", len(count.spaces), len(count.spaces), 0),
    ]
    assert (plan.rows, plan.accepted, plan.skipped) == (1884, 1857, 13)


def test_rooms_are_the_good_rows_with_their_areas(plan: SalesPlan, count: Count) -> None:
    expected = {
        (text(room["楼栋"]), text(room["单元"]), text(room["房号"])): area(room["建筑面积(㎡)"])
        for room in count.good
    }
    assert {(room.building, room.unit, room.number): room.built_area for room in plan.rooms} == expected
    assert len({room.code for room in plan.rooms}) == len(plan.rooms) == 1420
    assert sum(room.sold for room in plan.rooms) == len(count.sold)
    assert {building.name for building in plan.buildings} == count.buildings
    assert [community.name for community in plan.communities] == ["锦绣花园"]


def test_customers_are_merged_by_identity_number(plan: SalesPlan, count: Count) -> None:
    owners = {text(room["证件号码"]): text(room["客户姓名"]) for room in count.sold}
    others = {
        number: name
        for room in count.sold
        for name, number in re.findall(r"([^、(]+)\(([0-9X]+)\)", text(room["共有人"]))
    }
    assert {customer.identity: customer.name for customer in plan.customers} == owners | others
    assert len(plan.customers) == len(owners | others) == 1337
    roles = Counter(occupancy.role for occupancy in plan.occupancies)
    assert roles == {"owner": len(count.sold), "co_owner": 73}


def test_one_telephone_and_one_name_stay_two_people(plan: SalesPlan, count: Count) -> None:
    """Two people of this file share name and telephone; their identity numbers differ."""
    shared = [customer for customer in plan.customers if customer.name == "姚平"]
    assert {(customer.phone, len({c.identity for c in shared})) for customer in shared} == {
        ("19900000128", 2)
    }
    phones = Counter(customer.phone for customer in plan.customers if customer.phone)
    people = {(digits(room["联系电话"]), text(room["证件号码"])) for room in count.sold}
    assert phones == Counter(phone for phone, _number in people)


def test_occupancies_start_with_the_delivery(plan: SalesPlan, count: Count) -> None:
    starts = {occupancy.row: occupancy.starts_on for occupancy in plan.occupancies}
    assert starts == {room["row"]: room["交付日期"].date() for room in count.sold}


def test_warns_of_wrong_check_digits_and_inside_areas(plan: SalesPlan, count: Count) -> None:
    warned = {
        code: {finding.row for finding in plan.warnings if finding.code == code}
        for code in ("identity_check_digit", "inside_above_built")
    }
    assert warned["identity_check_digit"] == {
        room["row"] for room in count.rooms if room["证件号码"] and not check_right(text(room["证件号码"]))
    }
    assert warned["inside_above_built"] == {
        room["row"]
        for room in count.rooms
        if 0 < (area(room["建筑面积(㎡)"]) or 0) < (area(room["套内面积(㎡)"]) or 0)
    }
    assert {code: len(rows) for code, rows in warned.items()} == {
        "identity_check_digit": 6,
        "inside_above_built": 6,
    }


def test_spaces_find_their_owners_among_the_imported(plan: SalesPlan, count: Count) -> None:
    people = {(text(room["客户姓名"]), digits(room["联系电话"])) for room in count.sold}
    unknown = {
        space["row"]
        for space in count.spaces
        if space["客户姓名"] and (text(space["客户姓名"]), digits(space["联系电话"])) not in people
    }
    assert len(plan.spaces) == len(count.spaces) == 420
    assert {finding.row for finding in plan.warnings if finding.code == "space_owner_unknown"} == unknown
    assert {space.row for space in plan.spaces if space.sold and not space.owner_key} == unknown
    assert len(plan.vehicles) == len({space["车牌号"] for space in count.spaces if space["车牌号"]})
    assert len(plan.warnings) == 12 + len(unknown)


def test_text_that_looks_like_a_formula_stays_text(plan: SalesPlan) -> None:
    notes = [room.note for room in plan.rooms if room.note]
    assert notes == ['=HYPERLINK("http://example.invalid","点我")'] * 3


def test_the_report_shows_no_identity_number_and_plain_counts(plan: SalesPlan, count: Count) -> None:
    told = report(plan=plan, stored=False)
    assert told["created"] == dict.fromkeys(("building", "room", "customer", "occupancy", "parking_space"), 0)
    assert (told["rows"], told["imported"], told["updated"], told["skipped"]) == (1884, 0, 0, 13)
    assert len(told["rejected"]) == len(count.reasons)
    assert set(told["rejected"][0]) == {"sheet", "row", "column", "code", "message"}
    numbers = {text(room["证件号码"]) for room in count.rooms if room["证件号码"]}
    messages = " ".join(finding["message"] for finding in (*told["rejected"], *told["warnings"]))
    assert not any(number in messages for number in numbers)


def test_the_same_file_gives_the_same_plan(plan: SalesPlan) -> None:
    again = plan_sales(sheets=read_workbook(content=FILE.read_bytes(), filename=FILE.name))
    assert again == plan
