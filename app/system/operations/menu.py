"""菜单管理: the whole tree saved at once, over what its editor saw; nothing in it can shut the administrators out."""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.engine import current_engine
from app.lowcode.menu.icons import is_icon
from app.lowcode.menu.items import LABEL, MenuItem, arranged, hidden_for
from app.lowcode.menu.nodes import LEVELS, OWN, Arranged, MenuKind, MenuNode, arrange, walk
from app.system.forms import fingerprint
from app.system.models import ADMINISTRATOR
from app.system.operations.menu_history import record_changes
from app.system.rules import is_web_address

KEPT_PAGES = frozenset({"UserView", "RoleView", "MenuView"})
"""What the administrators' menu always shows: without it nobody could put things right."""

NEW = "new-"  # begins the name of a group or link that is not saved yet
OWN_NAME = "own-"
MOST = 300  # entries of the office's own


class MenuChanged(DomainError):
    code = "menu_changed"
    message = N_("您打开本页之后，别人保存过菜单。请刷新页面，再做您的改动。")


class BadMenu(DomainError):
    code = "bad_menu"
    message = N_("菜单数据不完整，请刷新页面后重试。")


class UnknownMenuEntry(DomainError):
    code = "unknown_menu_entry"
    message = N_("有条目已不存在，请刷新页面后重试。")


class MenuLabelNeeded(DomainError):
    code = "menu_label_needed"
    message = N_("请给每个分组和外部链接填写名称。")


class MenuLabelTooLong(DomainError):
    code = "menu_label_too_long"
    message = N_("名称“%(label)s”太长，最多 %(most)d 个字。")


class UnknownIcon(DomainError):
    code = "unknown_icon"
    message = N_("“%(label)s”的图标不存在，请从列表中选择。")


class BadWebAddress(DomainError):
    code = "bad_web_address"
    message = N_("“%(label)s”的网址不正确：须以 http:// 或 https:// 开头，不含空格、用户名和密码。")


class MenuTooDeep(DomainError):
    code = "menu_too_deep"
    message = N_("“%(label)s”放得太深：菜单最多三级，分组只能在前两级。")


class NotInGroup(DomainError):
    code = "not_in_group"
    message = N_("“%(label)s”不能放在那里，只能放进分组。")


class TooManyEntries(DomainError):
    code = "too_many_entries"
    message = N_("自建的分组和链接最多 %(most)d 个。")


class AdministrationHidden(DomainError):
    code = "administration_hidden"
    message = N_("“%(label)s”不能对系统管理员隐藏，否则谁也改不回来。")


class UnknownRoleInMenu(DomainError):
    code = "unknown_role"
    message = N_("所选的角色已不存在，请刷新后重试。")


def menu_version(entries: Sequence[Arranged]) -> str:
    """Return what an editor saw, in short: tells whether somebody else saved meanwhile."""
    return fingerprint(
        [
            (
                one.name,
                one.kind.value,
                one.parent,
                one.label,
                one.icon,
                one.url,
                one.hidden,
                sorted(one.hidden_for),
            )
            for one in entries
        ]
    )


def save_menu(*, session: Session, version: str, entries: Sequence[Arranged]) -> str:
    """Make the menu exactly `entries`, in their order; what is registered and not among them has its default place.

    Groups and links of the office's own that are not among them are deleted; the name of a new one begins with NEW.
    Returns the new version. Raises MenuChanged, BadMenu, UnknownMenuEntry, MenuLabelNeeded, MenuLabelTooLong,
    UnknownIcon, BadWebAddress, MenuTooDeep, NotInGroup, TooManyEntries, AdministrationHidden, UnknownRoleInMenu.
    """
    # Who saves the menu waits for whom saves it, on the row that changes of roles wait on too.
    administrators = session.scalars(
        select(Role.id).where(Role.name == ADMINISTRATOR).with_for_update()
    ).first()
    before = arranged(session=session)
    if version != menu_version(before):
        raise MenuChanged
    for one in entries:
        _check_words(one)
    named = _named(entries, known={one.name for one in before})
    tree = arrange(current_engine().menu, named)
    _check_places(tree)
    _check_roles(session, named)
    _check_administration(tree, administrators)
    _write(session, named)
    record_changes(session=session, before=arrange(current_engine().menu, before), now=tree)
    return menu_version(named)


def reset_menu(*, session: Session, version: str) -> str:
    """Forget all that the office arranged, its own groups and links too. Returns the new version. Raises MenuChanged."""
    return save_menu(session=session, version=version, entries=())


def _named(entries: Sequence[Arranged], *, known: Collection[str]) -> list[Arranged]:
    """Return the entries with names of their own for the new ones; each is there once and is what it says."""
    kinds = {one.name: one.kind for one in current_engine().menu}
    fresh = {
        one.name: OWN_NAME + secrets.token_hex(6)
        for one in entries
        if one.kind in OWN and one.name.startswith(NEW)
    }
    if any(count > 1 for count in Counter(one.name for one in entries).values()):
        raise BadMenu
    if sum(one.kind in OWN for one in entries) > MOST:
        raise TooManyEntries(most=MOST)
    for one in entries:
        if one.kind in OWN and one.name not in fresh and (one.name not in known or one.name in kinds):
            raise UnknownMenuEntry
        if one.kind not in OWN and kinds.get(one.name) is not one.kind:
            raise UnknownMenuEntry
    return [
        Arranged(
            fresh.get(one.name, one.name),
            one.kind,
            fresh.get(one.parent or "", one.parent),
            one.label,
            one.icon,
            one.url if one.kind is MenuKind.LINK else None,
            one.hidden,
            one.hidden_for,
        )
        for one in entries
    ]


def _check_words(one: Arranged) -> None:
    label = one.label or ""
    if one.kind in OWN and not label:
        raise MenuLabelNeeded(field=one.name)
    if len(label) > LABEL:
        raise MenuLabelTooLong(field=one.name, label=label[:LABEL], most=LABEL)
    if one.icon is not None and not is_icon(one.icon):
        raise UnknownIcon(field=one.name, label=label or one.name)
    if one.kind is MenuKind.LINK and not is_web_address(one.url or ""):
        raise BadWebAddress(field=one.name, label=label)


def _check_places(tree: Sequence[MenuNode]) -> None:
    """Return what was asked for is where it was put: in a group, and not too deep."""
    for node in walk(tree):
        above = node.parent.name if node.parent is not None else None
        if node.arranged is not None and node.arranged.parent != above:
            raise NotInGroup(field=node.name, label=node.label)
        if len(node.path) > (LEVELS - 1 if node.is_group else LEVELS):
            raise MenuTooDeep(field=node.name, label=node.label)


def _check_roles(session: Session, entries: Sequence[Arranged]) -> None:
    wanted = {role_id for one in entries for role_id in one.hidden_for}
    if wanted and set(session.scalars(select(Role.id).where(Role.id.in_(wanted)))) != wanted:
        raise UnknownRoleInMenu


def _check_administration(tree: Sequence[MenuNode], administrators: int | None) -> None:
    for node in walk(tree):
        for one in node.path if node.name in KEPT_PAGES else ():
            if one.hidden or administrators in one.hidden_for:
                raise AdministrationHidden(field=one.name, label=node.label)


def _write(session: Session, entries: Sequence[Arranged]) -> None:
    rows = {row.name: row for row in session.scalars(select(MenuItem))}
    names = {one.name for one in entries}
    for name in rows.keys() - names:
        session.delete(rows[name])
    for position, one in enumerate(entries):
        row = rows.get(one.name) or MenuItem(name=one.name)
        row.kind, row.parent, row.position = one.kind, one.parent, position
        row.label, row.icon, row.url, row.hidden = one.label, one.icon, one.url, one.hidden
        session.add(row)
        rows[one.name] = row
    session.flush()
    session.execute(delete(hidden_for))
    pairs = [
        {"item_id": rows[one.name].id, "role_id": role_id}
        for one in entries
        for role_id in sorted(one.hidden_for)
    ]
    if pairs:
        session.execute(insert(hidden_for), pairs)
