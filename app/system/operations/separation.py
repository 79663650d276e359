"""Who may give every right holds none over money: the administrators' role never gets one, nor does its holder by another role."""

from collections.abc import Collection

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.system.models import ADMINISTRATOR
from app.system.operations.guards import pairs_of
from app.system.rights import money_pairs, permission_label
from app.system.roles import Pair


class AdministratorWithoutMoney(DomainError):
    code = "administrator_without_money"
    message = N_("系统管理员不能有收费、收款、月结和报表的权限：%(documents)s。")


class AdministratorInMoneyRole(DomainError):
    code = "administrator_in_money_role"
    message = N_("“%(role)s”有收费、收款、月结或报表的权限，系统管理员不能同时担任。请另建操作员。")


def check_rights(*, session: Session, role: Role, added: frozenset[Pair]) -> None:
    """Refuse rights over money to the administrators' role, and to a role that an administrator has.

    Raises AdministratorWithoutMoney, AdministratorInMoneyRole.
    """
    money = money_pairs() & added
    if not money:
        return
    if role.name == ADMINISTRATOR:
        names = sorted({permission_label(document) for _verb, document in money})
        raise AdministratorWithoutMoney(documents="、".join(names))
    mine, theirs = assoc_user_role.alias(), assoc_user_role.alias()
    shared = session.scalar(
        select(mine.c.user_id)
        .join(theirs, theirs.c.user_id == mine.c.user_id)
        .join(Role, Role.id == theirs.c.role_id)
        .where(mine.c.role_id == role.id, Role.name == ADMINISTRATOR)
        .limit(1)
    )
    if shared is not None:
        raise AdministratorInMoneyRole(role=role.name)


def check_roles(*, session: Session, roles: Collection[Role], before: Collection[Role] = ()) -> None:
    """Refuse the administrators' role together with one that has rights over money, where that is new.

    Raises AdministratorInMoneyRole.
    """
    if {role.id for role in roles} <= {role.id for role in before}:
        return
    if any(role.name == ADMINISTRATOR for role in roles):
        money = money_pairs()
        for role in roles:
            if not money.isdisjoint(pairs_of(session=session, role_id=role.id)):
                raise AdministratorInMoneyRole(field="roles", role=role.name)
