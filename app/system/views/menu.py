"""菜单管理: the page where the office arranges the menu."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import flash, jsonify, render_template, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from flask_babel import gettext as _
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.menu.icons import find_icons
from app.lowcode.menu.items import ICON, LABEL, NAME, URL, MenuItem, arranged
from app.lowcode.menu.nodes import LEVELS, Arranged, MenuKind, MenuNode, arrange
from app.lowcode.permissions import may, needs
from app.lowcode.requests import takes_json
from app.lowcode.scope import reaches_rows_of
from app.lowcode.unit import in_unit_of_work
from app.system.models import ADMINISTRATOR
from app.system.operations.menu import KEPT_PAGES, NEW, BadMenu, menu_version, reset_menu, save_menu

ICONS = 96  # offered at once
MOST = 1000  # entries of a menu that is sent


class MenuView(BaseView):
    """菜单管理: one tree, saved whole."""

    spec: Spec = spec_of(MenuItem)
    route_base = "/menu"
    class_permission_name = "MenuItem"
    default_view = "index"
    menu_path = "/"

    @expose("/")
    @needs("read")
    def index(self) -> str:
        """Return the tree as it stands, hidden entries too, and what each role may open of it."""
        session = db.session()
        kept = arranged(session=session)
        names = dict(session.execute(select(Role.id, Role.name).order_by(Role.name)).all())
        opens = _opened_by_roles()
        editor = {
            "version": menu_version(kept),
            "levels": LEVELS,
            "entries": _flat(arrange(current_engine().menu, kept)),
            "order": [one.name for one in current_engine().menu],
            "kept": sorted(KEPT_PAGES),
            "new": NEW,
            "roles": [
                {
                    "id": key,
                    "name": name,
                    "administrators": name == ADMINISTRATOR,
                    "opens": opens.get(key, []),
                }
                for key, name in names.items()
            ],
            "limits": {"label": LABEL, "url": URL},
            "editable": may("edit", self.class_permission_name) and reaches_rows_of(MenuItem),
        }
        return render_template("system/menu.html", editor=editor)

    @expose("/icons.json")
    @needs("edit")
    def icons(self) -> Any:
        """Icons that fit the words in `q`."""
        return jsonify(icons=find_icons(request.args.get("q", "")[:60], ICONS))

    @expose("/save", methods=["POST"])
    @needs("edit")
    @takes_json
    def save(self) -> Any:
        """Take the whole tree. Raises what `save_menu` raises."""
        version, entries = _read(request.get_json(silent=True))
        in_unit_of_work(lambda: save_menu(session=db.session(), version=version, entries=entries))
        flash(_("菜单已保存。"), "success")
        return jsonify(url=f"{self.route_base}/")

    @expose("/reset", methods=["POST"])
    @needs("edit")
    @takes_json
    def reset(self) -> Any:
        """Back to the default, whole. Raises MenuChanged."""
        version, _entries = _read(request.get_json(silent=True))
        in_unit_of_work(lambda: reset_menu(session=db.session(), version=version))
        flash(_("菜单已恢复默认。"), "success")
        return jsonify(url=f"{self.route_base}/")


def _opened_by_roles() -> Mapping[int, list[str]]:
    """Role → names of the registered pages that it gives the right to."""
    rows = db.session.execute(
        select(assoc_permissionview_role.c.role_id, Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
    pages: dict[tuple[str, str], list[str]] = {}
    for one in current_engine().menu:
        if one.right is not None:
            pages.setdefault(one.right, []).append(one.name)
    found: dict[int, list[str]] = {}
    for role_id, verb, document in rows:
        names = pages.get((verb.removeprefix(PERMISSION_PREFIX), document), [])
        found.setdefault(role_id, []).extend(names)
    return found


def _flat(nodes: Sequence[MenuNode]) -> list[dict[str, Any]]:
    """Return the tree as the script builds it: each with its children, what is registered and what the office says."""
    return [
        {
            "name": node.name,
            "kind": node.kind.value,
            "module": node.registered.module if node.registered is not None else None,
            "label": _(node.registered.label) if node.registered is not None else "",
            "icon": node.registered.icon if node.registered is not None else "",
            "own": {
                "label": (node.arranged.label if node.arranged is not None else None) or "",
                "icon": (node.arranged.icon if node.arranged is not None else None) or "",
                "url": (node.arranged.url if node.arranged is not None else None) or "",
                "hidden": node.hidden,
                "hidden_for": sorted(node.hidden_for),
            },
            "untouched": node.arranged is None,
            "children": _flat(node.children),
        }
        for node in nodes
    ]


def _read(body: Any) -> tuple[str, list[Arranged]]:
    """Return the version and the entries that the script sent. Raises BadMenu for anything else."""
    if not isinstance(body, dict) or not isinstance(body.get("version"), str):
        raise BadMenu
    entries = body.get("entries", [])
    if not isinstance(entries, list) or len(entries) > MOST:
        raise BadMenu
    return body["version"], [_entry(one) for one in entries]


def _entry(given: Any) -> Arranged:
    if not isinstance(given, dict) or not isinstance(given.get("hidden", False), bool):
        raise BadMenu
    kinds = {one.value: one for one in MenuKind}
    name, kind = _text(given, "name", NAME), kinds.get(str(given.get("kind")))
    if name is None or kind is None:
        raise BadMenu
    return Arranged(
        name=name,
        kind=kind,
        parent=_text(given, "parent", NAME),
        label=_text(given, "label", 1000),
        icon=_text(given, "icon", ICON),
        url=_text(given, "url", URL),
        hidden=given.get("hidden", False),
        hidden_for=frozenset(_keys(given.get("hidden_for", []))),
    )


def _text(given: Mapping[str, Any], name: str, most: int) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BadMenu
    return value.strip() or None


def _keys(given: Any) -> Iterable[int]:
    if not isinstance(given, list) or len(given) > MOST:
        raise BadMenu
    for one in given:
        if type(one) is not int or not 0 < one < 2**31:
            raise BadMenu
        yield one
