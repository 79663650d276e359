"""预收, 押金, 找零转预收, 抹零 and 预收抵扣 at the desk, over HTTP."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.collection.models import Deposit, Prepayment, Receipt, ReceiptTender, Waiver
from app.estate.models import Occupancy
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_charge, add_customer, add_fee, figures

NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)
D = Decimal
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(NOON):
        yield


@pytest.fixture
def who(session: Session, cast: Any) -> dict[str, int]:
    """王一 of 1-1-101 owes 210.72 of 物业费 and 33.35 of 水费."""
    place = cast.ours
    with unit_of_work() as unit:
        fee, water = add_fee(unit), add_fee(unit, "水费", 50)
        customer = add_customer(unit, place.community_id)
        room = place.room_ids[0]
        unit.add(
            Occupancy(
                community_id=place.community_id, room_id=room, customer_id=customer, starts=date(2024, 1, 1)
            )
        )
        charge = add_charge(unit, customer_id=customer, fee_id=fee, amount="210.72", room_id=room)
        other = add_charge(unit, customer_id=customer, fee_id=water, amount="33.35", room_id=room)
        return {
            "id": customer,
            "fee": fee,
            "water": water,
            "room": room,
            "charge": charge,
            "other": other,
            "foreign": cast.neighbour.room_ids[0],
        }


def body(who: Mapping[str, int], **changes: Any) -> dict[str, Any]:
    asked = {
        "customer_id": who["id"],
        "charge_ids": [],
        "amount": None,
        "key": "key-000001",
        "tendered": None,
        "tenders": [{"tender": "cash", "amount": None}],
    }
    return {**asked, **changes}


def account(desk: FlaskClient, who: Mapping[str, int]) -> dict[str, Any]:
    told: dict[str, Any] = desk.get(f"/desk/customer/{who['id']}.json").get_json()
    return told


def test_the_page_offers_what_may_be_taken(who: Any, client_of: Browser) -> None:
    page = client_of("收费员").get("/desk/").get_data(as_text=True)
    assert f'<option value="{who["water"]}">水费</option>' in page
    assert ">装修保证金</option>" in page
    assert '<option value="down_jiao">抹去分</option>' in page
    assert account(client_of("收费员"), who)["rooms"] == [{"id": who["room"], "label": "1-1-101"}]


def test_a_prepayment_alone(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    asked = body(who, advances=[{"amount": "300.00"}], tendered="500.00")
    (receipt,) = desk.post("/desk/pay", json=asked).get_json()["receipts"]
    assert (receipt["total"], receipt["prepaid"], receipt["settled"], receipt["change"]) == (
        "300.00",
        "300.00",
        "0.00",
        "200.00",
    )
    told = account(desk, who)
    assert (told["prepayment"], told["held"]) == ("300.00", [{"label": "通用预收", "balance": "300.00"}])
    assert figures(session, who["charge"])[0] == 0


def test_all_in_one_payment_and_on_paper(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    asked = body(
        who,
        charge_ids=[who["charge"]],
        advances=[{"amount": "100.00", "fee_item_id": who["water"], "room_id": who["room"]}],
        deposits=[{"amount": "2000.00", "item": "装修保证金", "room_id": who["room"]}],
        tenders=[{"tender": "wechat", "amount": None}],
    )
    (receipt,) = desk.post("/desk/pay", json=asked).get_json()["receipts"]
    assert (receipt["total"], receipt["settled"], receipt["prepaid"], receipt["deposited"]) == (
        "2310.72",
        "210.72",
        "100.00",
        "2000.00",
    )
    told = account(desk, who)
    assert told["held"] == [{"label": "水费 1-1-101", "balance": "100.00"}]
    assert told["deposits"] == [{"label": "装修保证金 1-1-101", "balance": "2000.00"}]
    paper = desk.get(receipt["print_url"]).get_data(as_text=True)
    for words in ("预收款（水费专用）", "押金：装修保证金", "2,310.72", "人民币贰仟叁佰壹拾元零柒角贰分"):
        assert words in paper
    # The same press again is the same receipt; another deposit under its key is none.
    assert desk.post("/desk/pay", json=asked).get_json()["receipts"] == [receipt]
    changed = {**asked, "deposits": [{"amount": "1.00", "item": "装修保证金", "room_id": who["room"]}]}
    assert desk.post("/desk/pay", json=changed).status_code == 409
    assert session.scalar(select(func.count(Receipt.id))) == 1


def test_change_is_kept_as_a_prepayment(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    asked = body(who, charge_ids=[who["charge"]], tendered="250.00", keep_change=True)
    (receipt,) = desk.post("/desk/pay", json=asked).get_json()["receipts"]
    assert (receipt["total"], receipt["prepaid"], receipt["change"]) == ("250.00", "39.28", "0.00")
    assert account(desk, who)["prepayment"] == "39.28"
    assert session.scalar(select(ReceiptTender.amount)) == D("250.00")


@pytest.mark.parametrize(
    ("way", "total", "waived", "kept"),
    [
        ("down_jiao", "244.00", "0.07", "0.00"),
        ("down_yuan", "244.00", "0.07", "0.00"),
        ("half_up_jiao", "244.10", "0.00", "0.03"),
    ],
)
def test_odd_cents_are_let_go(
    session: Session, who: Any, client_of: Browser, way: str, total: str, waived: str, kept: str
) -> None:
    desk = client_of("收费员")
    asked = body(who, charge_ids=[who["charge"], who["other"]], rounding=way)
    (receipt,) = desk.post("/desk/pay", json=asked).get_json()["receipts"]
    assert (receipt["total"], receipt["prepaid"]) == (total, kept)
    assert (session.scalar(select(func.sum(Waiver.amount))) or 0) == D(waived)
    assert account(desk, who)["total_due"] == "0.00"
    paper = desk.get(receipt["print_url"]).get_data(as_text=True)
    assert ("抹零" in paper) == (waived != "0.00")


def test_more_than_the_limit_is_not_let_go(session: Session, who: Any, client_of: Browser) -> None:
    from app.lowcode.settings import Setting

    with unit_of_work() as unit:
        unit.add(Setting(key="collection.rounding_limit", value="0.05"))
    asked = body(who, charge_ids=[who["charge"], who["other"]], rounding="down_jiao")
    answer = client_of("收费员").post("/desk/pay", json=asked)
    assert (answer.status_code, answer.get_json()["code"], answer.get_json()["field"]) == (
        400,
        "rounding_beyond_limit",
        "rounding",
    )
    assert session.scalar(select(func.count(Receipt.id))) == 0


def test_what_is_held_settles_what_is_ticked(session: Session, who: Any, client_of: Browser) -> None:
    desk = client_of("收费员")
    asked = {"customer_id": who["id"], "charge_ids": [who["charge"]]}
    answer = desk.post("/desk/apply", json=asked)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "nothing_held")
    desk.post("/desk/pay", json=body(who, advances=[{"amount": "200.00"}]))
    assert desk.post("/desk/apply", json=asked).get_json() == {"applied": "200.00"}
    assert desk.post("/desk/apply", json=asked).status_code == 409
    assert figures(session, who["charge"]) == (D("200.00"), D("10.72"))
    assert figures(session, who["other"])[0] == 0
    assert account(desk, who)["prepayment"] == "0.00"
    # The rest in cash: what was applied is told on the receipt, and is no money of it.
    paid = desk.post("/desk/pay", json=body(who, charge_ids=[who["charge"]], key="key-000002"))
    (receipt,) = paid.get_json()["receipts"]
    assert receipt["total"] == "10.72"
    assert "另用预收抵扣：200.00" in desk.get(receipt["print_url"]).get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 400, "nothing_chosen"),
        ({"advances": [{"amount": "0.00"}]}, 400, "not_positive"),
        ({"advances": [{"amount": "-1.00"}]}, 400, "not_positive"),
        ({"advances": [{"amount": 5}]}, 400, "bad_amount"),
        ({"advances": [{"amount": None}]}, 400, "missing_input"),
        ({"advances": [{}]}, 400, "missing_input"),
        ({"advances": {"amount": "1.00"}}, 400, "bad_body"),
        ({"advances": [{"amount": "1.00"}] * 11}, 400, "bad_body"),
        ({"advances": [{"amount": "1.00", "fee": 1}]}, 400, "bad_body"),
        ({"advances": [{"amount": "1.00", "fee_item_id": 2**40}]}, 404, "out_of_scope"),
        ({"advances": [{"amount": "1.00", "fee_item_id": "1"}]}, 400, "bad_body"),
        ({"deposits": [{"amount": "1.00"}]}, 400, "bad_body"),
        ({"deposits": [{"amount": "1.00", "item": ""}]}, 400, "bad_body"),
        ({"deposits": [{"amount": "1.00", "item": "x" * 61}]}, 400, "bad_body"),
        ({"deposits": [{"amount": "1.00", "item": "没有的项目"}]}, 400, "unknown_entry"),
        ({"deposits": [{"amount": "1.00", "item": "装修保证金", "room_id": 2**40}]}, 404, "out_of_scope"),
        ({"advances": [{"amount": "1.00"}], "rounding": "up"}, 400, "unknown_rounding"),
        ({"advances": [{"amount": "1.00"}], "keep_change": 1}, 400, "bad_body"),
        ({"advances": [{"amount": "1.00"}], "amount": "5.00"}, 400, "over_balance"),
        ({"advances": [{"amount": "100.00"}], "tendered": "99.99"}, 400, "tendered_short"),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, who: Any, client_of: Browser, change: Any, status: int, code: str
) -> None:
    answer = client_of("收费员").post("/desk/pay", json=body(who, **change))
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    for model in (Receipt, Prepayment, Deposit):
        assert session.scalar(select(func.count(model.id))) == 0


def test_another_communitys_room_is_not_the_customers(session: Session, who: Any, client_of: Browser) -> None:
    for part in (
        {"advances": [{"amount": "1.00", "fee_item_id": who["fee"], "room_id": who["foreign"]}]},
        {"deposits": [{"amount": "1.00", "item": "装修保证金", "room_id": who["foreign"]}]},
    ):
        assert client_of("收费员").post("/desk/pay", json=body(who, **part)).status_code == 404
    assert session.scalar(select(func.count(Receipt.id))) == 0


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"customer_id": 1},
        {"customer_id": "1", "charge_ids": []},
        {"customer_id": 1, "charge_ids": [1], "x": 1},
    ],
)
def test_an_application_that_is_not_the_desks_is_refused(
    who: Any, client_of: Browser, asked: dict[str, Any]
) -> None:
    answer = client_of("收费员").post("/desk/apply", json=asked)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_body")


def test_the_neighbours_desk_applies_nothing_of_ours(session: Session, who: Any, client_of: Browser) -> None:
    client_of("收费员").post("/desk/pay", json=body(who, advances=[{"amount": "200.00"}]))
    answer = client_of("邻区收费员").post(
        "/desk/apply", json={"customer_id": who["id"], "charge_ids": [who["charge"]]}
    )
    assert answer.status_code == 404
    assert figures(session, who["charge"])[0] == 0
