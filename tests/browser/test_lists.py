"""A list without a mouse: its rows, the menu of a row, the filter panel."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.axe import axe
from tests.browser.browsers import chromium
from tests.browser.server import log_in, serving


@pytest.fixture
def page(app: Flask, cast: Any) -> Iterator[Page]:
    """The list of rooms, as 物业经理."""
    with serving(app) as address, chromium() as browser:
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.set_default_timeout(20_000)
        page.goto("/login/")
        log_in(page, cast["物业经理"], address)
        page.goto("/room/list/")
        yield page


def test_keys_go_from_row_to_row_and_into_one(page: Page) -> None:
    for key in ("j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(page.locator("tr.at")).to_contain_text("1-1-201")
    page.locator("tr.at .row-link").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1-1-201")


def test_the_menu_of_a_row_opens_by_key_and_is_of_that_row(page: Page) -> None:
    second = page.locator("tbody tr", has_text="1-1-201")
    key = second.get_attribute("data-key")
    second.locator(".row-menu").focus()
    page.keyboard.press("Enter")
    menu = page.locator(".dropdown-menu.show")
    expect(menu).to_contain_text("删除")
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_text("修改").locator("..")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/room/edit/{key}")


def test_deleting_from_the_menu_asks_first_and_deletes_that_row(page: Page) -> None:
    page.locator("tbody tr", has_text="1-1-201").locator(".row-menu").click()
    page.locator(".dropdown-menu.show").get_by_text("删除").click()
    page.locator("#confirm").get_by_role("button", name="确定").click()
    expect(page.get_by_role("alert").or_(page.get_by_role("status")).first).to_contain_text("1-1-201")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("1-1-101")


def test_the_focus_goes_back_to_the_row_whose_menu_asked(page: Page) -> None:
    """W2: where the dialog was opened from, whose entry in the menu is hidden by then."""
    button = page.locator("tbody tr", has_text="1-1-201").get_by_role("button", name="操作 1-1-201")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".dropdown-menu.show").get_by_text("删除").locator("..").press("Enter")
    dialog = page.locator("#confirm")
    expect(dialog.get_by_role("button", name="确定")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_the_filter_panel_shuts_nobody_out(page: Page) -> None:
    """W2."""
    page.get_by_role("main").get_by_role("button", name="筛选", exact=True).first.press("Enter")
    page.get_by_role("button", name="楼层号", exact=True).press("Enter")
    expect(page.get_by_label("楼层号 条件")).to_be_visible()
    assert axe(page) == []


def test_a_filter_is_put_together_by_keys(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="筛选", exact=True).first.press("Enter")
    page.get_by_role("button", name="楼层号", exact=True).press("Enter")
    page.get_by_label("楼层号 条件").select_option(label="大于等于")
    page.get_by_role("textbox", name="楼层号", exact=True).fill("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**f.floor.ge=2**")
    expect(page.locator(".chip").first).to_contain_text("楼层号 大于等于 2")
    expect(page.locator("tbody tr")).to_have_count(1)
