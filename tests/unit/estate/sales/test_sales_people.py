"""Who is one person and who is two: identity numbers, co-owners, telephones, and the customers of spaces."""

from collections.abc import Callable
from typing import Any

import pytest

from app.estate.sales_import.parser.people import co_owners_of, identity_of, people_of, phones_of
from app.estate.sales_import.parser.plan_rows import SalesPlan

Plan = Callable[..., SalesPlan]
ONE, TWO, THREE = "990101198311113975", "990101200009172405", "99010119890131315X"


def test_one_identity_number_is_one_customer_of_many_rooms(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {"证件号码": THREE},
        {"证件号码": "99010119890131315x", "联系电话": "199 0000-9999"},
        {"证件号码": " 990101 198901 31315X"},
    )
    (customer,) = plan.customers
    assert (customer.identity, customer.phone, customer.phone2) == (THREE, "19900003045", "19900009999")
    assert len(plan.occupancies) == 3
    assert plan.warnings == ()


def test_fifteen_and_eighteen_places_are_one_person(plan_rooms: Plan) -> None:
    plan = plan_rooms({"证件号码": "990101831111397"}, {"证件号码": ONE})
    assert len(plan.customers) == 1


def test_a_telephone_never_makes_two_people_one(plan_rooms: Plan) -> None:
    plan = plan_rooms({"证件号码": ONE}, {"证件号码": TWO}, {"证件号码": ""}, {"证件号码": ""})
    assert [(customer.identity, customer.home_room) for customer in plan.customers] == [
        (ONE, ""),
        (TWO, ""),
        ("", "1-1-103"),
        ("", "1-1-104"),
    ]


def test_a_rounded_identity_number_merges_nobody(plan_rooms: Plan) -> None:
    """Two people born on one day in one place have the same first fifteen digits."""
    plan = plan_rooms({"证件号码": int(ONE)}, {"证件号码": int(ONE) + 1, "客户姓名": "李四"})
    assert [(customer.name, customer.identity) for customer in plan.customers] == [("张三", ""), ("李四", "")]


def test_two_names_on_one_number_are_merged_and_said(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, {"客户姓名": "李四"})
    assert [customer.name for customer in plan.customers] == ["张三"]
    assert [(finding.row, finding.code) for finding in plan.warnings] == [(3, "identity_name_differs")]


def test_co_owners_are_customers_of_the_room(plan_rooms: Plan) -> None:
    plan = plan_rooms({"共有人": f"李四({TWO})、王五【{THREE}】;赵六"})
    assert [(customer.name, customer.identity) for customer in plan.customers] == [
        ("张三", ONE),
        ("李四", TWO),
        ("王五", THREE),
        ("赵六", ""),
    ]
    assert [occupancy.role for occupancy in plan.occupancies] == ["owner"] + ["co_owner"] * 3


def test_an_owner_here_may_be_a_co_owner_there(plan_rooms: Plan) -> None:
    plan = plan_rooms({}, {"客户姓名": "李四", "证件号码": TWO, "共有人": f"张三({ONE})"})
    assert len(plan.customers) == 2
    assert len(plan.occupancies) == 3


@pytest.mark.parametrize(
    "written",
    [
        f"甲乙({ONE})、丙丁({TWO})",
        f"甲乙({ONE}),丙丁({TWO})",
        f"甲 乙({ONE});丙丁({TWO})",
        f"甲乙({ONE})/丙丁({TWO})",
        f"甲乙[{ONE}], 丙丁[{TWO}]",
        f"甲乙 {ONE};丙丁 {TWO}",
        f"甲乙(身份证:{ONE})、丙丁(身份证:{TWO})",
        f"甲乙({ONE}) 丙丁({TWO})",
        f"甲乙\uff08{ONE}\uff09\uff0c丙丁\uff08{TWO}\uff09",
        f"甲乙\uff08{ONE}\uff09\uff1b丙丁({TWO})",
        f"甲乙({ONE})\uff0f丙丁({TWO})",
        f"甲乙\uff08证号\uff1a{ONE}\uff09、丙丁\uff1a{TWO}",
    ],
)
def test_co_owner_cells_are_read(written: str) -> None:
    people, unread = co_owners_of(text=written)
    assert [(person.name, person.identity.number) for person in people] == [("甲乙", ONE), ("丙丁", TWO)]
    assert unread == ()


@pytest.mark.parametrize(
    ("names", "identities", "expected"),
    [
        ("张三", ONE, [("张三", ONE)]),
        ("张 三", ONE, [("张三", ONE)]),
        ("张三、李四", f"{ONE}、{TWO}", [("张三", ONE), ("李四", TWO)]),
        ("张三、李四", ONE, [("张三", ONE), ("李四", "")]),
        (f"张三({ONE})", "", [("张三", ONE)]),
        (
            "杭州甲乙、丙丁置业有限公司",
            "91330100MA27XXXX0X",
            [("杭州甲乙、丙丁置业有限公司", "91330100MA27XXXX0X")],
        ),
        ("John Smith", "E12345678", [("John Smith", "E12345678")]),
        ("", ONE, []),
    ],
)
def test_customer_cells_are_read(names: str, identities: str, expected: list[tuple[str, str]]) -> None:
    people = people_of(names=names, identities=identities)
    assert [(person.name, person.identity.number) for person in people] == expected


def test_an_identity_number_in_full_width_is_the_same() -> None:
    assert identity_of(cell="\uff19\uff1901011989013131\uff15\uff58").number == THREE
    assert identity_of(cell="99010119890131315X").warning == ""


@pytest.mark.parametrize(
    ("written", "numbers", "odd"),
    [
        (19900003045.0, ("19900003045",), ()),
        ("199 0000-3045", ("19900003045",), ()),
        ("+86 19900003045", ("19900003045",), ()),
        ("\uff11990000\uff13045", ("19900003045",), ()),
        ("19900003045\uff0c19900003046", ("19900003045", "19900003046"), ()),
        ("19900003045/0571-88886666", ("19900003045", "0571-88886666"), ()),
        ("1990000304", ("1990000304",), ("1990000304",)),
        ("", (), ()),
    ],
)
def test_telephone_cells_are_read(written: Any, numbers: tuple[str, ...], odd: tuple[str, ...]) -> None:
    assert phones_of(cell=written) == (numbers, odd)


SPACES = ["车位号", "区域", "销售状态", "房号", "车牌号", "客户姓名", "联系电话", "缴款时间"]


def spaces(*rows: list[Any]) -> dict[str, list[list[Any]]]:
    return {"车位": [SPACES, *rows]}


def test_a_spaces_customer_is_found_by_name_and_telephone_or_room(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {},
        extra=spaces(
            ["001", "负一", "已售", "", "浙Z12345", "张三", "199 0000 3045"],
            ["002", "负一", "已售", "1-1-101", "", "张三", ""],
            ["003", "负一", "已售", "", "", "张三", ""],
            ["004", "负一", "已售", "", "", "李四", "19900003045"],
            ["005", "负一", "未售", "", "", "", ""],
            ["001", "负二", "已售", "101", "浙Z12345", "张三", "19900003045"],
        ),
    )
    key = plan.customers[0].key
    assert [space.owner_key for space in plan.spaces] == [key, key, "", "", "", key]
    assert [space.room_code for space in plan.spaces] == ["", "1-1-101", "", "", "", "1-1-101"]
    assert [(finding.row, finding.code) for finding in plan.warnings] == [
        (4, "space_owner_unknown"),
        (5, "space_owner_unknown"),
        (7, "plate_repeated"),
    ]
    assert plan.rejected == ()
    assert [(vehicle.plate, vehicle.owner_key) for vehicle in plan.vehicles] == [("浙Z12345", key)]


def test_of_two_who_fit_a_space_gets_neither(plan_rooms: Plan) -> None:
    row = ["001", "负一", "已售", "", "", "张三", "19900003045"]
    plan = plan_rooms({"证件号码": ONE}, {"证件号码": TWO}, extra=spaces(row))
    assert plan.spaces[0].owner_key == ""
    assert [finding.code for finding in plan.warnings] == ["space_owner_ambiguous"]


def test_on_the_space_sheet_only_an_impossible_date_rejects(plan_rooms: Plan) -> None:
    plan = plan_rooms(
        {},
        extra=spaces(
            ["001", "负一", "已售", "9-9-999", "怪车牌", "", "1", "2021/2/30"],
            ["002", "负一", "已售", "9-9-999", "怪车牌", "", "1", "尽快"],
            ["002", "负一", "怪状态", "", "", "", "", ""],
            ["", "负一", "已售", "", "", "张三", "", ""],
        ),
    )
    assert [(finding.row, finding.column, finding.code) for finding in plan.rejected] == [
        (2, "缴款时间", "no_such_date")
    ]
    assert {(finding.row, finding.code) for finding in plan.warnings if finding.sheet == "车位"} == {
        (2, "phone_odd"),
        (3, "unreadable_date"),
        (3, "phone_odd"),
        (3, "space_room_unknown"),
        (3, "space_owner_missing"),
        (3, "plate_odd"),
        (4, "space_repeated"),
        (5, "space_number_missing"),
    }
    assert [space.number for space in plan.spaces] == ["002"]
