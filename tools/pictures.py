"""Take the two pictures of the README (`make pictures`): an office on the demo, seen in Chromium without a window.

They are taken anew whenever the pages have changed; the demo's people and figures are the same ones each time, its
dates lead up to today.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from app.billing.models import Charge
from app.estate.models import Community, Customer, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import spec_of
from bench.office import PASSWORD, app_of, furnish
from tests.browser.browsers import CHROMIUM, FLAGS
from tests.office_process import office

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
ROOMS, MONTHS = 300, 15
WIDTH, HEIGHT = 1440, 800
LARGEST = 300 * 1024
LINES = range(4, 9)
"""How many charges the customer at the desk owes: enough to see, and no more than fit."""


def main() -> int:
    """Return the command: 0 when both pictures are there."""
    if CHROMIUM is None:
        print("Chromium is not installed", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures") as made:
        folder = Path(made)
        app = app_of(folder=folder)
        print("making the demo …")
        furnish(app, rooms=ROOMS, months=MONTHS)
        who = debtor(app)
        with office(folder) as started, chromium() as browser:
            address = f"http://127.0.0.1:{started.port}"
            pictures = [desk(browser, address, who), rooms(browser, address)]
    for picture in pictures:
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}: {size // 1024} KB")
        if size > LARGEST:
            print(f"larger than {LARGEST // 1024} KB", file=sys.stderr)
            return 1
    return 0


def debtor(app: Flask) -> str:
    """Somebody of the first community whose name nobody else has, and who owes a few charges."""
    with app.app_context(), acting_as(SYSTEM):
        owed = func.count(Charge.id)
        alone = select(Customer.name).group_by(Customer.name).having(func.count() == 1)
        found = db.session.scalars(
            select(Customer.name)
            .join(Charge, Charge.customer_id == Customer.id)
            .where(Charge.due > Decimal(0), Customer.name.in_(alone))
            .where(Customer.community_id == select(func.min(Community.id)).scalar_subquery())
            .group_by(Customer.id, Customer.name)
            .having(owed.in_(LINES))
            .order_by(owed.desc(), Customer.id)
        ).first()
        db.session.remove()
    if found is None:
        raise LookupError("nobody of the demo owes a few charges")
    return found


def desk(browser: Browser, address: str, who: str) -> Path:
    """Return the cashier's desk with a customer's charges."""
    page = logged_in(browser, address, "shoufei")
    page.goto(f"/desk/?q={who}")
    page.locator("[data-charge] input:checked").first.wait_for()
    return taken(page, "desk")


def rooms(browser: Browser, address: str) -> Path:
    """Return a list, with the menu and the opened property tree beside it."""
    page = logged_in(browser, address, "jingli")
    page.goto(f"{spec_of(Room).url}/list/")
    page.locator("[data-list] tbody tr").first.wait_for()
    for level in range(2):
        page.locator("#tree .wb-expander").nth(level).click()
        page.locator("#tree .wb-row").nth(level + 1).wait_for()
    return taken(page, "list")


def logged_in(browser: Browser, address: str, login: str) -> Page:
    """Return a page of somebody who has come in by the login page."""
    context = browser.new_context(
        base_url=address, viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="主菜单").wait_for()
    return page


def taken(page: Page, name: str) -> Path:
    """Return what the window shows when everything in it has come, as a PNG."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide")
    return file


@contextmanager
def chromium() -> Iterator[Browser]:
    """Return the machine's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


if __name__ == "__main__":
    raise SystemExit(main())
