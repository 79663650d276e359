"""Remote selects by keys, and what a refused form does with the focus."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.estate.models import Building
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import chromium
from tests.browser.server import log_in, serving


@pytest.fixture
def page(app: Flask, cast: Any) -> Iterator[Page]:
    """A browser of 物业经理, whose community has two buildings."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        session.add(Building(community_id=cast.ours.community_id, name="12号楼", kind="high_rise"))
    with serving(app) as address, chromium() as browser:
        page = browser.new_page(base_url=address, locale="zh-CN")
        page.set_default_timeout(20_000)
        page.goto("/login/")
        log_in(page, cast["物业经理"], address)
        yield page


def chosen(page: Page, name: str) -> Any:
    return page.locator(f"select[name={name}] + .ts-wrapper .item")


def change_parent(page: Page) -> None:
    """Tell the form that its community was changed."""
    page.evaluate("document.querySelector('[name=community_id]').dispatchEvent(new Event('change'))")


def test_enter_takes_the_first_hit_of_what_was_typed(page: Page, cast: Any) -> None:
    """L7: also where the answer of the server comes after the key, and another row was chosen before."""
    page.goto(f"/room/add?building_id={cast.ours.building_id}")
    expect(chosen(page, "building_id")).to_have_text("1号楼")
    page.locator("#building_id-ts-control").focus()
    held: list[Any] = []
    page.route("**/select/building_id?q=12*", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks its handlers)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.ts-wrapper.loading') !== null")
    for route in held:
        route.continue_()
    page.unroute("**/select/building_id?q=12*")
    expect(chosen(page, "building_id")).to_have_text("12号楼")


def test_another_parent_keeps_what_fits_and_empties_what_does_not(page: Page, cast: Any) -> None:
    """L6: a change of the building empties nothing that is still offered."""
    page.goto(f"/room/add?building_id={cast.ours.building_id}")
    with page.expect_response("**/select/building_id?*key=*"):
        change_parent(page)
    expect(chosen(page, "building_id")).to_have_text("1号楼")
    page.route("**/select/building_id?*key=*", lambda route: route.fulfill(json={"items": [], "more": False}))
    change_parent(page)
    expect(chosen(page, "building_id")).to_have_count(0)


def test_a_refused_form_focuses_the_first_wrong_field_and_opens_no_list(page: Page) -> None:
    """L8: the message stays in sight, and a key opens the list."""
    page.goto("/room/add")
    page.locator("form.doc-form [type=submit]").click()
    expect(page.locator("#building_id-error")).to_be_visible()
    expect(page.locator("#building_id-ts-control")).to_be_focused()
    expect(page.locator(".ts-dropdown:visible")).to_have_count(0)
    with page.expect_response("**/select/building_id?*"):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".ts-dropdown:visible")).to_have_count(1)
