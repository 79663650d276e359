"""The tree of the menu: what the modules register, merged with what the office arranged. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.kernel.enums import LabelledEnum
from app.kernel.errors import N_

LEVELS = 3  # groups stand on the first two


class MenuKind(LabelledEnum):
    """What an entry of the menu is."""

    MODULE = "module", N_("模块")  # a group that a module registers
    PAGE = "page", N_("页面")  # of a module; shown to those who may
    GROUP = "group", N_("分组")  # of the office's own
    LINK = "link", N_("外部链接")  # out of the product


GROUPS = frozenset({MenuKind.MODULE, MenuKind.GROUP})
OWN = frozenset({MenuKind.GROUP, MenuKind.LINK})


@dataclass(frozen=True, slots=True)
class Registered:
    """A module or one of its pages, in its default place: `module` is None for the module itself.

    `label` is a message id; `right`: the (verb, document) that a person needs for the page.
    """

    name: str
    label: str
    icon: str
    module: str | None = None
    url: str = ""
    base: str = ""  # below it the page is the one that is open
    right: tuple[str, str] | None = None

    @property
    def kind(self) -> MenuKind:
        """A module is a group."""
        return MenuKind.MODULE if self.module is None else MenuKind.PAGE


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the office says of an entry; None: as registered. `hidden_for`: ids of the roles that do not see it."""

    name: str
    kind: MenuKind
    parent: str | None
    label: str | None = None
    icon: str | None = None
    url: str | None = None
    hidden: bool = False
    hidden_for: frozenset[int] = frozenset()


@dataclass(slots=True)
class MenuNode:
    """An entry in its place, with what is registered of it and what the office says."""

    name: str
    kind: MenuKind
    registered: Registered | None
    arranged: Arranged | None
    parent: "MenuNode | None" = None
    children: list["MenuNode"] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Whether others can stand in it."""
        return self.kind in GROUPS

    @property
    def hidden(self) -> bool:
        """Whether nobody sees it, for its own sake."""
        return self.arranged is not None and self.arranged.hidden

    @property
    def hidden_for(self) -> frozenset[int]:
        """The roles that do not see it, for its own sake."""
        return self.arranged.hidden_for if self.arranged is not None else frozenset()

    @property
    def label(self) -> str:
        """The office's name for it, else the registered message id."""
        own = self.arranged.label if self.arranged is not None else None
        return own or (self.registered.label if self.registered is not None else self.name)

    @property
    def icon(self) -> str:
        """The office's icon, else the registered one."""
        own = self.arranged.icon if self.arranged is not None else None
        return own or (self.registered.icon if self.registered is not None else "")

    @property
    def path(self) -> list["MenuNode"]:
        """From the first level down to itself."""
        return [*(self.parent.path if self.parent is not None else []), self]


def walk(nodes: Sequence[MenuNode]) -> Iterator[MenuNode]:
    """Every node, parents before their children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def arrange(registered: Sequence[Registered], arranged: Sequence[Arranged]) -> list[MenuNode]:
    """Return the whole tree: `arranged` (in the office's order) over `registered` (in the default order).

    What the office has not arranged stands at its default place: in its module, behind the nearest of those that are
    registered before it. What is arranged but registered no longer is left out; what hangs on nothing comes to the first level.
    """
    known = {one.name: one for one in registered}
    said = {one.name: one for one in arranged if one.kind in OWN or one.name in known}
    nodes = {
        name: MenuNode(
            name, known[name].kind if name in known else said[name].kind, known.get(name), said.get(name)
        )
        for name in (*said, *(one.name for one in registered if one.name not in said))
    }
    parents = {name: _parent(nodes, node) for name, node in nodes.items()}
    _break_circles(parents)
    top: list[MenuNode] = []
    for name, node in nodes.items():
        node.parent = nodes[above] if (above := parents[name]) is not None else None
        if node.arranged is not None:
            (node.parent.children if node.parent is not None else top).append(node)
    siblings: dict[str | None, list[str]] = {}
    for one in registered:
        siblings.setdefault(one.module, []).append(one.name)
    for module, names in siblings.items():
        for place, name in enumerate(names):
            node = nodes[name]
            if node.arranged is None:
                beside = nodes[module].children if module is not None else top
                beside.insert(_place(beside, names[:place], names[place + 1 :]), node)
    return top


def _parent(nodes: Mapping[str, MenuNode], node: MenuNode) -> str | None:
    """Return the name of the group that it belongs in; a group that is gone gives its entries back to their modules."""
    wanted = node.arranged.parent if node.arranged is not None else None
    if node.arranged is not None and (wanted is None or (wanted in nodes and nodes[wanted].is_group)):
        return wanted
    return node.registered.module if node.registered is not None else None


def _break_circles(parents: dict[str, str | None]) -> None:
    for name, above in parents.items():
        seen, at = {name}, above
        while at is not None:
            if at in seen:
                parents[name] = None
                break
            seen.add(at)
            at = parents[at]


def _place(beside: Sequence[MenuNode], before: Sequence[str], after: Sequence[str]) -> int:
    """Behind the last of `before` that stands there, else in front of the first of `after`, else at the end."""
    names = [one.name for one in beside]
    for name in reversed(before):
        if name in names:
            return names.index(name) + 1
    return next((names.index(name) for name in after if name in names), len(names))
