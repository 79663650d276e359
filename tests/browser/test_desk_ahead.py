"""预收, 押金, 抹零, 找零转预收 and 预收抵扣 at the desk by keys alone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Deposit, Prepayment, Receipt, Waiver
from app.estate.models import Occupancy
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import Hands, chromium
from tests.browser.server import serving
from tests.browser.test_desk_keys import Desk
from tests.integration.collection.ledger import add_charge, add_customer, add_fee
from tests.people import PASSWORD

D = Decimal


@pytest.fixture
def desk(app: Flask, cast: Any) -> Iterator[Desk]:
    """王一 of 1-1-101 owes 210.72 for this month and 100.35 for the last."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        person, fee, room = add_customer(unit, cast.ours.community_id), add_fee(unit), cast.ours.room_ids[0]
        unit.add(Occupancy(community_id=cast.ours.community_id, room_id=room, customer_id=person))
        this = Period.of(clock.today())
        for period, amount in ((this.previous, "100.35"), (this, "210.72")):
            add_charge(unit, customer_id=person, fee_id=fee, amount=amount, period=str(period), room_id=room)
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("shoufei", PASSWORD)
        hands.page.goto("/desk/")
        yield Desk(hands.page, hands.troubles)


def find(desk: Desk) -> None:
    desk.focused("#desk-q")
    desk.page.keyboard.type("1-1-101")
    desk.press("Enter")
    expect(desk.page.locator("#desk-name")).to_have_text("王一")


def test_all_of_it_in_one_payment(desk: Desk, session: Session) -> None:
    page = desk.page
    find(desk)
    # F9: odd 分 are let go; F2: 100.00 of general 预收; F4: 500.00 of 押金 for the room.
    desk.press("F9")
    expect(page.locator("#desk-rounded")).to_have_text("−0.07")
    desk.press("F2")
    desk.focused("[data-ahead=advance] [data-part=what]")
    desk.press("Tab")
    page.keyboard.type("100")
    desk.press("F4")
    desk.focused("[data-ahead=deposit] [data-part=what]")
    desk.press("Tab")
    page.keyboard.type("500")
    expect(page.locator("#desk-total")).to_have_text("911.00")
    # To the cash; what it is too much is kept.
    while page.evaluate("document.activeElement.id") != "desk-tendered":
        desk.press("Tab")
    page.keyboard.type("1000")
    expect(page.locator("#desk-change")).to_have_text("89.00")
    desk.press("ArrowDown", "Space")
    expect(page.locator("#desk-change-word")).to_have_text("转预收")
    desk.press("Enter")
    expect(page.locator("#desk-receipts")).to_contain_text("收费 311.00、预收 189.00、押金 500.00")
    desk.focused("#desk-q")
    session.rollback()
    receipt = session.scalars(select(Receipt)).one()
    assert (receipt.total, receipt.change_given) == (D("1000.00"), D("0.00"))
    assert session.scalars(select(Prepayment.balance)).all() == [D("189.00")]
    assert session.scalars(select(Deposit.balance)).all() == [D("500.00")]
    assert session.scalars(select(Waiver.amount)).all() == [D("0.07")]
    # Who owes nothing may pay in advance all the same.
    find(desk)
    expect(page.locator("#desk-held")).to_contain_text("通用预收 189.00")
    expect(page.locator("#desk-held")).to_contain_text("装修保证金 1-1-101 500.00")
    expect(page.locator("#desk-amount")).to_be_hidden()
    desk.press("F2", "Tab")
    page.keyboard.type("11")
    desk.press("Enter")
    expect(page.locator("#desk-receipts")).to_contain_text("11.00")
    assert desk.troubles == []


def test_what_is_held_is_used_first(desk: Desk, session: Session) -> None:
    page = desk.page
    find(desk)
    desk.press("F2", "Tab")
    page.keyboard.type("150")
    page.locator("#desk-all").uncheck()
    desk.press("Enter")
    page.locator("#desk-take").press("Enter")
    expect(page.locator("#desk-receipts")).to_contain_text("150.00")
    find(desk)
    expect(page.locator("#desk-ticked")).to_have_text("311.07")
    # Asked first, and Escape is no: the customer stays open.
    desk.press("F8")
    expect(page.locator("#confirm")).to_be_visible()
    desk.press("Escape")
    expect(page.locator("#confirm")).to_be_hidden()
    expect(page.locator("#desk-name")).to_have_text("王一")
    desk.press("F8")
    expect(page.locator("#confirm")).to_contain_text("最多 150.00 元")
    expect(page.locator("#confirm button[type=submit]")).to_be_focused()
    desk.press("Enter")
    expect(page.locator("#desk-told")).to_have_text("已用预收抵扣 150.00 元。")
    expect(page.locator("#desk-ticked")).to_have_text("161.07")
    expect(page.locator("#desk-apply")).to_be_hidden()
    session.rollback()
    assert session.scalars(select(Prepayment.balance)).all() == [D("0.00")]
    assert desk.troubles == []


def test_trouble_is_told_beside_its_field(desk: Desk, session: Session) -> None:
    page = desk.page
    find(desk)
    desk.press("F4", "Enter")
    expect(page.locator("#desk-problem")).to_contain_text("请填写金额")
    desk.focused("[data-ahead=deposit] [data-part=amount]")
    page.keyboard.type("0")
    desk.press("Enter")
    expect(page.locator("#desk-problem")).to_contain_text("金额不正确")
    assert session.scalars(select(Receipt)).all() == []
    assert desk.troubles == []
