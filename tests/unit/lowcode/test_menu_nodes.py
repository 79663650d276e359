"""The menu's tree: what the office arranged over what the modules register."""

import pytest

from app.lowcode.menu.nodes import Arranged, MenuKind, MenuNode, Registered, arrange

GROUP, LINK, MODULE, PAGE = MenuKind.GROUP, MenuKind.LINK, MenuKind.MODULE, MenuKind.PAGE

REGISTERED = [
    Registered("estate", "资料管理", "home"),
    Registered("Room", "房间", "door", "estate", "/room/list/", "/room", ("read", "Room")),
    Registered("Customer", "客户", "user", "estate", "/customer/list/", "/customer", ("read", "Customer")),
    Registered("Pet", "宠物", "paw", "estate", "/pet/list/", "/pet", ("read", "Pet")),
    Registered("system", "系统管理", "settings"),
    Registered("History", "历史", "history", "system", "/history/list/", "/history", ("read", "History")),
]


def outline(nodes: list[MenuNode]) -> list[object]:
    """Names, each group with what is in it."""
    return [(one.name, outline(one.children)) if one.is_group else one.name for one in nodes]


DEFAULT = [("estate", ["Room", "Customer", "Pet"]), ("system", ["History"])]


def test_without_an_arrangement_it_is_as_registered() -> None:
    tree = arrange(REGISTERED, [])
    assert outline(tree) == DEFAULT
    assert tree[0].children[0].label == "房间"


def test_the_office_renames_orders_nests_and_hides() -> None:
    tree = arrange(
        REGISTERED,
        [
            Arranged("own-1", GROUP, None, "常用", "star"),
            Arranged("system", MODULE, "own-1"),
            Arranged("Pet", PAGE, "own-1", "宠物登记", hidden=True),
            Arranged("own-2", LINK, "own-1", "税务局", url="https://etax.example.cn"),
        ],
    )
    assert outline(tree) == [
        ("own-1", [("system", ["History"]), "Pet", "own-2"]),
        ("estate", ["Room", "Customer"]),
    ]
    pet = tree[0].children[1]
    assert (pet.label, pet.icon, pet.hidden) == ("宠物登记", "paw", True)
    assert [one.name for one in pet.path] == ["own-1", "Pet"]


def test_an_own_order_of_all_is_kept() -> None:
    said = [Arranged(name, PAGE, "estate") for name in ("Pet", "Room", "Customer")]
    assert outline(arrange(REGISTERED, said))[0] == ("estate", ["Pet", "Room", "Customer"])


@pytest.mark.parametrize("name", ["Room", "Customer", "Pet"])
def test_one_renamed_stays_where_it_is(name: str) -> None:
    assert outline(arrange(REGISTERED, [Arranged(name, PAGE, "estate", "新名")])) == DEFAULT


def test_a_new_entry_comes_behind_its_default_neighbour() -> None:
    said = [Arranged("Pet", PAGE, "estate"), Arranged("Room", PAGE, "estate")]
    assert outline(arrange(REGISTERED, said))[0] == ("estate", ["Pet", "Room", "Customer"])


def test_a_new_entry_whose_neighbours_left_stands_in_its_module() -> None:
    said = [Arranged("Room", PAGE, "system"), Arranged("Pet", PAGE, "system")]
    assert outline(arrange(REGISTERED, said)) == [
        ("estate", ["Customer"]),
        ("system", ["Room", "Pet", "History"]),
    ]


def test_a_new_module_comes_behind_its_default_neighbour() -> None:
    assert outline(arrange(REGISTERED, [Arranged("estate", MODULE, None)])) == DEFAULT


def test_what_is_registered_no_longer_is_left_out() -> None:
    said = [Arranged("Gone", PAGE, "estate"), Arranged("gone", MODULE, None)]
    assert outline(arrange(REGISTERED, said)) == DEFAULT


def test_a_group_that_is_gone_gives_its_entries_back() -> None:
    said = [Arranged("Pet", PAGE, "own-9"), Arranged("own-2", LINK, "own-9", "外", url="https://a.cn")]
    assert outline(arrange(REGISTERED, said)) == [
        "own-2",
        ("estate", ["Room", "Customer", "Pet"]),
        ("system", ["History"]),
    ]


def test_nothing_stands_in_a_page() -> None:
    said = [Arranged("Pet", PAGE, "Room")]
    assert outline(arrange(REGISTERED, said)) == DEFAULT


def test_a_circle_is_broken_and_nothing_lost() -> None:
    said = [
        Arranged("own-1", GROUP, "own-2", "甲"),
        Arranged("own-2", GROUP, "own-1", "乙"),
        Arranged("estate", MODULE, "own-1"),
    ]
    tree = arrange(REGISTERED, said)
    names = str(outline(tree))
    for name in ("own-1", "own-2", "estate", "Room", "History"):
        assert names.count(f"'{name}'") == 1
