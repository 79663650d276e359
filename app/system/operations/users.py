"""Operators: added, changed, deleted while nothing tells of them; rights, reach and password in the same unit."""

import re
import secrets
from collections.abc import Collection

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.estate.grants import Grants, grants_of, set_grants
from app.estate.models import Community, Company
from app.kernel.errors import N_, DomainError
from app.lowcode.accounts import Account, must_change_password, renew_password, require_new_password
from app.lowcode.history import AuditAction, History
from app.lowcode.jobs import Job
from app.lowcode.logins import LoginRecord, PasswordHash, set_password
from app.lowcode.scope import UNSCOPED
from app.system.models import NO_EMAIL
from app.system.operations.employment import UNTOUCHED, Employment, employ
from app.system.operations.guards import (
    administrator_kept,
    check_may_give_roles,
    check_may_manage,
    record,
)
from app.system.operations.separation import check_roles

_USERNAME = re.compile(r"[\w.@-]{2,64}")


class BadUsername(DomainError):
    code = "bad_username"
    message = N_("登录名为 2 至 64 个字母、数字、汉字或 . _ @ -，不含空格。")


class UsernameTaken(DomainError):
    code = "username_taken"
    message = N_("已有登录名为“%(username)s”的操作员。")


class EmailTaken(DomainError):
    code = "email_taken"
    message = N_("已有操作员使用这个邮箱。")


class UnknownRole(DomainError):
    code = "unknown_role"
    message = N_("所选的角色已不存在，请刷新后重试。")


class UnknownUser(DomainError):
    code = "unknown_user"
    message = N_("这名操作员已不存在。")


class UnableToDeleteUser(DomainError):
    code = "unable_to_delete_user"
    message = N_("“%(title)s”登录过或留有记录，不能删除。请改为停用。")


def add_user(
    *,
    session: Session,
    username: str,
    name: str,
    email: str | None = None,
    active: bool = True,
    password: PasswordHash | str | None = None,
    password_due: bool = False,
    role_ids: Collection[int] = (),
    grants: Grants | None = None,
    employment: Employment | None = None,
) -> User:
    """Add an operator; without a password nobody can log in as them. `password_due`: they choose their own first.

    Raises BadUsername, UsernameTaken, EmailTaken, WeakPassword, UnknownRole, MayNotGrant, BeyondOwnReach,
    AdministratorInMoneyRole, and what `employ` raises.
    """
    if not _USERNAME.fullmatch(username):
        raise BadUsername(field="username")
    # Without regard to case: nobody tells Admin from admin on the phone.
    if session.scalar(select(User.id).where(func.lower(User.username) == username.lower())) is not None:
        raise UsernameTaken(field="username", username=username)
    with administrator_kept(session):
        user = User(username=username, last_name=name, first_name="", active=active, login_count=0)
        user.email = _email(session=session, email=email, user_id=None)
        if password is not None:
            set_password(user=user, password=password)
        roles = _roles(session=session, role_ids=role_ids)
        check_may_give_roles(session=session, roles=roles)
        check_roles(session=session, roles=roles)
        session.add(user)
        user.roles = roles
        session.flush()
        record(session=session, row=user, deed=AuditAction.ADDED)
        if password_due:
            require_new_password(session=session, user_id=user.id)
        before, now = Grants(), grants or Grants()
        set_grants(session=session, user_id=user.id, wanted=now)
        record(
            session=session,
            row=user,
            deed=AuditAction.CHANGED,
            changes=[
                ("role_names", N_("角色"), None, _names(user.roles) or None),
                (
                    "grants",
                    N_("管辖范围"),
                    _in_words(session, before) or None,
                    _in_words(session, now) or None,
                ),
                ("employee", N_("员工"), *employ(session=session, user=user, wanted=employment)),
            ],
        )
    return user


def change_user(
    *,
    session: Session,
    user_id: int,
    name: str,
    email: str | None,
    password: PasswordHash | str | None,
    role_ids: Collection[int],
    grants: Grants,
    password_due: bool | None = None,
    employment: Employment | None = UNTOUCHED,
) -> User:
    """Change an operator; effect at the person's next click. `password` None keeps it, another ends their sessions.

    `password_due`: they choose their own before anything else (None: as it is). `employment` None: no employee.
    Raises UnknownUser, EmailTaken, WeakPassword, UnknownRole, MayNotGrant, BeyondOwnReach, LastAdministrator,
    AdministratorInMoneyRole, and what `employ` raises.
    """
    with administrator_kept(session):
        user = existing_user(session=session, user_id=user_id)
        check_may_manage(session=session, user=user)
        roles = _roles(session=session, role_ids=role_ids)
        check_may_give_roles(session=session, roles=[one for one in roles if one not in user.roles])
        check_roles(session=session, roles=roles, before=user.roles)
        before = (f"{user.last_name}{user.first_name}", user.email, _names(user.roles))
        due = must_change_password(session=session, user_id=user_id)
        user.last_name, user.first_name = name, ""
        user.email = _email(session=session, email=email, user_id=user.id, kept=user.email)
        user.roles = roles
        if password_due is None:
            password_due = due
        if password is not None:
            renew_password(session=session, user=user, password=password, due=password_due)
        else:
            require_new_password(session=session, user_id=user_id, due=password_due)
        employee: tuple[str | None, str | None] = (None, None)
        if employment is not UNTOUCHED:
            employee = employ(session=session, user=user, wanted=employment)
        granted = set_grants(session=session, user_id=user.id, wanted=grants)
        record(
            session=session,
            row=user,
            deed=AuditAction.CHANGED,
            changes=[
                ("last_name", N_("姓名"), before[0], name),
                ("email", N_("邮箱"), before[1], user.email),
                ("role_names", N_("角色"), before[2], _names(roles)),
                ("grants", N_("管辖范围"), _in_words(session, granted), _in_words(session, grants)),
                ("password", N_("密码"), None, None if password is None else "●●●"),
                ("must_change", N_("下次登录须改密码"), due, password_due),
                ("employee", N_("员工"), *employee),
            ],
        )
    return user


def delete_user(*, session: Session, user_id: int) -> str:
    """Really delete an operator of whom nothing tells; returns how they were called.

    Raises UnknownUser, UnableToDeleteUser (they logged in, did something, or started a job), MayNotGrant,
    BeyondOwnReach, LastAdministrator.
    """
    with administrator_kept(session):
        user = existing_user(session=session, user_id=user_id)
        check_may_manage(session=session, user=user)
        title = str(user)
        ways = (
            select(History.id).where(History.user_id == user_id),
            select(Job.id).where(Job.user_id == user_id),
            select(LoginRecord.id).where(
                LoginRecord.username == user.username, LoginRecord.succeeded.is_(True)
            ),
            select(User.id).where(
                or_(User.created_by_fk == user_id, User.changed_by_fk == user_id), User.id != user_id
            ),
        )
        # What tells of them may lie beyond the actor's reach.
        if any(session.scalar(way.limit(1), execution_options={UNSCOPED: True}) is not None for way in ways):
            raise UnableToDeleteUser(title=title)
        set_grants(session=session, user_id=user_id, wanted=Grants())
        employ(session=session, user=user, wanted=None)
        session.execute(delete(Account).where(Account.user_id == user_id))
        record(session=session, row=user, deed=AuditAction.DELETED)
        user.roles = []
        session.flush()
        session.delete(user)
    return title


def existing_user(*, session: Session, user_id: int) -> User:
    """Return the operator. Raises UnknownUser."""
    user = session.get(User, user_id)
    if user is None:
        raise UnknownUser
    return user


def _email(*, session: Session, email: str | None, user_id: int | None, kept: str = "") -> str:
    """Return the address, or a placeholder of its own where there is none: the column is unique and not null."""
    if not email:
        return kept if kept.endswith(NO_EMAIL) else f"{secrets.token_hex(8)}{NO_EMAIL}"
    found = session.scalar(select(User.id).where(func.lower(User.email) == email.lower()))
    if found is not None and found != user_id:
        raise EmailTaken(field="email")
    return email


def _roles(*, session: Session, role_ids: Collection[int]) -> list[Role]:
    roles = list(session.scalars(select(Role).where(Role.id.in_(set(role_ids))).order_by(Role.name)))
    if len(roles) != len(set(role_ids)):
        raise UnknownRole(field="roles")
    return roles


def _names(roles: Collection[Role]) -> str:
    return "、".join(sorted(role.name for role in roles))


def _in_words(session: Session, grants: Grants) -> str:
    """Grants as a person reads them; names beyond the actor's reach too, for the history must be whole."""
    if grants.everything:
        return N_("全公司")
    names: list[str] = []
    for model, ids in ((Company, grants.companies), (Community, grants.communities)):
        names += session.scalars(
            select(model.name).where(model.id.in_(ids)).order_by(model.name),
            execution_options={UNSCOPED: True},
        )
    return "、".join(names)


def grants_in_words(*, session: Session, user_id: int) -> str:
    """Return a user's reach in words, for their page."""
    return _in_words(session, grants_of(session=session, user_id=user_id))
