"""The story of a leak, by clicks alone: called in, dispatched, put off, repaired, signed on a phone, checked, rated, paid.

Five people at five screens; the technician's is 390 px wide, and no page of it goes sideways.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from app.billing.models import Charge
from app.kernel.phones import mask_phone
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.attachments import Attachment
from app.lowcode.db import db
from app.service.models import RepairOrder
from app.service.states.repairs import RepairState, Stars
from tests.browser.browsers import Hands, chromium
from tests.browser.pages import SIDEWAYS
from tests.browser.server import serving
from tests.integration.service.repair_office import PHONE, settle_repairs
from tests.people import PASSWORD
from tests.pictures import png

NUMBER = re.compile(r"BX\d{10}")
CHARGED = "75.00"  # two valves at 12.50, and 50 for the work


@dataclass
class Office:
    """The address of the office, and the browser that everybody has a window of."""

    app: Flask
    browser: Browser
    address: str

    def sits_down(self, login: str, *, width: int = 1440) -> Hands:
        hands = Hands(self.browser, self.address, width=width)
        hands.log_in(login, PASSWORD)
        return hands


@pytest.fixture
def office(app: Flask, cast: Any) -> Iterator[Office]:
    with app.app_context(), acting_as(SYSTEM):
        settle_repairs(cast=cast)
        db.session.remove()
    with serving(app) as address, chromium() as browser:
        yield Office(app, browser, address)


def test_a_leak_from_the_call_to_the_desk(office: Office) -> None:
    desk_clerk = office.sits_down("kefu")
    number = called_in(desk_clerk)
    does(desk_clerk, "转工程", becomes="已转工程")

    engineer = office.sits_down("gongcheng")
    open_from_the_home_page(engineer, "工程报修单待派工", number)
    asked = dialog(engineer, "派工")
    asked.get_by_label("维修人").select_option(label="张师傅 · 水电 · 手上 0 单")
    agree(engineer, becomes="已派工")

    technician = office.sits_down("weixiu", width=390)
    takes_and_puts_off(technician, number)
    wants_material(technician)

    open_from_the_home_page(engineer, "工程报修单待发料确认", number)
    expect(dialog(engineer, "发料确认")).to_contain_text("角阀 × 2个 = 25.00")
    agree(engineer, becomes="处理中")

    repairs_and_has_it_signed(technician)

    open_from_the_home_page(engineer, "工程报修单待核对", number)
    expect(engineer.page.get_by_role("main")).to_contain_text(CHARGED)
    dialog(engineer, "核对关闭").get_by_label("核对意见").fill("不漏了，合格。")
    agree(engineer, becomes="已关闭")
    the_signature_stays_in_its_place(engineer)

    desk_clerk.page.reload()
    asked = dialog(desk_clerk, "评价")
    asked.get_by_label(re.compile("^评价(?!意见)")).select_option(label=Stars.FIVE.label)
    asked.get_by_label("评价意见").fill("来得快")
    agree(desk_clerk, becomes="已关闭")

    cashier = office.sits_down("shoufei")
    pays(cashier)
    cashier.page.goto(desk_clerk.page.url)
    expect(cashier.page.get_by_role("main")).to_contain_text("已收清")

    for hands in (desk_clerk, engineer, technician, cashier):
        assert hands.troubles == []
    what_is_left(office)


def called_in(clerk: Hands) -> str:
    """The caller says the room; its page knows who lives there. Returns the number."""
    page = clerk.page
    page.get_by_role("combobox", name="全局搜索").fill("1-1-101")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/room/show/\d+|/search"))
    if "/search" in page.url:
        page.get_by_role("main").get_by_role("link", name="1-1-101").first.click()
    clerk.press("报修")
    page.wait_for_url(re.compile("/repair_order/add"))
    expect(clerk.field("报修人")).to_have_value("王先生")
    expect(clerk.field("电话")).to_have_value(mask_phone(PHONE))
    clerk.field("工种").select_option(label="水电")
    clerk.field("报修内容").fill("厨房水管漏水，地上都是水")
    clerk.save()
    found = NUMBER.search(page.locator("h1").inner_text())
    assert found is not None
    return found.group()


def takes_and_puts_off(technician: Hands, number: str) -> None:
    """The telephone shows the new order; the shop is shut today, so a day is promised, and then it works out after all."""
    page = technician.page
    technician.page.goto("/repairs/mine/")
    not_sideways(technician)
    page.get_by_role("main").get_by_role("link").filter(has_text=number).click()
    expect(page.get_by_role("link", name=PHONE)).to_have_count(0)
    page.get_by_role("button", name=mask_phone(PHONE)).click()
    expect(page.get_by_role("link", name=PHONE)).to_have_attribute("href", f"tel:{PHONE}")
    not_sideways(technician)
    does(technician, "接单", becomes="处理中")
    asked = dialog(technician, "延期")
    asked.get_by_label("承诺日期").first.fill(str(clock.today() + timedelta(days=1)))
    agree_refused(technician, "必填")
    asked.get_by_label("原因").fill("五金店关门，明天买角阀")
    agree(technician, becomes="延期")
    does(technician, "继续处理", becomes="处理中")


def wants_material(technician: Hands) -> None:
    """Two valves, which the engineer has to issue."""
    page = technician.page
    page.get_by_label("材料名称").fill("角阀")
    page.get_by_label("数量").fill("2")
    page.get_by_label("单位").fill("个")
    page.get_by_label("单价（元）").fill("12.5")
    technician.press("加用料")
    expect(page.locator("#materials")).to_contain_text("待确认")
    expect(page.locator("#materials")).to_contain_text("25.00")
    not_sideways(technician)
    does(technician, "待料", becomes="待料")


def repairs_and_has_it_signed(technician: Hands) -> None:
    """A photo of what was done, the report, and the resident's finger on the screen."""
    page = technician.page
    page.reload()
    expect(page.locator("#materials")).to_contain_text("已发料")
    page.get_by_label("加维修后照片").set_input_files(
        {"name": "修好了.png", "mimeType": "image/png", "buffer": png(40, 30)}
    )
    expect(page.locator(".picture-grid img")).to_have_count(1)
    not_sideways(technician)
    asked = dialog(technician, "完工")
    asked.get_by_label("维修情况").fill("换了两个角阀")
    asked.get_by_label("人工费").fill("50")
    asked.get_by_label("有偿").check()
    agree(technician, becomes="完工待签")
    expect(page.get_by_role("main")).to_contain_text(CHARGED)
    dialog(technician, "签字")
    agree_refused(technician, "签名")
    draw(technician)
    not_sideways(technician)
    agree(technician, becomes="待核对")
    expect(page.locator(".picture-grid img")).to_have_count(2)
    not_sideways(technician)


def the_signature_stays_in_its_place(engineer: Hands) -> None:
    """Whole on the order's page, inside its cell on paper and no higher than a line of handwriting."""
    page, shown = engineer.page, engineer.page.url
    page.get_by_role("tab", name="附件").click()
    drawn = page.get_by_role("img", name=re.compile("^报修人签字"))
    expect(drawn).to_be_visible()
    assert drawn.evaluate("(img) => getComputedStyle(img).objectFit") == "contain"
    page.goto(shown.partition("#")[0].replace("/show/", "/paper/"))
    image = page.locator("td.signed img")
    expect(image).to_be_visible()
    page.wait_for_load_state()
    inside, around = image.bounding_box(), page.locator("td.signed").bounding_box()
    assert inside is not None and around is not None
    assert inside["x"] + inside["width"] < around["x"] + around["width"]
    assert 20 < inside["height"] < 80
    page.goto(shown)


def draw(technician: Hands) -> None:
    """Two strokes, of which the second is taken back and drawn again."""
    page = technician.page
    pad = page.locator("#confirm .signature-pad")
    box = pad.bounding_box()
    assert box is not None

    def stroke(down: float) -> None:
        page.mouse.move(box["x"] + 30, box["y"] + box["height"] * down)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] * (1 - down), steps=8)
        page.mouse.up()

    kept = page.locator("#confirm [data-signature] input")
    stroke(0.2)
    once = kept.input_value()
    assert once.startswith("data:image/png;base64,")
    stroke(0.8)
    assert kept.input_value() != once
    page.get_by_role("button", name="撤销一笔").click()
    assert kept.input_value() == once
    stroke(0.7)


def pays(cashier: Hands) -> None:
    """At the desk: the room, Enter, Enter, Enter."""
    cashier.page.goto("/desk/")
    page = cashier.page
    page.keyboard.type("1-1-101")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-ticked")).to_have_text(CHARGED)
    expect(page.get_by_role("main")).to_contain_text("有偿维修费")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-amount")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-done")).to_contain_text(CHARGED)


def what_is_left(office: Office) -> None:
    with office.app.app_context(), acting_as(SYSTEM):
        order = db.session.scalars(select(RepairOrder)).one()
        assert (order.state, order.rating, order.signed_by) == (RepairState.CLOSED, Stars.FIVE, "王先生")
        assert (order.delay_reason, order.check_opinion) == ("五金店关门，明天买角阀", "不漏了，合格。")
        charge = db.session.scalars(select(Charge)).one()
        assert (charge.amount, charge.due) == (Decimal(CHARGED), Decimal("0.00"))
        kinds = db.session.scalars(select(Attachment.kind).order_by(Attachment.id)).all()
        assert kinds == ["after", "signature"]
        db.session.remove()


def open_from_the_home_page(hands: Hands, duty: str, number: str) -> None:
    """What is to be done leads to a list, and the list to the order."""
    page = hands.page
    page.goto("/")
    page.get_by_role("link", name=re.compile(f"^{duty}")).click()
    page.get_by_role("main").get_by_role("link", name=number).click()
    expect(page.locator("h1")).to_have_text(number)


def dialog(hands: Hands, step: str) -> Locator:
    """Press a step that asks something; returns the dialog."""
    hands.page.wait_for_load_state()  # a button without its script does nothing yet
    hands.page.get_by_role("main").get_by_role("button", name=step, exact=True).click()
    asked = hands.page.locator("#confirm")
    expect(asked.locator("[data-dialog-url]")).to_be_visible()
    return asked


def agree(hands: Hands, *, becomes: str) -> None:
    """确定: the dialog goes, and the order is in its new state."""
    hands.confirm()
    expect(hands.page.locator("#confirm")).to_be_hidden()
    stands(hands, becomes)


def agree_refused(hands: Hands, why: str) -> None:
    """确定, and the dialog comes back with the reason."""
    hands.confirm()
    expect(hands.page.locator("#confirm .invalid-feedback").filter(has_text=why)).to_be_visible()


def does(hands: Hands, step: str, *, becomes: str) -> None:
    """Press a step that asks nothing."""
    hands.page.wait_for_load_state()
    hands.page.get_by_role("main").get_by_role("button", name=step, exact=True).click()
    stands(hands, becomes)


def stands(hands: Hands, state: str) -> None:
    badge = hands.page.get_by_role("main").locator(".badge", has_text=re.compile(f"^{state}$"))
    expect(badge.first).to_be_visible()


def not_sideways(hands: Hands) -> None:
    assert hands.page.evaluate(SIDEWAYS) == []
