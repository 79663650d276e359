"""Who may log in: attempts written down, lock-out after five failures, passwords that are not weak."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from sqlalchemy import Index, case, func, select
from sqlalchemy.orm import Mapped, Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.kernel.errors import N_, DomainError
from app.lowcode import clock
from app.lowcode.document import About, DocumentBase
from app.lowcode.fields import flag, moment, text

FAILURES_ALLOWED = 5
# From one address; from all together it takes more, or a stranger could keep an administrator out from anywhere.
FAILURES_FROM_ANYWHERE = 30
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_LENGTH = 8
LOCKED = N_("账号锁定中")
"""Why an attempt was not even looked at; it makes the lock no longer."""
WRONG_OLD = N_("修改密码时原密码不正确")
# Compared against when the name is unknown, so that the answer takes as long as for a known one.
_NOBODYS_HASH = generate_password_hash(secrets.token_hex())


class LoginRecord(DocumentBase):
    """登录日志: every attempt, kept for the law (等保2.0) and for the lock-out."""

    __written_by_parts__ = "every attempt is written down, whoever makes it"
    __about__ = About(
        N_("登录日志"),
        "username",
        icon="login",
        order=("-id",),
        readonly=True,
        described=N_("每一次登录，成功与否都记。长期保存（不少于 190 天），任何人都不能修改或删除。"),
    )
    __table_args__ = (Index("ix_login_record_username_at", "username", "at"),)

    at: Mapped[Any] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    username: Mapped[str] = text(N_("登录名"), 128, required=True, listed=True, searched=True)
    address: Mapped[str] = text(N_("来源地址"), 64, required=True, listed=True)
    succeeded: Mapped[bool] = flag(N_("成功"), listed=True)
    reason: Mapped[str | None] = text(N_("说明"), 60, listed=True, masked=gettext)


class WeakPassword(DomainError):
    code = "weak_password"
    message = N_("密码至少 8 位，并且含有大写字母、小写字母、数字、符号中的三种。")


def check_password(password: str, *, field: str | None = None) -> None:
    """Refuse a weak password (等保2.0). Raises WeakPassword."""
    classes = [str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum()]
    found = sum(any(test(c) for c in password) for test in classes)
    if len(password) < PASSWORD_LENGTH or len(password) > 200 or found < 3:
        raise WeakPassword(field=field)


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password that the rules allow, hashed before the unit of work that stores it."""

    text: str


def hash_password(password: str) -> PasswordHash:
    """Hash a password, which takes a tenth of a second: never while a unit of work is open. Raises WeakPassword."""
    check_password(password, field="password")
    method = current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt")
    return PasswordHash(generate_password_hash(password, method=method))


def set_password(*, user: User, password: PasswordHash | str) -> None:
    """Store a password's hash; a plain text is hashed here, which only commands may do. Raises WeakPassword."""
    user.password = (hash_password(password) if isinstance(password, str) else password).text


def is_locked(*, session: Session, username: str, address: str) -> bool:
    """Whether too many attempts for this name failed in the last 15 minutes with none succeeding since.

    Five from this address, or thirty from wherever.
    """
    since = clock.now() - LOCKED_FOR
    last = session.scalar(
        select(func.max(LoginRecord.id)).where(
            LoginRecord.username == username, LoginRecord.at >= since, LoginRecord.succeeded.is_(True)
        )
    )
    failures = session.execute(
        select(
            func.count(LoginRecord.id), func.sum(case((LoginRecord.address == address, 1), else_=0))
        ).where(
            LoginRecord.username == username,
            LoginRecord.at >= since,
            LoginRecord.succeeded.is_(False),
            LoginRecord.id > (last or 0),
            LoginRecord.reason != LOCKED,
        )
    ).one()
    return (failures[0] or 0) >= FAILURES_FROM_ANYWHERE or (failures[1] or 0) >= FAILURES_ALLOWED


@dataclass(frozen=True, slots=True)
class Attempt:
    """A name and password as they were looked at, not written down yet."""

    username: str
    address: str
    user_id: int | None
    kept: str | None  # the hash that was compared with
    right: bool


def check_attempt(*, session: Session, username: str, password: str, address: str) -> Attempt:
    """Compare a name and password; outside a unit of work, for it takes a tenth of a second.

    What is locked is not compared.
    """
    locked = is_locked(session=session, username=username, address=address)
    user = session.scalars(select(User).where(User.username == username)).one_or_none()
    if user is not None and user.username != username:  # MariaDB compares without regard to case
        user = None
    user_id, kept = (None, None) if user is None else (user.id, user.password)
    session.rollback()
    right = not locked and check_password_hash(kept or _NOBODYS_HASH, password)
    return Attempt(username, address, user_id, kept, bool(right and kept))


def log_in(*, session: Session, attempt: Attempt) -> tuple[User | None, str]:
    """Write an attempt down and let the person in; (user, "") or (None, why in Chinese).

    Of many attempts at once those that come after the lock are refused, however they were found.
    """
    username, address = attempt.username, attempt.address
    if is_locked(session=session, username=username, address=address):
        session.add(LoginRecord(username=username, address=address, succeeded=False, reason=LOCKED))
        return None, N_("登录失败次数过多，账号已锁定 15 分钟。")
    user = None if attempt.user_id is None else session.get(User, attempt.user_id)
    # A password that was changed in between is not the one that was compared.
    right = attempt.right and user is not None and user.password == attempt.kept
    good = bool(right and user is not None and user.active)
    reason = None if good else _reason(user, right)
    session.add(LoginRecord(username=username, address=address, succeeded=good, reason=reason))
    if good and user is not None:
        user.last_login, user.login_count = clock.now().replace(tzinfo=None), (user.login_count or 0) + 1
        return user, ""
    return None, N_("登录名或密码不正确。")


def record_wrong_password(*, session: Session, username: str, address: str) -> None:
    """Write down that somebody who is logged in gave a wrong old password; it counts for the lock like a login."""
    session.add(LoginRecord(username=username, address=address, succeeded=False, reason=WRONG_OLD))


def _reason(user: User | None, right: bool) -> str:
    """Why an attempt failed, for the log; the person is told less."""
    if user is None:
        return N_("没有这个登录名")
    return N_("已停用") if right and not user.active else N_("密码不正确")


def is_password_of(user: User, password: str) -> bool:
    """Whether this is the user's password; a user without one has none."""
    return check_password_hash(user.password or _NOBODYS_HASH, password)
