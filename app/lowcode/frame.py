"""What every page shows around its content: menu, scope, person, language."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.local import LocalProxy

from app.kernel.chinese_amount import chinese_amount
from app.lowcode import listing
from app.lowcode.actors import person_name
from app.lowcode.db import db
from app.lowcode.engine import current_engine
from app.lowcode.jobs import OPEN, Job
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.menu.items import arranged_for
from app.lowcode.menu.nodes import MenuKind, MenuNode, arrange
from app.lowcode.notices import unread
from app.lowcode.pages import Frame, MenuEntry
from app.lowcode.permissions import may


def frame() -> Frame:
    """Return the frame of this request."""
    language = str(get_locale() or "zh")
    languages = [
        (code, value["name"], f"/language/{code}?{urlencode({'next': request.full_path.rstrip('?')})}")
        for code, value in current_app.config["LANGUAGES"].items()
    ]
    known = current_user.is_authenticated
    menu, running, notices = menu_and_counts() if known else ([], 0, 0)
    return Frame(
        product=_("物业管理"),
        menu=menu,
        user_name=person_name(current_user) if known else "",
        scope_label=listing.narrowing_words() if known else None,
        language=language,
        languages=languages,
        jobs_running=running,
        notices=notices,
        extra={
            "scope_key": listing.narrowing_now() if known else None,
            "tree": known and listing.narrowing_offered(),
        },
    )


def menu_and_counts() -> tuple[list[MenuEntry], int, int]:
    """Return the menu as the person may see it, their jobs not at their end, their notices not read: one statement a page."""
    jobs = select(func.count(Job.id)).where(Job.user_id == current_user.id, Job.state.in_(OPEN))
    counts = select(
        jobs.scalar_subquery().label("jobs"), unread(current_user.id).scalar_subquery().label("unread")
    )
    items, row = arranged_for(session=db.session(), user_id=current_user.id, beside=counts)
    tree = arrange(current_engine().menu, items)
    return [entry for node in tree if (entry := _menu_entry(node)) is not None], row[0] or 0, row[1] or 0


def _menu_entry(node: MenuNode) -> MenuEntry | None:
    if node.hidden:
        return None
    if node.kind is MenuKind.LINK:
        url = str(node.arranged.url if node.arranged is not None else "")
        return MenuEntry(node.name, _(node.label), node.icon or "external-link", url, blank=True)
    if node.is_group:
        children = [entry for child in node.children if (entry := _menu_entry(child)) is not None]
        if not children:
            return None
        active = any(child.active for child in children)
        return MenuEntry(node.name, _(node.label), node.icon or "folder", None, active, children)
    page = node.registered
    if page is None or page.right is None or not may(*page.right):
        return None
    active = request.path == page.base or request.path.startswith(f"{page.base}/")
    return MenuEntry(node.name, _(node.label), node.icon, page.url, active)


def as_entries(module: Manifest) -> list[Entry | Page]:
    """Return a manifest's entries, plain documents made entries."""
    return [one if isinstance(one, Entry | Page) else Entry(one) for one in module.entries]


def init_frame(app: Flask) -> None:
    """Give every template its `frame`, and what amounts are in words."""
    app.jinja_env.filters["chinese_amount"] = chinese_amount

    @app.context_processor
    def _frame() -> dict[str, Any]:
        # Made when a template asks for it: parts of pages have none around them.
        return {"frame": LocalProxy(cache(frame))}
