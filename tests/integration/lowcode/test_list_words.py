"""What stands on a list beside its rows: filters in words, the row menu, a tab held to the page it stands on."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

Browser = Callable[[str], FlaskClient]


def chips(page: str) -> list[str]:
    """The filters that are on, as they read."""
    return [
        re.sub(r"(<[^>]*>|\s)+", " ", one).strip()
        for one in re.findall(r'class="chip">(.*?)</span><a', page, re.DOTALL)
    ]


def test_empty_and_not_empty_read_differently(cast: Any, client_of: Browser) -> None:
    client = client_of("物业经理")
    assert chips(client.get("/room/list/?f.facing.none=1").text) == ["朝向 为空"]
    assert chips(client.get("/room/list/?f.facing.none=0").text) == ["朝向 不为空"]


def test_a_tab_does_not_offer_to_take_its_own_page_away(cast: Any, client_of: Browser) -> None:
    client, building = client_of("物业经理"), cast.ours.building_id
    shown = client.get(f"/building/show/{building}").text
    tab = re.search(r'data-fragment="(/room/list/[^"]*)"', shown)
    assert tab is not None
    page = client.get(tab[1].replace("&amp;", "&")).text
    assert chips(page) == [] and ">楼宇</button>" not in page
    assert len(re.findall("<tr data-key=", page)) == 2
    # A filter of the person's own can be taken away, and the tab stays held.
    page = client.get(tab[1].replace("&amp;", "&") + "&f.code.has=101").text
    assert chips(page) == ["房间编码 包含 101"] and len(re.findall("<tr data-key=", page)) == 1
    # What is exported says in words what it is held to.
    assert (
        f"f.building_id.eq={building}" in page
        and "held=" not in re.findall(r'href="(/room/export[^"]*)', page)[0]
    )


def test_one_menu_serves_all_rows(cast: Any, client_of: Browser) -> None:
    page = client_of("物业经理").get("/room/list/").text
    assert page.count("<template data-row-menu>") == 1
    assert 'href="/room/edit/{key}"' in page and 'data-post="/room/delete/{key}?back=' in page
    assert "<template data-row-menu>" not in client_of("只读").get("/room/list/").text


def test_a_row_is_light(cast: Any, client_of: Browser) -> None:
    page = client_of("物业经理").get("/room/list/").text
    rows = re.findall(r"<tr data-key=.*?</tr>", page, re.DOTALL)
    assert rows and max(map(len, rows)) < 1500


def test_a_form_shows_figures_as_people_write_them(cast: Any, client_of: Browser) -> None:
    page = client_of("物业经理").get(f"/room/edit/{cast.ours.room_ids[0]}").text
    assert 'value="89.67"' in page
