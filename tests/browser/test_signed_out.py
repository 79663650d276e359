"""X16: a form that was left open over the idle limit is sent with what was typed, once, after a new login."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from app.estate.models import Customer
from app.lowcode.accounts import require_new_password
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work
from tests.browser.axe import axe
from tests.browser.browsers import Hands, chromium
from tests.browser.pages import SIDEWAYS
from tests.browser.server import serving
from tests.integration.collection.ledger import add_charge, add_customer, add_fee
from tests.people import PASSWORD


@dataclass
class Desk:
    """Somebody at a page of an office, and what is in its books."""

    app: Flask
    address: str
    browser: Browser
    hands: Hands

    @property
    def page(self) -> Page:
        return self.hands.page

    def leave_open(self) -> None:
        """What the idle limit does: the browser has no login any more."""
        self.page.wait_for_load_state("networkidle")  # each answer brings the login's cookie anew
        self.page.context.clear_cookies()

    def customers(self, name: str) -> int:
        with self.app.app_context(), acting_as(SYSTEM):
            return db.session.scalar(select(func.count()).where(Customer.name == name)) or 0

    def log_in_again(self, password: str = PASSWORD) -> None:
        box = self.page.get_by_role("dialog", name="登录已失效")
        expect(box).to_be_visible()
        box.get_by_label("密码").fill(password)
        box.get_by_role("button", name="登录").click()


@pytest.fixture
def desk(app: Flask, cast: Any) -> Iterator[Desk]:
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("kefu", PASSWORD)
        yield Desk(app, address, browser, hands)
        assert hands.troubles == []


def test_a_form_left_open_is_sent_after_a_new_login(desk: Desk) -> None:
    page = desk.page
    page.goto("/customer/add")
    desk.hands.field("姓名").fill("久等")
    desk.leave_open()
    desk.hands.press("保存")
    box = page.get_by_role("dialog", name="登录已失效")
    expect(box).to_be_visible()
    assert not axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate(SIDEWAYS)
    # Backed out: the page is as it was.
    box.get_by_role("button", name="取消").click()
    expect(box).to_be_hidden()
    expect(desk.hands.field("姓名")).to_have_value("久等")
    desk.hands.press("保存")
    desk.log_in_again("不对的密码")
    expect(box.get_by_role("status")).to_contain_text("密码")
    assert desk.customers("久等") == 0
    desk.log_in_again()
    page.wait_for_url(re.compile(r"/customer/show/\d+"))
    assert desk.customers("久等") == 1


def test_who_has_logged_in_in_another_tab_is_asked_nothing(desk: Desk) -> None:
    page = desk.page
    page.goto("/customer/add")
    desk.hands.field("姓名").fill("另一页")
    desk.leave_open()
    other = page.context.new_page()
    other.goto("/login/")
    other.fill("[name=username]", "kefu")
    other.fill("[name=password]", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{desk.address}/")
    desk.hands.press("保存")
    page.wait_for_url(re.compile(r"/customer/show/\d+"))
    assert desk.customers("另一页") == 1


def test_nothing_is_written_in_another_person_s_name(desk: Desk) -> None:
    page = desk.page
    page.goto("/customer/add")
    desk.hands.field("姓名").fill("换了人")
    desk.leave_open()
    other = page.context.new_page()
    other.goto("/login/")
    other.fill("[name=username]", "jingli")
    other.fill("[name=password]", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{desk.address}/")
    desk.hands.press("保存")
    expect(page.locator("#flashes")).to_contain_text("现在登录的是另一个人")
    expect(desk.hands.field("姓名")).to_have_value("换了人")
    assert desk.customers("换了人") == 0


def test_money_is_taken_once_after_a_new_login(app: Flask, cast: Any) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        who = add_customer(session, cast.ours.community_id, "王一")
        add_charge(session, customer_id=who, fee_id=add_fee(session), amount="88.50")
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("shoufei", PASSWORD)
        desk = Desk(app, address, browser, hands)
        desk.page.goto("/desk/?q=王一")
        take = desk.page.locator("#desk-take")
        expect(take).to_be_enabled()
        desk.leave_open()
        take.click()
        desk.log_in_again()
        expect(desk.page.locator("#desk-receipts a")).to_have_count(1)
        assert hands.troubles == []


def test_without_the_script_the_answer_says_what_to_do(app: Flask, cast: Any) -> None:
    app.config["WTF_CSRF_ENABLED"], before = True, app.config.get("WTF_CSRF_ENABLED", True)
    try:
        answer = app.test_client().post("/customer/add", data={"name": "无脚本"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = before
    assert answer.status_code == 401
    assert "请在新标签页登录" in answer.text


def test_a_new_password_that_is_due_is_told_before_a_form_is_lost(app: Flask, cast: Any) -> None:
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        user_id = session.scalars(select(User.id).where(User.username == "kefu")).one()
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("kefu", PASSWORD)
        hands.page.goto("/customer/add")
        hands.field("姓名").fill("改密码前")
        with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            require_new_password(session=session, user_id=user_id)
        hands.press("保存")
        expect(hands.page.locator("#flashes")).to_contain_text("请先设置新密码")
        expect(hands.field("姓名")).to_have_value("改密码前")
