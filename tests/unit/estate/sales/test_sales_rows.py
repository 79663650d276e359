"""What rejects a row, what only warns, and what is no row at all, on workbooks made by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.estate.sales_import.parser.plan_rows import SalesPlan

Plan = Callable[..., SalesPlan]


def codes(findings: Any) -> list[tuple[int, str, str]]:
    return [(finding.row, finding.column, finding.code) for finding in findings]


def test_a_clean_row_gives_room_customer_and_occupancy(plan_rooms: Plan) -> None:
    plan = plan_rooms({})
    assert (plan.rejected, plan.warnings) == ((), ())
    (room,), (customer,), (occupancy,) = plan.rooms, plan.customers, plan.occupancies
    assert (room.code, room.built_area, room.floor, room.sold) == ("1-1-101", Decimal("90.5"), 1, True)
    assert (customer.name, customer.identity, customer.phone) == ("张三", "990101198311113975", "19900003045")
    assert (occupancy.room_code, occupancy.customer_key) == (room.code, customer.key)
    assert (occupancy.role, occupancy.starts_on) == ("owner", date(2019, 6, 30))
    assert [building.name for building in plan.buildings] == ["1号楼"]


@pytest.mark.parametrize(
    "written", ["98.56㎡", "98.56", "98.56 m2", "98.56平方米", "\uff19\uff18\uff0e\uff15\uff16㎡", 98.56]
)
def test_reads_areas_as_they_are_written(plan_rooms: Plan, written: Any) -> None:
    plan = plan_rooms({"建筑面积(㎡)": written})
    assert plan.rooms[0].built_area == Decimal("98.56")
    assert plan.warnings == ()


@pytest.mark.parametrize("written", [None, "", " ", "-", "—", "待测", "无", "约98", True, date(2020, 1, 1)])
def test_an_area_that_cannot_be_read_is_missing(plan_rooms: Plan, written: Any) -> None:
    plan = plan_rooms({"建筑面积(㎡)": written})
    assert codes(plan.rejected) == [(2, "建筑面积(㎡)", "area_missing")]
    assert (plan.rooms, plan.customers, plan.occupancies, plan.buildings) == ((), (), (), ())


@pytest.mark.parametrize("written", [0, "0", "0.00㎡", -1, "-71.95", "-3", 0.00001])
def test_an_area_must_be_above_zero(plan_rooms: Plan, written: Any) -> None:
    assert codes(plan_rooms({"建筑面积(㎡)": written}).rejected) == [(2, "建筑面积(㎡)", "area_not_positive")]


def test_too_many_decimals_are_rounded_and_said(plan_rooms: Plan) -> None:
    plan = plan_rooms({"建筑面积(㎡)": 71.123456}, {"建筑面积(㎡)": 0.1 + 0.2})
    assert [room.built_area for room in plan.rooms] == [Decimal("71.1235"), Decimal("0.3")]
    assert [code for code in codes(plan.warnings) if code[2] == "number_rounded"] == [
        (2, "建筑面积(㎡)", "number_rounded")
    ]


@pytest.mark.parametrize(
    "written",
    ["2019年3月5日", "2019.03.05", "2019/3/5", "2019-03-05", "2019年03月05日", "20190305", "43529", 43529],
)
def test_reads_dates_as_they_are_written(plan_rooms: Plan, written: Any) -> None:
    plan = plan_rooms({"签约日期": date(2019, 1, 1), "交付日期": written})
    assert plan.occupancies[0].starts_on == date(2019, 3, 5)
    assert (plan.rejected, plan.warnings) == ((), ())


@pytest.mark.parametrize("heading", ["签约日期", "交付日期"])
@pytest.mark.parametrize("written", ["2021/2/30", "2021年13月1日", "2019-00-10", "20210230", "0000-00-00"])
def test_a_day_that_does_not_exist_rejects(plan_rooms: Plan, heading: str, written: str) -> None:
    assert codes(plan_rooms({heading: written}).rejected) == [(2, heading, "no_such_date")]


@pytest.mark.parametrize("written", ["尽快", "2019年3月", "长期", "19/3/5", 12.5])
def test_what_is_no_date_is_only_warned_of(plan_rooms: Plan, written: Any) -> None:
    plan = plan_rooms({"交付日期": written})
    assert codes(plan.warnings) == [(2, "交付日期", "unreadable_date")]
    assert plan.occupancies[0].starts_on == date(2019, 1, 2), "the signing date stands in"


def test_without_any_date_the_occupancy_has_none(plan_rooms: Plan) -> None:
    plan = plan_rooms({"交付日期": "", "签约日期": "待定"})
    assert plan.occupancies[0].starts_on is None
    assert codes(plan.warnings) == [(2, "交付日期", "occupancy_date_missing")]


def test_a_building_must_be_on_the_files_building_sheet(plan_rooms: Plan) -> None:
    sheet = {"楼宇": [["小区名称", "楼宇名称", "层数"], ["测试苑", "1号楼", 18], ["测试苑", "商业街", 2]]}
    plan = plan_rooms(
        {},
        {"楼栋": "99号楼"},
        {"楼栋": " \uff11 号楼 "},
        {"楼栋": "1号楼"},
        {"楼栋": "1栋"},
        {"楼栋": None},
        {"楼栋": "商业街", "单元": ""},
        {"项目名称": "另一苑"},
        extra=sheet,
    )
    assert codes(plan.rejected) == [
        (3, "楼栋", "unknown_building"),
        (7, "楼栋", "building_missing"),
        (9, "楼栋", "unknown_building"),
    ]
    assert [room.code for room in plan.rooms] == ["1-1-101", "1-1-103", "1-1-104", "1-1-105", "商业街-107"]
    assert {room.building for room in plan.rooms} == {"1号楼", "商业街"}
    assert codes(plan.warnings) == [(6, "楼栋", "building_name_differs")]


def test_without_a_building_sheet_the_file_makes_its_buildings(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {"楼栋": "99号楼"}, {"楼栋": "商业街"}, {"楼栋": "99号楼"}, {"楼栋": "7号楼", "建筑面积(㎡)": 0}
    )
    assert [(building.name, building.listed) for building in plan.buildings] == [
        ("99号楼", False),
        ("商业街", False),
    ]


def test_a_room_may_stand_once(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {}, {"房号": "\uff11\uff101 "}, {"房号": 101}, {"房号": "101", "单元": "2单元"}, {"房号": "101室"}
    )
    assert codes(plan.rejected) == [(row, "房号", "room_repeated") for row in (3, 4, 6)]
    assert [(room.code, room.row) for room in plan.rooms] == [("1-1-101", 2), ("1-2-101", 5)]
    assert "第 2 行" in plan.rejected[0].message


def test_sold_needs_a_customer(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {"客户姓名": ""},
        {"客户姓名": "—"},
        {"客户姓名": "", "销售状态": "已签约"},
        {"客户姓名": "", "销售状态": ""},
    )
    assert codes(plan.rejected) == [(row, "客户姓名", "sold_without_customer") for row in (2, 3, 4)]
    assert [(room.row, room.sold) for room in plan.rooms] == [(5, False)]


def test_unsold_rooms_have_nobody(plan_rooms: Plan) -> None:
    nobody = {"客户姓名": "", "证件号码": "", "联系电话": ""}
    plan = plan_rooms(
        nobody | {"销售状态": "待售"},
        {"销售状态": "未售"},
        nobody | {"销售状态": "怪状态"},
        {"销售状态": "怪状态"},
    )
    assert plan.rejected == ()
    assert [room.sold for room in plan.rooms] == [False, False, False, True]
    assert [occupancy.row for occupancy in plan.occupancies] == [5]
    assert codes(plan.warnings) == [
        (3, "客户姓名", "unsold_with_customer"),
        (4, "销售状态", "sale_status_unknown"),
        (5, "销售状态", "sale_status_unknown"),
    ]


def test_every_reason_of_a_row_is_told(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, {"房号": "101", "建筑面积(㎡)": "", "交付日期": "2021/2/30", "客户姓名": ""})
    assert {code for _row, _column, code in codes(plan.rejected)} == {
        "room_repeated",
        "area_missing",
        "no_such_date",
        "sold_without_customer",
    }
    assert (plan.rows, plan.accepted) == (2, 1)


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ({"套内面积": 99}, (2, "套内面积", "inside_above_built")),
        ({"套内面积": "不详吧"}, (2, "套内面积", "unreadable_number")),
        ({"套内面积": -5}, (2, "套内面积", "number_not_positive")),
        ({"证件号码": "990101198311113974"}, (2, "证件号码", "identity_check_digit")),
        ({"证件号码": "12345678901"}, (2, "证件号码", "identity_format")),
        ({"证件号码": "000000"}, (2, "证件号码", "identity_format")),
        ({"证件号码": 990101198311113975}, (2, "证件号码", "identity_precision_lost")),
        ({"证件号码": "9.90101E+17"}, (2, "证件号码", "identity_precision_lost")),
        ({"证件号码": "990101198311114000"}, (2, "证件号码", "identity_precision_lost")),
        ({"证件号码": ""}, (2, "证件号码", "identity_missing")),
        ({"联系电话": "123"}, (2, "联系电话", "phone_odd")),
        ({"楼层": "顶楼复式"}, (2, "楼层", "unreadable_number")),
        ({"备注": "长" * 501}, (2, "备注", "text_too_long")),
        ({"交付日期": date(2018, 1, 1)}, (2, "交付日期", "delivered_before_signed")),
        ({"共有人": "12345"}, (2, "共有人", "co_owner_unreadable")),
        ({"共有人": "张三(990101198311113975)"}, (2, "共有人", "co_owner_repeated")),
    ],
)
def test_what_is_odd_is_warned_of_and_imported(
    plan_rooms: Plan, cells: dict[str, Any], warning: tuple[int, str, str]
) -> None:
    plan = plan_rooms(cells)
    assert plan.rejected == ()
    assert codes(plan.warnings) == [warning]
    assert len(plan.rooms) == 1


def test_blank_total_and_note_lines_are_skipped(plan_of: Plan) -> None:
    plan = plan_of(
        {
            "房源": [
                ["某某花园销售台账"],
                ["制表:销售部", None, None, "单位:平方米"],
                ["序号", "楼栋", "房号", "建筑面积", "客户姓名"],
                [1, "1号楼", "101", 90, "张三"],
                [],
                [None, " ", "", None, None],
                [2, None, None, None, None],
                ["1号楼小计", None, None, 90, None],
                ["序号", "楼栋", "房号", "建筑面积", "客户姓名"],
                [3, "2号楼", "101", 80, "李四"],
                ["合 计", None, None, 170, None],
                [None, "总计:", None, 170, None],
                ["注\uff1a本表由系统导出"],
                ["\uff08注\uff09\uff1a另见合同"],
                ["备注:面积以实测为准"],
                ["制表人:王五", None, "审核:赵六"],
            ]
        },
        community="某某花园",
    )
    assert [room.code for room in plan.rooms] == ["1-101", "2-101"]
    assert (plan.rows, plan.accepted, plan.skipped) == (2, 2, 11)
    assert plan.rejected == ()
    assert {finding.code for finding in plan.warnings} == {"occupancy_date_missing"}


def test_a_line_without_a_room_number_is_passed_over_and_said(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, {"房号": ""})
    assert (plan.rows, plan.skipped, plan.rejected) == (1, 1, ())
    assert codes(plan.warnings) == [(3, "房号", "room_number_missing")]


def test_row_numbers_are_the_sheets_own(plan_of: Plan) -> None:
    """The used area begins at C4, so a reader that counts from there would be three rows off."""
    head = [None, None, "楼栋", "房号", "建筑面积"]
    plan = plan_of({"房源": [[], [], [], head, [None, None, "1号楼", "101", 0]]}, community="甲苑")
    assert codes(plan.rejected) == [(5, "建筑面积", "area_not_positive")]


def test_an_empty_building_sheet_closes_nothing(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, extra={"楼宇": [["小区名称", "楼宇名称", "层数"]]})
    assert plan.rejected == ()
    assert [building.name for building in plan.buildings] == ["1号楼"]


def test_the_building_sheet_says_what_a_building_is(plan_rooms: Plan) -> None:
    lines = [
        ["小区名称", "楼宇名称", "楼高", "层数", "建筑面积"],
        ["测试苑", "1号楼", "54米", "18层", "13,824.00㎡"],
        ["测试苑", "1栋", 30, 10, 100],
        ["测试苑", "2号楼", "很高", 0, -1],
        ["测试苑", "", 30, 10, 100],
        ["合计", "", "", "", 100],
    ]
    plan = plan_rooms({"楼层": 19}, extra={"楼宇": lines})
    first, second = plan.buildings
    assert (first.name, first.floors, first.height) == ("1号楼", 18, 54)
    assert (first.built_area, first.listed) == (Decimal(13824), True)
    assert (second.name, second.height, second.built_area) == ("2号楼", None, None)
    assert plan.rejected == ()
    assert {(finding.row, finding.code) for finding in plan.warnings} == {
        (2, "floor_above_building"),
        (3, "building_repeated"),
        (4, "unreadable_number"),
        (4, "number_not_positive"),
        (5, "building_name_missing"),
    }
