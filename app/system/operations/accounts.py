"""What is done to a login beside changing it: out of use and in again, its sessions ended, a new password due."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.lowcode import accounts
from app.lowcode.history import AuditAction
from app.system.operations.guards import administrator_kept, check_may_manage, record
from app.system.operations.users import existing_user


class OwnLogin(DomainError):
    code = "own_login"
    message = N_("不能停用自己。请由另一名管理员操作。")


def disable_user(*, session: Session, user_id: int, by: int | None) -> User:
    """Take an operator out of use: out of every session at once; `by` is who does it.

    Raises UnknownUser, OwnLogin, MayNotGrant, BeyondOwnReach, LastAdministrator.
    """
    with administrator_kept(session):
        user = _managed(session, user_id)
        if user_id == by:
            raise OwnLogin
        _switch(session, user, active=False)
        # Put in use again, the old sessions are not: they may be on a machine that was left.
        accounts.end_sessions(session=session, user_id=user_id)
    return user


def enable_user(*, session: Session, user_id: int) -> User:
    """Put an operator in use again. Raises UnknownUser, MayNotGrant, BeyondOwnReach."""
    user = _managed(session, user_id)
    _switch(session, user, active=True)
    return user


def end_user_sessions(*, session: Session, user_id: int) -> None:
    """End every session of an operator at its next click. Raises UnknownUser, MayNotGrant, BeyondOwnReach."""
    user = _managed(session, user_id)
    accounts.end_sessions(session=session, user_id=user_id)
    _done(session, user, N_("结束会话"))


def force_password(*, session: Session, user_id: int) -> None:
    """Let an operator choose a new password before anything else. Raises UnknownUser, MayNotGrant, BeyondOwnReach."""
    user = _managed(session, user_id)
    accounts.require_new_password(session=session, user_id=user_id)
    _done(session, user, N_("要求修改密码"))


def _managed(session: Session, user_id: int) -> User:
    user = existing_user(session=session, user_id=user_id)
    check_may_manage(session=session, user=user)
    return user


def _switch(session: Session, user: User, *, active: bool) -> None:
    before, user.active = bool(user.active), active
    record(
        session=session, row=user, deed=AuditAction.CHANGED, changes=[("active", N_("启用"), before, active)]
    )
    session.flush()


def _done(session: Session, user: User, label: str) -> None:
    record(session=session, row=user, deed=AuditAction.DONE, label=label)
    session.flush()
