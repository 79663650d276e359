"""Settings (参数): a value for the office, overridden by a community's own; declared with kind and default by the modules."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from app.kernel.cells import read_decimal
from app.kernel.errors import N_, DomainError
from app.lowcode.document import About, Document, OfficeOrCommunityScoped
from app.lowcode.engine import current_engine
from app.lowcode.fields import link, text

YES, NO = "yes", "no"
LENGTH = 200


class BadChoice(DomainError):
    code = "bad_setting"
    message = N_("“%(label)s”只能是：%(choices)s。")


class BadFigure(DomainError):
    code = "bad_figure"
    message = N_("“%(label)s”请填写数字，最多 %(places)d 位小数。")


class FigureOutside(DomainError):
    code = "figure_outside"
    message = N_("“%(label)s”应在 %(low)s 到 %(high)s 之间。")


class TextTooLong(DomainError):
    code = "text_too_long"
    message = N_("“%(label)s”最多 %(max)d 个字。")


@dataclass(frozen=True, slots=True)
class SettingDeclaration:
    """A setting: its key, what it means, and its default.

    With `choices` (value, label) it is one of them; `flag`: yes or no; with `low` and `high` a number of at
    most `places` decimals between them, in `unit`; else a line of text. `per_community` false: the office's alone.
    """

    key: str
    label: str
    default: str
    choices: Sequence[tuple[str, str]] = ()
    flag: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    places: int = 0
    unit: str = ""
    help: str = ""
    per_community: bool = True

    @property
    def is_number(self) -> bool:
        """Whether the value is a number."""
        return self.low is not None or self.high is not None

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        """(value, label) of what may be chosen; nothing for a number or a text."""
        return ((YES, N_("是")), (NO, N_("否"))) if self.flag else self.choices

    def checked(self, value: str) -> str:
        """Return the value as it is kept. Raises BadChoice, BadFigure, FigureOutside, TextTooLong."""
        value, about = value.strip(), {"field": self.key, "label": self.label}
        if self.options:
            if value not in dict(self.options):
                raise BadChoice(**about, choices="、".join(gettext(label) for _value, label in self.options))
            return value
        if not self.is_number:
            if len(value) > LENGTH:
                raise TextTooLong(**about, max=LENGTH)
            return value
        low, high = self.low or Decimal(0), self.high if self.high is not None else Decimal(10) ** 9
        try:
            figure = read_decimal(value)
            if figure is None or figure != figure.quantize(Decimal(1).scaleb(-self.places)):
                raise BadFigure(**about, places=self.places)
        except ArithmeticError as error:
            raise BadFigure(**about, places=self.places) from error
        except DomainError as error:
            raise BadFigure(**about, places=self.places) from error
        if not low <= figure <= high:
            raise FigureOutside(**about, low=f"{low:f}", high=f"{high:f}")
        return f"{figure.quantize(Decimal(1).scaleb(-self.places)):f}"

    def format_value(self, value: str) -> str:
        """Return a value as people read it."""
        label = dict(self.options).get(value)
        return gettext(label) if label else value + (gettext(self.unit) if self.unit and value else "")


def key_label(key: str) -> str:
    """Return a setting as people call it."""
    declared = current_engine().settings
    return gettext(declared[key].label) if key in declared else key


def value_label(value: str) -> str:
    """Return a value as people read it: where it is one of few, by its name."""
    choices = dict(choice for one in current_engine().settings.values() for choice in one.options)
    return gettext(choices[value]) if value in choices else value


class Setting(OfficeOrCommunityScoped, Document):
    """参数: a row only where somebody changed the default."""

    __about__ = About(N_("参数"), "key", icon="adjustments", order=("key",))
    __table_args__ = (UniqueConstraint("key", "community_id"),)

    key: Mapped[str] = text(N_("参数"), 60, required=True, listed=True, masked=key_label)
    community_id: Mapped[int | None] = link(N_("小区"), "Community", listed=True)
    value: Mapped[str] = text(N_("值"), LENGTH, required=True, listed=True, masked=value_label)

    def __str__(self) -> str:
        return key_label(self.key)


def setting(*, session: Session, key: str, community_id: int | None = None) -> str:
    """Return the value in force: the community's, else the office's, else the declared default. Raises KeyError."""
    default = current_engine().settings[key].default
    rows: dict[Any, str] = dict(
        session.execute(select(Setting.community_id, Setting.value).where(Setting.key == key)).all()
    )
    return rows.get(community_id, rows.get(None, default))


def setting_number(*, session: Session, key: str, community_id: int | None = None) -> Decimal:
    """Return the value in force of a setting that is a number. Raises KeyError."""
    return Decimal(setting(session=session, key=key, community_id=community_id))


def setting_flag(*, session: Session, key: str, community_id: int | None = None) -> bool:
    """Whether a setting of yes or no is yes. Raises KeyError."""
    return setting(session=session, key=key, community_id=community_id) == YES
