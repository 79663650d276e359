"""Permissions: verbs on documents, one cached set a request, and a gate that refuses every endpoint without one."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, has_request_context, redirect, request, url_for
from flask_appbuilder import Model
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from flask_login import current_user
from sqlalchemy import Column, ForeignKey, Integer, Table, delete, insert, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.document import TABLE_OPTIONS
from app.lowcode.errors import wants_json

VERBS: Mapping[str, str] = {
    "read": N_("查看"),
    "add": N_("新增"),
    "edit": N_("修改"),
    "delete": N_("删除"),
    "export": N_("导出"),
    "import": N_("导入"),
    "print": N_("打印"),
    "attach": N_("加附件"),
    "reveal": N_("看完整号码"),
}

F = TypeVar("F", bound=Callable[..., Any])
Pair = tuple[str, str]

offered_rights = Table(
    "offered_right",
    Model.metadata,
    Column("role_id", Integer, ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "permission_view_id",
        Integer,
        ForeignKey("ab_permission_view.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    mysql_charset=TABLE_OPTIONS["mysql_charset"],
    mysql_collate=TABLE_OPTIONS["mysql_collate"],
)
"""What `synchronise` has given each role at some time, whether or not the office has taken it away since."""

OPEN_ENDPOINTS = frozenset({"static", "appbuilder.static"})
"""Endpoints that answer a stranger; views add theirs with @open_to_all."""


def open_to_all(view: F) -> F:
    """Mark a view that answers anybody: the login page, the language switch."""
    view.access = "open"  # type: ignore[attr-defined]
    return view


def for_anyone_logged_in(view: F) -> F:
    """Mark a view that needs a login and shows only what the person may see: home, tree, search."""
    view.access = "login"  # type: ignore[attr-defined]
    return view


def needs(verb: str, document: str | None = None) -> Callable[[F], F]:
    """Mark a view that needs `verb` on a document (the view's own unless named)."""

    def mark(view: F) -> F:
        view.access = "permission"  # type: ignore[attr-defined]
        view.verb = verb  # type: ignore[attr-defined]
        view.document = document  # type: ignore[attr-defined]
        # FAB collects base_permissions from this mark.
        view._permission_name = verb  # type: ignore[attr-defined]  # noqa: SLF001 (FAB reads it by this name)
        return view

    return mark


def granted() -> frozenset[Pair]:
    """Return the (verb, document) pairs of the person at the page; read once a request."""
    if not current_user.is_authenticated:
        return frozenset()
    if "granted" not in g:
        g.granted = granted_to(session=db.session(), user_id=current_user.id)
    pairs: frozenset[Pair] = g.granted
    return pairs


def granted_to(*, session: Session, user_id: int) -> frozenset[Pair]:
    """Return the pairs that a user's roles give, in one query."""
    rows = session.execute(
        select(Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.permission_view_id == PermissionView.id)
        .join(assoc_user_role, assoc_user_role.c.role_id == assoc_permissionview_role.c.role_id)
        .where(assoc_user_role.c.user_id == user_id)
    )
    return frozenset((name.removeprefix(PERMISSION_PREFIX), document) for name, document in rows)


def may(verb: str, document: str) -> bool:
    """Whether the person at the page may do this to that document."""
    return (verb, document) in granted()


def verbs_of_actor(document: str) -> frozenset[str]:
    """Return the verbs that the actor holds on a document: the person at the page, or the one whom a job runs for."""
    user_id = current_actor().user_id
    if user_id is None:
        return frozenset()
    at_the_page = has_request_context() and current_user.is_authenticated and current_user.id == user_id
    pairs = granted() if at_the_page else granted_to(session=db.session(), user_id=user_id)
    return frozenset(verb for verb, name in pairs if name == document)


def require(verb: str, document: str) -> None:
    """Refuse (403) unless the person may."""
    if not may(verb, document):
        abort(403)


def init_gate(app: Flask) -> None:
    """Before every request: what has no mark does not exist, what needs a permission is refused without it."""

    @app.before_request
    def _gate() -> Response | None:
        if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
            return None
        access, verb, document = access_of(app, request.endpoint)
        if access == "open":
            return None
        if access is None:
            abort(404)
        if not current_user.is_authenticated:
            if request.method == "GET" and not wants_json():
                return redirect(url_for("LoginView.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
            abort(401)
        if access == "permission":
            require(str(verb), str(document))
        return None


def access_of(app: Flask, endpoint: str) -> tuple[str | None, str | None, str | None]:
    """(kind of access, verb, document) of an endpoint; (None, None, None) when it was never marked."""
    view = app.view_functions[endpoint]
    found: Any = getattr(view, "__func__", view)
    owner: Any = getattr(view, "__self__", None)
    access = getattr(found, "access", None)
    if access is None:
        return None, None, None
    return (
        access,
        getattr(found, "verb", None),
        getattr(found, "document", None) or getattr(owner, "class_permission_name", None),
    )


def known_pairs(app: Flask) -> list[Pair]:
    """Every (verb, document) that some endpoint or action needs, sorted."""
    pairs = {
        (verb, document)
        for access, verb, document in (access_of(app, endpoint) for endpoint in app.view_functions)
        if access == "permission" and verb and document and not verb.startswith("*")
    }
    for view in app.extensions["appbuilder"].baseviews:
        pairs |= {(verb, view.class_permission_name) for verb in getattr(view, "action_verbs", ())}
    return sorted(pairs)


def synchronise(*, session: Session, pairs: Iterable[Pair], roles: Mapping[str, Iterable[Pair]]) -> int:
    """Write the pairs that exist, and give each role those of its declared ones that it was never given before.

    What the office took away stays away: `offered_right` keeps what each role was given here. Verbs that a document
    has lost go with their grants; documents that are not known here keep theirs. Returns the number of rows written;
    a second run writes none.
    """
    written = 0
    have_permissions: dict[str, int] = dict(session.execute(select(Permission.name, Permission.id)).all())
    have_views: dict[str, int] = dict(session.execute(select(ViewMenu.name, ViewMenu.id)).all())
    wanted = sorted(set(pairs))
    for name in sorted({PERMISSION_PREFIX + verb for verb, _ in wanted} - have_permissions.keys()):
        have_permissions[name] = _insert(session, Permission, name=name)
        written += 1
    for name in sorted({document for _, document in wanted} - have_views.keys()):
        have_views[name] = _insert(session, ViewMenu, name=name)
        written += 1
    names = {v: k for k, v in have_permissions.items()}
    documents = {v: k for k, v in have_views.items()}
    have_pairs: dict[Pair, int] = {
        (names[permission].removeprefix(PERMISSION_PREFIX), documents[view]): key
        for key, permission, view in session.execute(
            select(PermissionView.id, PermissionView.permission_id, PermissionView.view_menu_id)
        )
    }
    for verb, document in [pair for pair in wanted if pair not in have_pairs]:
        have_pairs[verb, document] = _insert(
            session,
            PermissionView,
            permission_id=have_permissions[PERMISSION_PREFIX + verb],
            view_menu_id=have_views[document],
        )
        written += 1
    known = {document for _verb, document in wanted}
    stale = [key for pair, key in have_pairs.items() if pair[1] in known and pair not in set(wanted)]
    if stale:
        for table in (assoc_permissionview_role, offered_rights):
            session.execute(delete(table).where(table.c.permission_view_id.in_(stale)))
        session.execute(delete(PermissionView).where(PermissionView.id.in_(stale)))
        written += len(stale)
    have_roles: dict[str, int] = dict(session.execute(select(Role.name, Role.id)).all())
    for role, its_pairs in roles.items():
        is_new = role not in have_roles
        role_id = have_roles[role] if not is_new else _insert(session, Role, name=role)
        due = {have_pairs[pair] for pair in set(its_pairs).intersection(wanted)}
        written += int(is_new) + _offer(session=session, role_id=role_id, keys=due)
    return written


def _offer(*, session: Session, role_id: int, keys: Collection[int]) -> int:
    """Give a role the rights of these keys that it was never offered; return how many those are."""
    held, offered = (
        set(session.scalars(select(table.c.permission_view_id).where(table.c.role_id == role_id)))
        for table in (assoc_permissionview_role, offered_rights)
    )
    due = set(keys) - offered
    for table, fresh in ((assoc_permissionview_role, due - held), (offered_rights, due)):
        if fresh:
            rows = [{"permission_view_id": key, "role_id": role_id} for key in sorted(fresh)]
            session.execute(insert(table), rows)
    return len(due)


def _insert(session: Session, model: Any, **values: Any) -> int:
    row = model(**values)
    session.add(row)
    session.flush()
    key: int = row.id
    return key
