"""What every page shows around its content: menu, scope, person, language."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request
from flask_babel import get_locale, gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from app.lowcode import listing
from app.lowcode.actors import person_name
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.jobs import OPEN, Job
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.notices import unread
from app.lowcode.pages import Frame, MenuEntry
from app.lowcode.permissions import may


def frame() -> Frame:
    """The frame of this request."""
    language = str(get_locale() or "zh")
    languages = [
        (code, value["name"], f"/language/{code}?{urlencode({'next': request.full_path.rstrip('?')})}")
        for code, value in current_app.config["LANGUAGES"].items()
    ]
    known = current_user.is_authenticated
    running, notices = counts() if known else (0, 0)
    return Frame(
        product=_("物业管理"),
        menu=menu() if known else [],
        user_name=person_name(current_user) if known else "",
        scope_label=listing.narrowing_words() if known else None,
        language=language,
        languages=languages,
        jobs_running=running,
        notices=notices,
        extra={"scope_key": listing.narrowing_now() if known else None},
    )


def counts() -> tuple[int, int]:
    """(jobs of the person's not at their end, notices not read): one statement a page."""
    jobs = select(func.count(Job.id)).where(Job.user_id == current_user.id, Job.state.in_(OPEN))
    row = db.session.execute(select(jobs.scalar_subquery(), unread(current_user.id).scalar_subquery())).one()
    return row[0] or 0, row[1] or 0


def menu() -> list[MenuEntry]:
    """The menu as the person may see it: modules, and in each what they may read."""
    groups = []
    for module in current_app.extensions["manifests"]:
        children = [entry for one in module.entries if (entry := _menu_entry(one)) is not None]
        if children:
            groups.append(MenuEntry(module.name, _(module.label), module.icon, None, False, children))
    return groups


def _menu_entry(one: Any) -> MenuEntry | None:
    if isinstance(one, Page):
        if not one.label or not may(one.verb, one.view.class_permission_name):
            return None
        url = one.view.route_base + one.view.menu_path
        return MenuEntry(
            one.view.__name__, _(one.label), one.icon, url, request.path.startswith(one.view.route_base)
        )
    spec = spec_of(one.document)
    if not spec.about.menu or not may("read", spec.name):
        return None
    return MenuEntry(
        spec.name,
        _(spec.about.label),
        spec.about.icon,
        f"{spec.url}/list/",
        request.path.startswith(f"{spec.url}/"),
    )


def as_entries(module: Manifest) -> list[Entry | Page]:
    """A manifest's entries, plain documents made entries."""
    return [one if isinstance(one, Entry | Page) else Entry(one) for one in module.entries]


def init_frame(app: Flask) -> None:
    """Give every template its `frame`."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"frame": frame()}
