"""A month closed by 财务, in the browser; then everything around it changes, and it is printed again byte for byte the same.

A room and a customer are renamed, a price changes, a hundred random things are done, a wrong receipt of the closed month is
reversed: what the closed month's pages and Excel files say stays as it was on the day of closing.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Role
from flask_migrate import upgrade
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations as billing
from app.billing.models import Charge, FeeStandard
from app.collection import operations as collection
from app.collection.models import Receipt
from app.estate.grants import Grants
from app.estate.models import Customer, Room
from app.kernel.periods import Period
from app.lowcode import permissions
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.engine import engine_of
from app.lowcode.reports import registry
from app.lowcode.reports.declaration import By, Report
from app.lowcode.unit import unit_of_work
from app.system.operations.users import add_user
from tests.browser.browsers import Hands, chromium
from tests.office_process import office
from tests.offices import make_app
from tests.stateful.desk import Desk, settle_down

PASSWORD = "Guanli-2026-x"
JANUARY = Period(2025, 1)
OPERATIONS = 100


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office with one community: January 2025 billed, partly paid, and the money handed over."""
    app = make_app(url=f"sqlite:///{tmp_path}/instance/office.db", folder=tmp_path)
    with app.app_context():
        upgrade()
        with acting_as(SYSTEM), unit_of_work() as session:
            permissions.synchronise(
                session=session, pairs=permissions.known_pairs(app), roles=engine_of(app).roles()
            )
    made = settle_down(app)
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        for login, name, role in (("caiwu", "才务", "财务"), ("jingli", "金经理", "物业经理")):
            add_user(
                session=session,
                username=login,
                name=name,
                password=PASSWORD,
                role_ids=[session.scalars(select(Role.id).where(Role.name == role)).one()],
                grants=Grants(communities=frozenset([made.community_id])),
            )
    day = JANUARY.first_day
    _charges, refused = made.bill(day, JANUARY)
    assert not refused
    assert made.pay(day + timedelta(14), "甲", None)[1] == ""
    assert made.prepay(day + timedelta(15), "乙", "general", Decimal("20.00"))[1] == ""
    assert hand_over(made, JANUARY.last_day) == ""
    return made


def hand_over(desk: Desk, day: date) -> str:
    return desk.do(
        day,
        lambda session: collection.hand_over(session=session, community_id=desk.community_id, day=day),
    )[1]


def test_a_closed_month_is_printed_the_same_for_ever(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    with office(tmp_path / "instance") as started:
        address = f"http://127.0.0.1:{started.port}"
        finance = Hands(browser, address)
        finance.log_in("caiwu", PASSWORD)
        close_january(finance)
        with desk.app.app_context():
            reports = registry.frozen()
        before = printed(finance, reports)
        assert any("1号楼" in text for text in before.values())

        manager = Hands(browser, address)
        manager.log_in("jingli", PASSWORD)
        rename(manager, desk)
        change_the_price(desk)
        do_a_hundred_things(desk)
        reverse_the_wrong_receipt(finance, desk)
        assert printed(finance, reports) == before

        # An open month shows the new names: the closed one did not stay the same for want of a change.
        finance.page.goto("/receipt/list/")
        expect(finance.page.get_by_role("main")).to_contain_text("改名甲")
        assert finance.troubles == manager.troubles == []


def close_january(finance: Hands) -> None:
    """From the board to the closed month; what the check lists is nothing that stops it."""
    finance.menu("月结", "月结")
    finance.page.goto("/closing/?year=2025")
    finance.page.locator("[data-board] tbody td").first.get_by_role("link").click()
    finance.page.get_by_text("可以结账").or_(finance.page.get_by_text("没有缺少的")).first.wait_for()
    finance.press("结账")
    finance.confirm()
    finance.finish_job()
    expect(finance.page.get_by_role("main").get_by_text("已结").first).to_be_visible()


def printed(hands: Hands, reports: list[Report]) -> dict[str, str]:
    """Every kept report of January: the cells of its page, of its print, and of its Excel file."""
    found = {}
    for report in reports:
        asked = f"period={JANUARY}" if report.by is By.PERIOD else f"day={JANUARY.last_day}"
        for part in ("", "print"):
            hands.page.goto(f"{report.url}/{part}?{asked}")
            cells = hands.page.locator("table").all_inner_texts()
            found[f"{report.name} {part or 'page'}"] = "\n".join(cells)
        answer = hands.page.request.get(f"{report.url}/export?{asked}")
        assert answer.ok, report.name
        book = load_workbook(BytesIO(answer.body()))
        rows = [[str(cell.value) for cell in row] for row in book.active.iter_rows()]
        found[f"{report.name} excel"] = "\n".join("\t".join(row) for row in rows)
    assert len(found) >= 3
    return found


def rename(manager: Hands, desk: Desk) -> None:
    """A room and a customer get other names, on their forms."""
    with desk.at(JANUARY.last_day) as session:
        room = session.scalars(select(Room.id).where(Room.code == "甲-1")).one()
        customer = session.scalars(select(Customer.id).where(Customer.name == "甲")).one()
    manager.page.goto(f"/room/edit/{room}")
    manager.field("房间号").fill("改号9")
    manager.save()
    manager.page.goto(f"/customer/edit/{customer}")
    manager.field("姓名").fill("改名甲")
    manager.save()


def change_the_price(desk: Desk) -> None:
    """From February on the fee by area is dearer."""
    _row, refused = desk.do(
        JANUARY.next.first_day,
        lambda session: billing.add_price(
            session=session,
            starts=JANUARY.next.first_day,
            price=Decimal("3.10"),
            standard_id=session.scalars(select(FeeStandard.id).where(FeeStandard.name == "物业费")).one(),
        ),
    )
    assert not refused


def do_a_hundred_things(desk: Desk) -> None:
    """At random, from February on; what is refused does not count."""
    chance, day, done = Random(20250201), JANUARY.next.first_day, 0  # noqa: S311
    ways: list[Callable[[date], str]] = [
        lambda day: desk.bill(day, Period.of(day))[1],
        lambda day: desk.pay(day, chance.choice("甲乙"), None)[1],
        lambda day: desk.pay(day, chance.choice("甲乙"), Decimal(chance.randint(1, 9000)).scaleb(-2))[1],
        lambda day: desk.prepay(day, chance.choice("甲乙"), "general", Decimal(chance.randint(1, 99)))[1],
        lambda day: _asked(desk, day, collection.request_waiver, Decimal("0.01"), chance),
        lambda day: _asked(desk, day, collection.request_adjustment, Decimal("0.05"), chance),
        lambda day: _taken_back(desk, day, chance),
        lambda day: hand_over(desk, day),
    ]
    while done < OPERATIONS:
        done += chance.choice(ways)(day) == ""
        day += timedelta(chance.randint(0, 3))


def _asked(desk: Desk, day: date, ask: Callable[..., Any], amount: Decimal, chance: Random) -> str:
    """A waiver or an adjustment of any charge, those of the closed month too."""

    def asked(session: Session) -> Any:
        charges = session.scalars(select(Charge.id).where(Charge.community_id == desk.community_id)).all()
        return ask(session=session, charge_id=chance.choice(charges), amount=amount, reason="更正")

    return desk.by_two(day, asked)[1]


def _taken_back(desk: Desk, day: date, chance: Random) -> str:
    """A receipt that is not of January."""

    def back(session: Session) -> Any:
        known = session.scalars(
            select(Receipt.id).where(
                Receipt.community_id == desk.community_id,
                Receipt.posting_period > JANUARY,
                Receipt.day <= day,
            )
        ).all()
        return known and collection.void_or_reverse(
            session=session, receipt_id=chance.choice(known), day=day, reason="收错"
        )

    return desk.do(day, back)[1]


def reverse_the_wrong_receipt(finance: Hands, desk: Desk) -> None:
    """The receipt of January is reversed today, on its page; January itself has no void for it any more."""
    with desk.at(JANUARY.last_day) as session:
        receipt = session.scalars(
            select(Receipt.id).where(Receipt.posting_period == JANUARY, Receipt.settled > Decimal(0))
        ).one()
    finance.page.goto(f"/receipt/show/{receipt}")
    expect(finance.page.get_by_role("button", name="作废")).to_have_count(0)
    finance.press("冲红")
    dialog = finance.page.get_by_role("dialog")
    dialog.get_by_label(re.compile("原因")).fill("金额有误")
    dialog.get_by_role("button", name="确定").or_(dialog.get_by_role("button", name="冲红")).first.click()
    expect(finance.page.get_by_role("main").get_by_text("已冲红").first).to_be_visible()
    with desk.at(JANUARY.last_day) as session:
        assert session.get_one(Receipt, receipt).state.value == "reversed"
