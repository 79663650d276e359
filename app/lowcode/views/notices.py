"""我的通知: what the person at the page was told."""

from typing import Any

from flask import abort, flash, redirect, render_template
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.notices import Notice, mark_read
from app.lowcode.permissions import for_anyone_logged_in
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value

SHOWN = 200
MOMENT = Field("", "moment")


class NoticeView(BaseView):
    """Notices of the person at the page; anybody else's do not exist here."""

    route_base = "/notices"
    default_view = "mine"

    @expose("/")
    @for_anyone_logged_in
    def mine(self) -> Any:
        """Return the latest, unread ones first."""
        found = db.session.scalars(
            select(Notice)
            .where(Notice.user_id == current_user.id)
            .order_by(Notice.read_at.is_not(None), Notice.id.desc())
            .limit(SHOWN)
        ).all()
        lines = [
            {
                "id": one.id,
                "at": format_value(one.at, MOMENT),
                "text": one.words(),
                "read": one.read_at is not None,
            }
            for one in found
        ]
        return render_template("notices.html", lines=lines, unread=sum(not line["read"] for line in lines))

    @expose("/<int:pk>/open", methods=["POST"])
    @for_anyone_logged_in
    def open(self, pk: int) -> Any:
        """Mark a notice as read, and go to what it tells of."""

        def operation() -> str:
            session = db.session()
            notice = session.get(Notice, pk) if pk < 2**63 else None
            if notice is None or notice.user_id != current_user.id:
                abort(404)
            mark_read(session=session, notice_id=pk)
            return notice.url

        return redirect(in_unit_of_work(operation))

    @expose("/read", methods=["POST"])
    @for_anyone_logged_in
    def read(self) -> Any:
        """Mark all as read."""
        done = in_unit_of_work(lambda: mark_read(session=db.session()))
        flash(_("已将 %(count)d 条通知标为已读。", count=done), "success")
        return redirect("/notices/")
