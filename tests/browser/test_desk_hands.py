"""收费台 for quick hands: what is typed meanwhile stays, a digit is a method, and a small screen shows all of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collection.models import Receipt, ReceiptTender
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import Hands, chromium
from tests.browser.server import serving
from tests.browser.test_desk_keys import Desk, owe
from tests.people import PASSWORD


@pytest.fixture
def desk(app: Flask, cast: Any) -> Iterator[Desk]:
    """王一 owes for two rooms and a space; the last month's charge is overdue."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as unit:
        owe(unit, cast, Period.of(clock.today()))
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("shoufei", PASSWORD)
        hands.page.goto("/desk/")
        yield Desk(hands.page, hands.troubles)


class Held:
    """Requests of a kind that wait until they are let go."""

    def __init__(self, desk: Desk, url: str) -> None:
        self.routes: list[Route] = []
        self.page, self.url = desk.page, url
        desk.page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        """Answer what waits, and hold nothing more."""
        for route in self.routes:
            route.continue_()
        self.page.unroute(self.url)


def find(desk: Desk, text: str) -> None:
    desk.focused("#desk-q")
    desk.page.keyboard.type(text)
    desk.press("Enter")
    expect(desk.page.locator("#desk-name")).to_have_text("王一")
    expect(desk.page.locator("#desk-name")).to_be_visible()


def take(desk: Desk) -> None:
    expect(desk.page.locator("[data-charge]").first).to_be_visible()
    desk.press("Enter", "Enter")


def test_the_next_room_is_typed_while_the_receipt_prints(desk: Desk) -> None:
    """D1: text in the box is neither cleared nor selected when the printing returns, nor by any other answer."""
    page = desk.page
    find(desk, "1-1-101")
    page.clock.install()
    held = Held(desk, "**/desk/receipt/*/print")
    take(desk)
    expect(page.locator("#desk-receipts")).to_contain_text("SJ")
    page.keyboard.type("1-1-2")
    with page.expect_response("**/desk/receipt/*/print"):
        held.let_go()
    expect(page.locator(".print-frame")).to_have_count(1)
    page.wait_for_function(
        "document.querySelector('.print-frame').contentWindow.document.readyState === 'complete'"
    )
    page.keyboard.type("01")
    expect(page.locator("#desk-q")).to_have_value("1-1-201")
    # The printing's end comes a second later at most; another key after it still adds to the text.
    page.clock.fast_forward(2000)
    page.keyboard.type("9")
    expect(page.locator("#desk-q")).to_have_value("1-1-2019")
    assert desk.troubles == []


def test_the_next_room_is_typed_while_the_payment_is_on_its_way(desk: Desk, session: Session) -> None:
    """D1: Enter in the box before the answer searches after it; the receipt of the payment stays in sight."""
    page = desk.page
    find(desk, "1-1-101")
    held = Held(desk, "**/desk/pay")
    take(desk)
    page.locator("#desk-q").fill("A-001")
    desk.press("Enter")
    expect(page.locator("#desk-q")).to_have_value("A-001")
    held.let_go()
    expect(page.locator("#desk-receipts")).to_contain_text("SJ")
    expect(page.locator("tbody[data-group]").first).to_contain_text("A-001")
    assert desk.ticked() == ["80.00"]
    expect(page.locator("#desk-q")).to_have_value("A-001")
    session.rollback()
    assert len(session.scalars(select(Receipt)).all()) == 1


def test_a_refusal_does_not_take_the_keys_from_the_box(desk: Desk) -> None:
    """D1: nothing that comes back, a refused payment either, moves the keys while somebody types."""
    page = desk.page
    find(desk, "1-1-101")
    page.route(
        "**/desk/pay", lambda route: route.fulfill(status=400, json={"error": "不行", "field": "amount"})
    )
    held = Held(desk, "**/desk/find*")
    with page.expect_response("**/desk/pay"):
        take(desk)
        page.locator("#desk-q").fill("王")
    expect(page.locator("#desk-problem")).to_have_text("不行")
    page.keyboard.type("一")
    expect(page.locator("#desk-q")).to_have_value("王一")
    # While a search is on its way the next text is typed over it: the hands stay in the box.
    desk.press("Enter")
    expect(page.locator("#desk-busy")).to_have_text("正在查找…")
    page.keyboard.type("x")
    held.let_go()
    expect(page.locator("#desk-name")).to_have_text("王一")
    desk.focused("#desk-q")
    expect(page.locator("#desk-q")).to_have_value("王一x")


def test_a_room_ticks_its_own_and_its_heading_ticks_all_of_it(desk: Desk) -> None:
    """D3: only the searched room is ticked, it stands first; Space on a heading ticks the room; overdue is marked."""
    page = desk.page
    find(desk, "1-1-201")
    heads = page.locator("[data-place] th")
    expect(heads.first).to_contain_text("1-1-201")
    assert desk.ticked() == ["85.05"]
    expect(page.locator("tr.overdue")).to_contain_text(["100.10"])
    # Down to the heading of the next room: its tick is that of its three charges.
    desk.press("ArrowDown", "Space")
    assert desk.ticked() == ["85.05", "100.10", "200.20", "300.30"]
    expect(page.locator("#desk-ticked")).to_have_text("685.65")
    desk.press("Space")
    assert desk.ticked() == ["85.05"]
    page.locator("[data-place] input").nth(2).check()
    assert desk.ticked() == ["85.05", "80.00"]


def test_a_digit_is_a_method_and_the_desk_remembers_it(desk: Desk, session: Session) -> None:
    """D4: 2 is 微信 on the charges, Alt+2 in an amount; the next customer begins with what was used last."""
    page = desk.page
    first = page.locator(".desk-tender select").first
    find(desk, "1-1-201")
    expect(first).to_have_value("cash")
    desk.press("2")
    expect(first).to_have_value("wechat")
    desk.press("Enter", "Alt+3")
    expect(first).to_have_value("alipay")
    expect(page.locator("#desk-amount")).to_have_value("85.05")
    desk.press("Enter")
    expect(page.locator("#desk-receipts")).to_contain_text("SJ")
    session.rollback()
    assert [one.tender.value for one in session.scalars(select(ReceiptTender))] == ["alipay"]
    page.goto("/desk/")
    find(desk, "A-001")
    expect(first).to_have_value("alipay")


def test_a_small_screen_shows_all_of_it(desk: Desk) -> None:
    """D9: at 1280 × 720 the tree is folded, search box, charges and the button stand on one screen; the paid card names."""
    page = desk.page
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.locator("#tree-panel")).to_be_hidden()
    find(desk, "王一")
    for place in ("#desk-q", "#desk-name", "[data-charge]", "#desk-total", "#desk-tendered", "#desk-take"):
        expect(page.locator(place).first).to_be_in_viewport(ratio=1)
    desk.press("F2")
    expect(page.locator("[data-part=until]")).to_be_in_viewport(ratio=1)
    expect(page.locator("#desk-take")).to_be_in_viewport(ratio=1)
    # However much is owed, and with the latest receipts open, the box stays in sight.
    page.locator("#desk-show-past").click()
    expect(page.locator("#desk-past")).to_be_in_viewport()
    expect(page.locator("#desk-q")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight + 60")
    desk.press("Escape")
    find(desk, "王一")
    take(desk)
    expect(page.locator("#desk-paid")).to_have_text("王一")
    # Folded here is not folded elsewhere.
    page.goto("/charge/list/")
    expect(page.locator("#tree-panel")).to_be_visible()


def test_prepayment_and_deposit_have_one_order_of_fields(desk: Desk) -> None:
    """D10: what for, then the amount, whichever of F2 and F4 made the line."""
    find(desk, "王一")
    orders = []
    for key in ("F2", "F4"):
        desk.press(key)
        order = []
        for _ in range(2):
            order.append(desk.page.evaluate("document.activeElement.dataset.part"))
            desk.press("Tab")
        orders.append(order)
    assert orders == [["what", "amount"], ["what", "amount"]]


def test_receipts_and_waivers_without_leaving_the_desk(desk: Desk, session: Session) -> None:
    """D7: F7 lists the customer's receipts; printed again, voided, and a waiver asked for, all on this page."""
    page = desk.page
    find(desk, "1-1-201")
    take(desk)
    expect(page.locator("#desk-receipts")).to_contain_text("SJ")
    expect(page.locator("#desk-drawer")).to_contain_text("现金 85.05")
    desk.focused("#desk-q")
    find(desk, "王一")
    desk.press("F7")
    line = page.locator("#desk-past [data-receipt]")
    expect(line).to_contain_text("85.05")
    with page.expect_response("**/desk/receipt/*/print"):
        line.get_by_role("button", name="补打").click()
    line.get_by_role("button", name="作废").click()
    page.locator("#confirm").get_by_label("原因").fill("收错了")
    desk.press("Enter")
    expect(page.locator("#desk-told")).to_have_text("收据已作废，费用已恢复为欠费。")
    expect(page.locator("#desk-due")).to_have_text("765.65")
    expect(page.locator("#desk-drawer")).not_to_contain_text("85.05")
    page.locator("#desk-all").check()
    page.locator("#desk-all").uncheck()
    page.locator("[data-charge] input").first.check()
    page.locator("#desk-waive").click()
    page.locator("#confirm").get_by_label("原因").fill("漏水")
    desk.press("Enter")
    expect(page.locator("#desk-told")).to_have_text("已提出减免申请，等待审批。")
    expect(page.locator("#desk-name")).to_have_text("王一")
    assert desk.troubles == []


def test_a_month_fills_the_amount(desk: Desk) -> None:
    """D6: 预交到 a month computes; Enter there goes to the amount and pays nothing."""
    page = desk.page
    page.route(
        "**/desk/customer/*/advance.json*",
        lambda route: route.fulfill(
            json={
                "amount": "1120.00",
                "charges": "1120.00",
                "held": "0.00",
                "from": "2025-02",
                "until": "2025-12",
                "metered": True,
            }
        ),
    )
    find(desk, "王一")
    desk.press("F2")
    page.locator("[data-part=until]").fill("2025-12")
    desk.press("Enter")
    desk.focused("[data-part=amount]")
    expect(page.locator("[data-part=amount]")).to_have_value("1120.00")
    expect(page.locator("[data-part=note]")).to_contain_text("2025-02 至 2025-12 未出账 1120.00 元")
    expect(page.locator("#desk-receipts")).to_be_hidden()
    assert desk.troubles == []
