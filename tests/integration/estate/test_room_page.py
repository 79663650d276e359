"""L4, S4: the page of a row begins with what whoever opens it wants to know, and counts what its tabs hold."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.estate.models import Occupancy
from app.estate.states import OccupancyRole
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.integration.collection.ledger import add_charge, add_customer, add_fee


def lead_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("facts-lead")[2].partition("</dl>")[0]))


def room_with_a_debt(app: Flask, cast: Any) -> tuple[int, int]:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        who = add_customer(session, cast.ours.community_id, "王一")
        room_id = cast.ours.room_ids[0]
        session.add(
            Occupancy(
                community_id=cast.ours.community_id,
                room_id=room_id,
                customer_id=who,
                role=OccupancyRole.OWNER,
                payer=True,
            )
        )
        fee = add_fee(session)
        for amount in ("88.50", "11.50"):
            add_charge(session, customer_id=who, fee_id=fee, amount=amount, room_id=room_id)
        return room_id, who


def test_a_room_begins_with_who_holds_it_what_is_owed_and_the_way_to_the_desk(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    room_id, _who = room_with_a_debt(app, cast)
    browser = client_of("收费员")
    page = browser.get(f"/room/show/{room_id}").text
    assert "王一" in lead_of(page) and "100.00" in lead_of(page)
    assert "/desk/?q=" in page
    rows = browser.get(f"/charge/list/?f.room_id.eq={room_id}&f.due.ge=0.01").text
    assert "100.00" in rows
    # Who may not read charges is told nothing of them.
    technician = client_of("维修工").get(f"/room/show/{room_id}")
    assert technician.status_code in (403, 404) or "100.00" not in lead_of(technician.text)


def test_tabs_are_counted_and_the_rest_stands_behind_a_button(
    app: Flask, cast: Any, client_of: Callable[[str], FlaskClient]
) -> None:
    room_id, _who = room_with_a_debt(app, cast)
    page = client_of("物业经理").get(f"/room/show/{room_id}").text
    tabs = re.findall(
        r'<button type="button" class="(nav-link[^"]*)" role="tab" id="tab-([\w-]+)".*?</button>',
        page,
        re.DOTALL,
    )
    counts = dict(
        re.findall(
            r'id="tab-([\w-]+)"[^>]*>(?:(?!</button>).)*?<span class="tab-count">(\d+)', page, re.DOTALL
        )
    )
    assert counts["Charge-room_id"] == "2" and counts["Occupancy-room_id"] == "1"
    assert all(("tab-empty" in css) == (counts.get(name) == "0") for css, name in tabs)
    assert len(tabs) > 8 and [("tab-rest" in css) for css, _name in tabs] == [
        at >= 8 for at in range(len(tabs))
    ]
    assert "data-more-tabs" in page
