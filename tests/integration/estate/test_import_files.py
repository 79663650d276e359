"""Files as spreadsheets and systems really write them, through `flask import-sales`, with the report that is expected."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community, Customer, Occupancy, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from tests.workbooks import saved

FOLDER = Path(__file__).resolve().parents[2] / "data" / "imports"
Finding = tuple[int, str, str]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Any:
    """`run(file, *options)` → the report of the import."""

    def go(file: Path, *options: str) -> dict[str, Any]:
        target = tmp_path / "report.json"
        app.test_cli_runner().invoke(args=["import-sales", str(file), *options, "--report", str(target)])
        told: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return told

    return go


def findings(told: dict[str, Any], name: str, *leave_out: str) -> list[Finding]:
    left = {"occupancy_date_missing", "identity_missing", *leave_out}
    return [(one["row"], one["column"], one["code"]) for one in told[name] if one["code"] not in left]


def asked(app: Flask, *columns: Any) -> list[Any]:
    with app.app_context(), acting_as(SYSTEM):
        session: Session = db.session()
        rows = [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]
        session.rollback()
    return rows


def test_a_room_number_that_became_a_date(app: Flask, run: Any) -> None:
    """I1: the row is rejected with what the number may have been; the others are imported if asked for."""
    told = run(FOLDER / "i01-room-number-as-date.xlsx", "--good-rows")
    assert findings(told, "rejected") == [(3, "房号", "text_is_date")]
    assert "“1-2”" in told["rejected"][0]["message"]
    assert asked(app, Room.number) == [("101",)]


def test_a_contract_number_of_twenty_digits(app: Flask, run: Any) -> None:
    """I2: what the spreadsheet has invented is warned of and left empty, and is nobody's repeated number."""
    told = run(FOLDER / "i02-contract-number-20-digits.xlsx")
    assert findings(told, "warnings") == [(2, "合同号", "digits_lost"), (3, "合同号", "digits_lost")]
    assert asked(app, Occupancy.contract) == [(None,), (None,)]


def test_a_cross_at_the_end_of_an_identity_number(app: Flask, run: Any) -> None:
    """I3: X, × and the Cyrillic letter are one customer's number, without a word."""
    told = run(FOLDER / "i03-identity-times-sign.xlsx")
    assert (told["created"]["room"], told["created"]["customer"]) == (3, 1)
    assert findings(told, "warnings") == []


def test_two_owners_with_long_names(app: Flask, run: Any) -> None:
    """I4: two names with two numbers are two people, however long the names are."""
    told = run(FOLDER / "i04-two-owners-long-names.xlsx")
    assert (told["created"]["customer"], told["created"]["occupancy"]) == (4, 4)
    assert {name for (name,) in asked(app, Customer.name)} == {
        "阿依古丽·买买提艾力",
        "测试乙",
        "测试丙",
        "测试丁",
    }
    assert findings(told, "warnings", "identity_check_digit") == []


def test_percentages(app: Flask, run: Any) -> None:
    """I5: 35 % is 35 as text and as a formatted number, which is said."""
    told = run(FOLDER / "i05-percent.xlsx")
    assert findings(told, "warnings") == [(2, "绿化率", "percent_read"), (2, "覆盖率", "percent_read")]
    rows = asked(app, Community.name, Community.green_ratio, Community.coverage_ratio)
    assert {(str(green), str(cover)) for name, green, cover in rows if name.startswith("真测苑")} == {
        ("35.0000", "20.0000")
    }


def test_text_kept_from_becoming_a_number(app: Flask, run: Any) -> None:
    """I6: ="0101" is 0101 in every column of a csv file."""
    told = run(FOLDER / "i06-equals-text.csv")
    assert (told["rejected"], findings(told, "warnings")) == ([], [])
    assert asked(app, Room.number) == [("0101",)]
    assert asked(app, Customer.phone) == [("19900005001",)]


def test_semicolons_in_the_notes(app: Flask, run: Any) -> None:
    """I7: a file with commas whose notes are full of semicolons is read by its headings."""
    told = run(FOLDER / "i07-semicolons-in-notes.csv")
    assert told["imported"] == 3
    assert {remark for (remark,) in asked(app, Room.remark)} == {"水;电;气;暖;网;门;窗;锁;卡"}


def test_rows_hidden_by_a_filter(app: Flask, run: Any) -> None:
    """I9: they are imported, and counted in a remark."""
    told = run(FOLDER / "i09-filtered-rows.xlsx")
    assert told["imported"] == 3
    assert [one["message"] for one in told["warnings"] if one["code"] == "rows_hidden"] == [
        "有 1 行被隐藏或筛选掉了，也一并导入。"
    ]


def test_hidden_sheets_are_named(run: Any, tmp_path: Path) -> None:
    """I8: a hidden sheet is named and not read; a file of hidden sheets alone says so."""
    book = Workbook()
    for title, state in (("旧", "hidden"), ("新", "visible"), ("另", "visible"), ("深", "veryHidden")):
        sheet = book.create_sheet(title)
        sheet.append(["小区", "楼栋", "房号", "建筑面积"])
        sheet.append(["某苑", "1号楼", f"{title}1", 80])
        sheet.sheet_state = state
    file = tmp_path / "f.xlsx"
    book.remove(book.worksheets[0])
    file.write_bytes(saved(book))
    told = run(file, "--dry-run")
    assert told["rows"] == 2
    assert [one["sheet"] for one in told["warnings"] if one["code"] == "sheet_hidden"] == ["旧", "深"]


def test_error_cells_and_a_blank_building(run: Any, tmp_path: Path) -> None:
    """I10, I11: a formula's error rejects its row wherever it stands; a blank building is called missing."""
    book = Workbook()
    sheet = book.active
    for line in (
        ["小区", "楼栋", "房号", "建筑面积", "客户姓名", "备注"],
        ["某苑", "1号楼", "101", "#N/A", None, None],
        ["某苑", "1号楼", "#REF!", 80, None, None],
        ["某苑", "1号楼", "103", 80, "#VALUE!", None],
        ["某苑", "1号楼", "104", 80, None, "#DIV/0!"],
        ["某苑", None, "105", 80, None, None],
        ["某苑", "1号楼", "106", 80, None, None],
    ):
        sheet.append(line)
    file = tmp_path / "f.xlsx"
    file.write_bytes(saved(book))
    told = run(file, "--dry-run")
    assert findings(told, "rejected") == [
        (2, "建筑面积", "error_cell"),
        (3, "房号", "error_cell"),
        (4, "客户姓名", "error_cell"),
        (5, "备注", "error_cell"),
        (6, "楼栋", "building_missing"),
    ]


HEADS = ["小区", "楼栋", "房号", "建筑面积", "合同号", "客户姓名", "证件号码"]


@pytest.mark.parametrize(
    ("column", "written", "rejected", "warned"),
    [
        ("房号", "1月2日", "text_is_date", ""),
        ("房号", "2-Jan", "text_is_date", ""),
        ("房号", "2026/1/2", "text_is_date", ""),
        ("楼栋", "2026-01-02", "text_is_date", ""),
        ("合同号", "Jan-45", "text_is_date", ""),
        ("房号", "20190305000012345678", "", ""),
        ("合同号", "2.01903E+19", "", "digits_lost"),
        ("房号", "2.01903E+19", "digits_lost", ""),
        ("证件号码", "11010519491231002\uff38", "", ""),
        ("证件号码", "身份证不详abc", "", "identity_format"),
        ("证件号码", "12345-6789012345", "", "identity_format"),
        ("客户姓名", "测试甲、测试乙", "", "owners_unclear"),
        ("客户姓名", "测试甲、示例有限公司", "", ""),
    ],
)
def test_other_examples(
    run: Any, tmp_path: Path, column: str, written: str, rejected: str, warned: str
) -> None:
    """I1, I2, I3, I4: the same in a text file, where a spreadsheet has written what it had made of the cells."""
    row = dict(
        zip(HEADS, ["某苑", "1号楼", "101", "80", "HT-1", "测试甲", "11010519491231002X"], strict=True)
    )
    file = tmp_path / "房源.csv"
    file.write_text(f"{','.join(HEADS)}\n{','.join((row | {column: written}).values())}\n", encoding="utf-8")
    told = run(file, "--dry-run")
    assert [one["code"] for one in told["rejected"]] == ([rejected] if rejected else [])
    assert [code for _row, _column, code in findings(told, "warnings")] == ([warned] if warned else [])
