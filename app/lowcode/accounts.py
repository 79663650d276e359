"""账号: what Flask-AppBuilder's user does not know of a login: whether it needs a new password, and which sessions count.

A session carries the account's epoch of when it began; a higher one ends all that began before it, at their next
request. Read with the user, in the one query of each request.
"""

from typing import cast

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_, DomainError
from app.lowcode.db import insert_new
from app.lowcode.document import About, DocumentBase
from app.lowcode.fields import flag, integer
from app.lowcode.history import note
from app.lowcode.logins import PasswordHash, is_password_of, set_password
from app.lowcode.scope import UNSCOPED
from app.lowcode.sessions import LoginSession, end_other_sessions, is_alive


class SamePassword(DomainError):
    code = "same_password"
    message = N_("新密码不能与原密码相同。")


class Account(DocumentBase):
    """账号: a row only where something was done to it."""

    __written_by_parts__ = "a person's own password; others' accounts are guarded with their users"
    __about__ = About(N_("账号"), "id", icon="user-shield", readonly=True, menu=False)

    # Flask-AppBuilder's keys are plain integers.
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), unique=True, nullable=False)
    must_change: Mapped[bool] = flag(N_("下次登录须改密码"))
    epoch: Mapped[int] = integer(N_("会话代次"), required=True, default=0, server_default="0")


def user_with_account(
    *, session: Session, user_id: int, token: str | None = None
) -> tuple[User | None, int, bool]:
    """(user, epoch, whether a new password is due); nobody acts yet, so this read decides no scope and asks for none.

    With the token of a session: nobody, where that session was ended.
    """
    statement = (
        select(User, Account.epoch, Account.must_change)
        .outerjoin(Account, Account.user_id == User.id)
        .where(User.id == user_id)
    )
    if token is not None:
        statement = statement.join(LoginSession, LoginSession.user_id == User.id).where(is_alive(token))
    row = session.execute(
        statement,
        execution_options={UNSCOPED: True},
    ).one_or_none()
    return (None, 0, False) if row is None else (row[0], row[1] or 0, bool(row[2]))


def must_change_password(*, session: Session, user_id: int) -> bool:
    """Whether the person chooses a new password before anything else."""
    return bool(session.scalar(select(Account.must_change).where(Account.user_id == user_id)))


def end_sessions(*, session: Session, user_id: int) -> int:
    """End every session of a user at its next request; returns the epoch that new sessions carry."""
    account = _account(session, user_id)
    account.epoch += 1
    end_other_sessions(session=session, user_id=user_id)
    session.flush()
    return account.epoch


def require_new_password(*, session: Session, user_id: int, due: bool = True) -> None:
    """Let the person choose a new password before anything else, in sessions that are open too."""
    if due or must_change_password(session=session, user_id=user_id):
        _account(session, user_id).must_change = due
        session.flush()


def renew_password(*, session: Session, user: User, password: PasswordHash | str, due: bool) -> int:
    """Give a user a password and end their sessions; `due`: they choose their own at the next login.

    Returns the epoch that new sessions carry. Raises WeakPassword.
    """
    set_password(user=user, password=password)
    require_new_password(session=session, user_id=user.id, due=due)
    return end_sessions(session=session, user_id=user.id)


def choose_password(*, session: Session, user: User, password: PasswordHash) -> int:
    """Store a person's own new password; all their sessions end. Returns the epoch that new sessions carry.

    That it is another one than before, `check_other_password` says before the unit of work.
    """
    epoch = renew_password(session=session, user=user, password=password, due=False)
    note(cast(DocumentBase, user), label=N_("修改密码"))
    return epoch


def check_other_password(*, user: User, password: str) -> None:
    """Refuse the password that a person has already. Raises SamePassword."""
    if is_password_of(user, password):
        raise SamePassword(field="password")


def _account(session: Session, user_id: int) -> Account:
    """Return the account's row, locked; made when there is none yet."""
    one = (
        select(Account)
        .where(Account.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Looked for before it is inserted, as a counter is (app/lowcode/numbers.py).
    account = session.scalars(one).one_or_none()
    if account is None:
        row = {"user_id": user_id, "must_change": False, "epoch": 0}
        insert_new(session=session, table=Account.__table__, row=row)
        account = session.scalars(one).one()
    return account
