"""抄表录入 without a mouse: Enter keeps a meter and goes down; what was used is told as the server counts it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing.models import MeterReading
from app.billing.rules.metering import Dial, is_unusual
from app.estate.models import ScopeGrant
from app.kernel.errors import DomainError
from app.kernel.money import format_exact
from app.lowcode import clock
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from tests.browser.browsers import Hands, chromium
from tests.browser.server import serving
from tests.integration.billing.meters import add_meter, read
from tests.integration.billing.town import Town
from tests.people import PASSWORD

# (last, value, multiplier, loss, digits, rolled over, the two usages before)
SAMPLES = [
    ("100", "115", "1", "0", 5, False, ("10", "12")),
    ("1234.5", "1300.0", "40", "0.03", 5, False, ()),
    ("99980", "15", "1", "0", 5, True, ("35", "35")),
    ("0", "0.0001", "0.5", "0", 5, False, ("0", "0")),
    ("0", "1", "1", "0.033333", 5, False, ("0.6888", "0.6888")),
    ("10.0001", "10.0001", "3", "0.000001", 6, False, ("0", "0")),
    ("100", "99", "1", "0", 5, False, ()),
    ("100", "101", "1", "0", 5, True, ()),
    ("0", "100000", "1", "0", 5, False, ()),
    ("0", "1.00001", "1", "0", 5, False, ()),
    ("999999999999", "999999999999.9999", "999.9999", "9.999999", 12, False, ("1", "1")),
]
CODES = {
    "below": "negative_usage",
    "no_rollover": "no_rollover",
    "too_long": "reading_too_long",
    "decimals": "too_many_decimals",
}


@dataclass
class Grid:
    """The reader of meters at the page."""

    page: Page
    troubles: list[str]

    def row(self, number: str) -> Any:
        return self.page.locator("tr[data-meter]", has_text=number)


@pytest.fixture
def grid(app: Flask, cast: Any) -> Iterator[Grid]:
    town = Town(app)
    with app.app_context():
        today = clock.today()
    town.do(
        lambda session: session.add(
            ScopeGrant(user_id=_manager(session, cast), community_id=town.community_id)
        )
    )
    meters = [add_meter(town, f"水-{number}", room=number) for number in range(3)]
    for before, value in ((62, "110"), (31, "120")):
        read(town, meters[1], _ago(today, before), value)
    with serving(app) as address, chromium() as browser:
        hands = Hands(browser, address)
        hands.log_in("jingli", PASSWORD)
        hands.page.goto(f"/billing/readings/?community_id={town.community_id}&period={today:%Y-%m}")
        yield Grid(hands.page, hands.troubles)


def _ago(today: date, days: int) -> str:
    return date.fromordinal(today.toordinal() - days).isoformat()


def _manager(session: Session, cast: Any) -> int:
    return session.scalars(select(User.id).where(User.username == cast["物业经理"])).one()


def test_meters_are_read_by_the_keyboard_alone(app: Flask, grid: Grid) -> None:
    page = grid.page
    expect(grid.row("水-0").locator(".form-control")).to_be_focused()
    page.keyboard.type("115.5")
    expect(grid.row("水-0").locator("[data-used]")).to_have_text("15.5 吨")
    page.keyboard.press("Enter")
    expect(grid.row("水-0").locator("[data-status]")).to_contain_text("已保存")
    expect(grid.row("水-1").locator(".form-control")).to_be_focused()
    # Below the last one nothing is sent, and nothing lost.
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    expect(grid.row("水-1").locator("[data-status]")).to_contain_text("小于上次读数")
    expect(grid.row("水-1").locator(".form-control")).to_be_focused()
    # An unusual usage is asked about once.
    page.keyboard.press("Control+a")
    page.keyboard.type("190")
    page.keyboard.press("Enter")
    expect(grid.row("水-1").locator("[data-status]")).to_contain_text("再按一次回车")
    page.keyboard.press("Enter")
    expect(grid.row("水-1").locator("[data-status]")).to_contain_text("已保存，用量异常")
    # 全部保存 takes what is left.
    page.keyboard.type("101")
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="全部保存").click()
    expect(page.locator("#reading-told")).to_have_text("全部已保存")
    expect(page.locator("#reading-count")).to_contain_text("已抄 3 / 3 块")
    with app.app_context(), acting_as(SYSTEM):
        latest = db.session.scalars(select(MeterReading.value).order_by(MeterReading.id.desc()).limit(3))
        assert sorted(latest) == [Decimal(101), Decimal("115.5"), Decimal(190)]
    assert grid.troubles == []


def test_a_row_lost_on_the_way_stays_as_it_was_typed(grid: Grid) -> None:
    page = grid.page
    page.route("**/billing/readings/save", lambda route: route.abort())
    page.keyboard.type("115")
    page.keyboard.press("Enter")
    row = grid.row("水-0")
    expect(row).to_have_attribute("data-state", "failed")
    expect(row.locator(".form-control")).to_have_value("115")
    page.unroute("**/billing/readings/save")
    page.get_by_role("button", name="全部保存").click()
    expect(row.locator("[data-status]")).to_contain_text("已保存")


def test_the_page_counts_as_the_server_does(grid: Grid) -> None:
    told = grid.page.evaluate(
        """async (samples) => {
          const ours = document.querySelector("script[src$='/readings.js']").src;
          const { usage, unusual, show } = await import(ours.replace("readings.js", "usage.js"));
          return samples.map(([last, value, multiplier, loss, digits, rollover, before]) => {
            const found = usage({ last, value, multiplier, loss, digits, rollover });
            return found.wrong || [show(found.used), unusual(found.used, before.join(","))];
          });
        }""",
        SAMPLES,
    )
    for sample, found in zip(SAMPLES, told, strict=True):
        last, value, multiplier, loss, digits, rollover, before = sample
        dial = Dial(multiplier=Decimal(multiplier), loss=Decimal(loss), digits=digits)
        if isinstance(found, str):
            with pytest.raises(DomainError) as refused:
                dial.usage(last=Decimal(last), value=Decimal(value), rollover=rollover)
            assert refused.value.code == CODES[found], sample
            continue
        used = dial.usage(last=Decimal(last), value=Decimal(value), rollover=rollover)
        odd = is_unusual(usage=used, before=[Decimal(one) for one in before])
        assert found == [format_exact(used, 0), odd], sample
