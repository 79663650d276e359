"""参数: every declared setting on one page: its default, the office's value, and that of the community chosen."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select

from app.estate.models import Community
from app.kernel.errors import DomainError
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.engine import current_engine
from app.lowcode.errors import message_of, wants_json
from app.lowcode.manifest import Manifest
from app.lowcode.permissions import may, needs
from app.lowcode.settings import Setting, SettingDeclaration
from app.lowcode.unit import in_unit_of_work
from app.system.operations.settings import change_settings
from app.system.rights import manifests

OFFICE = "office"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting on the page: what is set here, what stood there, what holds without it, and what is wrong with it."""

    declared: SettingDeclaration
    office: str  # "" where the default holds
    own: str
    seen: str
    error: str = ""

    @property
    def inherited(self) -> str:
        """What holds where nothing is set here, in words."""
        return self.declared.format_value(self.office or self.declared.default)


class SettingView(BaseView):
    """参数."""

    route_base = "/setting"
    menu_path = "/"
    default_view = "index"
    class_permission_name = "Setting"

    @expose("/", methods=["GET"])
    @needs("read")
    def index(self) -> Any:
        """Return the settings of the office, or of one community."""
        return self._page(_chosen(), {}, None)

    @expose("/", methods=["POST"])
    @needs("edit")
    def save(self) -> Any:
        """Set what was changed, all or nothing; `reset`: only that one goes back to what is above it."""
        community_id = _chosen()
        reset = request.form.get("reset")
        values: dict[str, str | None] = {
            key: request.form.get(f"value.{key}", "")[:1000]
            for key in current_engine().settings
            if f"value.{key}" in request.form
        }
        seen = {key: request.form.get(f"seen.{key}", "") for key in current_engine().settings}
        if reset is not None:
            values = {reset: None}
        try:
            changed = in_unit_of_work(
                lambda: change_settings(
                    session=db.session(), community_id=community_id, values=values, seen=seen
                )
            )
        except DomainError as error:
            if wants_json():
                raise
            return self._page(community_id, {k: v or "" for k, v in values.items()}, error), 422
        flash(_("已保存 %(count)d 项。", count=changed) if changed else _("没有改动。"), "success")
        return redirect(request.full_path.rstrip("?"))

    def _page(self, community_id: int | None, typed: dict[str, str], error: DomainError | None) -> str:
        kept: dict[int | None, dict[str, str]] = {}
        for key, owner, value in db.session.execute(select(Setting.key, Setting.community_id, Setting.value)):
            kept.setdefault(owner, {})[key] = value
        groups = [
            (manifest.label, lines)
            for manifest in manifests()
            if (lines := self._lines(manifest, kept, community_id, typed, error))
        ]
        whole = current_actor().reach.communities is None
        communities = db.session.execute(select(Community.id, Community.name).order_by(Community.name)).all()
        general = (
            message_of(error) if error is not None and error.field not in current_engine().settings else None
        )
        return render_template(
            "system/settings.html",
            groups=groups,
            communities=communities,
            community_id=community_id,
            error=general,
            editable=may("edit", "Setting") and (whole or community_id is not None),
            history=may("read", "History"),
        )

    @staticmethod
    def _lines(
        manifest: Manifest,
        kept: dict[int | None, dict[str, str]],
        community_id: int | None,
        typed: dict[str, str],
        error: DomainError | None,
    ) -> list[SettingRow]:
        own, office = kept.get(community_id, {}), kept.get(None, {})
        return [
            SettingRow(
                one,
                office.get(one.key, "") if community_id is not None else "",
                typed.get(one.key, own.get(one.key, "")),
                own.get(one.key, ""),
                message_of(error) if error is not None and error.field == one.key else "",
            )
            for one in manifest.settings
            if community_id is None or one.per_community
        ]


def _chosen() -> int | None:
    """Return the community of the URL within reach; None: the office."""
    given = request.args.get("community", "")
    if not given or given == OFFICE:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        abort(404)
    found = db.session.scalar(select(Community.id).where(Community.id == int(given)))
    if found is None:
        abort(404)
    return int(found)
