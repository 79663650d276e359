"""管理员 makes the role 抄表员 from nothing, its menu and its first user, who sees exactly that and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from app.estate.reach import grant_everything
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.browser.browsers import Hands, chromium
from tests.browser.pages import SIDEWAYS
from tests.browser.server import serving
from tests.integration.system.test_rights import requests_of
from tests.people import PASSWORD

ROLE, GROUP, LINK = "抄表员", "抄表工作", "供水公司"
FIRST, OWN = "Chushi-2026-a", "Ziji-2026-b"
GIVEN = {
    ("read", "Room"),
    *((verb, "Meter") for verb in ("read", "export", "print")),
    *((verb, "MeterReading") for verb in ("read", "add", "export", "import", "print", "correct")),
}
"""What is ticked below, written by hand."""


@pytest.fixture
def office(app: Flask, cast: Any) -> Iterator[tuple[Browser, str]]:
    """A browser, and where the office answers it; 管理员 reaches the whole office, as roles hold for all of it."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
        user = session.scalars(select(User).where(User.username == cast["管理员"])).one()
        grant_everything(session=session, user_id=user.id)
    with serving(app) as address, chromium() as browser:
        yield browser, address


def test_a_role_from_nothing(app: Flask, office: tuple[Browser, str]) -> None:
    admin = Hands(*office)
    admin.log_in("guanliyuan", PASSWORD)
    make_role(admin)
    arrange_menu(admin)
    make_user(admin)

    reader = Hands(*office)
    reader.first_log_in("chaobiao", FIRST, OWN)
    assert menu_of(reader) == [GROUP, "读数", "仪表", "抄表录入", LINK]
    expect(entry(reader, LINK)).to_have_attribute("href", "https://water.example.cn/")
    expect(entry(reader, LINK)).to_have_attribute("rel", "noopener noreferrer")
    reader.menu(GROUP, "读数")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("抄表记录")
    assert refused_everywhere_else(app, reader) > 300

    on_a_phone(reader)
    withdraw(admin)
    reader.page.reload()  # the next click, in the session that was open all the time
    expect(reader.page.get_by_role("main")).to_contain_text("您没有这项操作的权限")
    assert menu_of(reader) == [GROUP, "仪表", LINK]
    put_back(admin)
    reader.page.reload()
    assert menu_of(reader) == ["资料管理", "房间", "收费设置与出账", "仪表"]
    for hands in (admin, reader):
        assert hands.troubles == []


def make_role(admin: Hands) -> None:
    """By mouse, by filter and by keys."""
    admin.menu("系统管理", "角色")
    admin.press("新增")
    admin.field("名称").fill(ROLE)
    page = admin.page
    narrow = page.get_by_role("searchbox", name="筛选资料或操作")
    narrow.fill("抄表记录")
    page.get_by_role("button", name="抄表记录", exact=True).click()  # the whole line
    narrow.fill("仪表")
    line = page.get_by_role("row", name="仪表", exact=False).filter(visible=True)
    expect(line).to_have_count(1)
    line.get_by_role("checkbox", name="仪表 查看").focus()
    # Space ticks; an arrow goes on to the next box: 查看, 新增, 修改, 删除, 导出, (导入), 打印
    for key in ("Space", *["ArrowRight"] * 4, "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    narrow.fill("房间 查看")
    page.get_by_role("checkbox", name="房间 查看").check()
    narrow.fill("")
    expect(page.locator("[data-matrix-count]")).to_have_text(f"已勾选 {len(GIVEN)} 项")
    admin.save()
    expect(page.get_by_role("main")).to_contain_text("查看、导出、打印")


def arrange_menu(admin: Hands) -> None:
    """A group of the office's own with two entries, one renamed; a link; a page that this role needs not see."""
    admin.menu("系统管理", "菜单管理")
    page = admin.page
    admin.press("新增分组")
    admin.field("名称").fill(GROUP)
    admin.press("选择图标")
    page.get_by_role("searchbox", name="找图标").fill("抄表")
    page.get_by_role("button", name="gauge", exact=True).click()
    admin.press("新增外部链接")
    admin.field("名称").fill(LINK)
    admin.field("网址").fill("https://water.example.cn/")
    title(admin, LINK).click()  # closes its panel
    page.get_by_role("button", name="展开 收费设置与出账").click()
    # Tall enough for all lines: a mouse made by a program does not scroll while it drags.
    page.set_viewport_size({"width": 1440, "height": 1200})
    for name in ("Meter", "ReadingGridView", "MeterReading"):
        line(admin, name).drag_to(page.locator(".menu-line", has_text=GROUP))
        expect(line(admin, name).locator("xpath=ancestor::li[2]")).to_contain_text(GROUP)
    title(admin, "抄表记录").click()
    admin.field("名称（不填则用默认名称）").fill("读数")
    for _step in range(2):
        title(admin, "读数").press("Alt+ArrowUp")
    page.get_by_role("button", name="展开 资料管理").click()
    title(admin, "房间").click()
    page.get_by_role("group", name="不显示给").get_by_label(ROLE).check()
    page.get_by_label("按角色预览").select_option(label=ROLE)
    seen = page.locator("[data-menu-preview] :is(summary, .menu-item) > span")
    assert seen.all_inner_texts() == [GROUP, "读数", "仪表", "抄表录入", LINK]
    admin.press("保存")
    expect(page.get_by_role("status").filter(has_text="菜单已保存")).to_be_visible()


def make_user(admin: Hands) -> None:
    admin.menu("系统管理", "操作员")
    admin.press("新增")
    admin.field("登录名").fill("chaobiao")
    admin.field("姓名").fill("曹彪")
    admin.field("初始密码").fill(FIRST)
    admin.field(ROLE).check()
    admin.field("锦绣园").check()
    admin.save()
    admin.page.get_by_role("tab", name="权限").click()
    expect(admin.page.get_by_role("region", name="权限")).to_contain_text("抄表记录")


def refused_everywhere_else(app: Flask, reader: Hands) -> int:
    """Try every address that needs a right which the role has not; how many there were, each refused."""
    token = reader.page.locator('meta[name="csrf-token"]').get_attribute("content")
    tried, let_in = 0, []
    for pair, addresses in requests_of(app).items():
        for method, where in addresses if pair not in GIVEN else ():
            for kind in ("application/x-www-form-urlencoded", "application/json"):
                headers = {"X-CSRFToken": token or "", "Content-Type": kind}
                answer = reader.page.request.fetch(
                    where, method=method, headers=headers, data="{}", max_redirects=0
                )
                if answer.status != 415:  # a kind of body that the address does not read at all
                    break
            tried += 1
            if answer.status != 403:
                let_in.append(f"{method} {where}: {answer.status}")
    assert let_in == []
    return tried


def on_a_phone(reader: Hands) -> None:
    """The menu opens over the page, its levels in sight, nothing sideways."""
    page = reader.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.get_by_role("button", name="菜单", exact=True).click()
    expect(entry(reader, "读数")).to_be_in_viewport()
    assert page.evaluate(SIDEWAYS) == []
    page.get_by_role("button", name="关闭").first.click()
    page.set_viewport_size({"width": 1440, "height": 900})


def withdraw(admin: Hands) -> None:
    admin.menu("系统管理", "角色")
    admin.page.get_by_role("link", name=ROLE, exact=True).click()
    admin.press("修改")
    admin.page.get_by_role("button", name="抄表记录", exact=True).click()  # clears the line
    admin.save()


def put_back(admin: Hands) -> None:
    """One entry to its default place, then everything."""
    admin.menu("系统管理", "菜单管理")
    admin.page.get_by_role("button", name=f"展开 {GROUP}").click()
    title(admin, "读数").click()
    admin.press("此项恢复默认")
    expect(line(admin, "MeterReading").locator("xpath=ancestor::li[2]")).to_have_attribute(
        "data-name", "billing"
    )
    expect(line(admin, "MeterReading")).not_to_contain_text("读数")
    admin.press("保存")
    said = admin.page.get_by_role("status")
    expect(said.filter(has_text="菜单已保存")).to_be_visible()
    expect(entry(admin, LINK)).to_be_visible()
    admin.press("全部恢复默认")
    admin.confirm()
    expect(said.filter(has_text="菜单已恢复默认")).to_be_visible()
    expect(entry(admin, LINK)).to_have_count(0)


def line(hands: Hands, name: str) -> Locator:
    """An entry's line in the editor."""
    return hands.page.locator(f'li[data-name="{name}"] > .menu-line')


def title(hands: Hands, label: str) -> Locator:
    """The button with an entry's name in the editor."""
    return hands.page.locator(".menu-title").filter(has=hands.page.get_by_text(label, exact=True))


def entry(hands: Hands, label: str) -> Locator:
    """An entry of the menu on the left."""
    return hands.page.get_by_role("navigation", name="主菜单").get_by_role("link", name=label, exact=True)


def menu_of(hands: Hands) -> list[str]:
    """What stands in the menu on the left, from above."""
    return hands.page.locator('nav[aria-label="主菜单"] :is(summary, a) > span').all_text_contents()
