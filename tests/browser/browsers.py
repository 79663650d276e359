"""Chromium for the tests, and a person's hands in it: what is done by clicks and keys on what can be seen."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

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
        context.set_default_timeout(20_000)
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

    def menu(self, group: str, item: str) -> None:
        """Open a page by the menu on the left."""
        entry = self.page.get_by_role("navigation", name="主菜单").locator("details").filter(
            has=self.page.locator("summary", has_text=group)
        )  # fmt: skip
        if entry.get_attribute("open") is None:
            entry.locator("summary").click()
        entry.get_by_role("link", name=item, exact=True).click()
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        """A button, or a link that looks like one, in the page's content."""
        content = self.page.get_by_role("main")
        content.get_by_role("button", name=name).or_(content.get_by_role("link", name=name)).first.click()

    def choose(self, label: str, text: str) -> None:
        """Write into a remote select and take what is offered."""
        # Tom Select puts a control of its own in the field's place, and the label then leads to that one.
        self.page.get_by_role("main").locator('label[for$="-ts-control"]').filter(
            has_text=re.compile(rf"^\s*{re.escape(label)}")
        ).first.click()  # fmt: skip
        self.page.keyboard.type(text)
        self.page.locator(".ts-dropdown:visible .option", has_text=text).first.click()

    def field(self, label: str) -> Locator:
        """The field with this label (a star behind it is for required ones)."""
        return self.page.get_by_role("main").get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def confirm(self) -> None:
        """Say yes to the question in the middle of the page."""
        self.page.locator("#confirm").get_by_role("button", name="确定").click()
