"""登录会话: a row for each login, so that logout ends it on the server and a person sees and ends their own.

The cookie carries a random token, the row its SHA-256: who reads the table cannot go on with anybody's session.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, ColumnElement, ForeignKey, Integer, String, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.document import About, DocumentBase
from app.lowcode.fields import moment, text

LONGEST = timedelta(days=30)
"""Even who clicks every hour logs in again after that."""


class LoginSession(DocumentBase):
    """登录会话: from a login until a logout, or until it was ended from elsewhere."""

    __written_by_parts__ = "a person's own login"
    __about__ = About(N_("登录会话"), "id", icon="devices", order=("-id",), readonly=True, menu=False)

    # Flask-AppBuilder's keys are plain integers.
    user_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False, index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, nullable=False)
    started_at: Mapped[Any] = moment(N_("登录时间"), default=clock.now, required=True, listed=True)
    address: Mapped[str] = text(N_("来源地址"), 64, required=True, listed=True)
    agent: Mapped[str] = text(N_("浏览器"), 200, required=True, listed=True)
    ended: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)


def start_session(*, session: Session, user: User, address: str, agent: str) -> str:
    """Write a login down; returns the token for the cookie. Rows of the user that count no more are removed."""
    outlived = LoginSession.started_at < clock.now() - LONGEST
    session.execute(
        delete(LoginSession).where(
            LoginSession.user_id == user.id, or_(LoginSession.ended.is_(True), outlived)
        )
    )
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            user_id=user.id,
            token_hash=hash_of(token),
            address=address[:64],
            agent=printable(agent)[:200],
            ended=False,
        )
    )
    session.flush()
    return token


def is_alive(token: str) -> ColumnElement[bool]:
    """Return the condition of the row of a cookie's token, not ended and not outlived."""
    return and_(
        LoginSession.token_hash == hash_of(token),
        LoginSession.ended.is_(False),
        LoginSession.started_at >= clock.now() - LONGEST,
    )


def sessions_of(*, session: Session, user_id: int) -> Sequence[LoginSession]:
    """Read a person's logins that count, the newest first."""
    alive = select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.ended.is_(False),
        LoginSession.started_at >= clock.now() - LONGEST,
    )
    return session.scalars(alive.order_by(LoginSession.id.desc())).all()


def end_session(*, session: Session, user_id: int, session_id: int) -> bool:
    """End one login of a person; returns whether it was theirs and alive."""
    return bool(_end(session, LoginSession.user_id == user_id, LoginSession.id == session_id))


def end_session_of(*, session: Session, token: str) -> None:
    """End the login of a cookie's token."""
    _end(session, LoginSession.token_hash == hash_of(token))


def end_other_sessions(*, session: Session, user_id: int, token: str = "") -> int:
    """End a person's logins but the one of `token`; returns how many."""
    return _end(session, LoginSession.user_id == user_id, LoginSession.token_hash != hash_of(token))


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def printable(agent: str) -> str:
    """Return a browser's name without what a terminal would obey."""
    return "".join(letter for letter in agent if letter.isprintable()) or "?"


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    done = session.execute(
        update(LoginSession).where(*which, LoginSession.ended.is_(False)).values(ended=True),
        execution_options={"synchronize_session": False},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
