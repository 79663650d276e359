"""Lists: filters in the URL, whitelisted order, sizes, totals, pages, and few queries."""

import re
from decimal import Decimal

import pytest

from app.estate.models import Building, Room
from app.estate.states import Usage
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.listing import Query, page_of, stream
from app.lowcode.unit import unit_of_work


@pytest.fixture
def rooms(app, cast):
    """Sixty rooms of 50.00 to 109.00 ㎡ in a building of ours, one of the neighbour's too."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        building = Building(community_id=cast.ours.community_id, name="2号楼")
        session.add(building)
        session.flush()
        for i in range(60):
            session.add(
                Room(
                    community_id=cast.ours.community_id,
                    building_id=building.id,
                    unit="1",
                    number=f"{i:03}",
                    code=f"2-1-{i:03}",
                    area=Decimal(50 + i),
                    floor=i,
                    purpose=Usage.SHOP if i < 5 else Usage.HOME,
                )
            )
        return building.id


def codes(page: str) -> list[str]:
    return re.findall(r">(\d-1-\d{3})<", page)


def get(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def test_the_pages_hold_every_row_once(client_of, rooms):
    client = client_of("物业经理")
    found = [
        code
        for page in (1, 2, 3)
        for code in codes(get(client, f"/room/list/?f.building_id.eq={rooms}&page={page}"))
    ]
    assert found == [f"2-1-{i:03}" for i in range(60)]


@pytest.mark.all_databases
@pytest.mark.parametrize("order", ["", "-code", "floor", "-floor"])
def test_a_page_is_the_same_from_whichever_end_it_is_read(app, rooms, order):
    """Two of three say no floor: what is empty stands where the order puts it, on every page."""
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as session:
            for place, room in enumerate(session.query(Room).filter_by(building_id=rooms)):
                room.floor = None if place % 3 else place % 7
        spec, session = spec_of(Room), db.session()
        asked = [("order", order), ("f.building_id.eq", str(rooms))]
        fields = [spec.fields["code"]]
        whole = [key for key, *_rest in stream(session=session, query=Query.of(spec, asked), fields=fields)]
        paged = []
        for page in (1, 2, 3, 4):
            query = Query.of(spec, [*asked, ("page", str(page))])
            paged.append([row[0] for row in page_of(session=session, query=query, fields=fields).rows])
    assert len(whole) == 60
    assert [len(one) for one in paged] == [25, 25, 10, 0]
    assert [key for keys in paged for key in keys] == whole


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("f.area.ge=100", 10),
        ("f.area.between=60..62", 3),
        ("f.area.between=..52", 3),
        ("f.purpose.eq=shop", 5),
        ("f.purpose.ne=shop&f.area.le=60", 6),
        ("q=2-1-01", 10),
        ("f.code.starts=2-1-00&f.floor.ge=3", 7),
        ("f.area.eq=55.00001", 1),
        ("f.vacant.eq=1", 0),
        ("f.handed_over.none=1", 60),
        ("q=%25", 0),
        ("q=_", 0),
    ],
)
def test_filters_find_what_they_say(client_of, rooms, query, count):
    page = get(client_of("物业经理"), f"/room/list/?f.building_id.eq={rooms}&size=100&{query}")
    assert len(codes(page)) == count


def test_totals_are_of_everything_found_not_of_the_page(client_of, rooms):
    page = get(client_of("物业经理"), f"/room/list/?f.building_id.eq={rooms}")
    assert f"{sum(range(50, 110)):,}" in page


def test_a_total_is_named_beside_its_label_too(client_of, rooms):
    """Where its column lies out of sight to the right, the row of totals would look empty."""
    page = get(client_of("物业经理"), f"/room/list/?f.building_id.eq={rooms}")
    [label] = re.findall(r'<td class="total-label"[^>]*>(.*?)</td>', page, re.DOTALL)
    assert "合计" in label
    assert "建筑面积" in label
    assert f"{sum(range(50, 110)):,}" in label
    assert "<tfoot>" not in get(client_of("物业经理"), "/company/list/")


def test_sorting_by_a_heading(client_of, rooms):
    page = get(client_of("物业经理"), f"/room/list/?f.building_id.eq={rooms}&order=-area")
    assert codes(page)[0] == "2-1-059"


@pytest.mark.parametrize(
    "query",
    [
        "order=password",
        "order=created_by.password",
        "page=abc",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "size=-1",
        "size=7",
        "size=100000",
        "f.area.ge=abc",
        "f.nothing.eq=1",
        "f.area.like=1",
        "f.purpose.eq=castle",
        "f.handed_over.eq=2026-02-30",
        "f.building_id.eq=x",
        "f.building_id.eq=99999999999999999999999",
        "f.area.between=5",
        "f..eq=1",
        "f.identity.eq=1",
    ],
)
def test_a_bad_parameter_is_a_chinese_sentence_never_a_fault(client_of, query):
    answer = client_of("物业经理").get(f"/room/list/?{query}")
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "Traceback" not in page
    assert "SELECT" not in page


def test_a_page_beyond_the_last_is_empty_not_a_fault(client_of, rooms):
    assert codes(get(client_of("物业经理"), f"/room/list/?f.building_id.eq={rooms}&page=50")) == []


def test_a_list_takes_fewer_than_ten_queries_however_many_rows(client_of, rooms, count_queries):
    client = client_of("物业经理")
    get(client, "/room/list/")
    with count_queries() as queries:
        get(client, f"/room/list/?f.building_id.eq={rooms}&size=500&q=2-1&order=-area")
    assert len(queries) < 10, queries


def test_another_community_sees_none_of_it(client_of, rooms):
    page = get(client_of("邻区收费员"), "/room/list/?size=500")
    assert "2-1-0" not in page
