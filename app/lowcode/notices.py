"""通知: what the office tells a person inside the product; one row a person, so that each reads it for themselves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import JSON, ColumnElement, Index, Select, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_
from app.lowcode import clock
from app.lowcode.actors import current_actor, reach_of
from app.lowcode.db import Key
from app.lowcode.document import About, DocumentBase, OfficeOrCommunityScoped
from app.lowcode.fields import link, moment, text
from app.lowcode.scope import UNSCOPED
from app.lowcode.sentences import spoken_with


class Notice(OfficeOrCommunityScoped, DocumentBase):
    """通知: `message` is a message id, its `params` stand apart, so that each reads it in their language."""

    __written_by_parts__ = "a notice is for the one person whom it is sent to"
    __about__ = About(N_("通知"), "message", icon="bell", order=("-id",), readonly=True, menu=False)
    __table_args__ = (
        Index("ix_notice_user_id_read_at", "user_id", "read_at"),
        # What is told of one row, when its work is done.
        Index("ix_notice_url_read_at", "url", "read_at"),
    )

    at: Mapped[datetime] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    community_id: Mapped[int | None] = link(N_("小区"), "Community", listed=True)
    user_id: Mapped[int] = mapped_column(Key, nullable=False)
    message: Mapped[str] = text(N_("内容"), 300, required=True, listed=True)
    params: Mapped[Any] = mapped_column(JSON, nullable=False)
    url: Mapped[str] = text(N_("去向"), 300, required=True)
    read_at: Mapped[datetime | None] = moment(N_("已读时间"), listed=True)

    def words(self) -> str:
        """Return the sentence in the reader's language."""
        return spoken_with(self.message, self.params)


def notify(
    *,
    session: Session,
    users: Iterable[int],
    message: str,
    url: str,
    community_id: int | None = None,
    params: Mapping[str, str] | None = None,
    again: bool = False,
) -> int:
    """Tell these persons, each once; returns how many. `message`: a message id with %(name)s places for `params`.

    Who has not read the same yet is not told it twice; with `again` they are, and the earlier notice of the row counts as
    read.
    """
    asked = set(users)
    if again:
        earlier = (Notice.url == url) & (Notice.message == message) & Notice.user_id.in_(asked)
        _read(session, earlier)
    else:
        asked -= _told(session=session, url=url, message=message, params=dict(params or {}))
    rows = [
        {
            "at": clock.now(),
            "community_id": community_id,
            "user_id": user_id,
            "message": message,
            "params": dict(params or {}),
            "url": url,
        }
        for user_id in sorted(asked)
    ]
    if rows:
        session.execute(insert(Notice.__table__), rows)
    return len(rows)


def _told(*, session: Session, url: str, message: str, params: dict[str, str]) -> set[int]:
    """Return who has not read the same yet."""
    found = session.execute(
        select(Notice.user_id, Notice.params).where(
            Notice.url == url, Notice.message == message, Notice.read_at.is_(None)
        ),
        execution_options={UNSCOPED: True},
    )
    return {user_id for user_id, kept in found if kept == params}


def _read(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        update(Notice).where(which, Notice.read_at.is_(None)).values(read_at=clock.now()),
        execution_options={UNSCOPED: True, "synchronize_session": False},
    )


def holders(*, session: Session, verb: str, document: str, community_id: int | None) -> list[int]:
    """Return the active persons whose roles give a verb on a document and who reach the community, by id."""
    found = session.scalars(
        select(User.id)
        .join(assoc_user_role, assoc_user_role.c.user_id == User.id)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == assoc_user_role.c.role_id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == PERMISSION_PREFIX + verb, ViewMenu.name == document, User.active.is_(True))
        .distinct()
        .order_by(User.id)
    ).all()
    return [user_id for user_id in found if community_id is None or reach_of(user_id).includes(community_id)]


def unread(user_id: int) -> Select[Any]:
    """How many notices a person has not read."""
    return select(func.count(Notice.id)).where(Notice.user_id == user_id, Notice.read_at.is_(None))


def mark_done(*, session: Session, urls: Sequence[str], messages: Sequence[str] | None) -> None:
    """Mark what was told of a row as read: the actor's own, others' of these messages (None: of any)."""
    done: ColumnElement[bool] = Notice.url.in_(urls)
    if messages is not None:
        done &= or_(Notice.user_id == current_actor().user_id, Notice.message.in_(messages))
    _read(session, done)


def mark_read(*, session: Session, notice_id: int | None = None) -> int:
    """Mark one notice of the actor's (None: all of them) as read; returns how many were not."""
    mine = update(Notice).where(Notice.user_id == current_actor().user_id, Notice.read_at.is_(None))
    if notice_id is not None:
        mine = mine.where(Notice.id == notice_id)
    done = session.execute(mine.values(read_at=clock.now()), execution_options={UNSCOPED: True})
    return int(done.rowcount)  # type: ignore[attr-defined]
