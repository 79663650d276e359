"""What a form begins with follows from the row that it is opened for, and what is referred to is not deleted."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import ScopeGrant
from app.estate.models import Building, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.document import documents, spec_of
from app.lowcode.implied import with_implied
from app.lowcode.scope import find
from app.lowcode.unit import unit_of_work


def test_a_room_implies_its_building_and_community(session: Session, cast: Any) -> None:
    """L6: whatever document is added from a room's page carries the room's other links."""
    specs = [spec_of(model) for model in documents.values()]
    specs = [spec for spec in specs if "room_id" in spec.links and spec.links["room_id"].target == "Room"]
    assert len(specs) > 8
    for spec in specs:
        known = with_implied(session=session, spec=spec, preset={"room_id": str(cast.ours.room_ids[0])})
        for name, key in (("community_id", cast.ours.community_id), ("building_id", cast.ours.building_id)):
            if name in spec.links and spec.links[name].written:
                assert known[name] == str(key), spec.name


def test_what_is_given_stays_and_what_is_out_of_reach_implies_nothing(session: Session, cast: Any) -> None:
    """L6: a preset is never overwritten."""
    spec = spec_of(Room)
    given = {"building_id": str(cast.ours.building_id), "community_id": "7"}
    assert with_implied(session=session, spec=spec, preset=given) == given
    for text in ("999999999", "x", "", "-1", "9" * 30):
        preset = {"building_id": text}
        assert with_implied(session=session, spec=spec, preset=preset) == preset


def test_the_add_button_of_a_tab_opens_a_form_of_that_parent(cast: Any, client_of: Any) -> None:
    """L6: 新增 in the tab of a building selects the building and its community."""
    page = client_of("物业经理").get(f"/room/add?building_id={cast.ours.building_id}").get_data(as_text=True)
    assert f'<input type="hidden" name="community_id" value="{cast.ours.community_id}">' in page
    assert f'<option selected value="{cast.ours.building_id}">' in page


def test_a_select_says_whether_a_chosen_row_still_fits(cast: Any, client_of: Any) -> None:
    """L6: the form asks for one row among those that fit a new parent."""
    client: FlaskClient = client_of("物业经理")

    def fits(community: int, key: object) -> bool:
        url = f"/room/select/building_id?community_id={community}&key={key}"
        return bool(client.get(url).get_json()["items"])

    assert fits(cast.ours.community_id, cast.ours.building_id)
    assert not fits(999_999, cast.ours.building_id)
    assert not fits(cast.ours.community_id, 999_999)


def test_a_refused_delete_comes_back_and_lists_what_refers(app: Flask, cast: Any, client_of: Any) -> None:
    """L9: the person stays on the list that they were at, and each kind of referring row has its link."""
    client: FlaskClient = client_of("物业经理")
    back = "/building/list/?order=name"
    answer = client.post(f"/building/delete/{cast.ours.building_id}", query_string={"back": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    page = client.get(back).get_data(as_text=True)
    url = f"/room/list/?f.building_id.eq={cast.ours.building_id}"
    assert "还被下列资料引用" in page
    assert f'href="{url.replace("&", "&amp;")}"' in page
    rooms = client.get(url).get_data(as_text=True)
    assert page.count(f"房间 {len(cast.ours.room_ids)} 条") == 1
    assert rooms.count("<tr data-key=") == len(cast.ours.room_ids)


def test_a_refused_delete_from_a_page_stays_there_and_deletes_nothing(
    session: Session, cast: Any, client_of: Any
) -> None:
    """L9: without an address to go back to it is the page of the row."""
    client: FlaskClient = client_of("物业经理")
    answer = client.post(f"/building/delete/{cast.ours.building_id}")
    assert answer.headers["Location"] == f"/building/show/{cast.ours.building_id}"
    assert find(session, Building, cast.ours.building_id) is not None


def test_every_link_without_a_foreign_key_holds_its_row_too(app: Flask) -> None:
    """L9: such links exist, so that the look before a delete is needed."""
    loose = [
        (spec.name, name)
        for spec in map(spec_of, documents.values())
        for name in spec.links
        if not spec.model.__table__.c[name].foreign_keys
    ]
    assert ("Charge", "room_id") in loose


def test_a_community_is_asked_for_only_where_there_is_a_choice(app: Flask, cast: Any, client_of: Any) -> None:
    """L5: who reaches one community is not asked which; who reaches several chooses."""
    assert "community_id-ts" not in client_of("物业经理").get("/building/add").get_data(as_text=True)
    one = client_of("物业经理").get("/building/add").get_data(as_text=True)
    assert f'<input type="hidden" name="community_id" value="{cast.ours.community_id}">' in one
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        clerk = session.scalars(select(User).where(User.username == cast["管理员"])).one()
        session.add(ScopeGrant(user_id=clerk.id, community_id=cast.neighbour.community_id))
    several = client_of("管理员").get("/building/add").get_data(as_text=True)
    assert '<select class="form-select"' in several
    assert 'name="community_id"' in several
    assert 'type="hidden" name="community_id"' not in several
