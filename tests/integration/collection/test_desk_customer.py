"""The desk's further business with the customer that is open: 预收 until a month, receipts, voids, waivers."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import FeeItem, FeeStandard, FeeStandardVersion
from app.collection.models import Receipt, Waiver
from app.collection.states import ReceiptState
from app.estate.models import Occupancy, ParkingSpace
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode import clock
from app.lowcode.unit import unit_of_work

from .ledger import add_customer

NOON = datetime(2025, 2, 10, 4, tzinfo=UTC)
Browser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.clock_at(NOON):
        yield


@pytest.fixture
def who(session: Session, cast: Any) -> dict[str, int]:
    """王一 of 1-1-101, 100.00 a month and from July 120.00, with a space for 50.00; February is billed."""
    place, room = cast.ours, cast.ours.room_ids[0]
    with unit_of_work() as unit:
        customer = add_customer(unit, place.community_id)
        unit.add(
            Occupancy(
                community_id=place.community_id, room_id=room, customer_id=customer, starts=date(2024, 1, 1)
            )
        )
        space = ParkingSpace(community_id=place.community_id, number="A-001", customer_id=customer)
        unit.add(space)
        unit.flush()
        fees = {}
        for name, price, target in (
            ("物业费", "100.00", {"room_ids": [room]}),
            ("停车费", "50.00", {"space_ids": [space.id]}),
        ):
            item = FeeItem(name=name)
            unit.add(item)
            unit.flush()
            standard = billing.save_standard(
                session=unit,
                row=FeeStandard(),
                name=name,
                fee_item_id=item.id,
                community_id=place.community_id,
                method=Method.FIXED,
                active=True,
                price=Decimal(price),
                price_starts=date(2025, 1, 1),
                due_days=0,
            )
            billing.assign(session=unit, standard_id=standard.id, starts=date(2025, 2, 1), **target)
            fees[name] = item.id
            if name == "物业费":
                unit.add(
                    FeeStandardVersion(
                        community_id=place.community_id,
                        standard_id=standard.id,
                        starts=date(2025, 7, 1),
                        price=Decimal("120.00"),
                    )
                )
        unit.flush()
        billing.bill(session=unit, community_id=place.community_id, period=Period(2025, 2))
    return {"id": customer, "room": room, "fee": fees["物业费"], "parking": fees["停车费"]}


def until(desk: FlaskClient, who: Mapping[str, int], month: str, **more: Any) -> Any:
    return desk.get(f"/desk/customer/{who['id']}/advance.json", query_string={"until": month, **more})


def test_prepaid_until_a_month(who: dict[str, int], client_of: Browser) -> None:
    """D6: what is not billed yet until a month, by the prices of each; less what is held for just that."""
    desk = client_of("收费员")
    room = {"fee": who["fee"], "room": who["room"]}
    assert until(desk, who, "2025-12", **room).get_json() == {
        "amount": "1120.00",
        "charges": "1120.00",
        "held": "0.00",
        "from": "2025-02",
        "until": "2025-12",
        "metered": False,
    }
    # However the month is written; the month that is billed costs nothing more.
    assert until(desk, who, "202503", **room).get_json()["amount"] == "100.00"
    assert until(desk, who, "2025/3", **room).get_json()["amount"] == "100.00"
    assert until(desk, who, "2025年2月", **room).get_json()["amount"] == "0.00"
    # Another fee, and all fees over rooms and spaces.
    assert until(desk, who, "2025-04", fee=who["parking"]).get_json()["amount"] == "100.00"
    assert until(desk, who, "2025-04").get_json()["amount"] == "300.00"
    # What is held for the fee and room counts.
    paid = desk.post(
        "/desk/pay",
        json={
            "customer_id": who["id"],
            "charge_ids": [],
            "key": "key-000001",
            "tenders": [{"tender": "cash"}],
            "advances": [{"amount": "150.00", "fee_item_id": who["fee"], "room_id": who["room"]}],
        },
    )
    assert paid.status_code == 200
    found = until(desk, who, "2025-05", **room).get_json()
    assert (found["amount"], found["held"]) == ("150.00", "150.00")
    assert until(desk, who, "2025-03", **room).get_json()["amount"] == "0.00"


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2025-01", "month_passed"),
        ("2025-13", "bad_until"),
        ("", "bad_until"),
        ("x", "bad_until"),
        ("2030-02", "too_many_months"),
    ],
)
def test_a_month_that_is_none_is_refused(who: Any, client_of: Browser, month: str, code: str) -> None:
    """D6: a month before this one, too far ahead, or not one at all gets a sentence."""
    answer = until(client_of("收费员"), who, month)
    assert (answer.status_code, answer.get_json()["code"]) == (400, code)


def test_of_another_community_nothing_is_told(who: Any, cast: Any, client_of: Browser) -> None:
    assert until(client_of("邻区收费员"), who, "2025-12").status_code in (400, 404)
    foreign = until(client_of("收费员"), who, "2025-12", room=cast.neighbour.room_ids[0])
    assert foreign.get_json()["code"] == "out_of_scope"


def test_receipts_are_listed_voided_and_waivers_asked_at_the_desk(
    session: Session, who: Any, client_of: Browser
) -> None:
    """D7: the customer's receipts with what may be done now; the dialogs answer without leading away."""
    desk = client_of("收费员")
    charges = [
        one["id"]
        for group in desk.get(f"/desk/customer/{who['id']}.json").get_json()["groups"]
        for one in group["charges"]
    ]
    desk.post(
        "/desk/pay",
        json={
            "customer_id": who["id"],
            "charge_ids": charges[:1],
            "key": "key-000001",
            "tenders": [{"tender": "wechat"}],
        },
    )
    url = f"/desk/customer/{who['id']}/receipts.json"
    (receipt,) = desk.get(url).get_json()["receipts"]
    assert receipt | {"id": 0, "number": "", "url": "", "print_url": "", "actions": []} == {
        "id": 0,
        "number": "",
        "day": "2025-02-10",
        "total": "100.00",
        "tenders": ["微信"],
        "cashier": "收费员",
        "state": "",
        "url": "",
        "print_url": "",
        "actions": [],
    }
    (void,) = receipt["actions"]
    assert void["label"] == "作废"
    script = {"X-Requested-With": "XMLHttpRequest"}
    done = desk.post(void["url"], data={"reason": "收错了"}, headers=script).get_json()
    assert done == {"done": "收据已作废，费用已恢复为欠费。"}
    session.rollback()
    assert session.scalars(select(Receipt.state)).all() == [ReceiptState.VOID]
    (receipt,) = desk.get(url).get_json()["receipts"]
    assert (receipt["state"], receipt["actions"]) == ("作废", [])
    # One charge by an amount, several by a share.
    one = desk.post(
        f"/charge/do/waive/{charges[0]}?stay=1", data={"amount": "10.00", "reason": "漏水"}, headers=script
    )
    assert one.get_json() == {"done": "已提出减免申请，等待审批。"}
    several = desk.post(
        "/charge/do/waive_ticked",
        data={"stay": "1", "rowid": [str(key) for key in charges], "percent": "5", "reason": "漏水"},
        headers=script,
    )
    assert "done" in several.get_json(), several.get_json()
    session.rollback()
    assert len(session.scalars(select(Waiver.id)).all()) >= 2
    # No sentence of these waits for the next page.
    assert "已提出减免申请" not in desk.get("/desk/").get_data(as_text=True)
    assert client_of("邻区收费员").get(url).status_code == 404
