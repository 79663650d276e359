"""Chromium for the tests, and a person's hands in it: what is done by clicks and keys on what can be seen."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's browser; a missing one skips the test, and in CI fails it."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Hands:
    """Somebody at the screen."""

    def __init__(self, browser: Browser, address: str, *, width: int = 1440) -> None:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="zh-CN", accept_downloads=True
        )
        context.set_default_timeout(30_000)
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto("/")

    def log_in(self, name: str, password: str) -> None:
        """Through the login page, which is where a stranger is led."""
        self.field("登录名").fill(name)
        self.field("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.get_by_role("button", name="我的账号").wait_for()

    def first_log_in(self, name: str, first: str, own: str) -> None:
        """With the password that somebody else has given: it is good for choosing an own one only."""
        self.log_in(name, first)
        self.field("原密码").fill(first)
        self.field("新密码").fill(own)
        self.field("再输一次").fill(own)
        self.press("保存")
        expect(self.page.get_by_role("status").filter(has_text="密码已修改")).to_be_visible()

    def menu(self, group: str, item: str) -> None:
        """Open a page by the menu on the left."""
        entry = (
            self.page.get_by_role("navigation", name="主菜单")
            .locator("details")
            .filter(has=self.page.locator(":scope > summary", has_text=group))
        )
        if entry.get_attribute("open") is None:
            entry.locator(":scope > summary").click()
        entry.get_by_role("link", name=item, exact=True).click()
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        """A button, or a link that looks like one, in the page's content."""
        content = self.page.get_by_role("main")
        content.get_by_role("button", name=name).or_(content.get_by_role("link", name=name)).first.click()

    def save(self) -> None:
        """Save the form; the page of what was saved opens."""
        self.press("保存")
        self.page.wait_for_url(re.compile(r"/show/\d+"))

    def finish_job(self) -> None:
        """Wait on the job's page for its end, and go where it leads."""
        self.page.wait_for_url(re.compile(r"/jobs/\d+"))
        self.page.locator("[data-job]:not([data-running])").wait_for()
        self.press("查看")
        self.page.wait_for_load_state()

    def rows_of(self, group: str, item: str) -> int:
        """How many rows a list counts in its title."""
        self.menu(group, item)
        return int(re.sub(r"\D", "", self.page.locator(".page-top .page-count").first.inner_text()))

    def choose(self, label: str, text: str) -> None:
        """Write into a remote select and take what is offered."""
        # Tom Select puts a control of its own in the field's place, and the label then leads to that one.
        self.page.get_by_role("main").locator('label[for$="-ts-control"]').filter(
            has_text=re.compile(rf"^\s*{re.escape(label)}")
        ).first.click()
        # Its answer to the whole text is waited for, as a person would: an earlier one is drawn over.
        with self.page.expect_response(lambda response: f"q={quote(text)}" in response.url):
            self.page.keyboard.type(text)
        expect(self.page.locator(".ts-wrapper.loading")).to_have_count(0)
        self.page.locator(".ts-dropdown:visible .option", has_text=text).first.click()
        expect(self.page.locator(".ts-dropdown:visible")).to_have_count(0)

    def field(self, label: str) -> Locator:
        """The field with this label (a star behind it is for required ones)."""
        return self.page.get_by_role("main").get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def confirm(self) -> None:
        """Say yes to the question in the middle of the page."""
        self.page.locator("#confirm").get_by_role("button", name="确定").click()
