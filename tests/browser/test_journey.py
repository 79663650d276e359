"""The story of a first month, by clicks alone: from an empty office to the month's summary in Excel.

The manager imports the sales system's export, sets a standard, bills the month; the cashier takes money and prints the
receipt; what the Excel files say at the end is what the test computes from the sales system's file itself.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.browser.browsers import Hands, chromium
from tests.browser.sales_file import FILE, room_areas
from tests.office_process import Started, office

FIRST, PASSWORD = "Chushi-2026-a", "Guanli-2026-x"
PRICE = Decimal("2.35")  # 元/㎡·月
COMMUNITY = "锦绣花园"


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shown(amount: Decimal) -> str:
    return f"{amount:,.2f}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    with office(tmp_path / "instance", ADMIN_PASSWORD=PASSWORD) as one:
        yield one


def test_the_first_month(browser: Browser, started: Started, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{started.port}"
    areas = room_areas()
    total = sum(cents(area * PRICE) for area in areas.values())
    assert total > 0

    admin = Hands(browser, address)
    admin.log_in("admin", PASSWORD)
    for login, name, role in (("jingli", "金经理", "物业经理"), ("shoufei", "舒菲", "收费员")):
        add_person(admin, login, name, role)

    manager = Hands(browser, address)
    manager.first_log_in("jingli", FIRST, PASSWORD)
    import_file(manager)
    count = manager.rows_of("资料管理", "房间")
    assert count == len(areas)
    set_standard(manager)
    assign_standard(manager, rooms=len(areas))
    bill_month(manager, total)

    cashier = Hands(browser, address)
    cashier.first_log_in("shoufei", FIRST, PASSWORD)
    building, room = "1号楼", ("1号楼", "1单元", "102")
    paid = cents(areas[room] * PRICE)
    take_money(cashier, "1-1-102", paid)
    receipts = exported(cashier, "收款", "收据", tmp_path / "receipts.xlsx")
    assert next(row for row in receipts if row[0].startswith("合计")).count(float(paid)) == 1

    charges = exported(manager, "收费设置与出账", "应收", tmp_path / "charges.xlsx")
    heads = next(row for row in charges if "应收金额" in row)
    summed = dict(zip(heads, charges[-1], strict=True))
    assert charges[-1][0] == "合计"
    assert (summed["应收金额"], summed["已收金额"], summed["欠费"]) == (
        float(total),
        float(paid),
        float(total - paid),
    )

    summary = exported(manager, "统计报表", "应收实收欠费汇总", tmp_path / "summary.xlsx")
    page = [
        one.inner_text() for one in manager.page.locator("[data-report] tbody tr").last.locator("td").all()
    ]
    heads = next(row for row in summary if "本期应收" in row)
    last = dict(zip(heads, summary[-1], strict=True))
    on_page = dict(zip(heads, page, strict=True))
    for name, amount in (("本期应收", total), ("现收-本期", paid), ("期末欠费", total - paid)):
        assert Decimal(str(last[name])) == amount, name
        assert on_page[name] == shown(amount), name
    ours = next(row for row in summary if row[1] == building and row[2] == "小计")
    expected = sum(
        cents(area * PRICE) for (where, _unit, _number), area in areas.items() if where == building
    )
    assert Decimal(str(dict(zip(heads, ours, strict=True))["本期应收"])) == expected

    for hands in (admin, manager, cashier):
        assert hands.troubles == []


def add_person(admin: Hands, login: str, name: str, role: str) -> None:
    admin.menu("系统管理", "操作员")
    admin.press("新增")
    admin.field("登录名").fill(login)
    admin.field("姓名").fill(name)
    admin.field("初始密码").fill(FIRST)
    admin.field(role).check()
    admin.field("全公司").check()
    admin.save()


def import_file(manager: Hands) -> None:
    """The wizard: what is wrong is shown at once, and the good rows are taken."""
    manager.menu("资料管理", "导入销售数据")
    manager.page.locator("input[type=file]").set_input_files(FILE)
    manager.press("检查")
    expect(manager.page.locator("#counts")).to_contain_text("27")  # rejected: tests/unit says which and why
    expect(manager.page.get_by_role("button", name="导入", exact=True)).to_be_disabled()
    manager.press("导入正确的行")
    manager.finish_job()


def set_standard(manager: Hands) -> None:
    """A fee, its price, and who pays for what is unsold."""
    manager.menu("收费设置与出账", "收费项目")
    manager.press("新增")
    manager.field("名称").fill("物业费")
    manager.save()
    manager.menu("收费设置与出账", "收费标准")
    manager.press("新增")
    manager.choose("小区", COMMUNITY)
    manager.choose("收费项目", "物业费")
    manager.field("名称").fill("住宅与商铺物业费")
    manager.field("单价").fill(str(PRICE))
    manager.field("价格开始日期").fill("2016-01-01")
    manager.save()
    manager.menu("资料管理", "客户")
    manager.press("新增")
    manager.choose("小区", COMMUNITY)
    manager.field("姓名").fill("锦绣置业有限公司")
    manager.field("客户类别").select_option(label="建设单位")
    manager.save()


def assign_standard(manager: Hands, *, rooms: int) -> None:
    manager.menu("收费设置与出账", "标准分配")
    manager.press("分配")
    manager.choose("小区", COMMUNITY)
    manager.choose("收费标准", "住宅与商铺物业费")
    manager.field("开始日期").fill("2016-01-01")
    manager.press("预览")
    expect(manager.page.locator("#assign-preview")).to_contain_text(f"{rooms} 个")
    manager.press("确认分配")
    manager.page.wait_for_url("**/fee_assignment/list/**")


def bill_month(manager: Hands, total: Decimal) -> None:
    manager.menu("收费设置与出账", "出账")
    manager.press("新建出账")
    manager.choose("小区", COMMUNITY)
    manager.press("开始计算")
    manager.finish_job()
    expect(manager.page.locator("#run-figures")).to_contain_text(shown(total))
    manager.press("入账")
    manager.confirm()
    manager.finish_job()
    expect(manager.page.get_by_role("main")).to_contain_text("已入账")


def take_money(cashier: Hands, room: str, paid: Decimal) -> None:
    """At the desk nothing but keys: the room, Enter, Enter to the amount, Enter."""
    cashier.menu("收款", "收费台")
    page = cashier.page
    page.keyboard.type(room)
    page.keyboard.press("Enter")
    expect(page.locator("#desk-ticked")).to_have_text(shown(paid))
    page.keyboard.press("Enter")
    expect(page.locator("#desk-amount")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-done")).to_contain_text(shown(paid))
    expect(page.locator("#desk-q")).to_be_focused()
    # The receipt went to the printer, once.
    receipt = page.frame_locator("iframe").locator("body")
    expect(receipt).to_contain_text(re.compile(r"SJ\d{10}"))
    expect(receipt).to_contain_text(room)


def exported(hands: Hands, group: str, item: str, target: Path) -> list[tuple[Any, ...]]:
    """The rows of the Excel file that a page gives."""
    hands.menu(group, item)
    with hands.page.expect_download() as download:
        hands.press("导出 Excel")
    download.value.save_as(target)
    return list(load_workbook(target).active.iter_rows(values_only=True))
