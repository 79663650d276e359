"""菜单管理: the tree is saved whole, over what its editor saw, and shows nobody what they may not open."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.errors import DomainError
from app.lowcode.engine import engine_of
from app.lowcode.history import History
from app.lowcode.menu.icons import find_icons
from app.lowcode.menu.items import MenuItem, arranged, hidden_for
from app.lowcode.menu.nodes import Arranged, MenuKind
from app.lowcode.menu.registry import default_menu
from app.system.operations.menu import menu_version, reset_menu, save_menu
from app.system.operations.roles import add_role, delete_role

from .cast import Browser, alone, working_as

GROUP, LINK, MODULE, PAGE = MenuKind.GROUP, MenuKind.LINK, MenuKind.MODULE, MenuKind.PAGE
TAX = Arranged("new-2", LINK, None, "税务局", url="https://etax.example.cn/")


def save(office: Flask, *entries: Arranged, username: str = "guanliyuan") -> str:
    with working_as(office, username) as unit:
        version = menu_version(arranged(session=unit))
        return save_menu(session=unit, version=version, entries=entries)


def test_every_entry_s_name_finds_an_icon(app: Flask) -> None:
    """A4: who looks for an icon types what the entry is called."""
    labels = [one.label for one in default_menu(engine_of(app).manifests)]
    assert [label for label in labels if not find_icons(label, 20)] == []
    assert len(labels) > 40


def role(session: Session, name: str) -> int:
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def menu_of(browser: Browser) -> list[str]:
    """What stands in the menu on the left, groups in brackets."""
    page = browser.get("/password").text
    body = page[page.index('<nav class="side-body"') :]
    body = body[: body.index("</nav>")]
    found = re.findall(r"<(summary|a)\b[^>]*>.*?<span>([^<]*)</span>", body, re.DOTALL)
    return [f"[{text}]" if tag == "summary" else text for tag, text in found]


def send(browser: Browser, body: Any, url: str = "/menu/save") -> Any:
    return alone(browser.client.post, url, json=body, headers={"X-CSRFToken": browser.token()})


def test_by_default_a_person_sees_what_they_may_open(office: Flask, admin: Browser) -> None:
    assert "角色" in menu_of(admin) and "收据" not in menu_of(admin)
    desk = Browser(office)
    desk.log_in("shoufei")
    assert "收据" in menu_of(desk) and "角色" not in menu_of(desk) and "[系统管理]" not in menu_of(desk)


def test_renamed_moved_nested_and_linked(office: Flask, admin: Browser) -> None:
    save(
        office,
        Arranged("new-1", GROUP, None, "常用", "star"),
        Arranged("Room", PAGE, "new-1", "房源"),
        Arranged("system", MODULE, "new-1"),
        TAX,
    )
    seen = menu_of(admin)
    assert seen[:3] == ["[常用]", "房源", "[系统管理]"]
    assert "税务局" in seen and "房间" not in seen
    page = admin.get("/password").text
    link = re.search(r'<a class="menu-item"[^>]*etax[^>]*>', page)
    assert link is not None
    assert (
        'href="https://etax.example.cn/"' in link[0]
        and 'target="_blank" rel="noopener noreferrer"' in link[0]
    )
    assert "ti-star" in page


def test_a_menu_gives_no_right(office: Flask) -> None:
    save(office, Arranged("UserView", PAGE, None), Arranged("RoleView", PAGE, None))
    desk = Browser(office)
    desk.log_in("shoufei")
    assert "角色" not in menu_of(desk) and "操作员" not in menu_of(desk)
    assert desk.get("/role/list/").status_code == 403


def test_hidden_for_a_role(office: Flask, admin: Browser, session: Session) -> None:
    clerk = frozenset({role(session, "收费员")})
    save(
        office,
        Arranged("Room", PAGE, "estate", hidden_for=clerk),
        Arranged("new-2", LINK, None, "税务局", url="https://etax.example.cn/", hidden_for=clerk),
    )
    desk = Browser(office)
    desk.log_in("shoufei")
    assert "房间" not in menu_of(desk) and "税务局" not in menu_of(desk)
    assert desk.get("/room/list/").status_code == 200  # out of the menu is not out of reach
    assert "房间" in menu_of(admin) and "税务局" in menu_of(admin)


def test_one_role_that_sees_it_is_enough(office: Flask, session: Session) -> None:
    with working_as(office, "guanliyuan") as unit:
        user = unit.scalars(select(User).where(User.username == "shoufei")).one()
        user.roles.append(unit.scalars(select(Role).where(Role.name == "只读")).one())
    both = frozenset({role(session, "收费员"), role(session, "只读")})
    desk = Browser(office)
    desk.log_in("shoufei")
    save(office, Arranged("Room", PAGE, "estate", hidden_for=frozenset({role(session, "收费员")})))
    assert "房间" in menu_of(desk)
    save(office, Arranged("Room", PAGE, "estate", hidden_for=both))
    assert "房间" not in menu_of(desk)


def test_hidden_for_everybody(office: Flask, admin: Browser) -> None:
    save(
        office,
        Arranged("estate", MODULE, None, hidden=True),
        Arranged("DictionaryEntry", PAGE, "system", hidden=True),
    )
    assert (
        "[资料管理]" not in menu_of(admin) and "房间" not in menu_of(admin) and "字典" not in menu_of(admin)
    )


def test_a_deleted_role_hides_nothing_any_more(office: Flask, session: Session) -> None:
    with working_as(office, "guanliyuan") as unit:
        made = add_role(session=unit, name="临时", pairs=[]).id
    save(office, Arranged("Room", PAGE, "estate", hidden_for=frozenset({made})))
    with working_as(office, "guanliyuan") as unit:
        delete_role(session=unit, role_id=made)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(hidden_for)) == 0


def test_what_is_left_out_goes_back_to_its_place(office: Flask, admin: Browser, session: Session) -> None:
    before = menu_of(admin)
    save(office, Arranged("new-1", GROUP, None, "常用"), Arranged("Room", PAGE, "new-1", "房源"))
    assert menu_of(admin) != before
    save(office)
    assert menu_of(admin) == before
    session.rollback()
    assert session.scalar(select(func.count(MenuItem.id))) == 0


def test_the_whole_is_reset(office: Flask, admin: Browser) -> None:
    before = menu_of(admin)
    save(office, Arranged("new-1", GROUP, None, "常用"), Arranged("Room", PAGE, "new-1"), TAX)
    with working_as(office, "guanliyuan") as unit:
        reset_menu(session=unit, version=menu_version(arranged(session=unit)))
    assert menu_of(admin) == before


@pytest.mark.parametrize(
    ("code", "entries"),
    [
        ("menu_label_needed", [Arranged("new-1", GROUP, None)]),
        ("menu_label_too_long", [Arranged("Room", PAGE, "estate", "长" * 31)]),
        ("unknown_icon", [Arranged("Room", PAGE, "estate", icon="no-such")]),
        ("bad_web_address", [Arranged("new-1", LINK, None, "坏", url="javascript:alert(1)")]),
        ("bad_web_address", [Arranged("new-1", LINK, None, "空")]),
        ("unknown_menu_entry", [Arranged("Nothing", PAGE, None)]),
        ("unknown_menu_entry", [Arranged("own-1", GROUP, None, "别人的")]),
        ("unknown_menu_entry", [Arranged("Room", GROUP, None, "冒充")]),
        ("unknown_menu_entry", [Arranged("Room", MODULE, None)]),
        ("bad_menu", [Arranged("Room", PAGE, "estate"), Arranged("Room", PAGE, None)]),
        ("not_in_group", [Arranged("Room", PAGE, "Customer")]),
        ("not_in_group", [Arranged("Room", PAGE, "nowhere")]),
        ("not_in_group", [Arranged("new-1", GROUP, "new-2", "甲"), Arranged("new-2", GROUP, "new-1", "乙")]),
        ("not_in_group", [Arranged("estate", MODULE, "estate")]),
        (
            "menu_too_deep",
            [
                Arranged("new-1", GROUP, None, "一"),
                Arranged("new-2", GROUP, "new-1", "二"),
                Arranged("new-3", GROUP, "new-2", "三"),
            ],
        ),
        (
            "menu_too_deep",
            [
                Arranged("new-1", GROUP, "estate", "一"),
                Arranged("new-2", GROUP, None, "二"),
                Arranged("estate", MODULE, "new-2"),
            ],
        ),
        ("too_many_entries", [Arranged(f"new-{i}", GROUP, None, "多") for i in range(301)]),
        ("unknown_role", [Arranged("Room", PAGE, "estate", hidden_for=frozenset({2_000_000_000}))]),
    ],
)
def test_what_is_no_menu_is_refused(
    office: Flask, session: Session, code: str, entries: Sequence[Arranged]
) -> None:
    with pytest.raises(DomainError) as refused:
        save(office, *entries)
    assert refused.value.code == code
    assert session.scalar(select(func.count(MenuItem.id))) == 0


@pytest.mark.parametrize("name", ["UserView", "RoleView", "MenuView"])
def test_the_administrators_can_always_get_back(office: Flask, session: Session, name: str) -> None:
    them = frozenset({role(session, "系统管理员")})
    hidings: list[list[Arranged]] = [
        [Arranged(name, PAGE, "system", hidden=True)],
        [Arranged(name, PAGE, "system", hidden_for=them)],
        [Arranged("system", MODULE, None, hidden=True)],
        [Arranged("system", MODULE, None, hidden_for=them)],
        [Arranged("new-1", GROUP, None, "藏", hidden_for=them), Arranged(name, PAGE, "new-1")],
        [Arranged("new-1", GROUP, None, "藏", hidden=True), Arranged("system", MODULE, "new-1")],
    ]
    for entries in hidings:
        with pytest.raises(DomainError) as refused:
            save(office, *entries)
        assert refused.value.code == "administration_hidden"
        assert refused.value.field == next(one.name for one in entries if one.hidden or one.hidden_for) or (
            refused.value.field is not None and refused.value.field.startswith("own-")
        )


def test_they_may_be_hidden_from_others_and_moved(office: Flask, admin: Browser, session: Session) -> None:
    others = frozenset({role(session, "物业经理")})
    save(
        office,
        Arranged("new-1", GROUP, None, "管"),
        Arranged("MenuView", PAGE, "new-1", "摆菜单", hidden_for=others),
    )
    assert menu_of(admin)[:2] == ["[管]", "摆菜单"]


def test_a_stale_page_is_refused_and_loses_nothing(office: Flask, admin: Browser) -> None:
    seen = re.search(r'"version": "(\w+)"', admin.get("/menu/").text)
    assert seen is not None
    save(office, Arranged("Room", PAGE, "estate", "房源"))
    body = {
        "version": seen[1],
        "entries": [{"name": "Room", "kind": "page", "parent": "estate", "label": "房子"}],
    }
    answer = send(admin, body)
    assert answer.status_code == 400 and answer.json["code"] == "menu_changed"
    assert send(admin, {"version": seen[1]}, "/menu/reset").json["code"] == "menu_changed"
    assert "房源" in menu_of(admin)


def test_sent_by_the_page(admin: Browser, session: Session) -> None:
    version = menu_version(arranged(session=session))
    entries = [
        {
            "name": "new-1",
            "kind": "group",
            "parent": None,
            "label": " 常用 ",
            "icon": "star",
            "hidden": False,
            "hidden_for": [],
        },
        {
            "name": "Room",
            "kind": "page",
            "parent": "new-1",
            "label": None,
            "url": "https://dropped.example.cn",
        },
    ]
    answer = send(admin, {"version": version, "entries": entries})
    assert (answer.status_code, answer.json) == (200, {"url": "/menu/"})
    assert "[常用]" in menu_of(admin)
    assert (
        send(admin, {"version": version, "entries": entries}).json["code"] == "menu_changed"
    )  # a second click


@pytest.mark.parametrize(
    "body",
    [
        [],
        "x",
        {},
        {"version": 1},
        {"version": "x", "entries": {}},
        {"version": "x", "entries": [None]},
        {"version": "x", "entries": [{"name": "Room"}]},
        {"version": "x", "entries": [{"name": 5, "kind": "page"}]},
        {"version": "x", "entries": [{"name": "Room", "kind": "page", "hidden": "yes"}]},
        {"version": "x", "entries": [{"name": "Room", "kind": "page", "hidden_for": [True]}]},
        {"version": "x", "entries": [{"name": "Room", "kind": "page", "hidden_for": ["1"]}]},
        {"version": "x", "entries": [{"name": "Room", "kind": "page", "hidden_for": [2**31]}]},
        {"version": "x", "entries": [{"name": "R" * 61, "kind": "page"}]},
        {"version": "x", "entries": [{"name": "Room", "kind": "page"}] * 1001},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(admin: Browser, body: Any) -> None:
    answer = send(admin, body)
    assert answer.status_code == 400 and answer.json["code"] == "bad_menu"


def test_a_name_that_no_database_keeps_is_refused(admin: Browser) -> None:
    entries = [{"name": "Room", "kind": "page", "label": "a\u0000b"}]
    answer = send(admin, {"version": "x", "entries": entries})
    assert answer.status_code == 400 and answer.json["code"] == "unreadable_text"


def test_the_page_is_the_administrators_alone(office: Flask) -> None:
    manager = Browser(office)
    manager.log_in("jingli")
    assert manager.get("/menu/").status_code == 403
    assert manager.get("/menu/icons.json?q=x").status_code == 403
    for url in ("/menu/save", "/menu/reset"):
        assert send(manager, {"version": "x", "entries": []}, url).status_code == 403


def test_who_may_only_look(office: Flask) -> None:
    with working_as(office, "guanliyuan") as unit:
        looking = add_role(session=unit, name="看菜单", pairs=[("read", "MenuItem")])
        unit.scalars(select(User).where(User.username == "jingli")).one().roles = [looking]
    reader = Browser(office)
    reader.log_in("jingli")
    page = reader.get("/menu/").text
    assert '"editable": false' in page and "data-menu-save" not in page
    assert send(reader, {"version": "x", "entries": []}).status_code == 403


def test_the_history_says_what_changed(office: Flask, session: Session) -> None:
    clerk = frozenset({role(session, "收费员")})
    save(
        office,
        Arranged("new-1", GROUP, None, "常用"),
        Arranged("Room", PAGE, "new-1", "房源", hidden_for=clerk),
    )
    session.rollback()
    lines = session.execute(
        select(History.row_title, History.label, History.old, History.new)
        .where(History.document == "MenuItem")
        .order_by(History.id)
    ).all()
    assert [tuple(line) for line in lines] == [
        ("常用", None, None, "常用"),
        ("房间", "名称", "房间", "房源"),
        ("房间", "不显示给", None, "收费员"),
        ("房间", "上级", "资料管理 / 房间", "常用 / 房源"),
    ]


def test_saving_what_is_there_tells_nothing(office: Flask, session: Session) -> None:
    entries = (Arranged("Room", PAGE, "estate"), Arranged("Customer", PAGE, "estate"))
    save(office, *entries)
    save(office, *entries)
    assert session.scalars(select(History.id).where(History.document == "MenuItem")).all() == []


def test_a_changed_order_is_one_line(office: Flask, session: Session) -> None:
    save(office, Arranged("DictionaryEntry", PAGE, "system"), Arranged("UserView", PAGE, "system"))
    line = session.scalars(select(History).where(History.document == "MenuItem")).one()
    assert (line.row_title, line.label) == ("系统管理", "顺序")
    assert line.old is not None and line.old.startswith("操作员、")
    assert line.new is not None and line.new.startswith("字典、")


def test_icons_are_offered(admin: Browser) -> None:
    assert admin.get("/menu/icons.json?q=抄表").json["icons"][0] == "gauge"
    assert len(admin.get(f"/menu/icons.json?q={'a' * 5000}").json["icons"]) == 0
