"""A sales system's export in the database: what it makes, what a repeat makes, who may import where."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.estate.models import (
    Building,
    Community,
    Company,
    Customer,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Room,
    RoomArea,
    ScopeGrant,
    Vehicle,
)
from app.estate.sales_import.parser.plan import plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.unit import import_in_unit
from app.estate.sales_import.writer.places import CommunityOutOfReach, CompanyMissing
from app.estate.states import OccupancyRole, RoomState, Sex
from app.lowcode.actors import SYSTEM, Actor, Reach, acting_as
from app.lowcode.db import db
from app.lowcode.dictionary import DictionaryEntry
from app.lowcode.unit import unit_of_work
from app.lowcode.workbook import read_workbook
from tests.browser.sales_file import room_areas

FILE = Path(__file__).resolve().parents[2] / "data" / "sales-export-jinxiu.xlsx"
HEADS = "小区,楼栋,单元,房号,建筑面积,销售状态,客户姓名,证件号码,联系电话,交付日期,共有人"
NOTHING = {"building": 0, "room": 0, "customer": 0, "occupancy": 0, "parking_space": 0}
WANG = "990101198311113975"


def plan_of(*lines: str, spaces: tuple[str, ...] = ()) -> SalesPlan:
    """A plan of room lines under HEADS; the columns of a space are 小区,车位号,区域,销售状态,客户姓名,联系电话,车牌号."""
    content = "\n".join((HEADS, *lines)).encode()
    sheets = read_workbook(content=content, filename="房源.csv")
    if spaces:
        heads = "小区,车位号,区域,销售状态,客户姓名,联系电话,车牌号"
        sheets += read_workbook(content="\n".join((heads, *spaces)).encode(), filename="车位.csv")
    return plan_sales(sheets=sheets)


@contextmanager
def system(app: Flask) -> Iterator[None]:
    with app.app_context(), acting_as(SYSTEM):
        yield
        db.session.rollback()


def import_as_system(app: Flask, plan: SalesPlan, *, good_rows: bool = False) -> dict[str, Any]:
    with system(app):
        return import_in_unit(plan=plan, good_rows=good_rows).report


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture(scope="module")
def jinxiu() -> SalesPlan:
    return plan_sales(sheets=read_workbook(content=FILE.read_bytes()))


@pytest.mark.all_databases
def test_a_real_file_is_stored_whole_and_a_repeat_makes_nothing(app: Flask, jinxiu: SalesPlan) -> None:
    stopped = import_as_system(app, jinxiu)
    assert (stopped["imported"], stopped["created"], len(stopped["rejected"])) == (0, NOTHING, 27)
    with system(app):
        assert count(Community) == count(Company) == count(Room) == 0

    first = import_as_system(app, jinxiu, good_rows=True)
    with system(app):
        made = {
            "building": count(Building),
            "room": count(Room),
            "customer": count(Customer),
            "occupancy": count(Occupancy),
            "parking_space": count(ParkingSpace),
        }
        areas = db.session.execute(
            select(Building.name, Room.unit, Room.number, Room.area, RoomArea.area)
            .join(Room, Room.building_id == Building.id)
            .join(RoomArea, RoomArea.room_id == Room.id)
        ).all()
        assert count(Vehicle) > 0
        assert count(ParkingLot) > 0
    assert first["created"] == made
    expected = room_areas()
    assert made["room"] == len(expected)
    assert sum(one[3] for one in areas) == sum(one[4] for one in areas) == sum(expected.values())

    second = import_as_system(app, jinxiu, good_rows=True)
    assert (second["created"], second["updated"]) == (NOTHING, 0)
    assert second["warnings"] == first["warnings"]


def test_words_that_the_dictionary_does_not_know_become_entries(app: Flask) -> None:
    """The file's word is taken as an entry of that name, renamed or out of use as it may be; a new one is added."""
    with system(app), unit_of_work() as session:
        known = session.scalars(select(DictionaryEntry).where(DictionaryEntry.kind == "room_layout")).all()
        by_name = {one.label: one for one in known}
        by_name["三室两厅"].label, by_name["复式"].active = "三房两厅", False
    heads = "小区,楼栋,单元,房号,建筑面积,销售状态,户型,权属类型"
    rooms = (
        ("101", "三房两厅", "商品房"),
        ("102", "复式", ""),
        ("103", "Loft", "军产房"),
        ("104", "三室两厅", "军产房"),
    )
    lines = [f"新园,1号楼,1单元,{number},90,未售,{layout},{owned}" for number, layout, owned in rooms]
    sheets = read_workbook(content="\n".join((heads, *lines)).encode(), filename="房源.csv")
    import_as_system(app, plan_sales(sheets=sheets))
    with system(app):
        kept = db.session.execute(
            select(Room.number, Room.layout, Room.ownership).order_by(Room.number)
        ).all()
        labels = {one.label: one.code for one in db.session.scalars(select(DictionaryEntry))}
    assert [tuple(one) for one in kept] == [
        ("101", "三室两厅", "商品房"),
        ("102", "复式", None),
        ("103", "Loft", "军产房"),
        ("104", "三室两厅", "军产房"),
    ]
    assert (labels["三房两厅"], labels["Loft"], labels["军产房"]) == ("三室两厅", "Loft", "军产房")


def test_one_person_over_many_rooms_is_one_customer_and_a_co_owner_pays_nothing(app: Flask) -> None:
    plan = plan_of(
        f"新园,1号楼,1单元,101,88.5,已售,王一,{WANG},19900000001,2020-01-01,李二(990101196105160560)",
        f"新园,1号楼,1单元,102,90,已售,王一,{WANG},19900000001,2020-02-01,",
        "新园,1号楼,1单元,103,90,未售,,,,,",
    )
    told = import_as_system(app, plan)
    assert told["created"] == {"building": 1, "room": 3, "customer": 2, "occupancy": 3, "parking_space": 0}
    with system(app):
        stays = db.session.execute(
            select(Customer.name, Room.number, Occupancy.role, Occupancy.payer, Occupancy.starts)
            .join(Occupancy, Occupancy.customer_id == Customer.id)
            .join(Room, Room.id == Occupancy.room_id)
            .order_by(Room.number, Occupancy.id)
        ).all()
        assert [tuple(stay) for stay in stays] == [
            ("王一", "101", OccupancyRole.OWNER, True, date(2020, 1, 1)),
            ("李二", "101", OccupancyRole.CO_OWNER, False, date(2020, 1, 1)),
            ("王一", "102", OccupancyRole.OWNER, True, date(2020, 2, 1)),
        ]
        wang = db.session.scalars(select(Customer).where(Customer.name == "王一")).one()
        assert (wang.identity, wang.born, wang.sex) == (WANG, date(1983, 11, 11), Sex.MALE)
        kept = db.session.execute(text("SELECT identity FROM customer")).scalars().all()
        assert len(kept) == 2
        assert not any(WANG in one for one in kept)  # encrypted
        assert {room.number: room.vacant for room in db.session.scalars(select(Room))} == {
            "101": False,
            "102": False,
            "103": True,
        }


def test_a_later_export_brings_what_is_new_and_overwrites_nothing(app: Flask) -> None:
    import_as_system(
        app,
        plan_of(
            "新园,1号楼,1单元,101,88.5,未售,,,,,", f"新园,1号楼,1单元,102,90,已售,王一,{WANG},,2020-02-01,"
        ),
    )
    with system(app), unit_of_work() as session:
        room = session.scalars(select(Room).where(Room.number == "102")).one()
        room.remark = "钥匙在前台"
    told = import_as_system(
        app,
        plan_of(
            "新园,1号楼,1单元,101,88.5,已售,赵三,,19900000003,2021-05-01,",
            f"新园,1号楼,1单元,102,91,已售,王一,{WANG},19900000001,2020-02-01,",
        ),
    )
    assert told["created"] == NOTHING | {"customer": 1, "occupancy": 1}
    assert told["updated"] == 2  # room 101 is sold, 王一 has a telephone
    assert [one["code"] for one in told["warnings"] if one["code"] != "identity_missing"] == ["area_differs"]
    with system(app):
        first, second = db.session.scalars(select(Room).order_by(Room.number))
        assert (first.state, first.vacant, first.handed_over) == (RoomState.SOLD, False, date(2021, 5, 1))
        assert (second.area, second.remark) == (Decimal(90), "钥匙在前台")


def test_a_sale_that_only_the_office_knows_of_stands(app: Flask) -> None:
    import_as_system(app, plan_of(f"新园,1号楼,1单元,102,90,已售,王一,{WANG},,2020-02-01,"))
    told = import_as_system(app, plan_of("新园,1号楼,1单元,102,90,已售,钱四,,,2020-02-01,"))
    assert told["created"] == NOTHING
    assert "owner_differs" in [one["code"] for one in told["warnings"]]
    with system(app):
        assert db.session.scalars(select(Customer.name)).all() == ["王一"]


def test_spaces_of_two_garages_may_share_a_number_and_find_their_owner_in_the_database(app: Flask) -> None:
    import_as_system(app, plan_of("新园,1号楼,1单元,101,88.5,已售,赵三,,19900000003,2021-05-01,"))
    plan = plan_of(
        "新园,1号楼,1单元,102,88.5,未售,,,,,",
        spaces=("新园,001,东区,已售,赵三,19900000003,浙A12345", "新园,001,西区,未售,,,"),
    )
    assert "space_owner_unknown" in [one.code for one in plan.warnings]
    told = import_as_system(app, plan)
    assert told["created"]["parking_space"] == 2
    assert told["warnings"] == []
    assert import_as_system(app, plan)["created"] == NOTHING
    with system(app):
        owners = db.session.execute(
            select(ParkingLot.name, Customer.name)
            .select_from(ParkingSpace)
            .join(ParkingLot, ParkingLot.id == ParkingSpace.lot_id)
            .outerjoin(Customer, Customer.id == ParkingSpace.customer_id)
            .order_by(ParkingLot.name)
        ).all()
        assert [tuple(one) for one in owners] == [("东区", "赵三"), ("西区", None)]
        assert db.session.scalars(select(Vehicle.plate)).all() == ["浙A12345"]


def test_nobody_imports_beyond_their_reach(app: Flask, cast: Any) -> None:
    with system(app):
        ours = db.session.get_one(Community, cast.ours.community_id).name
    neighbour = Actor(99, "邻", Reach(frozenset({cast.neighbour.community_id}), frozenset()))
    with app.app_context(), acting_as(neighbour):
        with pytest.raises(CommunityOutOfReach):
            import_in_unit(plan=plan_of(f"{ours},9号楼,1单元,101,88.5,未售,,,,,"), good_rows=False)
        with pytest.raises(CompanyMissing):
            import_in_unit(plan=plan_of("新园,9号楼,1单元,101,88.5,未售,,,,,"), good_rows=False)
    with system(app):
        assert db.session.scalars(select(Building.name).where(Building.name == "9号楼")).all() == []


def test_who_is_given_a_company_imports_a_new_community_into_it(app: Flask, cast: Any) -> None:
    with system(app), unit_of_work() as session:
        session.add(ScopeGrant(user_id=4711, company_id=cast.ours.company_id))
    reach = Reach(frozenset(), frozenset({cast.ours.company_id}))
    with app.app_context(), acting_as(Actor(4711, "经理", reach)):
        told = import_in_unit(plan=plan_of("新园,9号楼,1单元,101,88.5,未售,,,,,"), good_rows=False).report
    assert told["created"]["room"] == 1
    with system(app):
        row = db.session.scalars(select(Community).where(Community.name == "新园")).one()
        assert row.company_id == cast.ours.company_id


def test_a_failure_in_the_middle_leaves_nothing(
    app: Flask, jinxiu: SalesPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_everything: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("app.estate.sales_import.writer.store_vehicles", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        import_as_system(app, jinxiu, good_rows=True)
    with system(app):
        assert [count(one) for one in (Company, Community, Building, Room, Customer, ParkingSpace)] == [0] * 6


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_two_imports_of_one_file_at_the_same_moment_make_everything_once(app: Flask, backend: str) -> None:
    lines = [
        f"新园,{1 + n % 3}号楼,1单元,{100 + n},88.5,已售,住户{n},,1990000{n:04d},2020-01-01,"
        for n in range(60)
    ]
    plan, together = plan_of(*lines), Barrier(2)
    told: list[dict[str, Any]] = []

    def one() -> None:
        together.wait()
        told.append(import_as_system(app, plan))

    threads = [Thread(target=lambda: Context().run(one)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one["created"]["room"] for one in told) == [0, 60]
    assert sorted(one["created"]["customer"] for one in told) == [0, 60]
    with system(app):
        assert (count(Company), count(Community), count(Room), count(Customer)) == (1, 1, 60, 60)


def test_what_begins_with_an_equals_sign_stays_text(app: Flask) -> None:
    import_as_system(app, plan_of("新园,1号楼,1单元,101,88.5,已售,=1+1,,,2021-05-01,"))
    with system(app):
        assert db.session.scalars(select(Customer.name)).all() == ["=1+1"]
