"""The pages of repairs: what a new order begins with, the technician's phone, search, paper, statistics."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.estate.models import Customer, Occupancy
from app.estate.states import OccupancyRole
from app.kernel.phones import mask_phone
from app.lowcode import clock
from app.lowcode.db import db
from app.lowcode.history import History
from app.lowcode.unit import unit_of_work
from app.service.models import RepairMaterial, RepairOrder
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import PHONE, RepairOffice

Client = Callable[[str], FlaskClient]


def text(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def begun(page: str) -> dict[str, str]:
    """What a form begins with: inputs and chosen options."""
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]+)"', page))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]+)"', options)
        if chosen:
            found[name] = chosen.group(1)
    return found


def test_a_rooms_page_starts_a_repair_with_who_lives_there(repairs: RepairOffice, client_of: Client) -> None:
    room = repairs.cast.ours.room_ids[0]
    client = client_of("客服")
    assert f"/repair_order/add?room_id={room}" in text(client, f"/room/show/{room}")
    form = begun(text(client, f"/repair_order/add?room_id={room}"))
    assert form["community_id"] == str(repairs.cast.ours.community_id)
    assert (form["room_id"], form["customer_id"]) == (str(room), str(repairs.customer_id))
    assert (form["reporter"], form["phone"]) == ("王先生", mask_phone(PHONE))


def test_a_tenant_is_at_home_before_the_owner(repairs: RepairOffice, client_of: Client) -> None:
    ours = repairs.cast.ours
    with unit_of_work() as session:
        tenant = Customer(community_id=ours.community_id, name="租客赵")
        session.add(tenant)
        session.flush()
        mine = {"community_id": ours.community_id, "room_id": ours.room_ids[0], "customer_id": tenant.id}
        session.add(Occupancy(**mine, role=OccupancyRole.TENANT, payer=False))
    form = begun(text(client_of("客服"), f"/repair_order/add?room_id={ours.room_ids[0]}"))
    assert form["reporter"] == "租客赵"


def test_a_customers_page_starts_a_repair_in_their_only_room(
    repairs: RepairOffice, client_of: Client
) -> None:
    client = client_of("客服")
    assert f"/repair_order/add?customer_id={repairs.customer_id}" in text(
        client, f"/customer/show/{repairs.customer_id}"
    )
    form = begun(text(client, f"/repair_order/add?customer_id={repairs.customer_id}"))
    assert (form["room_id"], form["phone"]) == (str(repairs.cast.ours.room_ids[0]), mask_phone(PHONE))


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "１", "neighbour"])
def test_a_room_that_is_none_of_ours_begins_nothing(
    repairs: RepairOffice, client_of: Client, value: str
) -> None:
    room = str(repairs.cast.neighbour.room_ids[0]) if value == "neighbour" else value
    form = begun(text(client_of("客服"), f"/repair_order/add?room_id={room}"))
    assert not {"customer_id", "reporter", "phone"} & set(form)


def test_who_may_not_register_has_no_button(repairs: RepairOffice, client_of: Client) -> None:
    room = repairs.cast.ours.room_ids[0]
    assert "/repair_order/add" not in text(client_of("收费员"), f"/room/show/{room}")
    assert client_of("收费员").get("/repair_order/add").status_code == 403


def test_an_order_is_registered_by_the_form(repairs: RepairOffice, client_of: Client) -> None:
    ours = repairs.cast.ours
    given = {
        "community_id": ours.community_id,
        "room_id": ours.room_ids[0],
        "reporter": "王先生",
        "phone": f" {PHONE} ",
        "source": "电话",
        "trade": "水电",
        "content": "漏水",
        "urgent": "y",
        "appointment": "",
    }
    answer = client_of("秩序维护").post("/repair_order/add", data=given)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    row = db.session.scalars(select(RepairOrder)).one()
    assert (row.phone, row.urgent, row.state) == (PHONE, True, RepairState.REGISTERED)
    for wrong in (
        {"source": "飞鸽"},
        {"trade": "算命"},
        {"content": ""},
        {"phone": "没有"},
        {"appointment": "明天"},
        {"room_id": "x"},
    ):
        refused = client_of("客服").post("/repair_order/add", data=given | wrong)
        assert refused.status_code == 422, wrong


def labels_of(pk: int) -> list[str]:
    """What was done to an order beside changes and steps."""
    db.session.rollback()  # what was read before is of another moment
    return list(
        db.session.scalars(
            select(History.label).where(
                History.document == "RepairOrder",
                History.row_id == pk,
                History.label.contains("电话") | History.label.contains("号码"),
            )
        )
    )


def test_the_telephone_is_masked_in_lists_and_on_paper(repairs: RepairOffice, client_of: Client) -> None:
    """X6, S5: masked everywhere; the slip that is printed for the door carries it, and the history says so."""
    pk = repairs.order_in(RepairState.WORKING)
    client = client_of("工程主管")
    for url in (
        "/repair_order/list/",
        f"/repair_order/show/{pk}",
        f"/repair_order/paper/{pk}",
        "/repair_order/print",
    ):
        page = text(client, url)
        assert PHONE not in page
        assert "139****2345" in page
    paper = client.post(f"/repair_order/paper/{pk}").get_data(as_text=True)
    assert PHONE in paper
    assert "data-print-now" in paper
    assert labels_of(pk) == ["打印（含完整电话）"]


def test_who_works_on_an_order_may_call_and_it_is_written_down(
    repairs: RepairOffice, client_of: Client
) -> None:
    """X6: the technician of an order sees its telephone on pressing the button; nobody else's order is there."""
    pk = repairs.order_in(RepairState.WORKING)
    technician = client_of("维修工")
    page = text(technician, f"/repairs/mine/{pk}")
    assert PHONE not in page
    assert "139****2345" in page
    assert labels_of(pk) == []
    called = technician.post(f"/repairs/mine/{pk}/call").get_data(as_text=True)
    assert f'href="tel:{PHONE}"' in called
    assert labels_of(pk) == ["查看完整号码（联系报修人）"]
    other = repairs.order_in(RepairState.REGISTERED)
    assert technician.post(f"/repairs/mine/{other}/call").status_code == 404


def test_urgent_orders_stand_on_top_and_ended_ones_below(repairs: RepairOffice, client_of: Client) -> None:
    closed = repairs.order_in(RepairState.CLOSED, urgent=True)
    urgent = repairs.order_in(RepairState.WORKING, urgent=True)
    plain = repairs.order_in(RepairState.WORKING)
    page = text(client_of("客服"), "/repair_order/list/")
    shown = [int(key) for key in re.findall(r'data-href="/repair_order/show/(\d+)"', page)] or [
        int(key) for key in dict.fromkeys(re.findall(r"/repair_order/show/(\d+)", page))
    ]
    assert shown == [urgent, plain, closed]


def test_the_search_finds_an_order_by_its_number(repairs: RepairOffice, client_of: Client) -> None:
    pk = repairs.order_in(RepairState.REGISTERED)
    answer = client_of("客服").get("/search?q=bx2026")
    assert (answer.status_code, answer.location) == (302, f"/repair_order/show/{pk}")


def test_a_technician_sees_their_own_orders_on_the_phone(repairs: RepairOffice, client_of: Client) -> None:
    mine = repairs.order_in(RepairState.WORKING)
    urgent = repairs.order_in(RepairState.WORKING, urgent=True)
    done = repairs.order_in(RepairState.CLOSED)
    with unit_of_work() as session:
        other = repairs.lead(
            session, repairs.register(session), "pass_on", "dispatch", technician_id=repairs.other_id
        ).id
    client = client_of("维修工")
    listed = re.findall(r'href="/repairs/mine/(\d+)"', text(client, "/repairs/mine/"))
    assert listed == [str(urgent), str(mine)]
    page = text(client, f"/repairs/mine/{mine}")
    assert f"/repair_order/do/complete/{mine}?seen=working&amp;back=%2Frepairs%2Fmine%2F{mine}" in page
    assert "/do/issue/" not in page
    text(client, f"/repairs/mine/{done}")
    for pk in (other, 10**12, 2**70):
        text(client, f"/repairs/mine/{pk}", 404)
    text(client_of("客服"), "/repairs/mine/", 403)


def test_a_step_comes_back_to_the_phones_page_and_to_no_other_site(
    repairs: RepairOffice, client_of: Client
) -> None:
    client = client_of("维修工")
    for back, goes in (
        ("/repairs/mine/", "/repairs/mine/"),
        ("//evil.example", "/repair_order/show/"),
        ("https://evil.example", "/repair_order/show/"),
    ):
        pk = repairs.order_in(RepairState.DISPATCHED)
        answer = client.post(f"/repair_order/do/take/{pk}?back={back}")
        assert answer.headers["Location"].startswith(goes)


def test_material_is_entered_on_the_phone(repairs: RepairOffice, client_of: Client) -> None:
    pk, client = repairs.order_in(RepairState.WORKING), client_of("维修工")
    url = f"/repairs/mine/{pk}/material"
    assert (
        client.post(url, data={"name": "角阀", "quantity": "2", "unit": "个", "price": "12.5"}).status_code
        == 302
    )
    line = db.session.scalars(select(RepairMaterial)).one()
    assert (line.amount, line.confirmed) == (Decimal("25.00"), False)
    for wrong in (
        {"name": ""},
        {"name": "长" * 61},
        {"quantity": "0"},
        {"quantity": "-1"},
        {"quantity": "两个"},
        {"quantity": "1" * 30},
        {"quantity": "0.00001"},
        {"price": "-1"},
        {"price": "NaN"},
        {"unit": "很" * 11},
    ):
        answer = client.post(url, data={"name": "角阀", "quantity": "1", "price": "1"} | wrong)
        assert answer.status_code == 422 and "invalid-feedback" in answer.text, wrong
    db.session.rollback()
    assert len(db.session.scalars(select(RepairMaterial.id)).all()) == 1
    assert client.post(f"{url}/{line.id}/remove").status_code == 302
    db.session.rollback()
    assert db.session.scalars(select(RepairMaterial.id)).all() == []


def test_material_of_somebody_elses_order_is_out_of_reach(
    repairs: RepairOffice, client_of: Client, login: Any, app: Any
) -> None:
    mine, second = repairs.order_in(RepairState.WAITING), repairs.order_in(RepairState.WORKING)
    line = db.session.scalars(select(RepairMaterial.id)).one()
    other = login(app.test_client(), "weixiu2")
    given = {"name": "角阀", "quantity": "1"}
    assert other.post(f"/repairs/mine/{mine}/material", data=given).status_code == 404
    assert other.post(f"/repairs/mine/{mine}/material/{line}/remove").status_code == 404
    # a line of another order than the page's
    client_of("维修工").post(f"/repairs/mine/{second}/material/{line}/remove")
    db.session.rollback()
    assert db.session.scalars(select(RepairMaterial.id)).all() == [line]


def test_dispatching_offers_the_right_trade_first_with_the_open_load(
    repairs: RepairOffice, client_of: Client
) -> None:
    repairs.order_in(RepairState.WORKING)
    plumbing = repairs.order_in(RepairState.PASSED)
    doors = repairs.order_in(RepairState.PASSED, trade="门窗五金")
    client = client_of("工程主管")

    def offered(pk: int) -> list[str]:
        page = text(client, f"/repair_order/do/dispatch/{pk}")
        return re.findall(r"<option value=\"\d+\">(.*?)</option>", page)

    assert offered(plumbing) == ["张师傅 · 水电 · 手上 1 单", "李师傅 · 门窗五金 · 手上 0 单"]
    assert offered(doors) == ["李师傅 · 门窗五金 · 手上 0 单", "张师傅 · 水电 · 手上 1 单"]
    answer = client.post(
        f"/repair_order/do/dispatch/{doors}", data={"trade": "门窗五金", "technician_id": "999"}
    )
    assert answer.status_code == 422


def test_the_paper_form_has_materials_signature_and_charge(repairs: RepairOffice, client_of: Client) -> None:
    pk = repairs.order_in(RepairState.WAITING)
    with unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        repairs.lead(session, row, "issue", "complete", chargeable=True)
        repairs.lead(session, row, "sign", "check", fee_item_id=repairs.fee_item_id)
    page = text(client_of("工程主管"), f"/repair_order/paper/{pk}")
    for words in ("角阀", "12.50", "有偿服务收费金额", "75.00", "锦东置业", "换了软管"):
        assert words in page
    picture = re.search(r'<img src="(/repair_order/attachment/\d+/\d+)"', page)
    assert picture is not None
    assert client_of("工程主管").get(picture.group(1)).content_type == "image/png"
    assert "未收 75.00 元" in text(client_of("收费员"), f"/repair_order/show/{pk}")


def test_paper_and_screen_give_the_same_reasons_under_the_same_names(
    repairs: RepairOffice, client_of: Client
) -> None:
    pk, client = repairs.order_in(RepairState.DELAYED), client_of("工程主管")

    def beside(name: str) -> list[str]:
        found = []
        for page, tags in (("paper", ("th", "td")), ("show", ("dt", "dd"))):
            name_tag, value_tag = tags
            pattern = rf"<{name_tag}>{name}</{name_tag}>\s*<{value_tag}[^>]*>(.*?)</{value_tag}>"
            words = re.search(pattern, text(client, f"/repair_order/{page}/{pk}"), re.DOTALL)
            said = "" if words is None else re.sub(r"<[^>]+>", "", words.group(1)).strip()
            found.append("" if said == "—" else said)
        return found

    assert (beside("延期原因"), beside("未完成原因")) == (["说明原因"] * 2, ["", ""])
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), "cancel", reason="业主说不修了")
    assert (beside("延期原因"), beside("未完成原因")) == (["说明原因"] * 2, ["业主说不修了"] * 2)


def test_the_charge_of_a_repair_is_collected_at_the_desk(repairs: RepairOffice, client_of: Client) -> None:
    pk = repairs.order_in(RepairState.TO_CHECK)
    with unit_of_work() as session:
        row = session.get_one(RepairOrder, pk)
        repairs.lead(session, row, "redo", "complete", chargeable=True)
        repairs.lead(session, row, "sign", "check", fee_item_id=repairs.fee_item_id)
    account = client_of("收费员").get(f"/desk/customer/{repairs.customer_id}.json").get_json()
    assert account["total_due"] == "50.00"
    assert account["groups"][0]["charges"][0]["fee"] == "有偿维修费"


@pytest.mark.parametrize("by", ["", "trade", "technician_id", "state", "source", "community_id"])
def test_the_statistics_count_the_orders_of_some_days(
    repairs: RepairOffice, client_of: Client, by: str
) -> None:
    with clock.clock_at(clock.now() - timedelta(days=3)):
        repairs.order_in(RepairState.CLOSED)
        repairs.order_in(RepairState.WORKING)
        repairs.order_in(RepairState.CANCELLED)
    with clock.clock_at(clock.now() - timedelta(days=40)):
        repairs.order_in(RepairState.CLOSED)
    first = (clock.today() - timedelta(days=5)).isoformat()
    client = client_of("工程主管")
    page = text(client, f"/repairs/statistics/?from={first}&by={by}")
    total = re.findall(r'<tr data-level="total".*?</tr>', page, re.DOTALL)[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", total, re.DOTALL)]
    assert cells[:8] == ["合计", "3", "1", "1", "1", "1", "100.00", "100.00"]
    drill = re.search(r'href="(/repair_order/list/[^"]+)"', page)
    assert drill is not None
    text(client, drill.group(1).replace("&amp;", "&"))
    answer = client.get(f"/repairs/statistics/export?from={first}&by={by}")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert "合计" in {row[0].value for row in sheet.iter_rows(min_col=1, max_col=1)}
    assert client.get("/repairs/statistics/?by=password").status_code == 400
    assert client_of("维修工").get("/repairs/statistics/").status_code == 403


def test_the_statistics_open_on_twelve_months(repairs: RepairOffice, client_of: Client) -> None:
    """S7: what was reported ten months ago is counted, what was reported fifteen months ago is not."""
    for days in (3, 300, 450):
        with clock.clock_at(clock.now() - timedelta(days=days)):
            repairs.order_in(RepairState.CLOSED)
    page = text(client_of("工程主管"), "/repairs/statistics/")
    total = re.findall(r'<tr data-level="total".*?</tr>', page, re.DOTALL)[0]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", total, re.DOTALL)]
    assert cells[:2] == ["合计", "2"]


def test_the_home_page_says_what_is_to_be_done(repairs: RepairOffice, client_of: Client) -> None:
    repairs.order_in(RepairState.PASSED)
    repairs.order_in(RepairState.WORKING)
    assert "工程报修单待派工" in text(client_of("工程主管"), "/home/duties")
    assert "我的工单：在办" in text(client_of("维修工"), "/home/duties")
    card = text(client_of("物业经理"), "/repairs/cards/states")
    assert "已转工程" in card
    assert "/repair_order/list/?f.state.eq=passed" in card


def test_an_emergency_stands_first_on_the_board(repairs: RepairOffice, client_of: Client) -> None:
    with clock.clock_at(clock.now() - timedelta(days=2)):
        old = repairs.order_in(RepairState.WORKING)
    urgent = repairs.order_in(RepairState.WORKING, urgent=True)
    page = text(client_of("工程主管"), "/repair_order/board")
    assert re.findall(r'data-key="(\d+)"', page) == [str(urgent), str(old)]
    assert f"/repair_order/do/complete/{urgent}" in page


@pytest.mark.parametrize(
    "url",
    [
        "/repairs/mine/",
        "/repairs/mine/{}",
        "/repairs/statistics/",
        "/repairs/cards/states",
        "/repair_order/board",
    ],
)
def test_a_page_asks_few_things_however_many_orders(
    repairs: RepairOffice, client_of: Client, count_queries: Any, url: str
) -> None:
    pk = max(repairs.order_in(RepairState.WAITING) for _time in range(12))
    client = client_of("维修工" if "mine" in url else "工程主管")
    with count_queries() as queries:
        text(client, url.format(pk))
    assert len(queries) < 15, len(queries)


def test_materials_stand_where_their_order_stands(repairs: RepairOffice, client_of: Client) -> None:
    repairs.order_in(RepairState.WAITING)
    first, second = repairs.cast.ours.room_ids
    client = client_of("工程主管")
    for node, found in (("building", True), ("room", True), ("other", False)):
        key = {"building": f"building:{repairs.cast.ours.building_id}", "room": f"room:{first}"}.get(
            node, f"room:{second}"
        )
        assert ("角阀" in text(client, f"/repair_material/list/?in={key}&embedded=1")) is found, node


def test_what_a_technician_has_in_hand_is_told_before_the_login_is_disabled(
    repairs: RepairOffice, client_of: Client
) -> None:
    admin, page = client_of("管理员"), f"/user/disable/{repairs.user_id('维修工')}"
    assert "手上的报修单" not in text(admin, page)
    for state in (RepairState.DISPATCHED, RepairState.DELAYED, RepairState.TO_CHECK, RepairState.CLOSED):
        repairs.order_in(state)
    told = re.sub(r"<[^>]+>|\s+", " ", text(admin, page))
    assert re.search(r"手上的报修单\s+2\b", told), told


def test_my_work_is_in_three_kinds_newest_first(
    repairs: RepairOffice, client_of: Callable[[str], FlaskClient]
) -> None:
    """S2: to be taken, in hand, held up by others; the home page counts the same."""
    older = repairs.order_in(RepairState.WORKING)
    newer = repairs.order_in(RepairState.WORKING)
    with unit_of_work() as session:
        session.get_one(RepairOrder, older).reported_at -= timedelta(days=1)
    waiting = repairs.order_in(RepairState.WAITING)
    handed = repairs.order_in(RepairState.DISPATCHED)
    client = client_of("维修工")
    page = text(client, "/repairs/mine/")
    kinds = re.findall(r'<section id="\w+" aria-label="(.+?)">(.*?)</section>', page, re.DOTALL)
    found = [(label, re.findall(r'href="/repairs/mine/(\d+)"', part)) for label, part in kinds]
    assert found == [
        ("待接单", [str(handed)]),
        ("在办", [str(newer), str(older)]),
        ("等别人", [str(waiting)]),
    ]
    assert re.search(r"我的工单<span class=\"page-count\">4<", page)
    duties = re.findall(
        r'href="/repairs/mine/#(\w+)".*?>(\d+)</span>', text(client, "/home/duties"), re.DOTALL
    )
    assert duties == [("to_take", "1"), ("in_hand", "2"), ("held_up", "1")]
    assert re.findall(r'<section id="(\w+)"', page) == [kind for kind, _count in duties]
