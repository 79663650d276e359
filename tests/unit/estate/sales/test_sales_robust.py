"""Whatever stands in the cells, the judging ends in a plan or in a sentence to the person, and its sums hold."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given, strategies as st

from app.estate.sales_import.parser.columns import SheetLayout
from app.estate.sales_import.parser.findings import REJECTIONS
from app.estate.sales_import.parser.headings import COLUMNS, SheetKind
from app.estate.sales_import.parser.plan import plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.parser.report import report
from app.kernel.errors import DomainError
from app.lowcode.workbook import Sheet, SheetRow
from app.lowcode.workbook.parser import parse_workbook

DIRT = st.sampled_from(
    [
        "",
        " ",
        "—",
        "合计",
        "注:x",
        "1号楼",
        "\uff11号楼",
        "101",
        "1-1-101",
        "-",
        "--",
        "98.56㎡",
        "-3",
        "0",
        "2019.03.05",
        "2021/2/30",
        "2019年3月5日",
        "已售",
        "待售",
        "张三",
        "张三、李四",
        "李四(99010119890131315X)",
        "990101198311113975",
        "9.9E+17",
        "=1+1",
        "%s %(x)s",
        "\0\u200b",
        "张三(",
        ")(",
        "浙Z12345",
        "1e400",
    ]
)
CELLS = st.one_of(
    DIRT,
    st.text(max_size=12),
    st.text("0123456789X()、,;/年月日.-\uff08\uff09\uff0c", max_size=20),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.none(),
    st.sampled_from([date(2019, 1, 1), datetime(2019, 1, 1, 8), time(0, 0), timedelta(days=1)]),
)


@contextmanager
def refused_by_a_sentence() -> Iterator[None]:
    """Allow a refusal, which has something to say to the person."""
    try:
        yield
    except DomainError as refusal:
        said = refusal.text()
    else:
        return
    assert said


def holds(plan: SalesPlan) -> None:
    """What is true of every plan."""
    rejected = {(finding.sheet, finding.row) for finding in plan.rejected}
    assert plan.accepted == plan.rows - len(rejected)
    assert {finding.code for finding in plan.rejected} <= REJECTIONS.keys()
    assert all(finding.message for finding in (*plan.rejected, *plan.warnings))
    assert all(room.built_area > 0 and room.number and room.building for room in plan.rooms)
    assert len({(room.community, room.code) for room in plan.rooms}) == len(plan.rooms)
    assert not rejected & {
        (thing.sheet, thing.row) for thing in (*plan.rooms, *plan.occupancies, *plan.spaces)
    }
    keys = {customer.key for customer in plan.customers}
    assert {occupancy.customer_key for occupancy in plan.occupancies} == keys
    assert {space.owner_key for space in plan.spaces} <= keys | {""}
    buildings = {(building.community, building.name) for building in plan.buildings}
    assert {(room.community, room.building) for room in plan.rooms} <= buildings
    communities = {community.name for community in plan.communities}
    assert {thing.community for thing in (*plan.buildings, *plan.rooms, *plan.spaces)} <= communities
    assert report(plan=plan, stored=True)["imported"] == plan.accepted


@given(st.data(), st.sampled_from(list(SheetKind)), st.booleans())
def test_random_cells_end_in_a_plan(data: st.DataObject, kind: SheetKind, with_buildings: bool) -> None:
    headings = [column.label for column in COLUMNS[kind]]
    lines = data.draw(st.lists(st.lists(CELLS, max_size=len(headings)), max_size=6))
    rows = tuple(SheetRow(number, tuple(line)) for number, line in enumerate([headings, *lines], 1))
    sheets = [Sheet("甲", rows)]
    if with_buildings:
        listed = [["小区名称", "楼宇名称", "层数"], ["某苑", "1号楼", 18]]
        sheets.append(Sheet("乙", tuple(SheetRow(n, tuple(line)) for n, line in enumerate(listed, 1))))
    community = data.draw(st.sampled_from(["", "某苑"]))
    with refused_by_a_sentence():
        holds(plan_sales(sheets=sheets, community=community))


@given(st.data())
def test_random_mappings_end_in_a_plan(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(SheetKind)))
    keys = [column.key for column in COLUMNS[kind]]
    columns = data.draw(st.dictionaries(st.sampled_from(keys), st.integers(-2, 30)))
    lines = data.draw(st.lists(st.lists(CELLS, max_size=12), max_size=4))
    rows = tuple(SheetRow(number, tuple(line)) for number, line in enumerate(lines, 1))
    layout = SheetLayout("甲", kind, data.draw(st.integers(0, 3)), columns)
    with refused_by_a_sentence():
        holds(plan_sales(sheets=[Sheet("甲", rows)], layouts=[layout], community="某苑"))


@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.xls", "a.csv", ""]))
def test_random_bytes_are_refused_or_read(content: bytes, filename: str) -> None:
    with refused_by_a_sentence():
        assert parse_workbook(content, filename)


def test_a_damaged_workbook_is_refused_or_read(to_bytes: Callable[..., bytes]) -> None:
    """Cut off anywhere, or with one stretch of bytes changed, the file raises nothing but our own."""
    whole: Any = to_bytes({"房源": [["楼栋", "房号", "建筑面积"], ["1号楼", "101", 90]]})
    for place in range(0, len(whole), 97):
        for content in (whole[:place], whole[:place] + b"\xff" * 8 + whole[place + 8 :]):
            with refused_by_a_sentence():
                parse_workbook(content, "f.xlsx")
