"""Roles: which verbs on which documents; what is not given does not exist for the person, from the next click on."""

from collections.abc import Collection, Iterable

from flask import current_app
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode.history import AuditAction
from app.lowcode.permissions import known_pairs
from app.system.models import ADMINISTRATOR
from app.system.operations.guards import (
    MayNotGrant,
    administrator_kept,
    check_may_grant,
    grantable_pairs,
    pairs_of,
    record,
)
from app.system.operations.separation import check_rights
from app.system.rights import permission_label, words_of
from app.system.roles import KEPT_BY_ADMINISTRATOR, ROLES, Pair


class RoleNameTaken(DomainError):
    code = "role_name_taken"
    message = N_("已有名为“%(name)s”的角色。")


class BuiltInRole(DomainError):
    code = "built_in_role"
    message = N_("“%(name)s”是内置角色，不能改名或删除；可以去掉它的权限，或另建角色。")


class AdministratorNeedsRights(DomainError):
    code = "administrator_needs_rights"
    message = N_("系统管理员必须保留查看、新增、修改操作员和角色，以及修改菜单的权限。")


class RoleInUse(DomainError):
    code = "role_in_use"
    message = N_("还有 %(count)d 名操作员是“%(name)s”，不能删除。")


class UnknownPermission(DomainError):
    code = "unknown_permission"
    message = N_("所选的权限已不存在，请刷新后重试。")


class RoleGone(DomainError):
    code = "role_gone"
    message = N_("这个角色已不存在。")


def with_reading(pairs: Collection[Pair]) -> frozenset[Pair]:
    """Return the rights with 查看 beside each 新增, 修改 and 删除: nobody writes what they may not see."""
    reading = {("read", document) for verb, document in pairs if verb in ("add", "edit", "delete")}
    return frozenset(pairs) | reading.intersection(known_pairs(current_app))


def add_role(*, session: Session, name: str, pairs: Collection[Pair]) -> Role:
    """Add a role with its rights. Raises RoleNameTaken, UnknownPermission, MayNotGrant."""
    _check_name(session=session, name=name, role_id=None)
    pairs = with_reading(pairs)
    check_may_grant(session=session, pairs=pairs)
    role = Role(name=name)
    session.add(role)
    session.flush()
    record(session=session, row=role, deed=AuditAction.ADDED)
    _give(session=session, role=role, before=frozenset(), wanted=frozenset(pairs))
    return role


def change_role(*, session: Session, role_id: int, name: str, pairs: Collection[Pair]) -> Role:
    """Rename a role and give it exactly `pairs`, with 查看 beside what they write.

    Raises RoleGone, RoleNameTaken, BuiltInRole, UnknownPermission, MayNotGrant, AdministratorNeedsRights,
    AdministratorWithoutMoney, AdministratorInMoneyRole.
    """
    with administrator_kept(session):
        role = _existing(session=session, role_id=role_id)
        before = pairs_of(session=session, role_id=role_id)
        # What no page shows, of modules that are not installed now, stays as it is.
        wanted = with_reading(pairs) | before.difference(known_pairs(current_app))
        if role.name == ADMINISTRATOR:
            if grantable_pairs(session=session) is not None:
                raise MayNotGrant
            if not wanted >= KEPT_BY_ADMINISTRATOR:
                raise AdministratorNeedsRights
        check_may_grant(session=session, pairs=wanted - before)
        check_rights(session=session, role=role, added=wanted - before)
        if name != role.name:
            if role.name in ROLES:
                raise BuiltInRole(field="name", name=role.name)
            _check_name(session=session, name=name, role_id=role_id)
            record(
                session=session,
                row=role,
                deed=AuditAction.CHANGED,
                changes=[("name", N_("名称"), role.name, name)],
            )
            role.name = name
        _give(session=session, role=role, before=before, wanted=wanted)
    return role


def delete_role(*, session: Session, role_id: int) -> str:
    """Delete a role that nobody has; returns its name. Raises RoleGone, BuiltInRole, RoleInUse."""
    with administrator_kept(session):
        role = _existing(session=session, role_id=role_id)
        name = str(role.name)
        if name in ROLES:
            raise BuiltInRole(name=name)
        count = session.scalar(
            select(func.count()).select_from(assoc_user_role).where(assoc_user_role.c.role_id == role_id)
        )
        if count:
            raise RoleInUse(count=count, name=name)
        record(session=session, row=role, deed=AuditAction.DELETED)
        session.execute(
            delete(assoc_permissionview_role).where(assoc_permissionview_role.c.role_id == role_id)
        )
        session.flush()
        session.delete(role)
    return name


def _existing(*, session: Session, role_id: int) -> Role:
    role = session.get(Role, role_id)
    if role is None:
        raise RoleGone
    return role


def _check_name(*, session: Session, name: str, role_id: int | None) -> None:
    found = session.scalar(select(Role.id).where(Role.name == name))
    if found is not None and found != role_id:
        raise RoleNameTaken(field="name", name=name)


def _give(*, session: Session, role: Role, before: frozenset[Pair], wanted: frozenset[Pair]) -> None:
    """Write the difference, with a history line a document."""
    added, removed = wanted - before, before - wanted
    keys = _keys(session=session, pairs=added | removed)
    if added:
        session.execute(
            insert(assoc_permissionview_role),
            [{"permission_view_id": keys[pair], "role_id": role.id} for pair in sorted(added)],
        )
    if removed:
        session.execute(
            delete(assoc_permissionview_role).where(
                assoc_permissionview_role.c.role_id == role.id,
                assoc_permissionview_role.c.permission_view_id.in_([keys[pair] for pair in removed]),
            )
        )
    record(
        session=session,
        row=role,
        deed=AuditAction.CHANGED,
        changes=[
            (
                f"right.{document}"[:60],
                permission_label(document),
                words_of(before, document),
                words_of(wanted, document),
            )
            for document in sorted({document for _verb, document in added | removed})
        ],
    )


def _keys(*, session: Session, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Return the key of each pair in the permission table. Raises UnknownPermission."""
    rows = session.execute(
        select(PermissionView.id, Permission.name, ViewMenu.name)
        .join(Permission, PermissionView.permission_id == Permission.id)
        .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
    )
    have = {(name.removeprefix(PERMISSION_PREFIX), document): key for key, name, document in rows}
    wanted = set(pairs)
    if not wanted <= have.keys():
        raise UnknownPermission
    return {pair: have[pair] for pair in wanted}
