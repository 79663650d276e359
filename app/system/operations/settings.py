"""参数: only what some module declares can be set, and only to what it allows; nothing given goes back to the default."""

from collections.abc import Mapping
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.models import Community
from app.kernel.errors import N_, DomainError
from app.lowcode.engine import current_engine
from app.lowcode.scope import OutOfScope
from app.lowcode.settings import Setting
from app.system.models import ADMINISTRATOR
from app.system.operations.guards import check_whole_office


class UnknownSetting(DomainError):
    code = "unknown_setting"
    message = N_("没有名为“%(key)s”的参数。")


class SettingChanged(DomainError):
    code = "setting_changed"
    message = N_("别人刚刚修改了“%(label)s”，请核对后再保存。")


class OfficeOnly(DomainError):
    code = "office_only"
    message = N_("“%(label)s”只有全公司的值，不能为一个小区单独设置。")


def change_settings(
    *,
    session: Session,
    community_id: int | None,
    values: Mapping[str, str | None],
    seen: Mapping[str, str] | None = None,
) -> int:
    """Set parameters of the office (`community_id` None) or of one community; returns how many changed.

    None or an empty value goes back to what is above: the office's value, or the declared default. `seen`: what stood
    on the page; another value by now is not overwritten. Raises UnknownSetting, OfficeOnly, SettingChanged,
    WholeOfficeOnly, OutOfScope, BadChoice, BadFigure, FigureOutside, TextTooLong.
    """
    if community_id is None:
        check_whole_office()
    _wait_for_others(session, community_id)
    changed = 0
    rows = _rows(session, community_id)
    for key, given in values.items():
        declaration = current_engine().settings.get(key)
        if declaration is None:
            raise UnknownSetting(key=key)
        value = declaration.checked(given) if given and given.strip() else ""
        if value and community_id is not None and not declaration.per_community:
            raise OfficeOnly(field=key, label=declaration.label)
        row = rows.get(key)
        before = row.value if row is not None else ""
        if value == before:
            continue
        if seen is not None and seen.get(key, "") != before:
            raise SettingChanged(field=key, label=declaration.label)
        if not value and row is not None:
            session.delete(row)
        elif row is not None:
            row.value = value
        else:
            session.add(Setting(key=key, community_id=community_id, value=value))
        changed += 1
    session.flush()
    return changed


def _wait_for_others(session: Session, community_id: int | None) -> None:
    """Two who set the same for the first time would both add it: NULL does not keep the office's rows single."""
    one: Any = select(Role.id).where(Role.name == ADMINISTRATOR)
    if community_id is not None:
        one = select(Community.id).where(Community.id == community_id)
    if session.scalar(one.with_for_update()) is None:
        raise OutOfScope


def _rows(session: Session, community_id: int | None) -> dict[str, Setting]:
    """Return what is set there, locked."""
    found = session.scalars(select(Setting).where(Setting.community_id == community_id).with_for_update())
    return {row.key: row for row in found}
