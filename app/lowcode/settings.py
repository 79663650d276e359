"""Settings (参数): a value for the office, overridden by a community's own; declared with default by the modules."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from app.kernel.errors import N_
from app.lowcode.document import About, Document, OfficeOrCommunityScoped
from app.lowcode.fields import link, text


@dataclass(frozen=True, slots=True)
class SettingDeclaration:
    """A setting: its key, what it means, its default and, where it is one of few, the choices."""

    key: str
    label: str
    default: str
    choices: tuple[tuple[str, str], ...] = ()


declared: dict[str, SettingDeclaration] = {}


def key_label(key: str) -> str:
    """A setting as people call it."""
    return gettext(declared[key].label) if key in declared else key


def value_label(value: str) -> str:
    """A value as people read it: where it is one of few, by its name."""
    choices = dict(choice for one in declared.values() for choice in one.choices)
    return gettext(choices[value]) if value in choices else value


class Setting(OfficeOrCommunityScoped, Document):
    """参数: a row only where somebody changed the default."""

    __about__ = About(N_("参数"), "key", icon="adjustments", order=("key",))
    __table_args__ = (UniqueConstraint("key", "community_id"),)

    key: Mapped[str] = text(N_("参数"), 60, required=True, listed=True, masked=key_label)
    community_id: Mapped[int | None] = link(N_("小区"), "Community", listed=True)
    value: Mapped[str] = text(N_("值"), 200, required=True, listed=True, masked=value_label)

    def __str__(self) -> str:
        return key_label(self.key)


def setting(*, session: Session, key: str, community_id: int | None = None) -> str:
    """The value in force: the community's, else the office's, else the declared default. Raises KeyError."""
    default = declared[key].default
    rows: dict[Any, str] = dict(
        session.execute(select(Setting.community_id, Setting.value).where(Setting.key == key)).all()
    )
    return rows.get(community_id, rows.get(None, default))
