"""操作员 and 角色: Flask-AppBuilder's own tables, declared to the engine as documents.

Their pages, export and print come from this declaration; the password's hash is no part of it, so that no list,
filter, order or export can name it. Written by the operations of this module alone, which keep their history.
"""

from typing import Any

from flask_appbuilder.security.sqla.models import Role, User, assoc_permissionview_role, assoc_user_role
from sqlalchemy import Column, func, select, type_coerce
from sqlalchemy.orm import column_property

from app.kernel.errors import N_
from app.lowcode.document import About, documents
from app.lowcode.fields import FIELD, Field
from app.lowcode.types import Moment

ADMINISTRATOR = "系统管理员"
"""The role that may grant everything; the office always keeps one active person in it."""

NO_EMAIL = "@office.invalid"
"""Ends the placeholder of a person without an address: the column is unique and not null."""


def _without_placeholder(email: str) -> str:
    return "" if email.endswith(NO_EMAIL) else email


def _declare(model: Any, about: About, fields: dict[str, Field]) -> None:
    """Hang the declaration on a mapped class that is not ours."""
    model.__about__ = about
    for name, field in fields.items():
        column: Column[Any] = model.__table__.c[name]
        column.info[FIELD] = field
    documents[model.__name__] = model


def _computed(expression: Any, field: Field) -> Any:
    """Return an attribute computed by the database when it is asked for."""
    return column_property(expression, deferred=True, info={FIELD: field})


def _user_title(user: User) -> str:
    name = f"{user.last_name}{user.first_name}"
    return f"{name}（{user.username}）" if name else str(user.username)


_users, _roles, _members, _rights = User.__table__, Role.__table__, assoc_user_role, assoc_permissionview_role

_declare(
    User,
    About(N_("操作员"), "username", icon="users", order=("username",)),
    {
        "username": Field(
            N_("登录名"), "text", required=True, fixed=True, listed=True, searched=True, length=64, width=16
        ),
        "last_name": Field(
            N_("姓名"), "text", required=True, listed=True, searched=True, length=64, width=14
        ),
        "email": Field(N_("邮箱"), "text", length=320, listed=True, width=24, masked=_without_placeholder),
        "active": Field(N_("启用"), "bool", listed=True),
        "login_count": Field(N_("登录次数"), "integer", written=False, tracked=False),
    },
)
User.role_names = _computed(
    select(func.aggregate_strings(_roles.c.name, "、"))
    .join_from(_members, _roles, _members.c.role_id == _roles.c.id)
    .where(_members.c.user_id == _users.c.id)
    .correlate(_users)
    .scalar_subquery(),
    Field(N_("角色"), "text", listed=True, sorted=False, written=False, width=24),
)
User.last_seen = _computed(
    type_coerce(_users.c.last_login, Moment()),
    Field(N_("最近登录"), "moment", listed=True, written=False, tracked=False, width=18),
)
User.__str__ = _user_title

_declare(
    Role,
    About(N_("角色"), "name", icon="shield-lock", order=("name",)),
    {"name": Field(N_("名称"), "text", required=True, listed=True, searched=True, length=64, width=16)},
)
Role.member_count = _computed(
    select(func.count(_members.c.user_id))
    .where(_members.c.role_id == _roles.c.id)
    .correlate(_roles)
    .scalar_subquery(),
    Field(N_("操作员数"), "integer", listed=True, written=False),
)
Role.right_count = _computed(
    select(func.count(_rights.c.id))
    .where(_rights.c.role_id == _roles.c.id)
    .correlate(_roles)
    .scalar_subquery(),
    Field(N_("权限数"), "integer", listed=True, written=False),
)
