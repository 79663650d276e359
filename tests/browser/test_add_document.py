"""A document added as the how-to says, in a copy of the project: a real migration, the real server, the browser."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.browser import how_to
from tests.browser.browsers import Hands, chromium
from tests.office_process import office
from tests.people import PASSWORD

ADMINISTRATOR = "Guanli-2025"
BY_HAND_AT_MOST = 20
# Run in the copy: communities, rooms and the cast by the project's own operations, before the document exists.
SETTLE = """
import json
from app import create_app
app = create_app()
from app.estate.models import Customer
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.unit import unit_of_work
from tests.people import settle
with app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
    cast = settle(session=session)
    for place, name in ((cast.ours, "王小明"), (cast.neighbour, "邻家人")):
        session.add(Customer(community_id=place.community_id, name=name, kind="owner"))
    session.flush()
    print(json.dumps({"room": cast.ours.room_ids[0]}))
"""


@dataclass(frozen=True)
class Grown:
    """The project with one more document, its people and rooms, and where it is found."""

    project: Path
    address: str
    room: int


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Grown]:
    page = how_to.read()
    assert page.lines_by_hand <= BY_HAND_AT_MOST
    assert f" {page.lines_by_hand} lines;" in how_to.HOW_TO.read_text(encoding="utf-8")
    project = how_to.copy_project(tmp_path / "project")
    instance = tmp_path / "instance"
    flask = ("-m", "flask", "--app", "app")
    house = {"INSTANCE_DIR": str(instance), "ADMIN_PASSWORD": ADMINISTRATOR}
    # A house that has been lived in before anybody thought of the new document.
    how_to.run(project, *flask, "db", "upgrade", **house)
    how_to.run(project, *flask, "sync", **house)
    how_to.run(project, *flask, "ensure-admin", **house)
    said = how_to.run(project, "-c", SETTLE, **house)
    how_to.run(project, "tools/translations.py", "update")
    before, words = how_to.files_of(project), how_to.messages_of(project)

    for edit in page.edits:
        edit.apply(project)
    how_to.run(project, "tools/translations.py", "update")
    assert how_to.messages_of(project).keys() - words.keys() == page.english.keys()
    how_to.fill_in(project, page.english)
    how_to.run(project, "tools/translations.py", "compile")
    how_to.run(project, "tools/migration.py", page.message)
    after = how_to.files_of(project)
    touched = {name for name in after if before.get(name) != after[name]}
    (migration,) = touched - {edit.path for edit in page.edits} - {how_to.ENGLISH}
    assert migration.startswith("migrations/versions/") and before.keys() <= after.keys()
    assert not [name for name in touched if name.startswith("app/lowcode/")]

    how_to.run(project, *flask, "db", "upgrade", **house)
    how_to.run(project, *flask, "sync", **house)
    with office(instance, root=project, ADMIN_PASSWORD=ADMINISTRATOR) as started:
        yield Grown(project, f"http://127.0.0.1:{started.port}", json.loads(said.splitlines()[-1])["room"])


def test_a_document_added_as_the_how_to_says(browser: Browser, grown: Grown, tmp_path: Path) -> None:
    clerk = hands(browser, grown, "shoufei")
    nothing_of_it(clerk)
    the_administrator_grants_it(hands(browser, grown, "admin", ADMINISTRATOR))
    row = the_clerk_keeps_leases(clerk)
    the_room_has_them_too(clerk, grown.room)
    opened_in_excel(clerk, tmp_path / "leases.xlsx")
    in_english(clerk, row)
    nothing_of_it(hands(browser, grown, "weixiu"), row)
    the_neighbour_sees_none(hands(browser, grown, "linqu"), row)


def hands(browser: Browser, grown: Grown, name: str, password: str = PASSWORD) -> Hands:
    person = Hands(browser, grown.address)
    person.log_in(name, password)
    return person


def nothing_of_it(person: Hands, *rows: str) -> None:
    """For whom no role was given it, there is neither a menu entry nor a page."""
    # Closed groups of the menu hold their links too, seen or not.
    assert person.page.locator("nav a").count() > 0
    assert person.page.locator("a[href^='/lease']").count() == 0
    for path in (*rows, "/lease/list/", "/lease/add", "/lease/export"):
        assert person.page.request.get(path).status == 403


def the_administrator_grants_it(administrator: Hands) -> None:
    page = administrator.page
    administrator.menu("系统管理", "角色")
    page.get_by_role("main").get_by_role("link", name="收费员").click()
    administrator.press("修改")
    line = page.get_by_role("row").filter(has=page.get_by_role("button", name="租赁合同"))
    boxes = line.get_by_role("checkbox")
    # read add edit delete export print: nothing is imported yet
    expect(boxes).to_have_count(6)
    line.get_by_role("button", name="租赁合同").click()
    administrator.press("保存")
    page.wait_for_url(re.compile(r"/role/show/"))
    expect(page.get_by_role("main").get_by_text("租赁合同").first).to_be_visible()


def the_clerk_keeps_leases(clerk: Hands) -> str:
    """Two rows by the form, a mistake and its correction; returns the page of the first."""
    page = clerk.page
    page.reload()
    clerk.menu("资料管理", "租赁合同")
    expect(page.get_by_text("还没有记录。")).to_be_visible()
    clerk.press("新增")
    clerk.press("保存")
    # number, room, customer, day and rent: each says so beside itself; the only community is not asked for
    expect(page.locator("main .invalid-feedback")).to_have_count(5)
    fill(clerk, number="HT-2025-01", room="101", starts="2025-03-01", rent="-1")
    expect(page.locator("main .invalid-feedback")).to_have_count(1)
    clerk.field("月租金").fill("1,500.50")
    clerk.press("保存")
    expect(page.get_by_role("heading", level=1)).to_contain_text("HT-2025-01")
    first = page.url
    clerk.menu("资料管理", "租赁合同")
    clerk.press("新增")
    fill(clerk, number="HT-2025-01", room="201", starts="2025-04-01", rent="2000")
    expect(page.locator("main .invalid-feedback")).to_have_count(1)
    clerk.field("合同编号").fill("=1+1")
    clerk.press("保存")
    expect(page.get_by_role("heading", level=1)).to_contain_text("=1+1")

    page.goto(first)
    clerk.press("修改")
    clerk.field("月租金").fill("1600.00")
    clerk.press("保存")
    expect(page.get_by_role("main").locator("dl")).to_contain_text("1,600.00")
    page.get_by_role("tab", name="修改记录").click()
    change = page.get_by_role("row").filter(has_text="月租金")
    for said in ("收费员", "1500.50", "1600.00"):
        expect(change).to_contain_text(said)

    clerk.menu("资料管理", "租赁合同")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tfoot")).to_contain_text("3,600.00")
    page.get_by_role("main").get_by_role("searchbox").first.fill("HT-2025")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("王小明")
    clerk.menu("资料管理", "租赁合同")
    return first.removeprefix(page.url.partition("/lease")[0])


def fill(clerk: Hands, *, number: str, room: str, starts: str, rent: str) -> None:
    """The form of a lease in 锦绣园, whose rooms and customers alone are offered, and its button."""
    clerk.choose("房间", room)
    clerk.choose("客户", "王小明")
    clerk.field("合同编号").fill(number)
    clerk.field("开始日期").fill(starts)
    clerk.field("月租金").fill(rent)
    clerk.press("保存")


def the_room_has_them_too(clerk: Hands, room: int) -> None:
    clerk.page.goto(f"/room/show/{room}")
    clerk.page.get_by_role("tab", name="租赁合同").click()
    expect(clerk.page.get_by_role("tabpanel", name="租赁合同")).to_contain_text("HT-2025-01")


def opened_in_excel(clerk: Hands, file: Path) -> None:
    clerk.menu("资料管理", "租赁合同")
    with clerk.page.expect_download() as download:
        clerk.press("导出")
    download.value.save_as(file)
    sheet = load_workbook(file).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][0] == "租赁合同"
    top = next(index for index, line in enumerate(lines) if "合同编号" in line)
    rows = [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]]
    second, first = rows[0], rows[1]
    assert (second["合同编号"], first["合同编号"]) == ("=1+1", "HT-2025-01")
    assert first["开始日期"].date() == date(2025, 3, 1)
    assert Decimal(str(first["月租金"])) == 1600
    assert (first["小区"], first["客户"]) == ("锦绣园", "王小明")
    assert any(3600 in line for line in lines[top + 3 :])


def in_english(clerk: Hands, row: str) -> None:
    page = clerk.page
    page.get_by_role("button", name="我的账号").click()
    page.get_by_role("link", name="English").click()
    page.goto(row)
    facts = page.get_by_role("main").locator("dl")
    for label in ("Contract number", "Monthly rent"):
        expect(facts).to_contain_text(label)
    expect(page.get_by_role("navigation").get_by_text("Leases").first).to_be_attached()
    assert not clerk.troubles


def the_neighbour_sees_none(neighbour: Hands, row: str) -> None:
    """邻区收费员: the same role, another community."""
    neighbour.menu("资料管理", "租赁合同")
    expect(neighbour.page.get_by_text("还没有记录。")).to_be_visible()
    key = re.sub(r"\D", "", row)
    for path in (row, f"/lease/edit/{key}", f"/lease/history/{key}"):
        assert neighbour.page.request.get(path).status == 404
