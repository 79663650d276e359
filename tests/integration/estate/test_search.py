"""The search box at the top: what people type, who may see what comes, and that nothing typed does harm."""

import re
from typing import Any

import pytest

from app.billing.models import BillingRun
from app.billing.states import RunState
from app.estate.models import Customer
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work


def suggested(client: Any, typed: str, url: str = "/search/suggest") -> list[str]:
    """The addresses of what was found."""
    answer = client.get(url, query_string={"q": typed})
    if answer.status_code == 302:  # the page of the one row that was found
        return [answer.headers["Location"]]
    assert answer.status_code == 200, typed
    inside = answer.get_data(as_text=True)
    return re.findall(r'class="(?:suggest-item|list-group-item[^"]*)"[^>]*?href="([^"]+)"', inside)


@pytest.mark.parametrize(
    ("typed", "document", "names"),
    [
        ("3-2-1201", "room", ["3-2-1201"]),
        ("1201", "room", ["3-2-1201", "3-1-1201"]),
        ("2-12", "room", ["3-2-1201", "3-2-1202"]),
        ("３-２-1201", "room", ["3-2-1201"]),
        ("王一", "customer", ["王一"]),
        ("小兰", "customer", ["欧阳小兰"]),
        ("13812345678", "customer", ["欧阳小兰"]),
        ("138 1234-5678", "customer", ["欧阳小兰"]),
        ("浙A12345", "vehicle", ["浙A12345"]),
        ("a12345", "vehicle", ["浙A12345"]),
        ("浙A·123 45", "vehicle", ["浙A12345"]),
        ("b1-007", "parking_space", ["B1-007"]),
        ("SJ2025000001", "receipt", ["1-1-101"]),
        ("sj2025", "receipt", ["1-1-101", "3-2-1201", "3-1-1201"]),
        ("3号楼", "building", ["3"]),
    ],
)
def test_what_people_type_finds_what_they_mean(town, client_of, typed, document, names):
    ids = {
        "room": town.rooms,
        "customer": town.people,
        "receipt": town.receipts,
        "parking_space": town.spaces,
        "building": town.buildings,
    }
    found = [url for url in suggested(client_of("收费员"), typed) if url.startswith(f"/{document}/")]
    if document == "vehicle":
        assert len(found) == len(names)
    else:
        assert sorted(found) == sorted(f"/{document}/show/{ids[document][name]}" for name in names)
    listed = [
        url for url in suggested(client_of("收费员"), typed, "/search") if url.startswith(f"/{document}/")
    ]
    assert listed in (found, found[:1])


def test_a_billing_run_is_found_by_its_name(app, town, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        run = BillingRun(
            title="锦绣园 2025-03 出账",
            community_id=town.cast.ours.community_id,
            period=Period.parse("2025-03"),
            state=RunState.COMPUTING,
            created_at=clock.now(),
            created_by="测试",
        )
        session.add(run)
        session.flush()
        url = f"/billing_run/show/{run.id}"
    assert url in suggested(client_of("物业经理"), "2025-03")
    assert url not in suggested(client_of("收费员"), "2025-03")  # may not read runs


def test_only_documents_that_may_be_read(town, client_of):
    client = client_of("维修工")  # reads rooms and customers, neither vehicles nor receipts
    assert suggested(client, "1201") != []
    assert suggested(client, "浙A12345") == []
    assert suggested(client, "SJ2025000001") == []


@pytest.mark.parametrize(
    "typed", ["3-2-1201", "1201", "王一", "小兰", "13812345678", "浙A12345", "B1-007", "SJ2025", "锦绣园"]
)
def test_the_neighbour_finds_nothing_of_ours(town, client_of, typed):
    assert suggested(client_of("收费员"), typed) != []
    client = client_of("邻区收费员")
    for url in ("/search/suggest", "/search"):
        assert suggested(client, typed, url) == []


@pytest.mark.all_databases
def test_the_sure_reading_stands_first(app, town, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        for name in ("大王一山", "王一山"):
            session.add(Customer(community_id=town.cast.ours.community_id, name=name))
    page = client_of("收费员").get("/search/suggest?q=王一").get_data(as_text=True)
    assert re.findall(r"<span>([^<]*)</span>", page) == ["王一", "王一山", "大王一山"]


def test_a_telephone_is_shown_masked(town, client_of):
    page = client_of("收费员").get("/search/suggest?q=13812345678").get_data(as_text=True)
    assert "138****5678" in page
    assert "13812345678" not in page


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "%",
        "_",
        "%%",
        "\\",
        "'",
        '"',
        "' OR 1=1 --",
        "🏠",
        "王" * 500,
        "<script>alert(1)</script>",
        "\U0010ffff",
        "·",
        "zz",
    ],
)
def test_what_is_no_name_finds_nothing_and_harms_nothing(town, client_of, typed):
    client = client_of("收费员")
    assert suggested(client, typed) == []
    page = client.get("/search", query_string={"q": typed}).get_data(as_text=True)
    assert "没有找到" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "url", ["/search?q=", "/search/suggest?q=", "/tree/nodes?q=", "/tree/nodes?key=unit:1:"]
)
def test_a_sign_that_no_keyboard_has_is_refused_in_words(town, client_of, url):
    answer = client_of("收费员").get(url + "%00")
    assert answer.status_code == 400
    assert "输入里有无效字符" in answer.get_data(as_text=True)


def test_more_than_is_shown_is_said(app, town, client_of):
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        for number in range(60):
            session.add(Customer(community_id=town.cast.ours.community_id, name=f"欧阳{number}"))
    client = client_of("收费员")
    assert len(suggested(client, "欧阳")) == 5
    assert len(suggested(client, "欧阳", "/search")) == 50
    assert "结果较多" in client.get("/search?q=欧阳").get_data(as_text=True)


def test_it_searches_the_whole_reach_whatever_node_is_chosen(town, client_of):
    client = client_of("收费员")
    client.post("/tree/scope", data={"key": f"building:{town.buildings['1']}"})
    assert f"/room/show/{town.rooms['3-2-1201']}" in suggested(client, "3-2-1201")


def test_a_stranger_is_sent_away(town, client):
    assert client.get("/search?q=1").status_code == 302
    assert client.get("/search/suggest?q=1").status_code == 302
