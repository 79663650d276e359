"""参数: only what some module declares can be set, and only to what it allows."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.settings import Setting, declared


class UnknownSetting(DomainError):
    code = "unknown_setting"
    message = N_("没有名为“%(key)s”的参数。")


class BadSetting(DomainError):
    code = "bad_setting"
    message = N_("“%(label)s”只能是:%(choices)s。")


class SettingRepeated(DomainError):
    code = "setting_repeated"
    message = N_("这个参数在此范围已经设过,请修改那一条。")


def save_setting(
    *, session: Session, row: Setting, key: str, value: str, community_id: int | None = None
) -> Setting:
    """Set a declared parameter for the office or for one community.

    Raises UnknownSetting, BadSetting, SettingRepeated (NULLs would let the database repeat the office's own).
    """
    declaration = declared.get(key)
    if declaration is None:
        raise UnknownSetting(field="key", key=key)
    choices: dict[str, Any] = dict(declaration.choices)
    if choices and value not in choices:
        raise BadSetting(field="value", label=declaration.label, choices="、".join(choices))
    with session.no_autoflush:
        same = select(Setting.id).where(
            Setting.key == key, Setting.community_id == community_id, Setting.id != row.id
        )
        if row.id is None:
            same = select(Setting.id).where(Setting.key == key, Setting.community_id == community_id)
        if session.scalar(same) is not None:
            raise SettingRepeated(field="key")
        row.key, row.value, row.community_id = key, value, community_id
    session.add(row)
    return row
