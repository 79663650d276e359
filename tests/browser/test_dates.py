"""A date is written and shown as 2026-03-31, whatever language the browser itself speaks; its calendar opens beside."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import expect

from tests.browser.browsers import chromium
from tests.browser.server import log_in, serving


def test_a_date_is_typed_or_picked(app: Flask, cast: Any, login: Callable[..., Any]) -> None:
    with serving(app) as address, chromium() as browser:
        page = browser.new_context(base_url=address, locale="en-US").new_page()
        page.goto("/login/")
        log_in(page, "jingli", address)
        page.goto(f"/room/edit/{cast.ours.room_ids[0]}")
        typed = page.locator("#handed_over")
        expect(typed).to_have_attribute("placeholder", "2026-03-31")
        typed.fill("2024-05-06")
        group = page.locator(".date-group", has=typed)
        group.get_by_role("button").click()
        native = group.locator(".date-native")
        expect(native).to_have_value("2024-05-06")
        native.evaluate("field => { field.value = '2024-07-08'; field.dispatchEvent(new Event('change')); }")
        expect(typed).to_have_value("2024-07-08")
        expect(typed).to_be_focused()
        page.get_by_role("main").locator("button[type=submit]").click()
        expect(page.locator("dl.facts:not(.facts-lead)").first).to_contain_text("2024-07-08")
