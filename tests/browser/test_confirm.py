"""What cannot be taken back is asked about first: 交款 is sent when the question is answered, and only then."""

from typing import Any

from flask import Flask
from playwright.sync_api import expect

from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import Hands, chromium
from tests.browser.server import serving
from tests.integration.collection.ledger import add_charge, add_customer, add_fee
from tests.people import PASSWORD


def test_money_is_handed_over_when_the_question_is_answered(app: Flask, cast: Any) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        who = add_customer(session, cast.ours.community_id, "王一")
        add_charge(session, customer_id=who, fee_id=add_fee(session), amount="88.50")
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        page = hands.page
        hands.log_in("shoufei", PASSWORD)
        page.goto("/desk/?q=王一")
        page.locator("#desk-take").click()
        # Told with the way to its page.
        receipt = page.locator("#desk-receipts a").first
        expect(receipt).to_contain_text("SJ")
        receipt.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("SJ")

        page.goto("/handover/")
        button, dialog = page.get_by_role("button", name="交款 88.50 元"), page.get_by_role("dialog")
        hands.field("实点现金").fill("88.50")
        button.click()
        expect(dialog).to_contain_text("88.50 元")
        dialog.get_by_role("button", name="取消").click()
        expect(dialog).to_be_hidden()
        page.reload()
        # By note: the sum follows.
        for note, pieces in (
            ("50 元", "1"),
            ("20 元", "1"),
            ("10 元", "1"),
            ("5 元", "1"),
            ("1 元", "3"),
            ("0.5 元", "1"),
        ):
            page.get_by_label(note, exact=True).fill(pieces)
        expect(hands.field("实点现金")).to_have_value("88.50")
        button.click()
        dialog.get_by_role("button", name="确定").click()
        page.wait_for_url("**/cash_handover/show/*")
        assert hands.troubles == []
