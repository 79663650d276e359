"""收费台 without a mouse: found, ticked, paid by two methods, change given, printed, and back in the box."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.collection.models import Receipt, ReceiptTender
from app.estate.models import Occupancy, ParkingSpace
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import Hands, chromium
from tests.browser.server import serving
from tests.integration.collection.ledger import add_charge, add_customer, add_fee
from tests.people import PASSWORD


@dataclass
class Desk:
    """收费员 at the page, her hands on the keyboard only."""

    page: Page
    troubles: list[str]

    def focused(self, where: str) -> None:
        expect(self.page.locator(where)).to_be_focused()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def ticked(self) -> list[str]:
        """What the ticked lines are worth."""
        found: list[str] = self.page.eval_on_selector_all(
            "[data-charge] input:checked", "boxes => boxes.map(box => box.dataset.due)"
        )
        return found


@pytest.fixture
def desk(app: Flask, cast: Any) -> Iterator[Desk]:
    with app.app_context(), acting_as(SYSTEM):
        this = Period.of(clock.today())
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        owe(session, cast, this)
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("shoufei", PASSWORD)
        hands.page.goto("/desk/")
        yield Desk(hands.page, hands.troubles)


def owe(session: Session, cast: Any, this: Period) -> None:
    """王一 owes for two rooms and a space: 465.35 by this month, 300.30 more for the next."""
    person = add_customer(session, cast.ours.community_id, "王一")
    first, second = cast.ours.room_ids
    for room_id in (first, second):
        session.add(Occupancy(community_id=cast.ours.community_id, room_id=room_id, customer_id=person))
    space = ParkingSpace(community_id=cast.ours.community_id, number="A-001", customer_id=person)
    session.add(space)
    session.flush()
    fee = add_fee(session)
    for room_id, period, amount in (
        (first, this.previous, "100.10"),
        (first, this, "200.20"),
        (first, this.plus(1), "300.30"),
        (second, this, "85.05"),
    ):
        add_charge(
            session, customer_id=person, fee_id=fee, amount=amount, period=str(period), room_id=room_id
        )
    parking = add_charge(session, customer_id=person, fee_id=fee, amount="80.00", period=str(this))
    session.get_one(Charge, parking).space_id = space.id


def test_the_whole_of_it_by_keys(desk: Desk, session: Session) -> None:
    page = desk.page
    desk.focused("#desk-q")
    page.keyboard.type("王一")
    desk.press("Enter")
    # Everything over all rooms and spaces, grouped; this month and earlier are ticked.
    expect(page.locator("#desk-due")).to_have_text("765.65")
    groups = page.locator("tbody[data-group]")
    expect(groups).to_have_count(3)
    for place, name in enumerate(("1-1-101", "1-1-201", "A-001")):
        expect(groups.nth(place)).to_contain_text(name)
    assert desk.ticked() == ["100.10", "200.20", "85.05", "80.00"]
    expect(page.locator("#desk-ticked")).to_have_text("465.35")

    # Space takes the tick of the first line away and gives it back; the next line is a key away.
    desk.press("Space")
    expect(page.locator("#desk-ticked")).to_have_text("365.25")
    desk.press("Space", "ArrowDown", "Space")
    expect(page.locator("#desk-ticked")).to_have_text("265.15")
    expect(page.locator("#desk-amount")).to_have_value("265.15")

    # Enter: to the amount; a second method; what is left is cash.
    desk.press("Enter")
    desk.focused("#desk-amount")
    desk.press("+")
    rows = page.locator(".desk-tender")
    expect(rows).to_have_count(2)
    desk.focused(".desk-tender:nth-of-type(2) select")
    desk.press("Tab")
    page.keyboard.type("65.15")
    while page.evaluate("document.activeElement.id") != "desk-tendered":
        before = page.evaluate("document.activeElement.outerHTML")
        desk.press("ArrowDown")
        assert page.evaluate("document.activeElement.outerHTML") != before, before
    page.keyboard.type("300")
    expect(page.locator("#desk-change")).to_have_text("100.00")

    # Enter takes the money; the receipt is printed, the change is told, and the hands are where they began.
    with page.expect_response(re.compile(r"/desk/receipt/\d+/print")):
        desk.press("Enter")
    expect(page.locator("#desk-receipts")).to_contain_text("SJ")
    expect(page.locator("#desk-back output")).to_have_text("100.00")
    desk.focused("#desk-q")
    expect(page.locator("#desk-q")).to_have_value("")
    session.rollback()
    receipt = session.scalars(select(Receipt)).one()
    assert (receipt.total, receipt.change_given, receipt.prints) == (Decimal("265.15"), Decimal("100.00"), 1)
    parts = {row.tender.value: row.amount for row in session.scalars(select(ReceiptTender))}
    assert parts == {"cash": Decimal("200.00"), "wechat": Decimal("65.15")}

    # The next person is found at once, and what was paid is gone from the account.
    page.keyboard.type("王一")
    desk.press("Enter")
    expect(page.locator("#desk-due")).to_have_text("500.50")
    assert desk.ticked() == ["200.20"]
    desk.press("Escape")
    desk.focused("#desk-q")
    assert desk.troubles == []


def test_what_is_typed_before_the_script_is_there_is_not_lost(desk: Desk) -> None:
    """A quick hand presses Enter while the page still loads: the browser sends the form itself, and the name is found."""
    page = desk.page
    page.locator("#desk-q").fill("王一")
    page.evaluate("document.querySelector('.desk-find').submit()")
    expect(page.locator("#desk-due")).to_have_text("765.65")
