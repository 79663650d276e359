"""The forms of operators and roles, made at each request in the reader's language."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.estate.models import Employee
from app.kernel.errors import N_
from app.lowcode.dictionary import codes_of
from app.lowcode.document import spec_of
from app.lowcode.errors import message_of
from app.lowcode.forms import ChoiceField, CodeField, DocumentForm, Given, RemoteSelect
from app.lowcode.inputs import PrivateField
from app.lowcode.logins import WeakPassword, check_password

Choices = Sequence[tuple[int, str]]


class TicksField(SelectMultipleField):
    """Several of a list, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OneOfField(ChoiceField):
    """One of a short list of rows, by their ids."""

    def __init__(self, label: str, *, offered: Choices, **options: Any) -> None:
        choices = [SelectChoice("", ""), *(SelectChoice(*one) for one in offered)]
        super().__init__(label, choices=choices, coerce=_key, validate_choice=False, **options)
        self.offered = {key for key, _label in offered}

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in self.offered:
            raise ValidationError(_("请从列表中选择。"))


class RightsField(SelectMultipleField):
    """The ticked boxes of the matrix; the page draws them itself."""

    def __call__(self, **_options: Any) -> str:
        return ""


class Strong:
    """The rule of passwords as a validator, so that it is told with the other errors of the form."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            check_password(field.data or "")
        except WeakPassword as error:
            raise ValidationError(message_of(error)) from error


def _stripped(value: str | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else value


def user_form(
    *, adding: bool, roles: Choices, companies: Choices, communities: Choices, employers: Choices = ()
) -> type[DocumentForm]:
    """Return the operator's form; only what the person at the page may give is offered.

    `employers`: the companies whose employee the operator may be made; without any the form does not ask.
    """
    needed = Given(_("必填。"))
    short = Length(max=64, message=_("最多 %(max)d 个字。"))
    strong = Strong()
    gone = {"coerce": int, "validate_choice": True}
    members: dict[str, Any] = {}
    if adding:
        members["username"] = StringField(
            _("登录名"), [needed, short], filters=[_stripped], render_kw={"autocomplete": "off"}
        )
    members["name"] = StringField(_("姓名"), [needed, short], filters=[_stripped])
    members["email"] = StringField(
        _("邮箱"),
        [Optional(), Length(max=200, message=_("最多 %(max)d 个字。")), Email(_("邮箱地址不正确。"))],
        filters=[_stripped],
    )
    members["password"] = PasswordField(
        _("初始密码") if adding else _("重置密码"),
        [needed if adding else Optional(), strong],
        description=_("至少 8 位，含大写、小写、数字、符号中的三种。")
        + ("" if adding else _("不改则留空。")),
        render_kw={"autocomplete": "new-password"},
    )
    members["password_due"] = BooleanField(
        _("下次登录须改密码"), default=adding, description=_("改好以前，打开任何页面都会转到修改密码。")
    )
    if employers:
        members |= _employee_fields(employers)
    members["roles"] = TicksField(_("角色"), choices=[SelectChoice(*one) for one in roles], **gone)
    members["everything"] = BooleanField(_("全公司"), description=_("包括以后新建的公司和小区。"))
    members["companies"] = TicksField(
        _("公司"),
        choices=[SelectChoice(*one) for one in companies],
        description=_("包括其下级公司和所有小区，以后新建的也在内。"),
        **gone,
    )
    members["communities"] = TicksField(
        _("小区"), choices=[SelectChoice(*one) for one in communities], **gone
    )
    return type("UserForm", (DocumentForm,), members)


def _employee_fields(employers: Choices) -> dict[str, Any]:
    short = Length(max=30, message=_("最多 %(max)d 个字。"))
    return {
        "company_id": OneOfField(
            _("公司"), offered=employers, default=employers[0][0] if len(employers) == 1 else None
        ),
        "number": StringField(
            _("工号"),
            [Optional(), short],
            filters=[_stripped],
            description=_("已有这个工号的员工则关联，没有则新建；留空则不关联员工。"),
        ),
        "department_id": RemoteSelect(
            _("部门"),
            [Optional()],
            target="Department",
            render_kw={"data-select-url": "/employee/select/department_id", "data-depends-on": "company_id"},
        ),
        "position": CodeField(_("岗位"), [Optional()], codes=codes_of("employee_position")),
        "phone": PrivateField(
            _("手机"),
            [Optional(), Length(max=40, message=_("最多 %(max)d 个字。"))],
            declared=spec_of(Employee).fields["phone"],
        ),
    }


def _key(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


USER_GROUPS = (
    ("", ("username", "name", "email", "password", "password_due")),
    (N_("员工"), ("company_id", "number", "department_id", "position", "phone")),
    (N_("角色与管辖范围"), ("roles", "everything", "companies", "communities")),
)


def role_form(*, rights: Iterable[str]) -> type[DocumentForm]:
    """Return the role's form: its name, and a box a right."""
    return type(
        "RoleForm",
        (DocumentForm,),
        {
            "name": StringField(
                _("名称"),
                [Given(_("必填。")), Length(max=64, message=_("最多 %(max)d 个字。"))],
                filters=[_stripped],
            ),
            "rights": RightsField(_("权限"), choices=[SelectChoice(one, one) for one in rights]),
        },
    )


def fingerprint(*parts: object) -> str:
    """Return what the form was filled from, in short: tells whether somebody else changed it meanwhile."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
