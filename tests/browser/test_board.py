"""A board and its dialogs: a card dragged to a column, the same by key, what is wrong said beside what was typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.lowcode.unit import unit_of_work
from tests.browser.browsers import chromium
from tests.browser.server import log_in, serving
from tests.integration.service.complaints import complaint, inputs

SIDEWAYS = "() => document.scrollingElement.scrollWidth > innerWidth"


@pytest.fixture
def number(session: Session, cast: Any) -> str:
    with unit_of_work() as unit:
        inputs(unit, cast)  # the departments
        found: str = complaint(unit, cast).number
    session.rollback()
    return found


@pytest.fixture
def page(app: Flask, cast: Any, number: str) -> Iterator[Page]:
    """The board of complaints, as 客服."""
    with serving(app) as address, chromium() as browser:
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.set_default_timeout(20_000)
        page.goto("/login/")
        log_in(page, cast["客服"], address)
        page.goto("/complaint/board")
        yield page


def in_column(page: Page, state: str) -> Any:
    return page.locator(f"[data-state={state}] .board-card")


def test_a_card_is_dragged_to_where_it_goes(page: Page, number: str) -> None:
    in_column(page, "received").drag_to(page.locator("[data-state=processing]"))
    dialog = page.locator("#confirm")
    expect(dialog).to_contain_text(f"转责任部门：{number}")
    # Nothing is chosen yet: the server says so in the dialog, and the card stays.
    dialog.get_by_role("button", name="确定").click()
    expect(dialog).to_contain_text("必填。")
    dialog.get_by_label("责任部门").fill("工程")
    page.locator(".ts-dropdown .option", has_text="工程部").click()
    dialog.get_by_role("button", name="确定").click()
    expect(in_column(page, "processing")).to_contain_text("工程部")
    assert page.url.endswith("/complaint/board")


def test_where_nothing_leads_it_is_not_taken(page: Page) -> None:
    card = in_column(page, "received")
    card.drag_to(page.locator("[data-state=closed] h2"))
    # 存档 leads there: it asks first, and backed out of it the card stays.
    page.locator("#confirm").get_by_role("button", name="取消").click()
    expect(page.locator("#confirm")).to_be_hidden()
    expect(in_column(page, "received")).to_have_count(1)


def test_by_key_and_what_was_typed_stays(page: Page) -> None:
    in_column(page, "received").locator(".row-menu").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dropdown-menu.show").get_by_role("button", name="回复客人")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.locator("#confirm")
    expect(dialog.get_by_label("处理措施")).to_be_focused()
    page.keyboard.type("上门劝阻。")
    dialog.get_by_role("button", name="确定").press("Enter")
    expect(dialog.locator(".invalid-feedback")).to_have_count(2)
    expect(dialog.get_by_label("处理措施")).to_have_value("上门劝阻。")
    expect(dialog.get_by_label("处理结果")).to_be_focused()
    page.keyboard.type("已停工。")
    dialog.get_by_label("回复方式").select_option("phone")
    dialog.get_by_role("button", name="确定").press("Enter")
    expect(in_column(page, "answered")).to_have_count(1)


def test_on_a_telephone_the_columns_scroll_and_the_page_does_not(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    expect(in_column(page, "received")).to_be_visible()
    assert not page.evaluate(SIDEWAYS)
    assert page.evaluate(
        "() => { const b = document.querySelector('.board'); return b.scrollWidth > b.clientWidth; }"
    )
