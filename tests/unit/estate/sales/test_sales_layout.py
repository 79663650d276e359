"""Files, heading rows, kinds of sheets and column names, of this and of other systems."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from app.estate.sales_import.parser.columns import SheetLayout, guess_layout, guess_layouts, match_columns
from app.estate.sales_import.parser.headings import COLUMNS, SheetKind
from app.estate.sales_import.parser.plan import NoSalesSheet, UnnamedCommunity, plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.lowcode.workbook import EmptyWorkbook, UnreadableWorkbook, read_workbook

Plan = Callable[..., SalesPlan]
Bytes = Callable[..., bytes]


@pytest.mark.parametrize(
    "content",
    [
        b"abc",
        b"PK\x03\x04 no zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
        "<html><table><tr><td>房号</td></tr></table></html>".encode(),
    ],
)
def test_what_is_no_workbook_is_refused_in_chinese(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbook) as refusal:
        read_workbook(content=content, filename="导出.xlsx")
    assert ".xlsx" in refusal.value.text()


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(UnreadableWorkbook):
        read_workbook(content=buffer.getvalue(), filename="导出.xlsx")


def test_an_encrypted_workbook_asks_for_the_password_to_be_taken_away() -> None:
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 500
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 500
    )
    with pytest.raises(UnreadableWorkbook, match="密码"):
        read_workbook(content=content, filename="导出.xlsx")


@pytest.mark.parametrize("cells", [[], [[]], [["", " "]]])
def test_an_empty_workbook_is_refused(to_bytes: Bytes, cells: list[list[Any]]) -> None:
    with pytest.raises(EmptyWorkbook):
        read_workbook(content=to_bytes({"Sheet1": cells}), filename="f.xlsx")
    with pytest.raises(EmptyWorkbook):
        read_workbook(content=b"")


def test_a_workbook_of_something_else_is_refused(plan_of: Plan) -> None:
    with pytest.raises(NoSalesSheet):
        plan_of({"Sheet1": [["科目", "借方", "贷方"], ["1001", 5, 6]]})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("comma", [",", "\t"])
def test_reads_text_files_of_chinese_systems(encoding: str, comma: str) -> None:
    lines = [["项目", "楼栋", "房号", "建筑面积", "业主"], ["甲苑", "1号楼", "0101", "90.5", "张三"]]
    content = "\r\n".join(comma.join(line) for line in lines).encode(encoding)
    plan = plan_sales(sheets=read_workbook(content=content, filename="房源.CSV"))
    assert [(room.code, room.community) for room in plan.rooms] == [("1-0101", "甲苑")]


def test_a_bytes_salad_named_csv_is_refused() -> None:
    with pytest.raises(UnreadableWorkbook):
        read_workbook(content=b"\xff\xfe\x00\xd8\x00", filename="x.csv")


@pytest.mark.parametrize(
    "headings",
    [
        "小区名称 楼号 单元号 房间号 建筑面积(㎡) 业主名称 身份证号 手机号",
        "项目 楼宇名称 单元 房间 建筑面积(平方米) 客户名称 证件号 联系方式",
        "楼盘 幢号 单元名称 室号 实测面积 业主姓名 身份证号码 电话",
        "小区 栋号 梯号 房屋编号 合同建筑面积 购房人 公民身份号码 移动电话",
        "所属项目 楼栋* 单元: 房 号 建筑面积\uff08m²\uff09 产权人 【必填】证件号码 联系电话\n(本人)",
    ],
)
def test_other_systems_headings_are_known(plan_of: Plan, headings: str) -> None:
    titles = headings.split(" ")
    if "房" in titles:
        titles = ["所属项目", "楼栋*", "单元:", "房 号", *titles[5:]]
    line = ["甲苑", "1号楼", "1单元", "101", 90.5, "张三", "990101198311113975", "19900003045"]
    plan = plan_of({"Sheet1": [["导出时间 2026-01-01"], titles, line]})
    (room,), (customer,) = plan.rooms, plan.customers
    assert (room.community, room.code, customer.name) == ("甲苑", "1-1-101", "张三")
    assert (customer.identity, customer.phone) == ("990101198311113975", "19900003045")


def test_of_two_like_columns_the_better_name_wins() -> None:
    found = match_columns(kind=SheetKind.ROOM, cells=["预测面积", "实测面积", "手机号", "联系电话", "房号"])
    assert found == {"built_area": 1, "phone": 3, "phone2": 2, "number": 4}


def test_every_heading_belongs_to_one_column_of_its_kind() -> None:
    for kind, columns in COLUMNS.items():
        names = [name for column in columns for name in column.names]
        assert len(names) == len(set(names)), (kind, [name for name in names if names.count(name) > 1])


def test_kinds_are_told_by_headings_not_by_title(plan_of: Plan, to_bytes: Bytes) -> None:
    content = to_bytes(
        {
            "A": [["名称", "地址", "容积率(%)"], ["甲苑", "某路1号", 2]],
            "B": [["小区名称", "楼宇名称", "层数"], ["甲苑", "1号楼", 18]],
            "C": [["楼栋", "户型", "房号", "建筑面积", "车位号"], ["1号楼", "三房", "101", 90, ""]],
            "D": [["车位号", "楼栋", "房号", "客户姓名", "车牌号"], ["001", "", "", "", ""]],
            "E": [["随便", "什么"], [1, 2]],
        }
    )
    sheets = read_workbook(content=content)
    kinds = {layout.sheet: layout.kind for layout in guess_layouts(sheets=sheets)}
    assert kinds == {
        "A": SheetKind.COMMUNITY,
        "B": SheetKind.BUILDING,
        "C": SheetKind.ROOM,
        "D": SheetKind.SPACE,
    }
    plan = plan_sales(sheets=sheets)
    assert {(finding.sheet, finding.code) for finding in plan.warnings} == {
        ("C", "column_not_recognised"),
        ("E", "sheet_not_recognised"),
    }


def test_a_person_may_correct_the_mapping(to_bytes: Bytes) -> None:
    sheets = read_workbook(content=to_bytes({"x": [["甲", "乙", "丙"], ["1号楼", "101", "88"]]}))
    assert guess_layout(sheet=sheets[0]) is None
    layout = SheetLayout(
        "x", SheetKind.ROOM, 1, {"building": 0, "number": 1, "built_area": 2}, ("甲", "乙", "丙")
    )
    plan = plan_sales(sheets=sheets, layouts=[layout], community="丁苑")
    assert [(room.community, room.code) for room in plan.rooms] == [("丁苑", "1-101")]
    assert layout.heading("built_area") == "丙"
    assert layout.heading("customer") == "客户姓名"


def test_the_given_community_is_for_sheets_that_name_none(plan_of: Plan) -> None:
    rooms = [["楼栋", "房号", "建筑面积"], ["1号楼", "101", 90]]
    named = [["小区", "车位号", "区域"], ["甲苑", "001", "负一"]]
    with pytest.raises(UnnamedCommunity) as refusal:
        plan_of({"房源": rooms})
    assert "房源" in refusal.value.text()
    assert plan_of({"房源": rooms, "车位": named}).rooms[0].community == "甲苑"
    plan = plan_of({"房源": rooms, "车位": named}, community="乙苑")
    assert (plan.rooms[0].community, plan.spaces[0].community) == ("乙苑", "甲苑")
    assert [community.name for community in plan.communities] == ["乙苑", "甲苑"]


def test_a_row_that_names_no_community_belongs_with_the_one_above(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, {"项目名称": None}, {"项目名称": " 测试 苑"})
    assert {room.community for room in plan.rooms} == {"测试苑"}
    assert [(finding.row, finding.code) for finding in plan.warnings] == [(3, "community_missing")]


def merged_workbook() -> bytes:
    """Two rows of headings, and a building's name merged over its rooms, as printed lists have them."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("房源")
    sheet.merge_range("A1:E1", "甲苑房源表")
    for column, heading in enumerate(["楼栋", "房号", "建筑面积"]):
        sheet.merge_range(1, column, 2, column, heading)
    sheet.merge_range("D2:E2", "业主信息")
    sheet.write_row("D3", ["姓名", "联系电话"])
    sheet.merge_range("A4:A5", "1号楼")
    sheet.write_row("B4", ["101", 90, "张三", "19900003045"])
    sheet.write_row("B5", ["102", 91, "李四", "19900003046"])
    book.close()
    return buffer.getvalue()


def test_merged_cells_count_in_each_of_their_rows() -> None:
    plan = plan_sales(sheets=read_workbook(content=merged_workbook()), community="甲苑")
    assert [(room.code, room.row) for room in plan.rooms] == [("1-101", 4), ("1-102", 5)]
    assert [customer.name for customer in plan.customers] == ["张三", "李四"]


def test_a_sheet_for_each_building_gives_the_building_by_its_title(plan_of: Plan) -> None:
    lines = [["房号", "建筑面积", "业主"], ["101", 90, "张三"]]
    plan = plan_of({"1号楼": lines, "2号楼": lines}, community="甲苑")
    assert [room.code for room in plan.rooms] == ["1-101", "2-101"]


def test_a_hidden_sheet_is_left_out_and_said() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for title in ("房源", "旧房源"):
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, ["楼栋", "房号", "建筑面积"])
        sheet.write_row(1, 0, ["1号楼", "101", 90])
    book.get_worksheet_by_name("旧房源").hide()
    book.close()
    plan = plan_sales(sheets=read_workbook(content=buffer.getvalue()), community="甲苑")
    assert (len(plan.rooms), plan.rejected) == (1, ())
    assert [(finding.sheet, finding.code) for finding in plan.warnings] == [("旧房源", "sheet_hidden")]
