"""The rules that keep the office governable: nobody gives more than they may, and an administrator is always left."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.estate.grants import check_within_own, grants_of
from app.estate.models import ScopeGrant
from app.kernel.errors import N_, DomainError
from app.lowcode.actors import current_actor
from app.lowcode.history import AuditAction, History, words
from app.lowcode.permissions import PERMISSION_PREFIX, granted_to
from app.lowcode.scope import UNSCOPED
from app.system.models import ADMINISTRATOR
from app.system.roles import Pair


class LastAdministrator(DomainError):
    code = "last_administrator"
    message = N_("至少要保留一名启用、有密码、管辖全公司的系统管理员。")


class MayNotGrant(DomainError):
    code = "may_not_grant"
    message = N_("您自己没有这项权限，不能授予或管理拥有它的人。")


class WholeOfficeOnly(DomainError):
    code = "whole_office_only"
    message = N_("全公司的设置只能由管辖全公司的人修改；您可以为自己的小区单独设置。")


def check_whole_office() -> None:
    """Refuse who reaches a part of the office only: what they set would hold beyond it. Raises WholeOfficeOnly."""
    if current_actor().reach.communities is not None:
        raise WholeOfficeOnly


@contextmanager
def administrator_kept(session: Session) -> Iterator[None]:
    """Run a change of operators or roles; raises LastAdministrator when it would leave the office without one.

    Such changes wait for each other, or two administrators could remove one another at the same moment.
    """
    session.scalars(select(Role.id).where(Role.name == ADMINISTRATOR).with_for_update()).all()
    had_one = _has_administrator(session)
    yield
    session.flush()
    if had_one and not _has_administrator(session):
        raise LastAdministrator


def _has_administrator(session: Session) -> bool:
    found = session.scalar(
        select(User.id)
        .join(assoc_user_role, assoc_user_role.c.user_id == User.id)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .join(ScopeGrant, ScopeGrant.user_id == User.id)
        .where(
            Role.name == ADMINISTRATOR,
            User.active.is_(True),
            User.password.is_not(None),
            ScopeGrant.company_id.is_(None),
            ScopeGrant.community_id.is_(None),
        )
        .limit(1),
        execution_options={UNSCOPED: True},
    )
    return found is not None


def grantable_pairs(*, session: Session) -> frozenset[Pair] | None:
    """Return what the actor may give to others: None for everything (an administrator, the system), else their own rights."""
    actor = current_actor()
    if actor.user_id is None:
        # The system user and a stranger differ in their reach; a stranger gives nothing.
        return None if actor.reach.communities is None else frozenset()
    is_administrator = session.scalar(
        select(Role.id)
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .where(assoc_user_role.c.user_id == actor.user_id, Role.name == ADMINISTRATOR)
    )
    return None if is_administrator is not None else granted_to(session=session, user_id=actor.user_id)


def check_may_grant(*, session: Session, pairs: Iterable[Pair]) -> None:
    """Refuse rights that the actor may not give. Raises MayNotGrant."""
    own = grantable_pairs(session=session)
    if own is not None and not own.issuperset(pairs):
        raise MayNotGrant


def check_may_manage(*, session: Session, user: User) -> None:
    """Refuse to touch a person who has more than the actor: a new password would give it away.

    Raises MayNotGrant, BeyondOwnReach.
    """
    own = grantable_pairs(session=session)
    if own is not None and (
        any(role.name == ADMINISTRATOR for role in user.roles)
        or not own.issuperset(granted_to(session=session, user_id=user.id))
    ):
        raise MayNotGrant
    check_within_own(session=session, grants=grants_of(session=session, user_id=user.id))


def check_may_give_roles(*, session: Session, roles: Iterable[Role]) -> None:
    """Refuse roles that hold more than the actor may give. Raises MayNotGrant."""
    own = grantable_pairs(session=session)
    if own is None:
        return
    for role in roles:
        if role.name == ADMINISTRATOR or not own.issuperset(pairs_of(session=session, role_id=role.id)):
            raise MayNotGrant(field="roles")


def pairs_of(*, session: Session, role_id: int) -> frozenset[Pair]:
    """Return the (verb, document) pairs of a role."""
    rows = session.execute(
        select(Permission.name, ViewMenu.name)
        .join(PermissionView, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.permission_view_id == PermissionView.id)
        .where(assoc_permissionview_role.c.role_id == role_id)
    )
    return frozenset((name.removeprefix(PERMISSION_PREFIX), document) for name, document in rows)


def record(
    *,
    session: Session,
    row: User | Role,
    deed: AuditAction,
    changes: Iterable[tuple[str, str, object, object]] = (),
    label: str | None = None,
) -> None:
    """Write history lines of a row whose table is not ours; `changes`: (field, label, before, now), equal ones dropped.

    `label`: what was done, of a deed that changes no field.
    """
    actor = current_actor()
    lines: list[tuple[str | None, str | None, str | None, str | None]]
    lines = [(field, label, words(old), words(new)) for field, label, old, new in changes if old != new]
    if deed is not AuditAction.CHANGED:
        lines = [(None, label, None, str(row) if deed is AuditAction.DELETED else None)]
    for field, its_label, old, new in lines:
        session.add(
            History(
                who=actor.name or "?",
                user_id=actor.user_id,
                document=type(row).__name__,
                row_id=row.id,
                row_title=str(row)[:200],
                deed=deed,
                field=field,
                label=its_label,
                old=old,
                new=new,
            )
        )
