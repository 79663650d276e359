"""`flask import-sales`: what it prints, what it writes as JSON, how it exits."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.estate.models import Community, ParkingLot, ParkingSpace, Room, Vehicle
from app.estate.sales_import.parser.sheet_reader import LONGEST, LONGEST_TEXT
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db

FILE = Path(__file__).resolve().parents[2] / "data" / "sales-export-jinxiu.xlsx"
KEYS = ["rows", "imported", "created", "updated", "skipped", "rejected", "warnings"]
NOTHING = {"building": 0, "room": 0, "customer": 0, "occupancy": 0, "parking_space": 0}


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Any:
    """`run(file, *options)` → (exit code, what it said, the report)."""

    def go(file: Path, *options: str) -> tuple[int, str, dict[str, Any]]:
        target = tmp_path / "report.json"
        target.unlink(missing_ok=True)
        runner = app.test_cli_runner()
        done = runner.invoke(args=["import-sales", str(file), *options, "--report", str(target)])
        told = json.loads(target.read_text(encoding="utf-8"))
        assert list(told) == KEYS
        return done.exit_code, done.output, told

    return go


def rooms_of(app: Flask) -> int:
    with app.app_context(), acting_as(SYSTEM):
        found = db.session.scalar(select(func.count(Room.id))) or 0
        db.session.rollback()
    return found


def sheet(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "房源.csv"
    path.write_text("\n".join(("楼栋,房号,建筑面积,客户姓名", *lines)), encoding="utf-8")
    return path


def test_rejected_rows_stop_a_file_unless_the_good_ones_are_asked_for(app: Flask, run: Any) -> None:
    code, said, told = run(FILE)
    assert (code, told["imported"], told["created"], rooms_of(app)) == (1, 0, NOTHING, 0)
    assert "--good-rows" in said
    assert {one["code"] for one in told["rejected"]} == {
        "unknown_building",
        "area_missing",
        "area_not_positive",
        "no_such_date",
        "sold_without_customer",
        "room_repeated",
    }
    assert all(f"第 {one['row']} 行" in said for one in told["rejected"])

    code, said, told = run(FILE, "--good-rows", "--dry-run")
    assert (code, told["imported"], rooms_of(app)) == (0, 0, 0)

    code, said, told = run(FILE, "--good-rows")
    assert (code, told["created"]["room"]) == (0, rooms_of(app))
    assert told["imported"] == told["rows"] - len({(one["sheet"], one["row"]) for one in told["rejected"]})

    code, said, told = run(FILE, "--good-rows")
    assert (code, told["created"], told["updated"]) == (0, NOTHING, 0)


def test_a_sheet_that_names_no_community_is_given_one(app: Flask, run: Any, tmp_path: Path) -> None:
    file = sheet(tmp_path, "1号楼,101,88.5,王一")
    code, said, told = run(file)
    assert (code, told["created"]) == (2, NOTHING)
    assert "请指定小区" in said
    code, said, told = run(file, "--community", " 新园 ")
    assert (code, told["created"]["room"]) == (0, 1)
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.scalars(select(Community.name)).all() == ["新园"]
        db.session.rollback()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.xlsx", b""),
        ("假.xlsx", b"not a workbook at all"),
        ("断.xlsx", FILE.read_bytes()[:5000]),
        ("别的.csv", "甲,乙\n1,2\n".encode()),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_chinese(
    run: Any, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    code, said, told = run(file)
    assert code == 2
    assert "文件" in said
    assert "Traceback" not in said
    assert (told["rows"], told["created"]) == (0, NOTHING)


def test_a_missing_file_and_a_folder_are_said(run: Any, tmp_path: Path) -> None:
    for file in (tmp_path / "没有.xlsx", tmp_path):
        code, said, _told = run(file)
        assert code == 2
        assert "无法读取文件" in said


def test_a_report_that_cannot_be_written_is_said(app: Flask, tmp_path: Path) -> None:
    file = sheet(tmp_path, "1号楼,101,88.5,王一")
    done = app.test_cli_runner().invoke(
        args=["import-sales", str(file), "--community", "新园", "--report", str(tmp_path / "no" / "r.json")]
    )
    assert done.exit_code == 1
    assert "无法写入" in done.output


def test_what_reading_keeps_fits_the_columns() -> None:
    columns = {
        "unit": Room.unit,
        "number": Room.number,
        "layout": Room.layout,
        "facing": Room.facing,
        "tenure": Room.ownership,
        "colour": Vehicle.colour,
        "vehicle_model": Vehicle.model,
    }
    for key, column in columns.items():
        assert LONGEST.get(key, LONGEST_TEXT) <= column.type.length, key
    assert LONGEST["lot"] + 1 + LONGEST["zone"] <= ParkingLot.name.type.length
    assert LONGEST["number"] <= ParkingSpace.number.type.length
    assert LONGEST["building"] + LONGEST["unit"] + LONGEST["number"] + 2 <= Room.code.type.length
