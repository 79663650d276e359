"""The forms of operators and roles, made at each request in the reader's language."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.errors import N_
from app.lowcode.forms import DocumentForm

Choices = Sequence[tuple[int, str]]


class TicksField(SelectMultipleField):
    """Several of a list, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RightsField(SelectMultipleField):
    """The ticked boxes of the matrix; the page draws them itself."""

    def __call__(self, **_options: Any) -> str:
        return ""


def _stripped(value: str | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else value


def user_form(
    *, adding: bool, roles: Choices, companies: Choices, communities: Choices
) -> type[DocumentForm]:
    """The operator's form; only what the person at the page may give is offered."""
    needed = InputRequired(_("必填。"))
    short = Length(max=64, message=_("最多 %(max)d 个字。"))
    gone = {"coerce": int, "validate_choice": True}
    members: dict[str, Any] = {}
    if adding:
        members["username"] = StringField(
            _("登录名"), [needed, short], filters=[_stripped], render_kw={"autocomplete": "off"}
        )
    members["name"] = StringField(_("姓名"), [needed, short], filters=[_stripped])
    members["email"] = StringField(
        _("邮箱"), [Optional(), Length(max=200, message=_("最多 %(max)d 个字。")), Email(_("邮箱地址不正确。"))],
        filters=[_stripped],
    )  # fmt: skip
    members["active"] = BooleanField(_("启用"), default=True, description=_("停用后立即不能再使用系统。"))
    members["password"] = PasswordField(
        _("初始密码") if adding else _("重置密码"),
        [needed] if adding else [Optional()],
        description=_("至少 8 位,含大写、小写、数字、符号中的三种。") + ("" if adding else _("不改则留空。")),
        render_kw={"autocomplete": "new-password"},
    )
    members["roles"] = TicksField(_("角色"), choices=[SelectChoice(*one) for one in roles], **gone)
    members["everything"] = BooleanField(_("全公司"), description=_("包括以后新建的公司和小区。"))
    members["companies"] = TicksField(
        _("公司"),
        choices=[SelectChoice(*one) for one in companies],
        description=_("包括其下级公司和所有小区,以后新建的也在内。"),
        **gone,
    )
    members["communities"] = TicksField(
        _("小区"), choices=[SelectChoice(*one) for one in communities], **gone
    )
    return type("UserForm", (DocumentForm,), members)


USER_GROUPS = (
    ("", ("username", "name", "email", "active", "password")),
    (N_("角色"), ("roles",)),
    (N_("管辖范围"), ("everything", "companies", "communities")),
)


def role_form(*, rights: Iterable[str]) -> type[DocumentForm]:
    """The role's form: its name, and a box a right."""
    return type(
        "RoleForm",
        (DocumentForm,),
        {
            "name": StringField(
                _("名称"), [InputRequired(_("必填。")), Length(max=64, message=_("最多 %(max)d 个字。"))],
                filters=[_stripped],
            ),
            "rights": RightsField(_("权限"), choices=[SelectChoice(one, one) for one in rights]),
        },
    )  # fmt: skip


def fingerprint(*parts: object) -> str:
    """What the form was filled from, in short: tells whether somebody else changed it meanwhile."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
