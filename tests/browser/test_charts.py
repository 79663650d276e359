"""A chart is drawn from its table, under the strict policy, at any width; without the library its figures stand there."""

from datetime import date
from typing import Any

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import chromium
from tests.browser.pages import SIDEWAYS
from tests.browser.server import log_in, serving
from tests.integration.collection.ledger import add_charge, add_customer, add_fee


def add_months(app: Flask, community_id: int) -> None:
    """A charge in each of the last two months."""
    with app.app_context(), acting_as(SYSTEM):
        today: date = clock.today()
        with unit_of_work() as session:
            fee, who = add_fee(session), add_customer(session, community_id)
            for period in (today.replace(day=1), today):
                add_charge(
                    session, customer_id=who, fee_id=fee, amount="100.00", period=period.strftime("%Y-%m")
                )


def home(page: Page, address: str, name: str) -> list[str]:
    """Log in; returns what the browser complains about from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/login/")
    log_in(page, name, address)
    return said


def rates(page: Page) -> Locator:
    """The chart of the months' rates among those of the home page."""
    return page.locator(".chart", has=page.locator("[aria-label='收缴率'].chart-box"))


def test_a_chart_is_drawn_and_follows_the_width(app: Flask, cast: Any) -> None:
    add_months(app, cast.ours.community_id)
    with serving(app) as address, chromium() as browser:
        page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
        said = home(page, address, "jingli")
        chart = rates(page)
        drawing = chart.locator("svg")
        expect(drawing).to_be_visible()
        expect(chart.get_by_role("img", name="收缴率")).to_be_visible()
        wide = drawing.bounding_box()
        page.set_viewport_size({"width": 390, "height": 800})
        page.wait_for_function(
            "[...document.querySelectorAll('.chart svg')].every((one) => one.clientWidth < 390)"
        )
        assert page.evaluate(SIDEWAYS) == []
        narrow = drawing.bounding_box()
        assert wide is not None
        assert narrow is not None
        assert narrow["width"] < wide["width"]
        # The figures are one press of the keyboard away.
        expect(chart.get_by_role("table")).to_be_hidden()
        chart.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(chart.get_by_role("table")).to_contain_text("0.00")
        assert said == []


def test_a_page_without_a_chart_loads_no_library(app: Flask, cast: Any) -> None:
    with serving(app) as address, chromium() as browser:
        page = browser.new_context(base_url=address).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        home(page, address, "shoufei")
        page.wait_for_load_state("networkidle")
        assert [url for url in asked if "echarts" in url] == []


def test_without_the_library_the_figures_stand_there(app: Flask, cast: Any) -> None:
    add_months(app, cast.ours.community_id)
    with serving(app) as address, chromium() as browser:
        page = browser.new_context(base_url=address).new_page()
        page.route("**/echarts/**", lambda route: route.abort())
        home(page, address, "jingli")
        expect(rates(page).locator("table")).to_be_visible()
        expect(rates(page).locator(".chart-box")).to_be_hidden()
