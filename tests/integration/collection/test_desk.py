"""The cashier's desk over HTTP: finding, the account, paying, and what the body must look like."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection import operations
from app.collection.models import Receipt
from app.collection.states import Tender
from app.estate.models import Customer, Occupancy, ParkingLot, ParkingSpace, Vehicle
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_charge, add_customer, add_fee, figures

NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(NOON):
        yield


@pytest.fixture
def who(session: Session, cast: Any) -> dict[str, int]:
    """A customer with a room, a space, a car, a telephone, two open charges here and one in the other community."""
    place = cast.ours
    with unit_of_work() as unit:
        fee = add_fee(unit)
        customer = Customer(
            community_id=place.community_id, name="欧阳小兰", phone="13812345678", identity_hash="p1"
        )
        unit.add(customer)
        lot = ParkingLot(community_id=place.community_id, name="地下")
        unit.add(lot)
        unit.flush()
        space = ParkingSpace(
            community_id=place.community_id, number="B1-007", lot_id=lot.id, customer_id=customer.id
        )
        unit.add(space)
        unit.add(
            Occupancy(
                community_id=place.community_id,
                room_id=place.room_ids[0],
                customer_id=customer.id,
                starts=date(2024, 1, 1),
            )
        )
        unit.add(Vehicle(community_id=place.community_id, plate="京A12345", customer_id=customer.id))
        unit.flush()
        room = place.room_ids[0]
        now = add_charge(
            unit, customer_id=customer.id, fee_id=fee, amount="210.72", period="2025-02", room_id=room
        )
        later = add_charge(
            unit, customer_id=customer.id, fee_id=fee, amount="210.72", period="2025-03", room_id=room
        )
        abroad = add_customer(unit, cast.neighbour.community_id, name="欧阳小兰", person="p1")
        other = add_charge(unit, customer_id=abroad, fee_id=fee, amount="50.00")
        return {"id": customer.id, "now": now, "later": later, "abroad": abroad, "other": other}


def body(who: Mapping[str, int], **changes: Any) -> dict[str, Any]:
    asked = {
        "customer_id": who["id"],
        "charge_ids": [who["now"]],
        "amount": None,
        "tenders": [{"tender": "现金", "amount": "210.72"}],
        "tendered": "220.00",
        "key": "key-000001",
    }
    return {**asked, **changes}


def test_the_page_is_for_who_may_collect(client_of: Browser) -> None:
    page = client_of("收费员").get("/desk/")
    assert page.status_code == 200
    assert '<option value="wechat">2 微信</option>' in page.get_data(as_text=True)
    assert client_of("客服").get("/desk/").status_code == 403


@pytest.mark.parametrize(
    "typed",
    [
        "1-1-101",
        "101",
        "1-1",
        "欧阳小兰",
        "欧阳",
        "小兰",
        "13812345678",
        "138-1234-5678",
        "京A12345",
        "a12345",
        "B1-007",
        "b1-0",
        "１０１",
        " 欧阳小兰 ",
    ],
)
def test_found_by_whatever_is_at_hand(session: Session, who: Any, client_of: Browser, typed: str) -> None:
    found = client_of("收费员").get("/desk/find", query_string={"q": typed}).get_json()["customers"]
    assert [one["id"] for one in found] == [who["id"]]
    assert found[0] | {"room_ids": [], "space_ids": []} == {
        "id": who["id"],
        "name": "欧阳小兰",
        "phone_masked": "138****5678",
        "community": "锦绣园",
        "holdings": [{"role": "业主", "rooms": ["1-1-101"]}],
        "due": "421.44",
        "room_ids": [],
        "space_ids": [],
    }


def test_found_by_the_number_of_a_receipt(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    number = desk.post("/desk/pay", json=body(who)).get_json()["receipts"][0]["number"]
    found = desk.get("/desk/find", query_string={"q": number.lower()}).get_json()["customers"]
    assert [one["id"] for one in found] == [who["id"]]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "没有这个人", "x" * 500])
def test_nothing_found(who: Any, client_of: Browser, typed: str) -> None:
    assert client_of("收费员").get("/desk/find", query_string={"q": typed}).get_json() == {"customers": []}


def test_the_account_ticks_this_month_and_earlier(session: Session, who: Any, client_of: Browser) -> None:
    told = client_of("收费员").get(f"/desk/customer/{who['id']}.json").get_json()
    (group,) = told["groups"]
    assert (group["payer"], group["label"]) == ("1-1-101", "锦绣园")
    assert [(one["id"], one["ticked"]) for one in group["charges"]] == [
        (who["now"], True),
        (who["later"], False),
    ]
    assert group["charges"][0] | {"id": 0, "community_id": 0} == {
        "id": 0,
        "fee": "物业费",
        "period": "2025-02",
        "from": "2025-02-01",
        "to": "2025-02-28",
        "amount": "210.72",
        "paid": "0.00",
        "due": "210.72",
        "due_date": "2025-02-28",
        "ticked": True,
        "overdue": False,
        "community_id": 0,
    }
    # What the person owes in the other community is not this desk's to know.
    assert (told["total_due"], told["prepayment"], told["more"]) == ("421.44", "0.00", False)
    assert told["customer"]["phone_masked"] == "138****5678"


def test_only_what_was_searched_is_ticked(session: Session, who: Any, cast: Any, client_of: Browser) -> None:
    """D3: a room or a space ticks its own charges and stands first; a person ticks all; what is overdue says so."""
    desk, (_, second) = client_of("收费员"), cast.ours.room_ids
    with unit_of_work() as unit:
        fee = unit.scalars(select(Charge.fee_item_id)).first()
        there = add_charge(
            unit, customer_id=who["id"], fee_id=fee or 0, amount="5.00", period="2025-01", room_id=second
        )
        parked = add_charge(unit, customer_id=who["id"], fee_id=fee or 0, amount="7.00", period="2025-02")
        space = unit.scalars(select(ParkingSpace)).one()
        unit.get_one(Charge, parked).space_id = space.id

    def ticked(typed: str) -> tuple[str, list[int]]:
        (found,) = desk.get("/desk/find", query_string={"q": typed}).get_json()["customers"]
        account = desk.get(
            f"/desk/customer/{found['id']}.json",
            query_string=[("room", key) for key in found["room_ids"]]
            + [("space", key) for key in found["space_ids"]],
        ).get_json()
        charges = [one for group in account["groups"] for one in group["charges"]]
        assert [one["id"] for one in charges if one["overdue"]] == [there]
        return account["groups"][0]["payer"], [one["id"] for one in charges if one["ticked"]]

    assert ticked("1-1-101") == ("1-1-101", [who["now"]])
    assert ticked("1-1-201") == ("1-1-201", [there])
    assert ticked("B1-007") == ("B1-007", [parked])
    assert ticked("欧阳小兰") == ("1-1-101", [who["now"], there, parked])
    # A searched room without a debt ticks nothing, and is named.
    account = desk.get(f"/desk/customer/{who['abroad']}.json").status_code
    assert account == 404
    with unit_of_work() as unit:
        operations.pay(
            session=unit,
            request=operations.PaymentRequest(
                customer_id=who["id"],
                tenders=[(Tender.CASH, None)],
                day=date(2025, 2, 10),
                charge_ids=[there],
            ),
        )
    told = desk.get(f"/desk/customer/{who['id']}.json", query_string={"room": second}).get_json()
    assert (told["searched"], [g for g in told["groups"] if g["asked"]]) == (["1-1-201"], [])


@pytest.mark.parametrize("typed", ["1-1-101", "欧阳小兰", "京A12345", "B1-007", "13812345678"])
def test_the_desk_ignores_the_tree(who: Any, cast: Any, client_of: Browser, typed: str) -> None:
    """D2: a node chosen on another page hides nobody from the cashier, and the page shows no such choice."""
    desk = client_of("收费员")
    other = cast.ours.room_ids[1]
    assert desk.post("/tree/scope", data={"key": f"room:{other}"}).status_code == 200
    found = desk.get("/desk/find", query_string={"q": typed}).get_json()["customers"]
    assert [one["id"] for one in found] == [who["id"]]
    assert "chip-scope" not in desk.get("/desk/").get_data(as_text=True)
    assert "chip-scope" in desk.get("/charge/list/").get_data(as_text=True)


def test_paying_answers_with_the_receipt(session: Session, who: Any, client_of: Browser) -> None:
    answer = client_of("收费员").post("/desk/pay", json=body(who))
    (receipt,) = answer.get_json()["receipts"]
    assert receipt | {"id": 0, "print_url": "", "url": ""} == {
        "id": 0,
        "number": "SJ2025000001",
        "total": "210.72",
        "change": "9.28",
        "settled": "210.72",
        "prepaid": "0.00",
        "deposited": "0.00",
        "words": "人民币贰佰壹拾元零柒角贰分",
        "print_url": "",
        "url": "",
    }
    assert receipt["print_url"] == f"/desk/receipt/{receipt['id']}/print"
    assert figures(session, who["now"]) == (Decimal("210.72"), Decimal("0.00"))
    row = session.get_one(Receipt, receipt["id"])
    assert (row.day, row.created_by) == (date(2025, 2, 10), "收费员")


def test_a_double_click_is_one_receipt(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    answers = [desk.post("/desk/pay", json=body(who)).get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert session.scalar(select(func.count(Receipt.id))) == 1
    other = desk.post("/desk/pay", json=body(who, charge_ids=[who["later"]]))
    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")


def test_who_comes_second_is_told_so(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    desk.post("/desk/pay", json=body(who))
    answer = desk.post("/desk/pay", json=body(who, key="key-000002"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_settled")
    assert "已被收款" in answer.get_json()["error"]


def test_backdating_is_its_own_permission(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    for day, code in (("2025-02-09", "no_backdating"), ("2025-02-11", "future_day")):
        answer = desk.post("/desk/pay", json=body(who, day=day))
        assert (answer.status_code, answer.get_json()["code"]) == (400, code)
    assert desk.post("/desk/pay", json=body(who, day="2025-02-10")).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"customer_id": "1"}, "bad_body", "customer_id"),
        ({"customer_id": True}, "bad_body", "customer_id"),
        ({"customer_id": 0}, "bad_body", "customer_id"),
        ({"customer_id": 2**63}, "bad_body", "customer_id"),
        ({"charge_ids": "all"}, "bad_body", "charge_ids"),
        ({"charge_ids": [1.0]}, "bad_body", "charge_ids"),
        ({"charge_ids": [1, 1]}, "bad_body", "charge_ids"),
        ({"charge_ids": list(range(1, 5002))}, "bad_body", "charge_ids"),
        ({"charge_ids": []}, "nothing_chosen", "charge_ids"),
        ({"amount": 210.72}, "bad_amount", "amount"),
        ({"amount": "210.725"}, "bad_amount", "amount"),
        ({"amount": "1e2"}, "bad_amount", "amount"),
        ({"amount": "٣"}, "bad_amount", "amount"),
        ({"amount": "NaN"}, "bad_amount", "amount"),
        ({"amount": "0"}, "not_positive", "amount"),
        ({"tendered": "200.00"}, "tendered_short", "tendered"),
        ({"tenders": []}, "bad_body", "tenders"),
        ({"tenders": [{"tender": "现金", "amount": "1.00", "note": ""}]}, "bad_body", "tenders"),
        ({"tenders": [{"tender": "支票", "amount": "210.72"}]}, "unknown_tender", "tenders"),
        ({"tenders": [{"tender": "cash", "amount": 1}]}, "bad_amount", "tenders"),
        ({"tenders": [{"tender": "cash", "amount": "0.00"}]}, "not_positive", "tenders"),
        ({"key": ""}, "bad_body", "key"),
        ({"key": "key 00001"}, "bad_body", "key"),
        ({"day": "10.2.2025"}, "bad_body", "day"),
        ({"day": "2025-02-30"}, "bad_body", "day"),
        ({"cashier": 1}, "bad_body", "body"),
    ],
)
def test_a_body_that_is_not_the_desks_is_refused(
    session: Session, who: Any, client_of: Browser, change: Any, code: str, field: str
) -> None:
    answer = client_of("收费员").post("/desk/pay", json=body(who, **change))
    told = answer.get_json()
    assert (answer.status_code, told["code"], told["field"]) == (400, code, field)
    assert told["error"]
    assert session.scalar(select(func.count(Receipt.id))) == 0


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"null", b"[" * 100_000, b'{"amount": NaN}', b"\xff"])
def test_what_is_no_json_object_is_refused(client_of: Browser, who: Any, data: bytes) -> None:
    answer = client_of("收费员").post("/desk/pay", data=data, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_body")


def test_the_neighbours_desk_gets_nothing_of_ours(session: Session, who: Any, client_of: Browser) -> None:
    ours = client_of("收费员")
    receipt = ours.post("/desk/pay", json=body(who)).get_json()["receipts"][0]["id"]
    desk = client_of("邻区收费员")
    assert desk.get(f"/desk/customer/{who['id']}.json").status_code == 404
    assert desk.get(f"/desk/receipt/{receipt}/print").status_code == 404
    found = desk.get("/desk/find?q=欧阳").get_json()["customers"]
    assert [one["id"] for one in found] == [who["abroad"]]
    for asked in (
        body(who, charge_ids=[who["later"]], key="key-000003"),
        body(who, customer_id=who["abroad"], charge_ids=[who["later"]], key="key-000004"),
    ):
        assert desk.post("/desk/pay", json=asked).status_code == 404
    assert figures(session, who["later"])[0] == 0


def test_the_account_costs_few_queries(who: Any, client_of: Browser, count_queries: Any) -> None:
    desk = client_of("收费员")
    desk.get(f"/desk/customer/{who['id']}.json")
    with count_queries() as queries:
        desk.get(f"/desk/customer/{who['id']}.json")
    assert len(queries) < 12


def test_todays_takings_on_the_home_page(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    desk.post("/desk/pay", json=body(who))
    card = desk.get("/collection/cards/today").get_data(as_text=True)
    assert "210.72" in card
    assert "现金" in card
    assert "/collection/cards/today" in desk.get("/").get_data(as_text=True)
    assert "210.72" not in client_of("邻区收费员").get("/collection/cards/today").get_data(as_text=True)


def test_more_than_is_owed_is_told_with_what_to_do(who: Any, client_of: Browser) -> None:
    asked = body(who, amount="300.00", tenders=[{"tender": "现金", "amount": "300.00"}], tendered=None)
    answer = client_of("收费员").post("/desk/pay", json=asked)
    assert answer.status_code == 400
    told = answer.get_json()
    assert (told["code"], told["field"]) == ("over_balance", "amount")
    for words in ("300.00", "欠费 210.72 元", "89.28 元可以作为预收", "F2"):
        assert words in told["error"]
    assert "刷新" not in told["error"]


def test_a_receipt_is_told_with_the_address_of_its_page(who: Any, client_of: Browser) -> None:
    client = client_of("收费员")
    [receipt] = client.post("/desk/pay", json=body(who)).get_json()["receipts"]
    assert receipt["number"] in client.get(receipt["url"]).get_data(as_text=True)
