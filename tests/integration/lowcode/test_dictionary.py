"""字典: the office extends its drop-downs; a column keeps the code, people see the label as it is called now."""

from typing import Any

import pytest
from sqlalchemy import select

from app.estate.models import Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.dictionary import DictionaryEntry, UnknownEntry, adopt, seed
from app.lowcode.engine import engine_of
from app.lowcode.unit import unit_of_work
from tests.people import reach_whole_office


@pytest.fixture(autouse=True)
def the_whole_office(session: Any, cast: Any) -> None:
    """The entries hold for all: the administrator here reaches all."""
    with unit_of_work() as unit:
        reach_whole_office(session=unit, login=cast["管理员"])


def entry(session: Any, label: str, kind: str = "room_layout") -> DictionaryEntry:
    session.rollback()
    return session.scalars(
        select(DictionaryEntry).where(DictionaryEntry.kind == kind, DictionaryEntry.label == label)
    ).one()


def change(client: Any, row: DictionaryEntry, **changes: Any) -> Any:
    given = {"label": row.label, "position": row.position, "row_version": row.row_version}
    given |= {"active": "y"} if row.active else {}
    return client.post(f"/dictionary_entry/edit/{row.id}", data={**given, **changes})


def room(client: Any, session: Any, cast: Any, **changes: Any) -> Any:
    session.rollback()
    row = session.get_one(Room, cast.ours.room_ids[0])
    given = {
        "building_id": row.building_id,
        "unit": row.unit,
        "number": row.number,
        "area": row.area,
        "state": row.state.value,
        "row_version": row.row_version,
        "layout": row.layout or "",
    }
    return client.post(f"/room/edit/{row.id}", data={**given, **changes})


def layout(session: Any, cast: Any) -> str | None:
    session.rollback()
    return session.get_one(Room, cast.ours.room_ids[0]).layout


def test_a_room_takes_an_entry_and_shows_it_as_it_is_called_now(client_of, session, cast, count_queries):
    manager, admin = client_of("物业经理"), client_of("管理员")
    assert room(manager, session, cast, layout="三室两厅").status_code == 302
    assert layout(session, cast) == "三室两厅"
    assert change(admin, entry(session, "三室两厅"), label="三房两厅").status_code == 302
    assert layout(session, cast) == "三室两厅"  # the code
    with count_queries() as queries:
        page = manager.get("/room/list/?f.layout.eq=三室两厅").get_data(as_text=True)
    assert len(queries) < 10
    assert "三房两厅" in page and "1-1-101" in page and "1-1-201" not in page
    form = manager.get(f"/room/edit/{cast.ours.room_ids[0]}").get_data(as_text=True)
    assert '<option selected value="三室两厅">三房两厅</option>' in form
    history = manager.get(f"/room/history/{cast.ours.room_ids[0]}").get_data(as_text=True)
    assert "三室两厅" in history
    assert manager.get("/room/print?f.layout.ne=三室两厅").get_data(as_text=True).count("三房两厅") == 1


def test_the_office_adds_renames_orders_and_disables(client_of, session, cast):
    admin, manager = client_of("管理员"), client_of("物业经理")
    new = {"kind": "room_layout", "label": "五室三厅", "active": "y"}
    assert admin.post("/dictionary_entry/add", data=new).status_code == 302
    row = entry(session, "五室三厅")
    assert (row.code, row.position) == ("五室三厅", 80)
    again = admin.post("/dictionary_entry/add", data=new)
    assert again.status_code == 422 and "已有相同的名称" in again.get_data(as_text=True)
    assert change(admin, row, position="1").status_code == 302
    form = manager.get(f"/room/edit/{cast.ours.room_ids[0]}").get_data(as_text=True)
    assert form.index("五室三厅") < form.index("一室一厅")
    assert room(manager, session, cast, layout="五室三厅").status_code == 302
    assert admin.post(f"/dictionary_entry/do/disable/{row.id}").status_code == 302
    # Not offered any more, but readable, and kept where it stands.
    other = manager.get(f"/room/edit/{cast.ours.room_ids[1]}").get_data(as_text=True)
    assert "五室三厅" not in other
    assert "五室三厅" in manager.get(f"/room/edit/{cast.ours.room_ids[0]}").get_data(as_text=True)
    assert room(manager, session, cast, floor="7").status_code == 302
    assert layout(session, cast) == "五室三厅"


def test_an_entry_in_use_or_declared_is_not_deleted(client_of, session, cast):
    admin, manager = client_of("管理员"), client_of("物业经理")
    admin.post("/dictionary_entry/add", data={"kind": "room_layout", "label": "阁楼", "active": "y"})
    row = entry(session, "阁楼")
    assert room(manager, session, cast, layout="阁楼").status_code == 302
    refused = admin.post(f"/dictionary_entry/delete/{row.id}")
    assert refused.status_code == 303 and "请改为停用" in admin.get(refused.location).get_data(as_text=True)
    assert entry(session, "阁楼").id == row.id
    assert room(manager, session, cast, layout="").status_code == 302
    assert admin.post(f"/dictionary_entry/delete/{row.id}").location == "/dictionary_entry/list/"
    own = admin.post(f"/dictionary_entry/delete/{entry(session, '一室一厅').id}")
    assert own.status_code == 303 and "系统自带" in admin.get(own.location).get_data(as_text=True)
    assert entry(session, "一室一厅").active


@pytest.mark.parametrize("value", ["没有的", "阁楼' OR 1=1", "x" * 31, "商品房"])
def test_an_unknown_code_is_refused_by_the_form(client_of, session, cast, value):
    answer = room(client_of("物业经理"), session, cast, layout=value)
    assert answer.status_code == 422
    assert layout(session, cast) is None
    assert client_of("物业经理").get(f"/room/list/?f.layout.eq={value}").status_code == 400


def test_a_disabled_code_is_refused_by_every_way(client_of, session, cast, app):
    admin = client_of("管理员")
    assert admin.post(f"/dictionary_entry/do/disable/{entry(session, '复式').id}").status_code == 302
    answer = room(client_of("物业经理"), session, cast, layout="复式")
    assert answer.status_code == 422 and "请从列表中选择" in answer.get_data(as_text=True)
    for value in ("复式", "没有的"):
        with (
            pytest.raises(UnknownEntry, match="房型"),
            app.app_context(),
            acting_as(SYSTEM),
            unit_of_work() as unit,
        ):
            unit.get_one(Room, cast.ours.room_ids[0]).layout = value
    assert layout(session, cast) is None


@pytest.mark.all_databases
def test_a_files_words_become_entries_once(backend, app, cast, session):
    with app.app_context(), acting_as(SYSTEM):
        with unit_of_work() as unit:
            unit.scalars(select(DictionaryEntry).where(DictionaryEntry.label == "复式")).one().active = False
        with unit_of_work() as unit:
            found = adopt(
                session=unit,
                kind="room_layout",
                labels=["三室两厅", "复式", "Loft", None, "", "Loft", "长" * 40],
            )
            unit.get_one(Room, cast.ours.room_ids[0]).layout = found["复式"]
            unit.get_one(Room, cast.ours.room_ids[1]).layout = found["长" * 40]
        assert found == {**found, "三室两厅": "三室两厅", "Loft": "Loft", "长" * 40: "长" * 30}
        with unit_of_work() as unit:
            assert adopt(session=unit, kind="room_layout", labels=["Loft"])["Loft"] == "Loft"
            assert seed(session=unit) == 0
    assert entry(session, "Loft").position > entry(session, "三室两厅").position


def test_a_renamed_entry_is_found_by_its_new_name(app, cast, session, client_of):
    assert change(client_of("管理员"), entry(session, "复式"), label="复式楼").status_code == 302
    admin = client_of("管理员")
    new = {"kind": "room_layout", "label": "复式", "active": "y"}
    assert admin.post("/dictionary_entry/add", data=new).status_code == 302
    assert entry(session, "复式").code == "复式2"
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        found = adopt(session=unit, kind="room_layout", labels=["复式", "复式楼"])
        assert (found["复式"], found["复式楼"]) == ("复式2", "复式")


def test_every_dictionary_of_a_column_is_declared(app):
    from app.lowcode.document import documents, spec_of

    used = {one.codes.dictionary for model in documents.values() for one in spec_of(model).coded if one.codes}
    declared = engine_of(app).dictionaries
    assert used - {""} <= set(declared)
    assert all(len(code) <= 30 for one in declared.values() for code in one.pairs)


def test_who_may_not_is_refused(client_of, session):
    client = client_of("收费员")
    row = entry(session, "复式")
    assert client.get("/dictionary_entry/list/").status_code == 403
    assert change(client, row, label="x").status_code == 403
    assert client.post(f"/dictionary_entry/do/disable/{row.id}").status_code == 403
