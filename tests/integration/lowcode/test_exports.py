"""Export and print hold exactly the filtered list; Excel cells are typed; text stays text."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from markupsafe import escape

from app.estate.models import Building, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from app.lowcode.views import lists

AWKWARD = ["=1+1", "+SUM(A1)", "@x", "-5", "00123", "1e5", "http://example.com", "<b>&\"'", "a\x01b"]


@pytest.fixture
def rooms(app, cast):
    """Rooms with awkward texts, areas 80.01 …, handed over on 2025-03-05."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        building = Building(community_id=cast.ours.community_id, name="=cmd")
        session.add(building)
        session.flush()
        for i, number in enumerate(AWKWARD):
            session.add(
                Room(
                    community_id=cast.ours.community_id,
                    building_id=building.id,
                    number=number,
                    code=f"k{i}",
                    area=Decimal("80.01") + i,
                    handed_over=date(2025, 3, 5),
                    floor=i,
                )
            )
        return building.id


def sheet_of(answer):
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.get_data())).active


def test_the_file_is_the_filtered_list_typed(rooms, client_of):
    sheet = sheet_of(
        client_of("物业经理").get(
            f"/room/export?f.building_id.eq={rooms}&f.area.ge=82&order=-area&page=9&size=25"
        )
    )
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    title, words, heads, *body, totals = lines
    assert title[0] == "房间"
    assert "建筑面积 大于等于 82" in words[0]
    assert "7 行" in words[0]
    column = {head: place for place, head in enumerate(heads)}
    assert [row[column["房间编码"]] for row in body] == [f"k{i}" for i in range(8, 1, -1)]
    assert [row[column["房间号"]] for row in body] == [text.replace("\x01", "") for text in AWKWARD[:1:-1]]
    assert all(row[column["楼宇"]] == "=cmd" for row in body)
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert body[0][column["建筑面积（㎡）"]] == 88.01
    assert body[0][column["交付日期"]] == datetime(2025, 3, 5)
    assert totals[column["建筑面积（㎡）"]] == pytest.approx(sum(80.01 + i for i in range(2, 9)))
    assert sheet.freeze_panes == "A4"


def test_no_row_of_another_community_is_in_a_file(rooms, client_of):
    sheet = sheet_of(client_of("邻区收费员").get(f"/room/export?f.building_id.eq={rooms}"))
    assert "k0" not in {cell for row in sheet.iter_rows(values_only=True) for cell in row}


def test_who_may_not_export_gets_no_file(cast, client_of):
    assert client_of("只读").get("/room/export").status_code == 403


def test_a_large_export_is_a_job_with_the_same_rows(rooms, client_of, run_jobs, monkeypatch):
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", 3)
    client = client_of("物业经理")
    url = f"/room/export?f.building_id.eq={rooms}&order=-area"
    looked = client.get(url)
    assert looked.status_code == 400 and "导出 Excel" in looked.get_data(as_text=True)
    assert run_jobs() == 0
    assert f'data-post="{escape(url)}"' in client.get(url.replace("/export", "/list/")).text
    answer = client.post(url)
    assert answer.status_code == 302
    page = answer.headers["Location"]
    assert run_jobs() == 1
    told = client.get(f"{page}.json").get_json()
    assert (told["state"], told["running"]) == ("done", False)
    sheet = sheet_of(client.get(told["result_url"]))
    assert [row[1] for row in sheet.iter_rows(min_row=4, max_row=12, values_only=True)] == [
        f"k{i}" for i in range(8, -1, -1)
    ]
    stranger = client_of("邻区收费员")
    for url in (page, f"{page}.json", f"{page}/result"):
        assert stranger.get(url).status_code == 404
    assert stranger.post(f"{page}/cancel").status_code == 404


def test_print_shows_every_row_and_the_totals(rooms, client_of):
    page = client_of("物业经理").get(f"/room/print?f.building_id.eq={rooms}").get_data(as_text=True)
    assert all(f">k{i}<" in page for i in range(len(AWKWARD)))
    assert "合计" in page
    assert "&lt;b&gt;" in page
